"""The state of the outbox for the administrator's page: numbers, kinds and ids, no names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.labels import word
from mappa.kernel.db import db
from mappa.reminders.telling.models import OUTBOX, OutboxState

MOST_SHOWN = 50
_ROW = OUTBOX.c


@dataclass(frozen=True)
class Counts:
    """How many rows wait, and how many are dead letters."""

    waiting: int
    dead: int


@dataclass(frozen=True)
class DeadLetter:
    """A row that failed as often as it may."""

    id: UUID
    event: str
    duty_id: UUID
    tries: int
    fault: str
    opened_at: datetime


def counts() -> Counts:
    """What is not told yet. Inside a unit of work."""
    return Counts(*(_count(state) for state in (OutboxState.WAITING, OutboxState.DEAD)))


def _count(state: OutboxState) -> int:
    # The state is written into the SQL: only so do the databases take the index of such rows.
    asked = sa.select(sa.func.count()).select_from(OUTBOX).where(_ROW.state == word(state.value))
    return db.session.execute(asked).scalar_one()


def dead_letters() -> Sequence[DeadLetter]:
    """The dead letters, the oldest first; no more than 50."""
    names = ("id", "event", "duty_id", "tries", "fault", "opened_at")
    asked = (
        sa.select(*(_ROW[name] for name in names))
        .where(_ROW.state == word(OutboxState.DEAD.value))
        .order_by(_ROW.opened_at, _ROW.id)
        .limit(MOST_SHOWN)
    )
    return [DeadLetter(*row) for row in db.session.execute(asked)]
