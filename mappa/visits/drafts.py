"""What a user has typed of a visit so far: kept encrypted, for that user only, until it is sent."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from mappa.access.actor import Actor
from mappa.kernel.db import NOBODY, db
from mappa.visits.models import VisitDraft

KEPT_FOR = timedelta(days=14)

Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Draft:
    """What was typed, field by field, and when it was kept (UTC)."""

    values: Typed
    at: datetime


def _mine(actor: Actor, person: UUID, visit: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        VisitDraft.user_id == actor.user_id,
        VisitDraft.person_id == person,
        VisitDraft.visit_id == visit,
    )


def kept(actor: Actor, person: UUID, visit: UUID | None, *, now: datetime) -> Draft | None:
    """The reader's own draft of this visit, if there is one that has not run out."""
    found = db.session.scalars(
        sa.select(VisitDraft).where(_mine(actor, person, visit or NOBODY), VisitDraft.ends_at > now)
    ).one_or_none()
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
    db.session.execute(
        sa.delete(VisitDraft).where(
            VisitDraft.user_id == actor.user_id,
            sa.or_(VisitDraft.ends_at <= now, _mine(actor, person, visit or NOBODY)),
        )
    )
    pairs = [(name, text) for name, texts in values.items() for text in texts]
    db.session.add(
        VisitDraft(
            user_id=actor.user_id,
            person_id=person,
            visit_id=visit or NOBODY,
            typed=json.dumps(pairs),
            at=now,
            ends_at=now + KEPT_FOR,
        )
    )
    db.session.flush()


def forget(actor: Actor, person: UUID, visit: UUID | None) -> None:
    """Remove the reader's draft of this visit."""
    db.session.execute(sa.delete(VisitDraft).where(_mine(actor, person, visit or NOBODY)))


def mine(actor: Actor, *, now: datetime) -> list[tuple[UUID, UUID | None, datetime]]:
    """The reader's drafts: person, planned visit or None, when kept; the newest first."""
    found = db.session.execute(
        sa.select(VisitDraft.person_id, VisitDraft.visit_id, VisitDraft.at)
        .where(VisitDraft.user_id == actor.user_id, VisitDraft.ends_at > now)
        .order_by(VisitDraft.at.desc())
        .limit(20)
    )
    return [(person, None if visit == NOBODY else visit, at) for person, visit, at in found]
