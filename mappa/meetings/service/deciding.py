"""What a meeting decides: risk, disclosure, level and category, the next date, actions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.actions import service as actions
from mappa.kernel import clock
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.meetings import queries
from mappa.meetings.models import Meeting
from mappa.meetings.queries import Somebody
from mappa.meetings.rules import check_level, check_next_date
from mappa.meetings.service.standing import jurisdiction_of, latest_next, running, wrote
from mappa.offenders import levels
from mappa.offenders.workers import case_workers
from mappa.reminders import service as reminders
from mappa.rules.calendar import day_words
from mappa.rules.levels import MappaLevel


@dataclass(frozen=True, kw_only=True)
class DecideRisk:
    """The risk to each group, in words."""

    risk: str


@dataclass(frozen=True, kw_only=True)
class DecideDisclosure:
    """Whether somebody outside is told, and why or why not."""

    disclosure: bool
    reason: str


@dataclass(frozen=True, kw_only=True)
class DecideLevel:
    """The level and the category from now on, and why."""

    level: int
    category: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class SetNextDate:
    """The day of the next meeting; a reason if it is later than the rule."""

    next_on: date
    reason: str


@dataclass(frozen=True, kw_only=True)
class GiveAction:
    """What, who, by when."""

    what: str
    who: UUID
    due_on: date


def decide_risk(actor: Actor, meeting_id: UUID, command: DecideRisk, *, now: datetime) -> Meeting:
    """Record the risk to each group. Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``."""
    meeting = running(actor, meeting_id)
    meeting.risk = command.risk
    wrote(actor, meeting, "meeting:risk-recorded", now=now, fields=["risk"])
    return meeting


def decide_disclosure(
    actor: Actor, meeting_id: UUID, command: DecideDisclosure, *, now: datetime
) -> Meeting:
    """Record whether to disclose, with the reason either way.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``. Source: MAPPA guidance, disclosure is
    considered at every level 2 and 3 meeting; Criminal Justice Act 2003 s327A.
    """
    meeting = running(actor, meeting_id)
    meeting.disclosure = "yes" if command.disclosure else "no"
    meeting.disclosure_reason = command.reason
    fields = ["disclosure", "disclosure_reason"]
    wrote(actor, meeting, "meeting:disclosure-decided", now=now, fields=fields)
    return meeting


def decide_level(actor: Actor, meeting_id: UUID, command: DecideLevel, *, now: datetime) -> Meeting:
    """Decide level and category: the person's own change with it, and the lead manager is told.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    meeting = running(actor, meeting_id)
    check_level(jurisdiction_of(actor, meeting.person_id), command.category, command.level)
    meeting.level_decided = command.level
    meeting.category_decided = command.category
    meeting.level_reason = command.reason
    if command.level == MappaLevel.ONE:
        meeting.next_on, meeting.next_reason = None, ""
    fields = ["level_decided", "category_decided", "level_reason"]
    wrote(actor, meeting, "meeting:level-decided", now=now, fields=fields)
    held = day_words(clock.day_of(meeting.held_at))
    person = levels.apply_meeting_level(
        actor,
        meeting.person_id,
        level=command.level,
        category=command.category,
        why=f"Decided at the level {meeting.at_level} meeting on {held}",
        now=now,
    )
    if person is not None and person.manager_id not in (NOBODY, actor.user_id):
        reminders.tell(
            person.manager_id,
            label_of(meeting),
            event="meeting:level-decided",
            text_key=f"{command.category}-{command.level}",
            now=now,
        )
    return meeting


def set_next_date(
    actor: Actor, meeting_id: UUID, command: SetNextDate, *, now: datetime
) -> Meeting:
    """Set the day of the next meeting; later than the rule needs a reason.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``.
    """
    meeting = running(actor, meeting_id)
    if meeting.level_decided == MappaLevel.ONE:
        raise RuleBroken("NEXT-DATE", "Level 1 has no meetings, so there is no next date.")
    held_on = clock.day_of(meeting.held_at)
    jurisdiction = jurisdiction_of(actor, meeting.person_id)
    latest_on = latest_next(meeting.level_decided or meeting.at_level, jurisdiction, held_on)
    check_next_date(command.next_on, command.reason, held_on, latest_on)
    meeting.next_on = command.next_on
    late = latest_on is not None and command.next_on > latest_on
    meeting.next_reason = command.reason if late else ""
    wrote(actor, meeting, "meeting:next-date-set", now=now, fields=["next_on", "next_reason"])
    return meeting


def action_owners(actor: Actor, meeting: Any) -> list[Somebody]:
    """Who can be given an action: who is here with an account, and who works on the case.

    ``meeting`` is the row or what a reader sees of it.
    """
    found: dict[UUID, Somebody] = {}
    for each in queries.attendance(actor, meeting):
        if each.user_id != NOBODY:
            found[each.user_id] = Somebody(
                each.user_id, each.name, each.agency_id, each.agency_name
            )
    for worker in case_workers(actor, meeting.person_id):
        found.setdefault(
            worker.user_id,
            Somebody(worker.user_id, worker.name, worker.agency_id, worker.agency),
        )
    return sorted(found.values(), key=lambda each: (each.name, each.user_id))


def give_action(actor: Actor, meeting_id: UUID, command: GiveAction, *, now: datetime) -> UUID:
    """Give somebody here, or on the case, an action; it opens on that user's home.

    The id of the action. Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``.
    """
    meeting = running(actor, meeting_id)
    owner = next((o for o in action_owners(actor, meeting) if o.user_id == command.who), None)
    if owner is None:
        raise FieldErrors({"who": ["Choose who does it from the list"]})
    given = actions.add_action(
        actor,
        label_of(meeting),
        what=command.what,
        owner_user=owner.user_id,
        owner_agency=owner.agency_id,
        owner_team=teams.team_of(owner.user_id, owner.agency_id) or NOBODY,
        due_on=command.due_on,
        jurisdiction=jurisdiction_of(actor, meeting.person_id).value,
        now=now,
    )
    return given.id
