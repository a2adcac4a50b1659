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
from mappa.access.labels import ME
from mappa.access.reading import scope
from mappa.access.terms import Level
from mappa.kernel.db import NOBODY, Query, db
from mappa.offenders.models import Person
from mappa.visits.models import Visit, VisitDraft
from mappa.visits.rules import VisitState

KEPT_FOR = timedelta(days=14)

Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Draft:
    """What was typed, field by field, and when it was kept (UTC)."""

    values: Typed
    at: datetime
    others: bool = False
    """Of one that ``take_to_log`` took: whether the visit may be on record already.

    Somebody else has logged a visit to this person that the reader sees in full, or types one.
    """


_TABLE = cast(sa.Table, VisitDraft.__table__)
_DRAFT = _TABLE.c
_VISIT = Visit.__table__.c
_OF_PERSON = sa.bindparam("of_person", type_=sa.Uuid())
_MINE = (
    _DRAFT.user_id == sa.bindparam("of_user", type_=sa.Uuid()),
    _DRAFT.person_id == _OF_PERSON,
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
def _taken_to_log() -> sa.Executable:
    # Asked in the statement that takes the draft, so that who visits alone asks nothing more.
    here: sa.ColumnElement[int] = sa.literal_column("1")
    logged = sa.select(here).where(
        _VISIT.person_id == _OF_PERSON,
        _VISIT.state == VisitState.MADE.value,
        _VISIT.written_by_id != ME.user,
        scope(Visit, need=Level.FULL),
    )
    also = sa.alias(_TABLE, "also_typed")
    typing = sa.select(here).where(
        also.c.person_id == _OF_PERSON, also.c.user_id != ME.user, also.c.ends_at > _NOW
    )
    others = sa.or_(logged.exists(), typing.exists()).label("others")
    draft = sa.delete(_TABLE).where(*_MINE, _DRAFT.ends_at > _NOW)
    return draft.returning(_DRAFT.typed, _DRAFT.at, others)


@cache
def _one_at_a_time() -> Query:
    person = Person.__table__
    mine = sa.select(person.c.id).where(person.c.id == _OF_PERSON, scope(Person))
    return mine.with_for_update(key_share=True, of=person)


@cache
def _held() -> Query:
    return _kept().with_for_update()


@cache
def _kept_anew() -> sa.Update:
    return sa.update(_TABLE).where(*_MINE)


@cache
def _added() -> sa.Insert:
    return sa.insert(_TABLE)


def kept(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """The reader's own draft of this visit, if there is one that has not run out."""
    return _draft(_kept(), _of(actor, person, visit, now))


def take(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """What ``kept`` gives, and remove it: the visit is logged in this unit of work, or it stays."""
    return _draft(_taken(), _of(actor, person, visit, now))


def take_to_log(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """What ``take`` gives, and whether the visit may be on record already.

    If it may, whoever logs a visit to the same person waits until this unit of work is over: of two
    who send the same visit at once, the second finds the first one's.
    """
    of = actor.binds(now) | _of(actor, person, visit, now)
    found = db.session.execute(_taken_to_log(), of).one_or_none()
    if found is None:
        return None
    if found.others:
        db.session.execute(_one_at_a_time(), of)
    return Draft(_typed(found.typed), found.at, bool(found.others))


def _draft(statement: sa.Executable, of: dict[str, Any]) -> Draft | None:
    found = db.session.execute(statement, of).one_or_none()
    if found is None:
        return None
    return Draft(_typed(found.typed), found.at)


def _typed(kept: str) -> Typed:
    return MultiDict(tuple(pair) for pair in json.loads(kept))


def held(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """What ``kept`` gives, and nobody else changes it until this unit of work is over.

    Who types on two devices at once waits for the other, and adds to what that one kept.
    """
    return _draft(_held(), _of(actor, person, visit, now))


def keep(
    actor: Actor,
    person: UUID,
    visit: UUID | None,
    values: Mapping[str, Iterable[str]],
    *,
    now: datetime,
) -> None:
    """Keep what was typed in place of what was kept before."""
    of = _of(actor, person, visit, now)
    pairs = [(name, text) for name, texts in values.items() for text in texts]
    kept = {"typed": json.dumps(pairs), "at": now, "ends_at": now + KEPT_FOR}
    changed = cast("sa.CursorResult[Any]", db.session.execute(_kept_anew().values(**kept), of))
    if changed.rowcount:
        return
    mine = {"user_id": actor.user_id, "person_id": person, "visit_id": visit or NOBODY}
    db.session.execute(_added(), mine | kept)


def throw_away(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> bool:
    """Remove the reader's own draft; whether there was one."""
    return take(actor, person, visit, now=now) is not None


def forget(now: datetime) -> int:
    """Remove the drafts that ran out, whoever's they are; how many. For the job."""
    gone = db.session.execute(sa.delete(_TABLE).where(_DRAFT.ends_at <= _NOW), {"now": now})
    return cast("sa.CursorResult[Any]", gone).rowcount


def all_typed(now: datetime) -> list[Typed]:
    """What anybody has typed that has not run out. For the job that minds stored bytes."""
    kept = db.session.scalars(sa.select(_DRAFT.typed).where(_DRAFT.ends_at > _NOW), {"now": now})
    return [_typed(each) for each in kept]


def mine(actor: Actor, *, now: datetime) -> list[tuple[UUID, UUID | None, datetime]]:
    """The reader's drafts: person, planned visit or None, when kept; the newest first."""
    found = db.session.execute(
        sa.select(VisitDraft.person_id, VisitDraft.visit_id, VisitDraft.at)
        .where(VisitDraft.user_id == actor.user_id, VisitDraft.ends_at > now)
        .order_by(VisitDraft.at.desc())
        .limit(20)
    )
    return [(person, None if visit == NOBODY else visit, at) for person, visit, at in found]
