"""What an author has typed of an item, until it is checked and filed: for that user only."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.intelligence.models import IntelligenceDraft
from mappa.kernel.db import db

KEPT_FOR = timedelta(hours=24)
"""No longer than a parked form: until it is filed it has no handling group."""


def _mine(actor: Actor, person: UUID) -> sa.ColumnElement[bool]:
    return sa.and_(
        IntelligenceDraft.user_id == actor.user_id, IntelligenceDraft.person_id == person
    )


def kept(actor: Actor, person: UUID, *, now: datetime) -> dict[str, str]:
    """What this reader typed of an item on this person; empty if nothing, or if it ran out."""
    found = db.session.scalars(
        sa.select(IntelligenceDraft).where(_mine(actor, person), IntelligenceDraft.ends_at > now)
    ).one_or_none()
    return dict(json.loads(found.typed)) if found else {}


def keep(actor: Actor, person: UUID, values: Mapping[str, str], *, now: datetime) -> None:
    """Keep what was typed in place of what was kept before; what ran out goes."""
    db.session.execute(
        sa.delete(IntelligenceDraft).where(
            sa.or_(IntelligenceDraft.ends_at <= now, _mine(actor, person))
        )
    )
    db.session.add(
        IntelligenceDraft(
            user_id=actor.user_id,
            person_id=person,
            typed=json.dumps(dict(values)),
            ends_at=now + KEPT_FOR,
        )
    )
    db.session.flush()


def forget(actor: Actor, person: UUID) -> None:
    """Remove what was kept: it is filed."""
    db.session.execute(sa.delete(IntelligenceDraft).where(_mine(actor, person)))
