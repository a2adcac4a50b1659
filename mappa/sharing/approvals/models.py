"""What one person asks and a second one answers before it is done."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class Approval(Model):
    """An act that waits for a second person of the asker's agency.

    ``payload`` is what will be done, frozen when it is asked; ``digest`` is of it and of who asked
    what, when and why. It is read by the asker and by those who may answer, never by anybody else.
    """

    __tablename__ = "approval"
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('asked', 'approved', 'declined', 'withdrawn', 'lapsed')", name="known_state"
        ),
        sa.CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_once"),
        sa.CheckConstraint("answered_by_id <> asked_by_id OR state = 'withdrawn'", name="by_two"),
        sa.Index("ix_approval_agency", "agency_id", "state", "asked_at", "id"),
        sa.Index("ix_approval_asker", "asked_by_id", "asked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[str]
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    payload: Mapped[str]
    digest: Mapped[str]
    asked_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    asked_as: Mapped[str]
    why: Mapped[str]
    asked_at: Mapped[datetime]
    last_day: Mapped[date]
    state: Mapped[str] = mapped_column(default="asked")
    answered_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
