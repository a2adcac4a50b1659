"""That a duty was put off, and that it passed to somebody else. Both carry the duty's label."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import SUMMARY, ActorColumns, Clause, Derived
from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model


class Snooze(Derived, Model):
    """A duty was put off by its owner, or for the owner, until a day.

    It holds for one owner and one date: if the duty passes to somebody else, or its date moves,
    it stands in the list again, whoever moved it. Nothing else looks at it: not the sweep, not
    the notices. ``ended_at`` is when it was taken back.
    """

    __tablename__ = "snooze"
    __table_args__ = (
        sa.CheckConstraint("until_on > from_on", name="until_a_later_day"),
        sa.Index("ix_snooze_duty", "duty_id", "owner_user_id", "due_on", "until_on"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    duty_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deadline.id"), info=SUMMARY)
    owner_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    due_on: Mapped[date] = mapped_column(info=SUMMARY)
    from_on: Mapped[date] = mapped_column(info=SUMMARY)
    until_on: Mapped[date] = mapped_column(info=SUMMARY)
    why: Mapped[str] = mapped_column(info=SUMMARY)
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    at: Mapped[datetime] = mapped_column(info=SUMMARY)
    ended_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Like the duty: a reader of the summary sees those of the own agency only."""
        return cls.__table__.c.agency_id == me.agency


class DutyPassed(Derived, Model):
    """A duty passed from one user of an agency to another. Its day and its rule did not change."""

    __tablename__ = "duty_passed"
    __table_args__ = (sa.Index("ix_duty_passed_duty", "duty_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    duty_id: Mapped[UUID] = mapped_column(sa.ForeignKey("deadline.id"), info=SUMMARY)
    from_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    to_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    why: Mapped[str] = mapped_column(info=SUMMARY)
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    at: Mapped[datetime] = mapped_column(info=SUMMARY)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Like the duty: a reader of the summary sees those of the own agency only."""
        return cls.__table__.c.agency_id == me.agency
