"""The rights, as rows. They are ended by a later fact, never rewritten.

No row-level security of their own: only ``access`` reads them. In every index the column asked
with IN comes last (SQLite 3.40 returns wrong rows otherwise).
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.clock import FOREVER
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model, sorted_text

_LIVE = ("state", "starts_at", "ends_at")


class Right:
    """A right is live while its state says so and ``starts_at <= at < ends_at`` (UTC)."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    state: Mapped[int] = mapped_column(sa.SmallInteger, default=1)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(default=FOREVER)
    made_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")


class RightEnd(Model):
    """That a right was ended, by whom and why; the right's own row keeps its other columns."""

    __tablename__ = "right_end"
    __table_args__ = (sa.Index("ix_right_end_ended", "ended_at"),)

    right_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    was_to_end_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    ended_by_id: Mapped[UUID]
    reason: Mapped[str]


class Posting(Right, Model):
    """A user acts for an agency, in a role, perhaps in a team."""

    __tablename__ = "posting"
    __table_args__ = (sa.Index("ix_posting_user", "user_id", *_LIVE),)

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    team_id: Mapped[UUID] = mapped_column(default=NOBODY)
    role: Mapped[str]


class PersonArea(Right, Model):
    """A person's case is kept in an area."""

    __tablename__ = "person_area"
    __table_args__ = (sa.Index("ix_person_area_person", "person_id", "area_id", *_LIVE),)

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))


class CapacityRow(Model):
    """A column of an area's agreement; the small id is what case teams carry."""

    __tablename__ = "capacity"
    __table_args__ = (sa.UniqueConstraint("area_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    code: Mapped[str]


class Agreement(Right, Model):
    """A signed version of an area's information-sharing agreement."""

    __tablename__ = "agreement"

    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"), index=True)
    version: Mapped[int]
    title: Mapped[str]
    purposes: Mapped[str] = mapped_column(default="")


class AgreementCell(Right, Model):
    """What one capacity gets of one section, while the agreement lasts."""

    __tablename__ = "agreement_cell"
    __table_args__ = (
        sa.Index("ix_agreement_cell_grid", "section", "capacity_id", *_LIVE, "level"),
    )

    agreement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agreement.id"))
    capacity_id: Mapped[int] = mapped_column(sa.ForeignKey("capacity.id"))
    section: Mapped[str]
    level: Mapped[int] = mapped_column(sa.SmallInteger)


class RoleCell(Right, Model):
    """What a role that does not use its agency's grid gets of one section, in its area."""

    __tablename__ = "role_cell"
    __table_args__ = (sa.Index("ix_role_cell_grid", "section", "area_id", "role", *_LIVE, "level"),)

    agreement_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agreement.id"))
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    role: Mapped[str]
    section: Mapped[str]
    level: Mapped[int] = mapped_column(sa.SmallInteger)


class CaseTeam(Right, Model):
    """An agency is on a person's case team in a capacity."""

    __tablename__ = "case_team"
    __table_args__ = (
        sa.Index("ix_case_team_live", "person_id", "agency_id", *_LIVE, "capacity_id"),
    )

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    capacity_id: Mapped[int] = mapped_column(sa.ForeignKey("capacity.id"))


class CaseWorker(Right, Model):
    """A named worker of an agency is on a person's case team."""

    __tablename__ = "case_worker"
    __table_args__ = (
        sa.Index("ix_case_worker_person", "person_id", "user_id", *_LIVE),
        sa.Index("ix_case_worker_team", "person_id", "team_id", *_LIVE),
        sa.Index("ix_case_worker_user", "user_id", *_LIVE, "person_id"),
    )

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    team_id: Mapped[UUID] = mapped_column(default=NOBODY)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    part: Mapped[str]


class Deputy(Right, Model):
    """A user covers for another at an agency. It opens nothing: the case team's rows do that."""

    __tablename__ = "deputy"
    __table_args__ = (
        sa.Index("ix_deputy_manager", "manager_id", "agency_id", *_LIVE),
        sa.Index("ix_deputy_user", "deputy_id", "agency_id", *_LIVE, "manager_id"),
    )

    manager_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    deputy_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))


class Share(Right, Model):
    """An owner agency shares a section, or one record, of a person with another agency."""

    __tablename__ = "share"
    __table_args__ = (
        sa.Index(
            "ix_share_live", "person_id", "agency_id", "section", "owner_agency_id", *_LIVE, "level"
        ),
    )

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    owner_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    section: Mapped[str]
    record_id: Mapped[UUID] = mapped_column(default=NOBODY)
    level: Mapped[int] = mapped_column(sa.SmallInteger)


class Exclusion(Right, Model):
    """A user or an agency is kept out of a person's record. Beats every other right."""

    __tablename__ = "exclusion"
    __table_args__ = (sa.Index("ix_exclusion_live", "person_id", "user_id", "agency_id", *_LIVE),)

    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    user_id: Mapped[UUID] = mapped_column(default=NOBODY)
    agency_id: Mapped[UUID] = mapped_column(default=NOBODY)


