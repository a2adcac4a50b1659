"""What every act in a meeting begins with, and how far the meeting has come."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.reading import load
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.meetings import queries
from mappa.meetings.models import Meeting
from mappa.meetings.rules import MeetingState, Presence, Settled, check_running
from mappa.offenders import queries as offenders
from mappa.reminders import service as reminders
from mappa.rules.levels import Jurisdiction, MappaLevel


def may(actor: Actor, action: Action, meeting_id: UUID) -> Meeting:
    """The meeting itself, for a reader who may do this with it.

    Raises ``NotFound`` if the meeting is not seen, ``NotPermitted`` if it is seen only.
    """
    meeting = load(actor, Meeting, meeting_id)
    require(actor, action, target_of(meeting))
    return meeting


def require_on(actor: Actor, action: Action, meeting: Any) -> None:
    """Raise ``NotPermitted`` unless the actor may do this with a meeting that is seen."""
    require(actor, action, target_of(meeting))


def target_of(meeting: Any) -> Target:
    """A meeting (the row, or what a reader sees of it) as the policy asks about it."""
    return Target(
        person=meeting.person_id,
        owner=meeting.owner_agency_id,
        record=meeting.id,
        meeting=meeting.id,
    )


def running(actor: Actor, meeting_id: UUID, action: Action = Action.MEETING_RUN) -> Meeting:
    """The open meeting, to be written in. Raises besides ``RuleBroken`` if it is not open."""
    meeting = may(actor, action, meeting_id)
    check_running(MeetingState(meeting.state))
    return meeting


def wrote(
    actor: Actor,
    meeting: Meeting,
    event: str,
    *,
    now: datetime,
    fields: Iterable[str] = (),
    also: Iterable[UUID] = (),
    operation: Operation = Operation.ALTERATION,
) -> None:
    """Flush, and put the act on record."""
    db.session.flush()
    records = [meeting.person_id, meeting.id, *also]
    log.record(actor, operation, event, records, at=now, fields=fields)


def jurisdiction_of(actor: Actor, person_id: UUID) -> Jurisdiction:
    """The law that the person's case is under."""
    return Jurisdiction(offenders.person(actor, person_id).jurisdiction)


def review_rule(level: int) -> str:
    """The rule for the next meeting at a level."""
    return f"meeting-review-level-{level}"


def latest_next(level: int, jurisdiction: Jurisdiction, held_on: date) -> date | None:
    """The last day that the rule gives for the next meeting; None where it gives none."""
    if level == MappaLevel.ONE:
        return None
    reckoned = reminders.reckon(review_rule(level), jurisdiction.value, held_on, held_on)
    return reckoned.counted.latest_on


def settled_in(actor: Actor, meeting: Any, jurisdiction: Jurisdiction) -> Settled:
    """What a meeting (the row, or what a reader sees of it) has settled so far."""
    held_on = clock.day_of(meeting.held_at)
    level = meeting.level_decided or meeting.at_level
    return Settled(
        confidentiality_read=meeting.confidentiality_read_at is not None,
        chair_present=any(
            each.user_id == meeting.chair_id and each.presence == Presence.PRESENT
            for each in queries.attendance(actor, meeting)
        ),
        risk=meeting.risk,
        disclosure=meeting.disclosure,
        disclosure_reason=meeting.disclosure_reason,
        level=meeting.level_decided,
        level_reason=meeting.level_reason,
        category=meeting.category_decided,
        next_on=meeting.next_on,
        next_reason=meeting.next_reason,
        held_on=held_on,
        latest_on=latest_next(level, jurisdiction, held_on),
    )
