"""Planning a meeting, opening it, or cancelling it before it began."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from mappa.access import guard, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen, load
from mappa.access.rights import Given
from mappa.access.terms import Part, Role
from mappa.agencies import queries as agencies
from mappa.audit.log import Operation
from mappa.kernel import clock, crypto
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.meetings import queries
from mappa.meetings.models import Attendance, Invitation, Meeting
from mappa.meetings.queries import Somebody
from mappa.meetings.referring.rules import KIND as FIRST
from mappa.meetings.rules import MeetingState, Presence, check_move, check_planned_day
from mappa.meetings.service.standing import may, target_of, wrote
from mappa.offenders import queries as offenders
from mappa.reminders import service as reminders


@dataclass(frozen=True, kw_only=True)
class PlanMeeting:
    """When and where, at which level, who chairs, which agencies are asked."""

    held_on: date
    at: time
    place: str
    level: int
    chair: UUID
    agencies: tuple[UUID, ...]


def plan_meeting(actor: Actor, person_id: UUID, command: PlanMeeting, *, now: datetime) -> Meeting:
    """Plan a meeting and seat who is asked: the chair has the case from now to the sign-off.

    The meeting belongs to the chair's agency. Raises ``NotFound``, ``NotPermitted`` or
    ``FieldErrors``; then nothing is written.
    """
    person = offenders.person(actor, person_id)
    require(actor, Action.MEETING_OPEN, Target(person=person_id, owner=person.owner_agency_id))
    check_planned_day(command.held_on, clock.day_of(now))
    chair = _chair(actor, command)
    with _writing_for(actor, chair.agency_id):
        meeting = _keep(actor, person_id, chair, command, now)
        _seat(actor, meeting, person, command, now)
        reminders.tell(
            chair.user_id,
            label_of(meeting),
            event="meeting:planned",
            text_key=meeting.id.hex,
            now=now,
        )
    wrote(
        actor,
        meeting,
        "meeting:planned",
        now=now,
        fields=["held_at", "place", "at_level", "chair_id"],
        operation=Operation.COLLECTION,
    )
    return meeting


@contextmanager
def _writing_for(actor: Actor, agency: UUID) -> Iterator[None]:
    # Planning is done for the chair, whose agency's the meeting is; all else in it is the chair's.
    guard.writes_as(agency)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


def _chair(actor: Actor, command: PlanMeeting) -> Somebody:
    problems: dict[str, list[str]] = {}
    known = {each.id for each in agencies.agencies_in(actor.area_id)}
    chair = next((c for c in queries.chairs(actor.area_id) if c.user_id == command.chair), None)
    if chair is None:
        problems["chair"] = ["Choose a chair from the list"]
    if not set(command.agencies) <= known:
        problems["agencies"] = ["Choose agencies from the list"]
    if problems or chair is None:
        raise FieldErrors(problems)
    return chair


def _keep(
    actor: Actor, person_id: UUID, chair: Somebody, command: PlanMeeting, now: datetime
) -> Meeting:
    meeting_id = crypto.new_id()
    prepares = actor.role is Role.COORDINATOR
    meeting = Meeting(
        id=meeting_id,
        meeting_id=meeting_id,
        person_id=person_id,
        owner_agency_id=chair.agency_id,
        at_level=command.level,
        held_at=datetime.combine(command.held_on, command.at, tzinfo=clock.LONDON).astimezone(UTC),
        place=command.place,
        chair_id=chair.user_id,
        coordinator_id=actor.user_id if prepares else NOBODY,
        coordinator_agency_id=actor.agency_id if prepares else NOBODY,
        planned_at=now,
        planned_by_id=actor.user_id,
    )
    db.session.add(meeting)
    db.session.flush()
    return meeting


def _seat(
    actor: Actor, meeting: Meeting, person: Seen, command: PlanMeeting, now: datetime
) -> None:
    given = Given(at=now, by=actor.user_id, reason="meeting")

    def seat(agency: UUID, part: Part, user: UUID = NOBODY) -> None:
        rights.seat(
            meeting.id, meeting.person_id, agency, actor.area_id, part, person.sort_name, given,
            user=user,
        )  # fmt: skip

    seat(meeting.owner_agency_id, Part.CHAIR, meeting.chair_id)
    if meeting.coordinator_id != NOBODY:
        seat(meeting.coordinator_agency_id, Part.COORDINATOR, meeting.coordinator_id)
    for agency in dict.fromkeys(command.agencies):
        seat(agency, Part.ATTENDEE)
        db.session.add(Invitation(**label_of(meeting).columns(), agency_id=agency))
    db.session.flush()


def open_meeting(actor: Actor, meeting_id: UUID, *, now: datetime) -> Meeting:
    """Begin the meeting; on another day than planned, this is when it is held.

    A chair who opens it is there; a first meeting that was owed is met. Raises ``NotFound``,
    ``NotPermitted`` or ``RuleBroken``.
    """
    meeting = may(actor, Action.MEETING_RUN, meeting_id)
    check_move(MeetingState(meeting.state), MeetingState.OPEN)
    meeting.state = MeetingState.OPEN.value
    meeting.opened_at = now
    reminders.close_for_person(meeting.person_id, FIRST, now)
    if clock.day_of(meeting.held_at) != clock.day_of(now):
        meeting.held_at = now
    if actor.user_id == meeting.chair_id:
        db.session.add(
            Attendance(
                **label_of(meeting).columns(),
                user_id=actor.user_id,
                name=actor.name,
                agency_id=actor.agency_id,
                presence=Presence.PRESENT.value,
                agreed_at=None,
                added_at=now,
            )
        )
    wrote(actor, meeting, "meeting:opened", now=now, fields=["state", "held_at"])
    return meeting


def cancel_meeting(actor: Actor, meeting_id: UUID, reason: str, *, now: datetime) -> Meeting:
    """Cancel a meeting that has not begun; the seats end. Its chair may, and who may plan it.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    meeting = load(actor, Meeting, meeting_id)
    target = target_of(meeting)
    if not decide(actor, Action.MEETING_RUN, target).allowed:
        require(actor, Action.MEETING_OPEN, target)
    check_move(MeetingState(meeting.state), MeetingState.CANCELLED)
    if not reason:
        raise RuleBroken("MEETING-CANCEL", "Say why the meeting is cancelled", field="reason")
    meeting.state = MeetingState.CANCELLED.value
    meeting.cancelled_at = now
    meeting.cancel_reason = reason
    wrote(actor, meeting, "meeting:cancelled", now=now, fields=["state", "cancel_reason"])
    rights.end_seats(meeting.id, at=now)
    return meeting