class Emergency(Right, Model):
    """A duty officer opened one person's record in an emergency."""

    __tablename__ = "emergency"
    __table_args__ = (sa.Index("ix_emergency_live", "user_id", "person_id", *_LIVE, "capacity_id"),)

    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    capacity_id: Mapped[int] = mapped_column(sa.ForeignKey("capacity.id"))


class HandlingGroup(Model):
    """The people who may read the intelligence that names this group."""

    __tablename__ = "handling_group"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    name: Mapped[str]


class HandlingMember(Right, Model):
    """A user belongs to a handling group."""

    __tablename__ = "handling_member"
    __table_args__ = (sa.Index("ix_handling_member_live", "group_id", "user_id", *_LIVE),)

    group_id: Mapped[UUID] = mapped_column(sa.ForeignKey("handling_group.id"))
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)


class MeetingSeat(Right, Model):
    """Somebody is invited to a meeting on a person.

    While it is live (from the pack's opening to the sign-off) a chair or co-ordinator has the grid
    of ``capacity_id``; the meeting's own record stays readable to those who were seated.
    """

    __tablename__ = "meeting_seat"
    __table_args__ = (
        sa.Index("ix_meeting_seat_person", "person_id", "user_id", *_LIVE, "capacity_id"),
        sa.Index("ix_meeting_seat_meeting", "meeting_id", "user_id", "state"),
        sa.Index("ix_meeting_seat_agency", "meeting_id", "agency_id", "state"),
    )

    meeting_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    user_id: Mapped[UUID] = mapped_column(default=NOBODY)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    part: Mapped[str]
    capacity_id: Mapped[int] = mapped_column(default=0)


class NamedReader(Right, Model):
    """Somebody may read one record that is open to named readers only, or that is marked."""

    __tablename__ = "named_reader"
    __table_args__ = (
        sa.Index("ix_named_reader_live", "record_id", *_LIVE),
        sa.Index("ix_named_reader_user", "user_id", *_LIVE),
    )

    record_id: Mapped[UUID]
    kind: Mapped[str]
    user_id: Mapped[UUID] = mapped_column(default=NOBODY)
    team_id: Mapped[UUID] = mapped_column(default=NOBODY)
    agency_id: Mapped[UUID] = mapped_column(default=NOBODY)


class Mark(Right, Model):
    """A record is sealed or hidden for everybody who is not a named reader of it."""

    __tablename__ = "mark"
    __table_args__ = (sa.Index("ix_mark_live", "record_id", *_LIVE, "kind"),)

    record_id: Mapped[UUID]
    kind: Mapped[str]
    review_on: Mapped[datetime]


class PersonMerge(Right, Model):
    """Two records turned out to be one person: the losing one points at the surviving one.

    It stands until it is undone (``state``); then its ``RightEnd`` says by whom and why.
    """

    __tablename__ = "person_merge"
    __table_args__ = (
        sa.Index(
            "uq_person_merge_loser",
            "loser_id",
            unique=True,
            sqlite_where=sa.text("state = 1"),
            postgresql_where=sa.text("state = 1"),
        ),
        sa.Index("ix_person_merge_loser", "loser_id", "state"),
        sa.Index("ix_person_merge_survivor", "survivor_id", "state"),
        sa.CheckConstraint("survivor_id <> loser_id", name="two_records"),
    )

    survivor_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    loser_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))


class MirroredRight(Model):
    """That a right is the image of another, written because their people are merged.

    An image ends with its source, and at the latest with the merge. One that ``stays`` (what
    denies, written while the merge stood) becomes a right of its own when the merge is undone.
    """

    __tablename__ = "mirrored_right"
    __table_args__ = (
        sa.Index("ix_mirrored_right_source", "source_id", "state"),
        sa.Index("ix_mirrored_right_people", "source_person_id", "state"),
    )

    right_id: Mapped[UUID] = mapped_column(primary_key=True)
    source_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID]
    """Whom the image is about; for a mark the record, which is a person."""
    source_person_id: Mapped[UUID]
    record_id: Mapped[UUID] = mapped_column(default=NOBODY)
    """The record that the image names, where the source names the person's own."""
    stays: Mapped[bool]
    state: Mapped[int] = mapped_column(sa.SmallInteger, default=1)


class Reach(Model):
    """For each agency, the people it ever had a right to: where lists of people start.

    It never grants: the policy runs on every candidate. A missing row hides, it cannot leak.
    """

    __tablename__ = "reach"
    __table_args__ = (
        sa.UniqueConstraint("agency_id", "sort_name", "person_id"),
        sa.Index("ix_reach_person", "person_id", "agency_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    sort_name: Mapped[str] = mapped_column(sorted_text)
    ends_at: Mapped[datetime] = mapped_column(default=FOREVER)
