"""Reads of meetings. Every statement is built once and starts from the policy."""

from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.actor import Actor
from mappa.access.labels import ME, word
from mappa.access.reading import Seen, note_read, one, rows, scope, scoped
from mappa.access.terms import PRACTITIONERS, Level, Role
from mappa.actions import queries as actions
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.meetings.models import Attendance, ClosedItem, Invitation, Meeting, MeetingEntry
from mappa.meetings.rules import MeetingState
from mappa.offenders.models import Person

LONGEST_LIST = 50

_meeting = Meeting.__table__
_MEETING = sa.bindparam("meeting", type_=sa.Uuid())
_STATE = sa.bindparam("state", type_=sa.Text())
_ALL = sa.bindparam("all_of_reach", type_=sa.Boolean())
_NAMES = (User.name.label("chair"), Agency.name.label("agency_name"))


def _named(statement: Query) -> Query:
    return statement.join(User, User.id == _meeting.c.chair_id).join(
        Agency, Agency.id == _meeting.c.owner_agency_id
    )


@cache
def _one_meeting() -> Query:
    return _named(scoped(Meeting, *_NAMES, person=False)).where(_meeting.c.id == _MEETING)


def meeting(actor: Actor, meeting_id: UUID) -> Seen:
    """One meeting, with ``chair`` and ``agency_name``. Raises ``NotFound`` if it is not seen."""
    return one(actor, _one_meeting(), Meeting, meeting=meeting_id)


@cache
def _of_person() -> Query:
    return (
        _named(scoped(Meeting, *_NAMES, person=True))
        .where(_meeting.c.state != MeetingState.CANCELLED.value)
        .order_by(_meeting.c.held_at.desc(), _meeting.c.id)
    )


def of_person(actor: Actor, person_id: UUID) -> list[Seen]:
    """The meetings on a person that were not cancelled, newest first."""
    return rows(actor, _of_person(), Meeting, person=person_id)


@cache
def _last_signed_off() -> Query:
    return (
        _named(scoped(Meeting, *_NAMES, person=True))
        .where(_meeting.c.state == MeetingState.SIGNED_OFF.value)
        .order_by(_meeting.c.held_at.desc(), _meeting.c.id)
        .limit(1)
    )


@cache
def _first_to_come() -> Query:
    return (
        _named(scoped(Meeting, *_NAMES, person=True))
        .where(_meeting.c.state.in_([MeetingState.PLANNED.value, MeetingState.OPEN.value]))
        .order_by(_meeting.c.held_at, _meeting.c.id)
        .limit(1)
    )


def latest(actor: Actor, person_id: UUID) -> Seen | None:
    """The last meeting on the person whose minutes are signed off."""
    found = rows(actor, _last_signed_off(), Meeting, person=person_id)
    return found[0] if found else None


def next(actor: Actor, person_id: UUID) -> Seen | None:
    """The meeting on the person that is open, or the first to come."""
    found = rows(actor, _first_to_come(), Meeting, person=person_id)
    return found[0] if found else None


_WIDE_ROLES = frozenset(Role) - {*PRACTITIONERS, Role.CHAIR} | {Role.REPRESENTATIVE}
"""Whose list is everything in reach; others see what they chair or work on."""


@cache
def _listed(*, newest_first: bool) -> Query:
    mine = sa.or_(
        _ALL,
        _meeting.c.chair_id == ME.user,
        p.on_team_as_person(ME, Meeting.label(), policy.AT, Level.SUM),
    )
    names = (Person.__table__.c.given_name, Person.__table__.c.family_name)
    order = _meeting.c.held_at.desc() if newest_first else _meeting.c.held_at
    return (
        _named(scoped(Meeting, *_NAMES, *names, person=False))
        .join(Person, Person.id == _meeting.c.person_id)
        .where(scope(Person), _meeting.c.state == _STATE, mine)
        .order_by(order, _meeting.c.id)
        .limit(LONGEST_LIST)
    )


def listed(actor: Actor, state: MeetingState) -> list[Seen]:
    """The reader's meetings in a state, with the person's name; those to come by day."""
    statement = _listed(newest_first=state is MeetingState.SIGNED_OFF)
    everything = actor.role in _WIDE_ROLES
    found = rows(actor, statement, Meeting, state=state.value, all_of_reach=everything)
    note_read([each.person_id for each in found])
    return found


def _of_meeting(model: Any, *order: str) -> Query:
    table = model.__table__
    return (
        scoped(model, Agency.name.label("agency_name"), person=True)
        .join(Agency, Agency.id == table.c.agency_id)
        .where(table.c.meeting_id == _MEETING)
        .order_by(*(table.c[name] for name in order))
    )


