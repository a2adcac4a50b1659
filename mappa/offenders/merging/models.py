"""Asking the co-ordinator to merge two records, where the asker may not."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, ActorColumns, Clause, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class MergeRequest(Labelled, Model):
    """Somebody thinks that two records are one person; the co-ordinator of the area decides.

    It is about ``person_id``, and names ``other_id``: it shows only to who sees both people. It is
    open until it is ``merged`` or ``declined``.
    """

    __tablename__ = "merge_request"
    __section__ = Section.IDENTITY
    __table_args__ = (sa.Index("ix_merge_request_area", "area_id", "state", "asked_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    other_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"), info=FULL)
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"), info=FULL)
    reason: Mapped[str] = mapped_column(info=FULL)
    asked_by_id: Mapped[UUID] = mapped_column(info=FULL)
    asked_at: Mapped[datetime] = mapped_column(info=FULL)
    state: Mapped[str] = mapped_column(default="open", info=FULL)
    decided_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    decided_at: Mapped[datetime | None] = mapped_column(info=FULL)
    decision: Mapped[str] = mapped_column(default="", info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A request says why two people are one: for readers of the whole identity."""
        return sa.false()
