"""That a case is to pass to another manager: proposed, answered, and by whom."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import KEPT, SUMMARY, ActorColumns, Clause, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.offenders.handover.rules import HandoverState

_OPEN: sa.ColumnElement[bool] = sa.literal_column("state = 'proposed'")


class Handover(Labelled, Model):
    """One person to be handed over. Owned by the lead at that time; with the team and sharing.

    What was proposed together has the same ``batch_id``. ``from_user_id`` is ``NOBODY`` for a
    person without a manager. ``stays`` is what becomes of the old lead, "" where it stays the lead.
    """

    __tablename__ = "handover"
    __section__ = Section.SHARING
    __table_args__ = (
        sa.CheckConstraint(
            "state IN ('proposed', 'accepted', 'declined', 'withdrawn', 'lapsed')",
            name="known_state",
        ),
        sa.CheckConstraint(
            "(state = 'proposed') = (answered_at IS NULL)", name="answered_at_a_time"
        ),
        sa.Index(
            "uq_handover_open",
            "person_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_handover_receiver", "to_user_id", "state"),
        sa.Index("ix_handover_sender", "from_user_id", "state"),
        sa.Index("ix_handover_batch", "batch_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    batch_id: Mapped[UUID] = mapped_column(info=SUMMARY)
    from_user_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    to_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    to_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    why: Mapped[str] = mapped_column(info=SUMMARY)
    overlap_until: Mapped[date | None] = mapped_column(info=SUMMARY)
    stays: Mapped[str] = mapped_column(default="", info=SUMMARY)
    state: Mapped[str] = mapped_column(default=HandoverState.PROPOSED.value, info=SUMMARY)
    proposed_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    proposed_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    last_day: Mapped[date] = mapped_column(info=SUMMARY)
    """The last day on which it can be answered."""
    answered_by_id: Mapped[UUID | None] = mapped_column(info=SUMMARY)
    answered_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    answer: Mapped[str] = mapped_column(default="", info=SUMMARY)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the own line sees what is handed to the own agency."""
        return cls.__table__.c.to_agency_id == me.agency