@cache
def _entries() -> Query:
    return _of_meeting(MeetingEntry, "at", "id")


@cache
def _attendance() -> Query:
    return _of_meeting(Attendance, "added_at", "name", "id")


@cache
def _closed_items() -> Query:
    return _of_meeting(ClosedItem, "added_at", "id")


@cache
def _invitations() -> Query:
    table = Invitation.__table__
    return (
        scoped(Invitation, Agency.name.label("agency_name"), person=True)
        .join(Agency, Agency.id == table.c.agency_id)
        .where(table.c.meeting_id == _MEETING)
        .order_by(Agency.name)
    )


def entries(actor: Actor, seen: Any) -> list[Seen]:
    """The lines of a meeting that the reader may hear, as they were said.

    ``record`` is the meeting, or the closed item, that a line was said under.
    """
    return _rows_of(actor, _entries(), MeetingEntry, seen)


def attendance(actor: Actor, seen: Any) -> list[Seen]:
    """Who took part in a meeting."""
    return _rows_of(actor, _attendance(), Attendance, seen)


def closed_items(actor: Actor, seen: Any) -> list[Seen]:
    """The closed items of a meeting that name the reader; of others there is no trace."""
    return _rows_of(actor, _closed_items(), ClosedItem, seen)


def invited(actor: Actor, seen: Any) -> list[Seen]:
    """The agencies asked to a meeting, by name."""
    return _rows_of(actor, _invitations(), Invitation, seen)


def actions_of(actor: Actor, seen: Any) -> list[Seen]:
    """The actions that a meeting gave, with ``owner_name`` and ``assigned_name``."""
    return actions.from_record(actor, seen.person_id, seen.id)


def _rows_of(actor: Actor, statement: Query, model: Any, seen: Any) -> list[Seen]:
    return rows(actor, statement, model, person=seen.person_id, meeting=seen.id)


def heard_by(closed: Any) -> list[UUID]:
    """The agencies that a closed item names."""
    return [UUID(hex=each) for each in closed.heard_by.split()]


@dataclass(frozen=True)
class Somebody:
    """A member of staff who can be chosen."""

    user_id: UUID
    name: str
    agency_id: UUID
    agency_name: str


def chairs(area_id: str) -> list[Somebody]:
    """Who chairs meetings in an area."""
    found = agencies.staff_of([each.id for each in agencies.agencies_in(area_id)])
    return [
        Somebody(each.user_id, each.name, each.agency_id, each.agency_name)
        for each in found
        if each.role is Role.CHAIR
    ]


def who_may_come(actor: Actor, seen: Any) -> list[Somebody]:
    """The staff of the agencies asked to a meeting, each once, and its chair."""
    asked = {each.agency_id for each in invited(actor, seen)} | {seen.owner_agency_id}
    found: dict[UUID, Somebody] = {}
    for each in agencies.staff_of(sorted(asked)):
        if each.role in _IN_MEETINGS:
            found.setdefault(
                each.user_id,
                Somebody(each.user_id, each.name, each.agency_id, each.agency_name),
            )
    return list(found.values())


_IN_MEETINGS = frozenset(
    {*PRACTITIONERS, Role.SUPERVISOR, Role.AGENCY_LEAD, Role.DUTY_OFFICER}
    | {Role.COORDINATOR, Role.CHAIR}
)


@cache
def timeline_part(*, person: bool = True) -> Query:
    """Meetings that were held, as lines of a timeline: nothing in them is more than a summary."""
    at_level_3 = _meeting.c.at_level == 3
    signed_off = _meeting.c.state == MeetingState.SIGNED_OFF.value
    columns: tuple[sa.ColumnElement[Any], ...] = (
        sa.literal("meeting").label("kind"),
        _meeting.c.id.label("record"),
        _meeting.c.held_at.label("at"),
        sa.cast(sa.null(), sa.Date).label("day"),
        sa.case((at_level_3, "Level 3 meeting"), else_="Level 2 meeting").label("title"),
        sa.case(
            (signed_off, "The minutes are signed off."),
            else_="The minutes are not signed off yet.",
        ).label("body"),
        User.name.label("by_name"),
        Agency.name.label("agency_name"),
    )
    held = [word(MeetingState.OPEN.value), word(MeetingState.SIGNED_OFF.value)]
    return _named(scoped(Meeting, person=person).with_only_columns(*columns)).where(
        _meeting.c.state.in_(held)
    )
