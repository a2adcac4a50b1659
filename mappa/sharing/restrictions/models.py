"""What is kept beside the right that keeps somebody out."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.kernel.types import EncryptedText


class ExclusionRecord(Model):
    """When an exclusion is looked at for the first time; its id is the right's own.

    The right itself says whom, why, since and until when; only who administers it reads either.
    """

    __tablename__ = "exclusion_record"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    review_on: Mapped[date | None]


class ExclusionReview(Model):
    """That somebody looked whether an exclusion is still right, and when it is looked at again.

    Without ``next_on`` it runs out by itself on its last day.
    """

    __tablename__ = "exclusion_review"
    __table_args__ = (sa.Index("ix_exclusion_review_of", "exclusion_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    exclusion_id: Mapped[UUID] = mapped_column(sa.ForeignKey("exclusion_record.id"))
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    found: Mapped[str] = mapped_column(EncryptedText("exclusion_review.found"))
    next_on: Mapped[date | None]
