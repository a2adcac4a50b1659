"""What somebody was asked to do, by when, and what shows that it was done."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import KEPT, SUMMARY, ActorColumns, Clause, Derived
from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model


class ActionState(StrEnum):
    """Open until it is done, or carried to a later meeting as another action."""

    OPEN = "open"
    DONE = "done"
    CARRIED = "carried"


class ActionItem(Derived, Model):
    """An action; its label is that of the meeting, or other record, that it comes from."""

    __tablename__ = "action_item"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'done', 'carried')", name="known_state"),
        sa.CheckConstraint(
            "(state = 'done') = (done_at IS NOT NULL) AND (state <> 'done' OR evidence <> '')",
            name="done_with_evidence",
        ),
        sa.Index("ix_action_item_set_by", "set_by_id", "state", "due_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    what: Mapped[str] = mapped_column(info=SUMMARY)
    owner_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    assigned_agency_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("agency.id"), index=True, info=SUMMARY
    )
    due_on: Mapped[date] = mapped_column(info=SUMMARY)
    state: Mapped[str] = mapped_column(default=ActionState.OPEN.value, info=SUMMARY)
    evidence: Mapped[str] = mapped_column(default="", info=SUMMARY)
    done_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    done_by_id: Mapped[UUID | None] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    set_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    set_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the summary sees the actions of the own agency only."""
        return cls.__table__.c.assigned_agency_id == me.agency
