"""Files: the row with its label; the bytes lie outside, under random names."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Labelled
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class Stored:
    """What every row says of a file, whoever's record it belongs to.

    ``stored_as`` and ``view_as`` name the encrypted bytes: what was sent, and the picture made for
    viewing (empty where there is none). Both are random.
    """

    kind: Mapped[str] = mapped_column(info=FULL)
    title: Mapped[str] = mapped_column(info=FULL)
    dated_on: Mapped[date] = mapped_column(info=FULL)
    name: Mapped[str] = mapped_column(info=FULL)
    content: Mapped[str] = mapped_column(info=FULL)
    size: Mapped[int] = mapped_column(info=FULL)
    digest: Mapped[str] = mapped_column(info=KEPT)
    stored_as: Mapped[str] = mapped_column(info=KEPT)
    view_as: Mapped[str] = mapped_column(default="", info=KEPT)
    scan: Mapped[str] = mapped_column(default="not_scanned", info=FULL)
    scanned_at: Mapped[datetime | None] = mapped_column(info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)
    ended_at: Mapped[datetime | None] = mapped_column(info=FULL)
    ended_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    end_reason: Mapped[str] = mapped_column(default="", info=FULL)


SCANNED = "scan IN ('not_scanned', 'clean', 'refused')"
"""What the scanner may have said."""


class PersonFile(Stored, Labelled, Model):
    """A photograph or a document; its section follows its kind. For readers of the whole only."""

    __tablename__ = "person_file"
    __section__ = None
    __table_args__ = (
        sa.CheckConstraint(SCANNED, name="has_a_known_state"),
        sa.Index("ix_person_file_scan", "scan", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    section: Mapped[str] = mapped_column(info=SUMMARY)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A file is for readers of the whole section."""
        return sa.false()
