"""Days that are not counted. A day ends by a fact beside it, so that a date can be explained."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class BankHoliday(Model):
    """A day off of a jurisdiction, or of one area of it (``area_id``, else empty).

    ``kind`` is ``listed`` (from the published calendar), ``proclaimed`` or ``local``. It counts for
    what is reckoned from ``added_at`` until ``ended_at``.
    """

    __tablename__ = "bank_holiday"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('listed', 'proclaimed', 'local')", name="has_a_known_kind"),
        sa.CheckConstraint("(kind = 'local') = (area_id <> '')", name="local_has_an_area"),
        sa.Index(
            "uq_bank_holiday_live_day",
            "jurisdiction",
            "area_id",
            "falls_on",
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    jurisdiction: Mapped[str]
    area_id: Mapped[str] = mapped_column(default="")
    falls_on: Mapped[date]
    name: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    added_at: Mapped[datetime]
    added_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    end_reason: Mapped[str] = mapped_column(default="")
