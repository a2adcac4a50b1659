"""What areas have set, and which counts are to be made anew. No row is about a person."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class LocalStandard(Model):
    """What an area sets instead of a rule of the file, or, without an amount, that it ends.

    Until it is confirmed it is a proposal: it has no ``version`` and moves nothing. Afterwards it
    is never changed: what is set later holds from its own first day on.
    """

    __tablename__ = "local_standard"
    __table_args__ = (
        sa.CheckConstraint("(version IS NULL) = (set_at IS NULL)", name="numbered_when_set"),
        sa.CheckConstraint("(amount IS NULL) = (unit IS NULL)", name="amount_of_a_unit"),
        sa.CheckConstraint("amount > 0", name="some_time"),
        sa.Index("uq_local_standard_version", "jurisdiction", "rule_id", "version", unique=True),
        sa.Index("ix_local_standard_area", "area_id", "rule_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    jurisdiction: Mapped[str]
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    rule_id: Mapped[str]
    of_version: Mapped[int]
    version: Mapped[int | None]
    amount: Mapped[int | None]
    unit: Mapped[str | None]
    from_on: Mapped[date]
    reason: Mapped[str]
    source: Mapped[str]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    set_at: Mapped[datetime | None]
    set_by_id: Mapped[UUID] = mapped_column(default=NOBODY)


class Recount(Model):
    """That open dates are to be counted anew, because of what, and how far that has come.

    ``rule_id`` is empty for a day off, which concerns every rule in working days; ``area_id`` is
    empty where it concerns the whole jurisdiction. ``after_on`` and ``after_id`` are the last date
    that was looked at in this pass.
    """

    __tablename__ = "recount"
    __table_args__ = (
        sa.Index("uq_recount_cause", "cause_id", "event", unique=True),
        sa.Index("ix_recount_waiting", "done_at", "asked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    event: Mapped[str]
    cause_id: Mapped[UUID]
    jurisdiction: Mapped[str]
    area_id: Mapped[str] = mapped_column(default="")
    rule_id: Mapped[str] = mapped_column(default="")
    from_on: Mapped[date]
    because: Mapped[str]
    asked_at: Mapped[datetime]
    after_on: Mapped[date | None]
    after_id: Mapped[UUID] = mapped_column(default=NOBODY)
    moved: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
