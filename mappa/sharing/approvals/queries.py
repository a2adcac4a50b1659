"""Questions for a second person, as far as their reader asked them or may answer them."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound
from mappa.sharing.approvals.kinds import Facts, is_known, kind_of
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.rules import ApprovalState, Payload, state_on

MOST = 100
"""So many questions a list shows, the oldest of those that wait first."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question as its reader may see it."""

    id: UUID
    kind: str
    title: str
    payload: Payload
    facts: Facts
    asked_by_id: UUID
    asked_by: str
    why: str
    asked_at: datetime
    last_day: date
    state: ApprovalState
    answered_by: str
    answered_at: datetime | None
    answer: str
    to_answer: bool
    own: bool


def payload_of(found: Approval) -> Payload:
    """What is asked, as it was written down."""
    read: dict[str, Any] = json.loads(found.payload)
    return read


def may_answer(actor: Actor, found: Approval) -> bool:
    """Whether the reader is one who may answer this: never the asker, and as the policy is now."""
    if found.agency_id != actor.agency_id or found.asked_by_id == actor.user_id:
        return False
    if not is_known(found.kind) or not decide(actor, Action.APPROVAL_ANSWER).allowed:
        return False
    return kind_of(found.kind).may_answer(actor, payload_of(found))


def may_see(actor: Actor, found: Approval) -> bool:
    """Whether the reader may know of it: who answers it, or who asked and still may."""
    if may_answer(actor, found):
        return True
    own = (found.asked_by_id, found.agency_id) == (actor.user_id, actor.agency_id)
    return own and is_known(found.kind) and kind_of(found.kind).may_ask(actor, payload_of(found))


@cache
def _waiting() -> Query:
    table = Approval.__table__.c
    return (
        sa.select(Approval)
        .where(
            table.agency_id == sa.bindparam("agency", type_=sa.Uuid()),
            table.state == sa.literal_column("'asked'"),
            table.asked_by_id != sa.bindparam("me", type_=sa.Uuid()),
            table.last_day >= sa.bindparam("today", type_=sa.Date()),
        )
        .order_by(table.asked_at, table.id)
    )


@cache
def _asked() -> Query:
    table = Approval.__table__.c
    return (
        sa.select(Approval)
        .where(
            table.asked_by_id == sa.bindparam("me", type_=sa.Uuid()),
            table.agency_id == sa.bindparam("agency", type_=sa.Uuid()),
        )
        .order_by(table.asked_at.desc(), table.id.desc())
        .limit(MOST)
    )


def _binds(actor: Actor) -> dict[str, Any]:
    return {"agency": actor.agency_id, "me": actor.user_id, "today": day_of(uow.current().at)}


def _to_answer(actor: Actor) -> list[Approval]:
    if not decide(actor, Action.APPROVAL_ANSWER).allowed:
        return []
    found = db.session.scalars(_waiting(), _binds(actor) | {"me": actor.user_id})
    return [each for each in found if may_answer(actor, each)][:MOST]


def to_answer(actor: Actor) -> list[Question]:
    """What waits for the reader's answer, the oldest first."""
    return _questions(actor, _to_answer(actor))


def how_many_to_answer(actor: Actor) -> int:
    """The length of the list that ``to_answer`` gives."""
    return len(_to_answer(actor))


def asked_by(actor: Actor) -> list[Question]:
    """What the reader asked for this agency and may still know of, the newest first."""
    binds = _binds(actor)
    del binds["today"]
    found = [each for each in db.session.scalars(_asked(), binds) if may_see(actor, each)]
    return _questions(actor, found)


def question(actor: Actor, approval_id: UUID) -> Question:
    """One question. Raises ``NotFound`` unless the reader asked it or may answer it."""
    found = db.session.get(Approval, approval_id)
    if found is None or not may_see(actor, found):
        raise NotFound
    return _questions(actor, [found])[0]


def is_asked(actor: Actor, kind: str, payload: str) -> bool:
    """Whether the agency asked exactly this already, and the question still waits."""
    same = sa.select(Approval.id).where(
        Approval.agency_id == actor.agency_id,
        Approval.state == ApprovalState.ASKED.value,
        Approval.kind == kind,
        Approval.payload == payload,
        Approval.last_day >= day_of(uow.current().at),
    )
    return bool(db.session.execute(sa.select(same.exists())).scalar())


def _questions(actor: Actor, found: list[Approval]) -> list[Question]:
    people = {each.asked_by_id for each in found} | {each.answered_by_id for each in found}
    names = agencies.user_names(people - {NOBODY})
    today = day_of(uow.current().at)
    return [_question(actor, each, names, today) for each in found]


def _question(actor: Actor, found: Approval, names: dict[UUID, str], today: date) -> Question:
    kind, payload = kind_of(found.kind), payload_of(found)
    state = state_on(ApprovalState(found.state), found.last_day, today)
    return Question(
        id=found.id,
        kind=found.kind,
        title=kind.title,
        payload=payload,
        facts=kind.facts(actor, payload),
        asked_by_id=found.asked_by_id,
        asked_by=names.get(found.asked_by_id, ""),
        why=found.why,
        asked_at=found.asked_at,
        last_day=found.last_day,
        state=state,
        answered_by=names.get(found.answered_by_id, ""),
        answered_at=found.answered_at,
        answer=found.answer,
        to_answer=state is ApprovalState.ASKED and found.asked_by_id != actor.user_id,
        own=found.asked_by_id == actor.user_id,
    )
