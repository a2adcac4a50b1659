"""Asking a second person, answering and withdrawing. What was asked is what is done, once.

Nothing changes until somebody else approves. The policy is asked of both people again at the moment
of doing, in the transaction that does it.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.labels import RecordLabel
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import crypto
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.reminders import service as reminders
from mappa.sharing.approvals import queries, rules
from mappa.sharing.approvals.kinds import Agreed, kind_of
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.rules import ApprovalState, Payload

ASKED = "approval:asked"
ANSWER = "approval"
"""The kind of the duty that a question about a record is."""


@dataclass(frozen=True, kw_only=True)
class About:
    """The record that a question is about, and whose words its case follows.

    With it the answer is a duty on the work list, and the asker is told of it; a question about no
    record stands on the page of approvals, and on the work of those who may answer.
    """

    label: RecordLabel
    jurisdiction: str


def ask(
    actor: Actor,
    kind: str,
    payload: Payload,
    why: str,
    now: datetime,
    *,
    about: About | None = None,
) -> UUID:
    """Ask a second person of the own agency to let something be done; the id of the question.

    Raises ``NotPermitted`` if the asker may not do it, ``RuleBroken`` if it was asked already or if
    nobody could answer. Nothing is written then.
    """
    what = kind_of(kind)
    if not what.may_ask(actor, payload):
        raise NotPermitted(f"approval:ask: {kind}")
    if not why.strip():
        raise RuleBroken("APPROVAL-REASON", "Say why. A second person reads it", field="why")
    text = rules.written(payload)
    if queries.is_asked(actor, kind, text):
        raise RuleBroken(
            "APPROVAL-ASKED", "This was asked already, and waits for its answer on Approvals"
        )
    answerers = [each for each in what.answerers(actor, payload) if each.user_id != actor.user_id]
    if not answerers:
        raise RuleBroken(
            "APPROVAL-NOBODY",
            "This takes a second person, and nobody else at your agency may approve it. "
            "Ask the system administrator",
        )
    made = _asked(actor, kind, text, why, now)
    if about is not None:
        _owe(made, about, answerers[0], now)
        for each in answerers:
            _tell(made, about.label, each.user_id, ASKED, now)
    log.record(actor, Operation.COLLECTION, ASKED, [made.id], at=now, basis=f"{kind} {made.digest}")
    return made.id


def _asked(actor: Actor, kind: str, payload: str, why: str, now: datetime) -> Approval:
    made = Approval(
        kind=kind,
        agency_id=actor.agency_id,
        payload=payload,
        digest="",
        asked_by_id=actor.user_id,
        asked_as=actor.role.value,
        why=why,
        asked_at=now,
        last_day=rules.lapses_on(day_of(now)),
        state=ApprovalState.ASKED.value,
    )
    made.digest = _digest(made)
    db.session.add(made)
    db.session.flush()
    return made


def _digest(found: Approval) -> str:
    return crypto.digest(
        rules.sealed_text(
            kind=found.kind,
            agency=found.agency_id.hex,
            asker=f"{found.asked_by_id.hex} {found.asked_as}",
            at=found.asked_at.isoformat(),
            why=found.why,
            payload=found.payload,
        )
    )


def _owe(made: Approval, about: About, owner: Actor, now: datetime) -> None:
    reminders.open_deadline(
        "approval-answer", about.label, kind=ANSWER, starts_on=day_of(now), about=made.id,
        jurisdiction=about.jurisdiction, owner_user=owner.user_id, owner_team=owner.team_id,
        owner_agency=owner.agency_id, now=now,
    )  # fmt: skip


def _tell(made: Approval, label: RecordLabel, user: UUID, event: str, now: datetime) -> None:
    reminders.tell(
        user, label, event=event, text_key=made.id.hex, now=now, about=made.id,
        agency=made.agency_id,
    )  # fmt: skip


def answer(
    actor: Actor, approval_id: UUID, approved: bool, why: str, now: datetime
) -> ApprovalState:
    """Approve, which does it, or decline. What became of the question.

    Raises ``NotFound`` for whoever may not answer it, and ``RuleBroken`` for the asker, where it no
    longer waits, or where the asker may no longer do it. Nothing has changed.
    """
    found = _to_answer(actor, approval_id)
    rules.check_open(_state(found, now))
    rules.check_why(why, approved=approved)
    if found.digest != _digest(found):
        raise RuleBroken(
            "APPROVAL-CHANGED", "What was asked is no longer what was written down. Decline it"
        )
    state = ApprovalState.APPROVED if approved else ApprovalState.DECLINED
    asker = _asker(found) if approved else None
    _end(actor, found, state, why, now)
    if asker is not None:
        kind_of(found.kind).do(
            Agreed(
                asker=asker,
                answerer=actor,
                payload=queries.payload_of(found),
                why=found.why,
                now=now,
            )
        )
    return state


def _to_answer(actor: Actor, approval_id: UUID) -> Approval:
    require(actor, Action.APPROVAL_ANSWER)
    found = db.session.get(Approval, approval_id, with_for_update=True)
    if found is None or not queries.may_see(actor, found):
        raise NotFound
    if found.asked_by_id == actor.user_id:
        raise RuleBroken(
            "APPROVAL-OWN",
            "You asked this, so somebody else answers it. You can withdraw it",
        )
    return found


def _state(found: Approval, now: datetime) -> ApprovalState:
    return rules.state_on(ApprovalState(found.state), found.last_day, day_of(now))


def _asker(found: Approval) -> Actor:
    """Who asked, as that person stands now. Raises ``RuleBroken`` if that is not enough any more.

    Somebody who left, who is in another role or who was kept out since does nothing by a paper that
    lay in a drawer.
    """
    asker = agencies.acting_as(found.asked_by_id, found.agency_id, [Role(found.asked_as)])
    if asker is None or not kind_of(found.kind).may_ask(asker, queries.payload_of(found)):
        raise RuleBroken(
            "APPROVAL-ASKER",
            "Whoever asked may no longer do this. Decline it; somebody who may asks again",
        )
    return asker


def _end(actor: Actor, found: Approval, to: ApprovalState, why: str, now: datetime) -> None:
    found.state, found.answer = to.value, why
    found.answered_by_id, found.answered_at = actor.user_id, now
    db.session.flush()
    reminders.close_deadlines(found.id, now, kind=ANSWER)
    log.record(
        actor, Operation.ALTERATION, f"approval:{to.value}", [found.id], at=now,
        fields=["state", "answer"], basis=f"{found.kind} {found.digest}",
    )  # fmt: skip


def withdraw(actor: Actor, approval_id: UUID, *, now: datetime) -> None:
    """Take one's own question back. Raises ``NotFound`` for anybody else."""
    found = db.session.get(Approval, approval_id, with_for_update=True)
    own = found is not None and (found.asked_by_id, found.agency_id) == (
        actor.user_id,
        actor.agency_id,
    )
    if found is None or not own:
        raise NotFound
    rules.check_open(_state(found, now))
    _end(actor, found, ApprovalState.WITHDRAWN, "", now)
