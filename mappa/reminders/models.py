"""Duties with a day, what people are told of them, and the runs that found what was due.

The duty and the notice know their subject by id and by a copy of its label; they hold no names.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import KEPT, SUMMARY, ActorColumns, Clause, Derived, nobody
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class DutyState(StrEnum):
    """A duty is open until it is done, or until another day takes its place."""

    OPEN = "open"
    CLOSED = "closed"


_OPEN: sa.ColumnElement[bool] = sa.literal_column("state = 'open'")
_CLOSED: sa.ColumnElement[bool] = sa.literal_column("state = 'closed'")
_ANY_AGENCY = nobody()


class Event(StrEnum):
    """What the owner of a duty is told, once each: by the sweep, and when the date moves."""

    DUE = "deadline:due"
    OVERDUE = "deadline:overdue"
    MOVED = "deadline:moved"


SIGHT_LOST = "sight:lost"
"""What somebody is told who does not see the person any more.

Its notice names nobody and leads to no record; its one named reader has it, unless kept out.
"""


class Deadline(Derived, Model):
    """A duty that somebody owes by a day, under one version of a rule.

    ``subject_id`` is the record whose label it carries; ``about_id`` is what the duty is done on:
    mostly the same, but each action of a meeting is a duty of its own. ``due_on`` is reckoned from
    the rule, ``starts_on`` and ``set_on``; it is never typed. ``moved_from`` is the day before a
    change of the rule or of the bank holidays moved it, and ``moved_because`` says which. ``away``
    are the absences that the count knows of, as ``rules.away.written`` keeps them. ``interval`` is
    what was agreed for this person instead of the rule's own ("3 months"); empty if nothing was.
    """

    __tablename__ = "deadline"
    __table_args__ = (
        sa.CheckConstraint("state IN ('open', 'closed')", name="open_or_closed"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed_at_a_time"),
        sa.CheckConstraint("due_on >= starts_on", name="due_after_it_starts"),
        sa.Index(
            "uq_deadline_open_duty",
            "about_id",
            "kind",
            "owed_by_agency_id",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_deadline_about", "about_id", "kind", "owed_by_agency_id"),
        # In the order of the lists, to their last column: else SQLite walks the sweep's instead.
        sa.Index("ix_deadline_person", "person_id", "state", "due_on", "id"),
        sa.Index("ix_deadline_home", "owner_user_id", "state", "due_on", "id"),
        sa.Index("ix_deadline_team", "owner_team_id", "state", "due_on", "id"),
        sa.Index("ix_deadline_agency", "owed_by_agency_id", "state", "due_on", "id"),
        sa.Index("ix_deadline_sweep", "state", "due_on", "id"),
        sa.Index(
            "ix_deadline_ended",
            "owed_by_agency_id",
            "closed_at",
            sqlite_where=_CLOSED,
            postgresql_where=_CLOSED,
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    about_id: Mapped[UUID] = mapped_column(info=SUMMARY)
    kind: Mapped[str] = mapped_column(info=SUMMARY)
    title: Mapped[str] = mapped_column(info=SUMMARY)
    rule_id: Mapped[str] = mapped_column(info=SUMMARY)
    rule_version: Mapped[int] = mapped_column(info=SUMMARY)
    jurisdiction: Mapped[str] = mapped_column(info=SUMMARY)
    starts_on: Mapped[date] = mapped_column(info=SUMMARY)
    set_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    due_on: Mapped[date] = mapped_column(info=SUMMARY)
    owner_user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    owner_team_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    owed_by_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    opened_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    closed_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    state: Mapped[str] = mapped_column(default=DutyState.OPEN.value, info=SUMMARY)
    moved_from: Mapped[date | None] = mapped_column(info=SUMMARY)
    moved_because: Mapped[str | None] = mapped_column(info=SUMMARY)
    away: Mapped[str] = mapped_column(default="", server_default="", info=SUMMARY)
    interval: Mapped[str] = mapped_column(default="", server_default="", info=SUMMARY)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the summary sees the duties of the own agency only."""
        return cls.__table__.c.owed_by_agency_id == me.agency


class Notice(Derived, Model):
    """That a user is told of something, once. The text is made when it is read.

    ``key`` tells apart what would otherwise be the same news of the same record. ``duty_id`` is
    the deadline that fell due; the notice ends with it, read or not. ``agency_id`` is for whom the
    user is told, ``NOBODY`` if under any posting.
    """

    __tablename__ = "notice"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "event", "subject_id", "key", name="uq_notice_told_once"),
        sa.Index("ix_notice_bell", "user_id", "ended_at", "read_at"),
        sa.Index("ix_notice_duty", "duty_id", "user_id", "event"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    event: Mapped[str] = mapped_column(info=SUMMARY)
    key: Mapped[str] = mapped_column(info=KEPT)
    about_id: Mapped[UUID] = mapped_column(info=SUMMARY)
    duty_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    agency_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    at: Mapped[datetime] = mapped_column(info=SUMMARY)
    read_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    ended_at: Mapped[datetime | None] = mapped_column(info=KEPT)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A notice is for the one user it is written to, acting for the agency concerned."""
        columns = cls.__table__.c
        for_whom = sa.or_(columns.agency_id == _ANY_AGENCY, columns.agency_id == me.agency)
        return sa.and_(columns.user_id == me.user, for_whom)


class SweepRun(Model):
    """One run of the sweep, for the page of the platform's health."""

    __tablename__ = "sweep_run"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    began_at: Mapped[datetime] = mapped_column(index=True)
    milliseconds: Mapped[int]
    due: Mapped[int]
    told: Mapped[int]
    failed: Mapped[int]
    opened: Mapped[int] = mapped_column(default=0, server_default="0")
    """Rows of the outbox."""
    unheard: Mapped[int] = mapped_column(default=0, server_default="0")
    """Steps of a ladder at which nobody could be told."""
    waiting: Mapped[int] = mapped_column(default=0, server_default="0")
    dead: Mapped[int] = mapped_column(default=0, server_default="0")
