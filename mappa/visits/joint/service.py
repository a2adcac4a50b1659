"""Adding an officer's account to a visit that somebody else logged.

The account belongs to the officer's agency, under its own label; what is handed over with it, cards
and files, belongs to the account. Each act raises ``NotFound`` for who does not read the visit in
full, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is written.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.reading import Seen
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.visits import concern, queries
from mappa.visits import service as visits
from mappa.visits.doorstep import service as doorstep
from mappa.visits.doorstep.rules import DraftCard, DraftFile
from mappa.visits.doorstep.service import Finished
from mappa.visits.joint import queries as joint
from mappa.visits.joint import rules
from mappa.visits.joint.rules import AddAccount, Adding
from mappa.visits.models import VisitAccount
from mappa.visits.preparing.rules import turnout_faults
from mappa.visits.rules import LogVisit, Present, log_faults


def may_add(actor: Actor, visit: Seen, went: Collection[UUID]) -> bool:
    """Whether the reader adds an account; ``went`` are those who attended, by account."""
    try:
        rules.check_joint(_adding(actor, visit, was_there=actor.user_id in went))
    except RuleBroken:
        return False
    return decide(actor, Action.VISIT_LOG, _target(actor, visit.person_id)).allowed


def check_may_add(actor: Actor, visit: Seen) -> None:
    """Raise unless the reader adds an account to this visit."""
    if not visit.full:
        raise NotFound
    require(actor, Action.VISIT_LOG, _target(actor, visit.person_id))
    rules.check_joint(_adding(actor, visit, was_there=_was_there(actor, visit)))


def add_account(
    actor: Actor, person_id: UUID, visit_id: UUID, command: AddAccount, *, now: datetime
) -> VisitAccount:
    """Add what the officer says of a visit."""
    visit = queries.visit(actor, person_id, visit_id)
    check_may_add(actor, visit)
    return _add(actor, visit, command, now)


def check_may_hand_over(actor: Actor, visit: Seen, told: LogVisit) -> None:
    """Raise unless the reader may let ``told`` be an account of this visit.

    Who attended, of the visit's own agency, is who either of the two says it was.
    """
    if not visit.full:
        raise NotFound
    require(actor, Action.VISIT_LOG, _target(actor, visit.person_id))
    named = any(each.user_id == actor.user_id for each in told.officers)
    was_there = named or _was_there(actor, visit)
    rules.check_joint(_adding(actor, visit, was_there=was_there), drafted=True)


@dataclass(frozen=True, kw_only=True)
class HandedOver:
    """A draft of a visit that is on record already; ``account`` is ``told`` in words."""

    told: LogVisit
    account: AddAccount
    cards: Sequence[Finished]
    unread: Sequence[DraftCard]
    files: Sequence[DraftFile]


def hand_over(
    actor: Actor,
    person_id: UUID,
    visit_id: UUID,
    handed: HandedOver,
    *,
    now: datetime,
    planned_on: date | None = None,
) -> tuple[VisitAccount, bool]:
    """Let a draft be an account of the visit on record, with its cards and files.

    ``planned_on`` is the London day on which the visit was planned, if it was. Gives the account,
    and whether a concern for a child in it could be told to the case team. It closes no duty: the
    visit did.
    """
    visit, told = queries.visit(actor, person_id, visit_id), handed.told
    check_may_hand_over(actor, visit, told)
    visits.refuse(log_faults(told, now=now, planned_on=planned_on) | turnout_faults(told.turnout))
    account = _add(actor, visit, handed.account, now)
    if handed.cards or handed.unread:
        doorstep.record_cards(
            actor, account, handed.cards, handed.unread,
            child_there=Present.CHILD in told.present, now=now,
        )  # fmt: skip
    if handed.files:
        doorstep.record_files(actor, account, handed.files, dated_on=told.made_on, now=now)
    worried = bool(told.concern and told.concern_child)
    return account, not worried or concern.tell_of_account(actor, account, now)


def _add(actor: Actor, visit: Seen, command: AddAccount, now: datetime) -> VisitAccount:
    made = VisitAccount(
        person_id=visit.person_id,
        owner_agency_id=actor.agency_id,
        visit_id=visit.id,
        account=command.account,
        concerns=command.concerns,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    records = [visit.person_id, made.id]
    fields = ["account", "concerns"]
    log.record(actor, Operation.COLLECTION, "visit:account-added", records, at=now, fields=fields)
    return made


def _was_there(actor: Actor, visit: Seen) -> bool:
    """What the visit says of it; asked of the visit's own agency only."""
    own = visit.owner_agency_id == actor.agency_id
    return own and joint.was_there(actor, visit.person_id, visit.id)


def _adding(actor: Actor, visit: Seen, *, was_there: bool) -> Adding:
    return Adding(
        state=visit.state,
        author=visit.written_by_id,
        owner=visit.owner_agency_id,
        user=actor.user_id,
        agency=actor.agency_id,
        was_there=was_there,
    )


def _target(actor: Actor, person_id: UUID) -> Target:
    return Target(person=person_id, owner=actor.agency_id)
