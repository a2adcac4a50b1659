"""What somebody has typed of a share so far: encrypted, for that user only, until it is made."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from mappa.access.actor import Actor
from mappa.kernel.db import db
from mappa.sharing.shares.models import ShareDraft

KEPT_FOR = timedelta(days=14)

Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Draft:
    """What was typed, field by field, and when it was kept (UTC)."""

    values: Typed
    at: datetime


def _mine(actor: Actor, person: UUID) -> list[sa.ColumnElement[bool]]:
    return [
        ShareDraft.user_id == actor.user_id,
        ShareDraft.agency_id == actor.agency_id,
        ShareDraft.person_id == person,
    ]


def kept(actor: Actor, person: UUID, *, now: datetime) -> Draft | None:
    """The reader's own draft about a person, if there is one that has not run out."""
    asked = sa.select(ShareDraft.typed, ShareDraft.at)
    found = db.session.execute(
        asked.where(*_mine(actor, person), ShareDraft.ends_at > now)
    ).one_or_none()
    if found is None:
        return None
    return Draft(MultiDict(tuple(pair) for pair in json.loads(found.typed)), found.at)


def keep(actor: Actor, person: UUID, values: Mapping[str, Iterable[str]], *, now: datetime) -> None:
    """Keep what was typed beside, and in place of, what was kept before."""
    before = kept(actor, person, now=now)
    said = {name: list(texts) for name, texts in (before.values.lists() if before else ())}
    said |= {name: list(texts) for name, texts in values.items()}
    drop(actor, person)
    db.session.execute(sa.delete(ShareDraft).where(ShareDraft.ends_at <= now))
    pairs = [(name, text) for name, texts in said.items() for text in texts]
    db.session.add(
        ShareDraft(
            user_id=actor.user_id,
            agency_id=actor.agency_id,
            person_id=person,
            typed=json.dumps(pairs),
            at=now,
            ends_at=now + KEPT_FOR,
        )
    )
    db.session.flush()


def drop(actor: Actor, person: UUID) -> None:
    """Remove the draft: what it was of is made."""
    db.session.execute(sa.delete(ShareDraft).where(*_mine(actor, person)))
