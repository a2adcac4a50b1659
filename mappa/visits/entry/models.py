"""What was said of a failed entry, a warrant to be considered, and the steps that it goes through.

All are added and never changed.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, ActorColumns, Clause, Derived, Labelled
from mappa.access.terms import Audience, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.visits.entry.rules import Step

_STEPS = [each for each in Step if each is not Step.RAISED]


class EntryAttempt(Derived, Model):
    """Whether entry was sought at a visit so as to search. The latest of a visit counts."""

    __tablename__ = "entry_attempt"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (sa.UniqueConstraint("subject_id", "number"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    number: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)
    sought: Mapped[bool] = mapped_column(info=FULL)
    address_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    """The address on record, as chosen; ``NOBODY`` for elsewhere."""
    said_by_id: Mapped[UUID] = mapped_column(info=FULL)
    said_at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A summary does not say what a visit was for."""
        return sa.false()


class WarrantCase(Labelled, Model):
    """That a warrant for one address is to be considered; open to the police agency alone."""

    __tablename__ = "warrant_case"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(f"audience = {Audience.NAMED.value}", name="kept_to_named_readers"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    address_id: Mapped[UUID] = mapped_column(info=FULL)
    place: Mapped[str] = mapped_column(info=FULL)
    """The address as it stood when this was raised."""
    occasions: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)
    raised_on: Mapped[date] = mapped_column(info=FULL)
    raised_at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class WarrantStep(Derived, Model):
    """A decision on a warrant, or what became of it. It carries the label of its case."""

    __tablename__ = "warrant_step"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.CheckConstraint(
            f"step IN ({', '.join(repr(each.value) for each in _STEPS)})", name="known_step"
        ),
        sa.UniqueConstraint("subject_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    number: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)
    step: Mapped[str] = mapped_column(info=FULL)
    done_on: Mapped[date] = mapped_column(info=FULL)
    reason: Mapped[str] = mapped_column(info=FULL)
    senior: Mapped[str] = mapped_column(default="", info=FULL)
    """The superintendent, or officer above, who decided; and the rank."""
    rank: Mapped[str] = mapped_column(default="", info=FULL)
    valid_until: Mapped[date | None] = mapped_column(info=FULL)
    entries: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()
