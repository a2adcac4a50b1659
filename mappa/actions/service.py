"""Giving actions and completing them."""

from datetime import date, datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.labels import RecordLabel
from mappa.access.reading import load
from mappa.access.terms import SUPERVISORS, Level
from mappa.actions.models import ActionItem, ActionState
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.reminders import service as reminders

KIND = "action"
"""The kind of the duty that every open action is."""

GIVEN = "action:given"
"""The event of which an action's owner is told."""

DONE = "action:done"
"""The event of which the audit knows when an action is completed."""


def add_action(
    actor: Actor,
    label: RecordLabel,
    *,
    what: str,
    owner_user: UUID,
    owner_agency: UUID,
    due_on: date,
    jurisdiction: str,
    now: datetime,
    owner_team: UUID = NOBODY,
) -> ActionItem:
    """Give an action that comes from the record of ``label``; its owner is told.

    The caller has asked whether the actor may. Raises ``RuleBroken`` (``action-due``) for a day
    that has gone.
    """
    _check_day(due_on, clock.day_of(now))
    item = ActionItem(
        **label.columns(),
        what=what,
        owner_user_id=owner_user,
        assigned_agency_id=owner_agency,
        due_on=due_on,
        state=ActionState.OPEN.value,
        set_by_id=actor.user_id,
        set_at=now,
    )
    db.session.add(item)
    db.session.flush()
    _owe(item, label, jurisdiction, owner_team, now)
    _record(actor, Operation.COLLECTION, GIVEN, item, now, "what", "owner_user_id", "due_on")
    return item


def _owe(
    item: ActionItem, label: RecordLabel, jurisdiction: str, team: UUID, now: datetime
) -> None:
    """Make the action a duty of its owner, who is told unless it is the giver."""
    reminders.open_deadline(
        "action-due",
        label,
        kind=KIND,
        starts_on=clock.day_of(now),
        set_on=item.due_on,
        jurisdiction=jurisdiction,
        owner_user=item.owner_user_id,
        owner_team=team,
        owner_agency=item.assigned_agency_id,
        now=now,
        title=f"Action: {item.what}",
        about=item.id,
    )
    if item.owner_user_id != item.set_by_id:
        reminders.tell(
            item.owner_user_id,
            label,
            event=GIVEN,
            text_key=item.id.hex,
            now=now,
            about=item.id,
            agency=item.assigned_agency_id,
        )


def _record(
    actor: Actor, operation: Operation, event: str, item: ActionItem, now: datetime, *fields: str
) -> None:
    log.record(actor, operation, event, [item.person_id, item.id], at=now, fields=fields)


def complete_action(actor: Actor, action_id: UUID, evidence: str, *, now: datetime) -> ActionItem:
    """Say that an action is done and what shows it; its duty closes.

    Raises ``NotFound`` if the actor does not see it, ``NotPermitted`` for anybody but its owner
    and the supervisors of the agency it was given to, ``RuleBroken`` without evidence or if it is
    no longer open.
    """
    item = load(actor, ActionItem, action_id, need=Level.SUM)
    require(actor, Action.ACTION_UPDATE)
    if not may_complete(actor, item.owner_user_id, item.assigned_agency_id):
        raise NotPermitted("action:update: neither the owner nor a supervisor of that agency")
    _check_completion(item, evidence)
    item.state = ActionState.DONE.value
    item.evidence = evidence.strip()
    item.done_at = now
    item.done_by_id = actor.user_id
    db.session.flush()
    reminders.close_deadlines(item.id, now)
    _record(actor, Operation.ALTERATION, DONE, item, now, "state", "evidence", "done_at")
    return item


def pass_action(actor: Actor, action_id: UUID, to_user: UUID, now: datetime) -> None:
    """Let a colleague own an action whose duty passed to them; the caller has asked who may.

    Raises ``NotFound`` if the actor does not see it.
    """
    item = load(actor, ActionItem, action_id, need=Level.SUM)
    item.owner_user_id = to_user
    db.session.flush()
    _record(actor, Operation.ALTERATION, "action:passed", item, now, "owner_user_id")


def may_complete(actor: Actor, owner_user: UUID, assigned_agency: UUID) -> bool:
    """Whether this reader of an action is the one to complete it."""
    if actor.agency_id != assigned_agency:
        return False
    return actor.user_id == owner_user or actor.role in SUPERVISORS


def _check_day(due_on: date, today: date) -> None:
    if due_on < today:
        raise RuleBroken(
            "action-due", "The day for the action must be today or later", field="due_on"
        )


def _check_completion(item: ActionItem, evidence: str) -> None:
    if item.state != ActionState.OPEN.value:
        raise RuleBroken("action-open", "This action is no longer open")
    if not evidence.strip():
        raise RuleBroken(
            "action-evidence", "Say what was done and how it can be seen", field="evidence"
        )
