"""What a user has typed of a visit so far: kept encrypted, for that user only, until it is sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from mappa.access.actor import Actor
from mappa.kernel.db import NOBODY, Query, db
from mappa.visits.models import VisitDraft

KEPT_FOR = timedelta(days=14)

Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Draft:
    """What was typed, field by field, and when it was kept (UTC)."""

    values: Typed
    at: datetime


_TABLE = cast(sa.Table, VisitDraft.__table__)
_DRAFT = _TABLE.c
_MINE = (
    _DRAFT.user_id == sa.bindparam("of_user", type_=sa.Uuid()),
    _DRAFT.person_id == sa.bindparam("of_person", type_=sa.Uuid()),
    _DRAFT.visit_id == sa.bindparam("of_visit", type_=sa.Uuid()),
)
_NOW = sa.bindparam("now", type_=_DRAFT.ends_at.type)


def _of(actor: Actor, person: UUID, visit: UUID | None, now: datetime) -> dict[str, Any]:
    mine = {"of_user": actor.user_id, "of_person": person, "of_visit": visit or NOBODY}
    return {**mine, "now": now}


@cache
def _kept() -> Query:
    return sa.select(_DRAFT.typed, _DRAFT.at).where(*_MINE, _DRAFT.ends_at > _NOW)


@cache
def _taken() -> sa.Executable:
    draft = sa.delete(_TABLE).where(*_MINE, _DRAFT.ends_at > _NOW)
    return draft.returning(_DRAFT.typed, _DRAFT.at)


@cache
def _replaced() -> sa.Delete:
    return sa.delete(_TABLE).where(_MINE[0], sa.or_(_DRAFT.ends_at <= _NOW, sa.and_(*_MINE)))


@cache
def _added() -> sa.Insert:
    return sa.insert(_TABLE)


def kept(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """The reader's own draft of this visit, if there is one that has not run out."""
    return _draft(_kept(), _of(actor, person, visit, now))


def take(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """What ``kept`` gives, and remove it: the visit is logged in this unit of work, or it stays."""
    return _draft(_taken(), _of(actor, person, visit, now))


def _draft(statement: sa.Executable, of: dict[str, Any]) -> Draft | None:
    found = db.session.execute(statement, of).one_or_none()
    if found is None:
        return None
    return Draft(MultiDict(tuple(pair) for pair in json.loads(found.typed)), found.at)


def keep(
    actor: Actor,
    person: UUID,
    visit: UUID | None,
    values: Mapping[str, Iterable[str]],
    *,
    now: datetime,
) -> None:
    """Keep what was typed in place of what was kept before. Drafts that ran out go."""
    of = _of(actor, person, visit, now)
    db.session.execute(_replaced(), of)
    pairs = [(name, text) for name, texts in values.items() for text in texts]
    draft = {
        "user_id": actor.user_id,
        "person_id": person,
        "visit_id": visit or NOBODY,
        "typed": json.dumps(pairs),
        "at": now,
        "ends_at": now + KEPT_FOR,
    }
    db.session.execute(_added(), draft)


def mine(actor: Actor, *, now: datetime) -> list[tuple[UUID, UUID | None, datetime]]:
    """The reader's drafts: person, planned visit or None, when kept; the newest first."""
    found = db.session.execute(
        sa.select(VisitDraft.person_id, VisitDraft.visit_id, VisitDraft.at)
        .where(VisitDraft.user_id == actor.user_id, VisitDraft.ends_at > now)
        .order_by(VisitDraft.at.desc())
        .limit(20)
    )
    return [(person, None if visit == NOBODY else visit, at) for person, visit, at in found]
