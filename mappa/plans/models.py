"""Versions of a risk management plan. A draft is written; an agreed version never changes."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Derived, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.plans.rules import Pillar, State

_STATES = ", ".join(f"'{each.value}'" for each in State)
_PILLARS = ", ".join(f"'{each.value}'" for each in Pillar)


class Plan(Labelled, Model):
    """One version. Agreed, it holds its own text as it was agreed, and the digest of that text."""

    __tablename__ = "plan"
    __section__ = Section.PLAN
    __table_args__ = (
        sa.CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        sa.CheckConstraint(
            "(state IN ('agreed', 'superseded')) = (agreed_at IS NOT NULL)", name="agreed_with_time"
        ),
        sa.CheckConstraint("(agreed_at IS NULL) = (digest = '')", name="agreed_with_digest"),
        sa.CheckConstraint("agreed_at IS NULL OR review_on IS NOT NULL", name="agreed_with_review"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    number: Mapped[int] = mapped_column(sa.SmallInteger, info=SUMMARY)
    state: Mapped[str] = mapped_column(default=State.DRAFT.value, info=SUMMARY)
    started_on: Mapped[date] = mapped_column(info=SUMMARY)
    started_by_id: Mapped[UUID] = mapped_column(info=FULL)
    from_number: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    """The version that this one was copied from, if any."""
    review_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    lifelong: Mapped[bool] = mapped_column(default=False, server_default=sa.false(), info=FULL)
    """Whether it is the plan under an order for lifelong restriction, as its author says."""
    agreed_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    agreed_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    ended_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    frozen: Mapped[str] = mapped_column(default="", info=FULL)
    digest: Mapped[str] = mapped_column(default="", info=KEPT)
    changed_by_id: Mapped[UUID] = mapped_column(info=FULL)
    changed_at: Mapped[datetime] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}


class PlanPart(Derived):
    """What measures and contingencies share: who does it, and who wrote it last."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    assigned_user_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    assigned_agency_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    position: Mapped[int] = mapped_column(info=KEPT)
    changed_by_id: Mapped[UUID] = mapped_column(info=FULL)
    changed_at: Mapped[datetime] = mapped_column(info=FULL)
    removed_at: Mapped[datetime | None] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, object]:
        return {"version_id_col": cls.version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The summary has what the reader's own agency does."""
        columns = cls.__table__.c  # type: ignore[attr-defined]
        return sa.and_(columns.assigned_agency_id == me.agency, columns.removed_at.is_(None))


class Measure(PlanPart, Model):
    """What will be done under a pillar, by whom, and when or how often."""

    __tablename__ = "measure"
    __table_args__ = (
        sa.ForeignKeyConstraint(["subject_id"], ["plan.id"]),
        sa.CheckConstraint(f"pillar IN ({_PILLARS})", name="pillar_is_known"),
    )

    pillar: Mapped[str] = mapped_column(info=SUMMARY)
    what: Mapped[str] = mapped_column(info=SUMMARY)
    when_text: Mapped[str] = mapped_column(default="", info=SUMMARY)
    due_on: Mapped[date | None] = mapped_column(info=SUMMARY)


class Contingency(PlanPart, Model):
    """If this happens, then that is done, by whom, within what time."""

    __tablename__ = "contingency"
    __table_args__ = (sa.ForeignKeyConstraint(["subject_id"], ["plan.id"]),)

    if_text: Mapped[str] = mapped_column(info=SUMMARY)
    then_text: Mapped[str] = mapped_column(info=SUMMARY)
    within: Mapped[str] = mapped_column(default="", info=SUMMARY)
