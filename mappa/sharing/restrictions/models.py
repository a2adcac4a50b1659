"""What is kept beside the right that keeps somebody out."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.db import Model


class ExclusionRecord(Model):
    """When an exclusion without an end is looked at again; its id is the right's own.

    The right itself says whom, why, since and until when; only who administers it reads either.
    """

    __tablename__ = "exclusion_record"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    review_on: Mapped[date | None]
