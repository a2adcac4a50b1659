"""A proposal of reactive management with what became of it, and changes that ask to look again."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, ActorColumns, Clause, Labelled
from mappa.access.terms import Audience, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.visits.reactive.rules import OPEN, Answer, ReactiveState

_ANSWERS = ", ".join(repr(each.value) for each in Answer)
_STATES = ", ".join(repr(each.value) for each in ReactiveState)
_OPEN = sa.column("state").in_([sa.literal_column(f"'{each.value}'") for each in OPEN])


class ReactiveManagement(Labelled, Model):
    """That a person was proposed, what the supervisor said, and when and why it ended.

    The owner is the police agency whose visits stop. ``ended_by_id`` is ``NOBODY`` where it ended
    by itself because the risk rose.
    """

    __tablename__ = "reactive_management"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_STATES})", name="known_state"),
        sa.CheckConstraint(
            "(state = 'proposed') = (decided_at IS NULL)"
            " AND (state = 'proposed' OR decision <> '')",
            name="decided_with_reason",
        ),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL) AND (state <> 'ended' OR ending <> '')",
            name="ended_with_reason",
        ),
        sa.CheckConstraint("decided_by_id <> proposed_by_id", name="decided_by_another"),
        sa.Index(
            "uq_reactive_management_open",
            "person_id",
            "owner_agency_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_reactive_management_state", "state", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    state: Mapped[str] = mapped_column(default=ReactiveState.PROPOSED.value, info=FULL)
    low_since: Mapped[date] = mapped_column(info=FULL)
    """As far as whoever proposed it saw; the supervisor's own view when it is approved."""
    reason: Mapped[str] = mapped_column(info=FULL)
    proposed_by_id: Mapped[UUID] = mapped_column(info=FULL)
    proposed_at: Mapped[datetime] = mapped_column(info=FULL)
    decision: Mapped[str] = mapped_column(default="", info=FULL)
    decided_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    decided_at: Mapped[datetime | None] = mapped_column(info=FULL)
    ending: Mapped[str] = mapped_column(default="", info=FULL)
    ended_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    ended_at: Mapped[datetime | None] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class ReactiveReview(Labelled, Model):
    """That a change on the record asks to look again, open only to named people who may see it.

    The change is not copied: who opens this reads it under its own label. The owner is the agency
    of whoever is to decide: the police, or who made the change if no supervisor there may see it.
    """

    __tablename__ = "reactive_review"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(f"audience = {Audience.NAMED.value}", name="kept_to_named_readers"),
        sa.CheckConstraint(f"answer IN ('', {_ANSWERS})", name="known_answer"),
        sa.CheckConstraint(
            "(answer = '') = (answered_at IS NULL) AND (answer = '' OR reason <> '')",
            name="answered_with_reason",
        ),
        sa.UniqueConstraint("change_id", "reactive_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    reactive_id: Mapped[UUID] = mapped_column(
        sa.ForeignKey("reactive_management.id"), index=True, info=FULL
    )
    change_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person_change.id"), info=FULL)
    raised_at: Mapped[datetime] = mapped_column(info=FULL)
    answer: Mapped[str] = mapped_column(default="", info=FULL)
    reason: Mapped[str] = mapped_column(default="", info=FULL)
    answered_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    answered_at: Mapped[datetime | None] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()
