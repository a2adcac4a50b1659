"""The sign-off: the minutes are frozen, the next duties open, the chair's reach ends."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.access.reading import Seen, scope
from mappa.access.terms import Level
from mappa.agencies import queries as agencies
from mappa.kernel import clock, uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import RuleBroken
from mappa.meetings import minutes, queries
from mappa.meetings.models import ClosedItem, Meeting
from mappa.meetings.rules import MeetingState, Presence, check_move, check_sign_off
from mappa.meetings.service.standing import (
    jurisdiction_of,
    may,
    review_rule,
    running,
    settled_in,
    wrote,
)
from mappa.offenders import queries as offenders
from mappa.reminders import service as reminders
from mappa.rules.levels import Jurisdiction, MappaLevel, category


def sign_off(actor: Actor, meeting_id: UUID, *, now: datetime) -> Meeting:
    """Freeze the minutes with their digest and end the meeting; afterwards nothing changes.

    Raises ``NotFound``, ``NotPermitted``, or ``RuleBroken`` with everything that is missing; then
    nothing is written.
    """
    meeting = running(actor, meeting_id, Action.MEETING_CHAIR)
    check_move(MeetingState(meeting.state), MeetingState.SIGNED_OFF)
    jurisdiction = jurisdiction_of(actor, meeting.person_id)
    check_sign_off(settled_in(actor, meeting, jurisdiction), jurisdiction)
    meeting.minutes = minutes.text_of(minutes_of(actor, meeting, now))
    meeting.minutes_digest = minutes.digest_of(meeting.minutes)
    meeting.state = MeetingState.SIGNED_OFF.value
    meeting.signed_at = now
    meeting.signed_by_id = actor.user_id
    frozen = _freeze_closed_items(actor, meeting)
    wrote(
        actor, meeting, "minutes:signed-off", now=now, also=frozen,
        fields=["minutes", "minutes_digest", "state"],
    )  # fmt: skip
    _open_next_duties(meeting, jurisdiction, now)
    rights.end_seats(meeting.id, at=now)
    return meeting


def minutes_of(actor: Actor, meeting: Any, now: datetime) -> minutes.Minutes:
    """What the minutes of a complete meeting say, without any closed item."""
    person = offenders.person(actor, meeting.person_id)
    jurisdiction = Jurisdiction(person.jurisdiction)
    said = [each for each in queries.entries(actor, meeting) if each.record == meeting.id]
    decided = category(jurisdiction, meeting.category_decided)
    return minutes.Minutes(
        person=offenders.display_name(person),
        level=meeting.at_level,
        held_at=meeting.held_at,
        place=meeting.place,
        chair=agencies.user_names([meeting.chair_id])[meeting.chair_id],
        confidentiality_read_at=meeting.confidentiality_read_at,
        attended=_attended(queries.attendance(actor, meeting)),
        lines=_lines(said),
        risk=meeting.risk,
        disclosure=meeting.disclosure,
        disclosure_reason=meeting.disclosure_reason,
        level_decided=meeting.level_decided,
        level_reason=meeting.level_reason,
        category=decided.words if decided else "",
        next_on=meeting.next_on,
        next_reason=meeting.next_reason,
        actions=[
            minutes.Given(
                what=each.what, who=each.owner_name, agency=each.assigned_name, due_on=each.due_on
            )
            for each in queries.actions_of(actor, meeting)
        ],
        signed_at=now,
    )


def _attended(found: Sequence[Seen]) -> list[minutes.Attended]:
    return [
        minutes.Attended(
            name=each.name,
            agency=each.agency_name,
            presence=Presence(each.presence),
            agreed=each.agreed_at is not None,
        )
        for each in found
    ]


def _lines(found: Sequence[Seen]) -> list[minutes.Line]:
    return [
        minutes.Line(
            item=each.item,
            at=each.at,
            said_by=each.said_by,
            agency=each.agency_name,
            text=each.text,
        )
        for each in found
    ]


def _freeze_closed_items(actor: Actor, meeting: Meeting) -> list[UUID]:
    table = ClosedItem.__table__
    statement = sa.select(ClosedItem).where(
        table.c.meeting_id == meeting.id, scope(ClosedItem, need=Level.FULL)
    )
    found = db.session.scalars(statement, actor.binds(uow.current().at)).all()
    lines = queries.entries(actor, meeting)
    for closed in found:
        closed.minutes = minutes.closed_text_of(
            meeting.at_level,
            meeting.held_at,
            agencies.agency(closed.agency_id).name,
            [agencies.agency(each).name for each in queries.heard_by(closed)],
            _lines([each for each in lines if each.record == closed.id]),
        )
        closed.minutes_digest = minutes.digest_of(closed.minutes)
    return [closed.id for closed in found]


def _open_next_duties(meeting: Meeting, jurisdiction: Jurisdiction, now: datetime) -> None:
    held_on = clock.day_of(meeting.held_at)
    label = label_of(meeting)
    reminders.close_for_person(meeting.person_id, "meeting-review", now)
    if meeting.level_decided is not None and meeting.level_decided != MappaLevel.ONE:
        reminders.open_deadline(
            review_rule(meeting.level_decided),
            label,
            kind="meeting-review",
            starts_on=held_on,
            set_on=meeting.next_on,
            jurisdiction=jurisdiction.value,
            owner_user=meeting.chair_id,
            owner_agency=meeting.owner_agency_id,
            now=now,
        )
    prepared = meeting.coordinator_id != NOBODY
    reminders.open_deadline(
        f"minutes-circulation-level-{meeting.at_level}",
        label,
        kind="minutes",
        starts_on=held_on,
        jurisdiction=jurisdiction.value,
        owner_user=meeting.coordinator_id if prepared else meeting.chair_id,
        owner_agency=meeting.coordinator_agency_id if prepared else meeting.owner_agency_id,
        now=now,
    )


def record_circulation(actor: Actor, meeting_id: UUID, *, now: datetime) -> Meeting:
    """Record that the signed minutes went out, which ends that duty; the first time counts.

    Raises ``NotFound``, ``NotPermitted``, or ``RuleBroken`` before the sign-off.
    """
    meeting = may(actor, Action.MEETING_CIRCULATE, meeting_id)
    if meeting.state != MeetingState.SIGNED_OFF:
        raise RuleBroken("MINUTES-SIGNED", "The minutes are not signed off yet.")
    if meeting.circulated_at is None:
        meeting.circulated_at = now
        meeting.circulated_by_id = actor.user_id
        wrote(actor, meeting, "minutes:circulated", now=now, fields=["circulated_at"])
        reminders.close_deadlines(meeting.id, now, kind="minutes")
    return meeting
