"""Meetings in a given state, made by the services themselves."""

from datetime import date, time
from uuid import UUID

import sqlalchemy as sa

from mappa.access.terms import Capacity
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.meetings import service
from mappa.meetings.models import Attendance, Meeting
from mappa.meetings.service import (
    AddClosedItem,
    AddLine,
    DecideDisclosure,
    DecideLevel,
    DecideRisk,
    PlanMeeting,
    SetNextDate,
)
from tests.factories.world import NOW, World, a_shared_person

TODAY = date(2026, 11, 20)


def a_case(world: World) -> UUID:
    """Daniel Wexcombe, on whose case team housing is too."""
    person = a_shared_person(world)
    world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
    return person


def plan_for(world: World, **change: object) -> PlanMeeting:
    """A level 2 meeting today, chaired by Helen, with police, children's services and housing."""
    asked = ("probation", "police", "children", "housing")
    given: dict[str, object] = {
        "held_on": TODAY,
        "at": time(10, 0),
        "place": "Northmoor",
        "level": 2,
        "chair": world.staff["helen"].user_id,
        "agencies": tuple(world.agencies[key] for key in asked),
    }
    return PlanMeeting(**given | change)  # type: ignore[arg-type]


def a_planned_meeting(world: World, person: UUID, *, by: str = "carl", **change: object) -> UUID:
    """A meeting that the co-ordinator planned."""
    with world.as_reader(by, Kind.WRITE) as actor:
        command = plan_for(world, **change)
        return service.plan_meeting(actor, person, command, now=NOW).id


def an_open_meeting(world: World, person: UUID, **change: object) -> UUID:
    """A meeting that its chair has opened."""
    meeting = a_planned_meeting(world, person, **change)
    with world.as_reader("helen", Kind.WRITE) as actor:
        service.open_meeting(actor, meeting, now=NOW)
    return meeting


def settle(world: World, meeting: UUID) -> None:
    """Settle everything that the sign-off asks for."""
    with world.as_reader("helen", Kind.WRITE) as actor:
        service.read_confidentiality(actor, meeting, now=NOW)
        service.decide_risk(actor, meeting, DecideRisk(risk="High to children."), now=NOW)
        service.decide_disclosure(
            actor, meeting, DecideDisclosure(disclosure=False, reason="Nobody is at risk."), now=NOW
        )
        level = DecideLevel(level=2, category=1, reason="Four agencies are needed.")
        service.decide_level(actor, meeting, level, now=NOW)
        service.set_next_date(
            actor, meeting, SetNextDate(next_on=date(2027, 2, 24), reason=""), now=NOW
        )


def a_closed_item(world: World, meeting: UUID, text: str = "A source says so.") -> UUID:
    """A closed item of the police that probation may hear, with one line."""
    with world.as_reader("helen", Kind.WRITE) as actor:
        command = AddClosedItem(
            agency=world.agencies["police"], heard_by=(world.agencies["probation"],)
        )
        closed = service.add_closed_item(actor, meeting, command, now=NOW)
        service.add_closed_line(actor, meeting, closed.id, AddLine(text=text), now=NOW)
        return closed.id


def a_signed_meeting(world: World, person: UUID, *, closed: bool = False) -> UUID:
    """A meeting whose minutes are signed off."""
    meeting = an_open_meeting(world, person)
    if closed:
        a_closed_item(world, meeting)
    settle(world, meeting)
    with world.as_reader("helen", Kind.WRITE) as actor:
        service.sign_off(actor, meeting, now=NOW)
    return meeting


def stored(meeting: UUID) -> Meeting:
    """The row itself; call inside ``World.system``."""
    return db.session.get_one(Meeting, meeting)


def attendance_ids(meeting: UUID) -> list[UUID]:
    """Who is on the list, by id; call inside ``World.system``."""
    statement = sa.select(Attendance.id).where(Attendance.meeting_id == meeting)
    return list(db.session.scalars(statement.order_by(Attendance.added_at)))
