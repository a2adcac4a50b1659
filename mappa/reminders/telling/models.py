"""The lease under which the sweep works, and the outbox of what is to be told.

Both hold ids and kinds only: what a row is about is asked when it is delivered.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class Lease(Model):
    """Who may do a work that only one process does at a time.

    ``term`` rises with every change of holder: whoever writes under an older one is refused.
    """

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime]
    term: Mapped[int] = mapped_column(sa.BigInteger, default=0)


class OutboxState(StrEnum):
    """A row waits until it is delivered; what failed too often waits for an administrator."""

    WAITING = "waiting"
    DONE = "done"
    DEAD = "dead"


_WAITING: sa.ColumnElement[bool] = sa.literal_column("state = 'waiting'")
_DEAD: sa.ColumnElement[bool] = sa.literal_column("state = 'dead'")


class Outgoing(Model):
    """That one event of a duty is to be told, as the duty stood when the row was opened.

    A row of a duty that was closed, moved or passed on meanwhile is taken away, not told.
    ``next_at`` is None for a row that was never tried; ``term`` is the lease's under which it is
    claimed, 0 if it is not. ``fault`` names the kind of the last error, never its text.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        sa.UniqueConstraint(
            "duty_id", "event", "due_on", "owner_user_id", "owner_team_id", "owed_by_agency_id",
            name="uq_outbox_once",
        ),
        sa.CheckConstraint("state IN ('waiting', 'done', 'dead')", name="known_state"),
        sa.Index(
            "ix_outbox_waiting", "next_at", "owed_by_agency_id", "owner_team_id", "event", "id",
            sqlite_where=_WAITING, postgresql_where=_WAITING,
        ),
        sa.Index(
            "ix_outbox_claimed", "term", "event", "duty_id",
            sqlite_where=_WAITING, postgresql_where=_WAITING,
        ),
        sa.Index("ix_outbox_dead", "opened_at", "id", sqlite_where=_DEAD, postgresql_where=_DEAD),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    duty_id: Mapped[UUID]
    event: Mapped[str]
    due_on: Mapped[date]
    owner_user_id: Mapped[UUID]
    owner_team_id: Mapped[UUID] = mapped_column(default=NOBODY)
    owed_by_agency_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=OutboxState.WAITING.value)
    tries: Mapped[int] = mapped_column(default=0)
    term: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    next_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    fault: Mapped[str] = mapped_column(default="")


LEASE = cast(sa.Table, Lease.__table__)
OUTBOX = cast(sa.Table, Outgoing.__table__)
