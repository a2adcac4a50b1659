"""A meeting on one person: what was said, who was there, what was decided, the frozen minutes.

What hangs on a meeting belongs to the meeting's owner, the chair's agency, and carries a copy of
its label. A closed item is a record of its own, open to named readers only; its lines carry its
label, so two closed items of one meeting may have different readers.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, Derived, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class Meeting(Labelled, Model):
    """Planned, then open, then signed off (or cancelled before it began).

    ``meeting_id`` is the row's own id: seats are of this meeting. While it is planned ``held_at``
    is the time agreed, later the time it began. Nothing changes once ``signed_at`` is set but that
    the minutes were circulated.
    """

    __tablename__ = "meeting"
    __section__ = Section.MEETINGS
    __table_args__ = (
        sa.CheckConstraint("meeting_id = id", name="is_its_own_meeting"),
        sa.CheckConstraint("at_level IN (2, 3)", name="has_a_level_that_meets"),
        sa.CheckConstraint(
            "state IN ('planned', 'open', 'signed_off', 'cancelled')", name="has_a_known_state"
        ),
        sa.CheckConstraint("(state = 'signed_off') = (signed_at IS NOT NULL)", name="signed_once"),
        sa.CheckConstraint("(signed_at IS NULL) = (minutes_digest = '')", name="minutes_frozen"),
        sa.CheckConstraint("disclosure IN ('', 'yes', 'no')", name="disclosure_is_yes_or_no"),
        sa.Index("ix_meeting_when", "state", "held_at", "id"),
        sa.Index("ix_meeting_chair", "chair_id", "state"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    meeting_id: Mapped[UUID] = mapped_column(info=KEPT)
    at_level: Mapped[int] = mapped_column(sa.SmallInteger, info=SUMMARY)
    held_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    place: Mapped[str] = mapped_column(info=FULL)
    chair_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=SUMMARY)
    coordinator_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    coordinator_agency_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    state: Mapped[str] = mapped_column(default="planned", info=SUMMARY)
    planned_at: Mapped[datetime] = mapped_column(info=FULL)
    planned_by_id: Mapped[UUID] = mapped_column(info=FULL)
    opened_at: Mapped[datetime | None] = mapped_column(info=FULL)
    cancelled_at: Mapped[datetime | None] = mapped_column(info=FULL)
    cancel_reason: Mapped[str] = mapped_column(default="", info=FULL)
    finished_items: Mapped[str] = mapped_column(default="", info=FULL)
    """Keys of finished items, with a space between them; closed items keep their own."""
    confidentiality_read_at: Mapped[datetime | None] = mapped_column(info=FULL)
    risk: Mapped[str] = mapped_column(default="", info=FULL)
    disclosure: Mapped[str] = mapped_column(default="", info=FULL)
    disclosure_reason: Mapped[str] = mapped_column(default="", info=FULL)
    level_decided: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    level_reason: Mapped[str] = mapped_column(default="", info=FULL)
    category_decided: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    next_on: Mapped[date | None] = mapped_column(info=FULL)
    next_reason: Mapped[str] = mapped_column(default="", info=FULL)
    minutes: Mapped[str] = mapped_column(default="", info=FULL)
    minutes_digest: Mapped[str] = mapped_column(default="", info=FULL)
    signed_at: Mapped[datetime | None] = mapped_column(info=FULL)
    signed_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    circulated_at: Mapped[datetime | None] = mapped_column(info=FULL)
    circulated_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}


class ClosedItem(Labelled, Model):
    """An item that only the agencies it names and the chair hear, and later read."""

    __tablename__ = "closed_item"
    __section__ = Section.MEETINGS

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    meeting_id: Mapped[UUID] = mapped_column(sa.ForeignKey("meeting.id"), index=True, info=KEPT)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=FULL)
    """Whose item it is."""
    heard_by: Mapped[str] = mapped_column(info=FULL)
    """Ids of the agencies, for the page; who may read it is decided by the named readers."""
    added_at: Mapped[datetime] = mapped_column(info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    finished: Mapped[bool] = mapped_column(default=False, info=FULL)
    minutes: Mapped[str] = mapped_column(default="", info=FULL)
    minutes_digest: Mapped[str] = mapped_column(default="", info=FULL)


class MeetingEntry(Derived, Model):
    """A line under an item: made from the meeting, or from a closed item of it."""

    __tablename__ = "meeting_entry"
    __section__ = Section.MEETINGS  # type: ignore[assignment]
    __table_args__ = (sa.Index("ix_meeting_entry_meeting", "meeting_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    item: Mapped[str] = mapped_column(info=FULL)
    text: Mapped[str] = mapped_column(info=FULL)
    said_by: Mapped[str] = mapped_column(info=FULL)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=FULL)
    written_by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)


class Invitation(Derived, Model):
    """An agency asked to a meeting: for the lists on pages; the right itself is a seat."""

    __tablename__ = "meeting_invitation"
    __section__ = Section.MEETINGS  # type: ignore[assignment]

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=FULL)


class Attendance(Derived, Model):
    """Somebody at a meeting, or who sent apologies or a report; with an account or only a name."""

    __tablename__ = "meeting_attendance"
    __section__ = Section.MEETINGS  # type: ignore[assignment]
    __table_args__ = (
        sa.CheckConstraint(
            "presence IN ('present', 'apologies', 'report')", name="has_a_known_presence"
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    user_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    name: Mapped[str] = mapped_column(info=FULL)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=FULL)
    presence: Mapped[str] = mapped_column(info=FULL)
    agreed_at: Mapped[datetime | None] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)
