"""Assessments: signed once and never changed; the next one takes the place of the last."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Derived, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.risk.rules import AT_RISK, Band, Group

_BANDS = ", ".join(f"'{each.value}'" for each in Band)
_GROUPS = ", ".join(f"'{each.value}'" for each in Group)


class Assessment(Labelled, Model):
    """An assessment of the risk of serious harm, signed by its author. Never changed."""

    __tablename__ = "risk_assessment"
    __section__ = Section.RISK
    __table_args__ = (
        sa.CheckConstraint(f"band IN ({_BANDS}) AND band <> 'not_assessed'", name="band_is_known"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    band: Mapped[str] = mapped_column(info=SUMMARY)
    """The overall level: the highest of the groups."""
    assessed_on: Mapped[date] = mapped_column(info=SUMMARY)
    assessed_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    """The beginning of that day in London: what a timeline sorts a summary by."""
    raises: Mapped[str] = mapped_column(info=FULL)
    lowers: Mapped[str] = mapped_column(info=FULL)
    tool: Mapped[str] = mapped_column(default="", info=FULL)
    tool_version: Mapped[str] = mapped_column(default="", info=FULL)
    tool_result: Mapped[str] = mapped_column(default="", info=FULL)
    """In words. The items of a licensed instrument are not kept here."""
    author_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    signed_at: Mapped[datetime] = mapped_column(info=FULL)


class GroupRisk(Derived, Model):
    """One group's levels in an assessment."""

    __tablename__ = "risk_group"
    __section__ = Section.RISK  # type: ignore[assignment]  # of one section, though derived
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "group_code"),
        sa.ForeignKeyConstraint(["subject_id"], ["risk_assessment.id"]),
        sa.CheckConstraint(f"group_code IN ({_GROUPS})", name="group_is_known"),
        sa.CheckConstraint(
            f"community IN ({_BANDS}) AND custody IN ({_BANDS})", name="levels_are_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    group_code: Mapped[str] = mapped_column(info=SUMMARY)
    community: Mapped[str] = mapped_column(info=SUMMARY)
    custody: Mapped[str] = mapped_column(info=FULL)
    position: Mapped[int] = mapped_column(sa.SmallInteger, info=KEPT)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The summary names the groups at risk."""
        return cls.__table__.c.community.in_(
            [sa.literal_column(f"'{each.value}'") for each in AT_RISK]
        )


class AssessmentDraft(Labelled, Model):
    """What an author has typed and not yet signed; it goes when it is signed or given up."""

    __tablename__ = "risk_draft"
    __section__ = Section.RISK

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    author_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    typed: Mapped[dict[str, Any]] = mapped_column(sa.JSON, info=FULL)
    saved_at: Mapped[datetime] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A draft is no part of the summary."""
        return sa.false()
