"""Uses of emergency access beside the right that opened the record, and every look-up for one."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.sharing.emergency.rules import UseState


class EmergencyUse(Labelled, Model):
    """One person opened in an emergency; ``id`` is that of the right. Owned by the lead of then.

    ``uses_by_user`` and so on are what was known at the opening, over all people and areas: they
    are kept here because their reader may not see what was counted.
    """

    __tablename__ = "emergency_use"
    __section__ = Section.SHARING
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'justified', 'not-justified')", name="known_state"),
        sa.CheckConstraint("(state = 'open') = (judged_at IS NULL)", name="judged_at_a_time"),
        sa.Index("ix_emergency_use_state", "state", "opened_at", "id"),
        sa.Index("ix_emergency_use_user", "user_id", "opened_at"),
        sa.Index("ix_emergency_use_ended", "end_told_at", "until_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    user_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    user_team_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    opened_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    until_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    """When it was to end by itself; an earlier end is a fact beside the right."""
    reason: Mapped[str] = mapped_column(info=FULL)
    what: Mapped[str] = mapped_column(info=FULL)
    uses_by_user: Mapped[int] = mapped_column(info=FULL)
    """How many uses the user had in the 90 days before, of anybody."""
    uses_of_person: Mapped[int] = mapped_column(info=FULL)
    """How often the person was opened in the 90 days before, by anybody."""
    empty_lookups: Mapped[int] = mapped_column(info=FULL)
    """How many look-ups of the user opened nothing in the 90 days before."""
    last_not_justified: Mapped[bool] = mapped_column(info=FULL)
    """Whether the last use of the user that was judged was judged not justified."""
    state: Mapped[str] = mapped_column(default=UseState.OPEN.value, info=FULL)
    judged_by_id: Mapped[UUID | None] = mapped_column(info=FULL)
    judged_at: Mapped[datetime | None] = mapped_column(info=FULL)
    why: Mapped[str] = mapped_column(default="", info=FULL)
    follows: Mapped[str] = mapped_column(default="", info=FULL)
    end_told_at: Mapped[datetime | None] = mapped_column(info=KEPT)
    """When its end by itself was put on record."""
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the own line sees the uses of the own agency."""
        return cls.__table__.c.user_agency_id == me.agency


class EmergencyLookup(Model):
    """That somebody looked for a person in an emergency; whom is not kept."""

    __tablename__ = "emergency_lookup"
    __table_args__ = (sa.Index("ix_emergency_lookup_user", "user_id", "at", "opened"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    at: Mapped[datetime]
    opened: Mapped[bool]
