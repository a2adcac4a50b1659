"""About whom somebody is about to share, or has shared, the same."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText


class SeveralShare(Model):
    """A choice of people, what is to be shared of them, and what came of it; all of it encrypted.

    It is its author's; once it is asked or done, also of whoever answers the question. ``chosen``
    are ids; a page names of them whom its reader sees.
    """

    __tablename__ = "several_share"
    __table_args__ = (
        sa.CheckConstraint("state IN ('draft', 'asked', 'done')", name="known_state"),
        sa.CheckConstraint("(state = 'draft') = (ends_at IS NOT NULL)", name="drafts_end"),
        sa.Index("ix_several_share_author", "user_id", "agency_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    state: Mapped[str] = mapped_column(default="draft")
    chosen: Mapped[str] = mapped_column(EncryptedText("several_share.chosen"))
    typed: Mapped[str] = mapped_column(EncryptedText("several_share.typed"))
    outcome: Mapped[str] = mapped_column(EncryptedText("several_share.outcome"))
    approval_id: Mapped[UUID] = mapped_column(default=NOBODY)
    at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    """Until when a draft is kept (UTC); None once it is more than that."""
