"""Visits with their officers, the duty to make the next unannounced one, and drafts."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Derived, Labelled
from mappa.access.terms import Audience, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText
from mappa.visits.rules import Outcome, VisitState


def _one_of(column: str, values: type[Outcome] | type[VisitState]) -> str:
    return f"{column} IN ({', '.join(repr(each.value) for each in values)})"


class Visit(Labelled, Model):
    """One call on a person, by one agency, planned or not.

    It is planned, and then made, missed or withdrawn; or it is logged as made at once. One that
    was made may be withdrawn too: it keeps its outcome, and counts as none. An unannounced visit
    that was not made is open to named readers only: who will make it and the supervisors of their
    teams. Once made it follows the agreement.
    """

    __tablename__ = "visit"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(_one_of("state", VisitState), name="known_state"),
        sa.CheckConstraint(_one_of("outcome", Outcome), name="known_outcome"),
        sa.CheckConstraint(
            "(state <> 'made' OR outcome IS NOT NULL)"
            " AND (outcome IS NULL OR state IN ('made', 'withdrawn'))"
            " AND (outcome IS NULL) = (made_on IS NULL)"
            " AND (outcome IS NULL) = (arrived_at IS NULL)",
            name="made_with_outcome",
        ),
        sa.CheckConstraint(
            "outcome IS NOT NULL OR (window_from IS NOT NULL AND window_to >= window_from)",
            name="planned_with_window",
        ),
        sa.CheckConstraint(
            f"announced OR outcome IS NOT NULL OR audience = {Audience.NAMED.value}",
            name="unannounced_plan_is_kept_to_named_readers",
        ),
        sa.CheckConstraint(
            "left_at IS NULL OR (arrived_at IS NOT NULL AND left_at > arrived_at)",
            name="left_after_arrived",
        ),
        sa.CheckConstraint(
            "concern_child IS NULL OR NOT concern_child OR concerns <> ''",
            name="concern_for_a_child_in_words",
        ),
        sa.CheckConstraint(
            "state NOT IN ('missed', 'withdrawn') OR (end_reason <> '' AND ended_at IS NOT NULL)",
            name="ended_with_reason",
        ),
        sa.Index("ix_visit_made", "person_id", "made_on", "id"),
        sa.Index("ix_visit_agency", "owner_agency_id", "state", "made_on", "id"),
        sa.Index("ix_visit_state", "person_id", "state", "made_on", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    announced: Mapped[bool] = mapped_column(info=SUMMARY)
    state: Mapped[str] = mapped_column(info=SUMMARY)
    made_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    """The day in London on which they arrived: visits by day are visits by time."""
    outcome: Mapped[str | None] = mapped_column(info=SUMMARY)
    concern_child: Mapped[bool | None] = mapped_column(info=SUMMARY)

    window_from: Mapped[datetime | None] = mapped_column(info=FULL)
    window_to: Mapped[datetime | None] = mapped_column(info=FULL)
    """Of a scheduled visit the same moment as ``window_from``."""
    told_by: Mapped[str] = mapped_column(default="", info=FULL)
    told_how: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    warnings_read: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    """Ids of the warnings to staff that whoever planned it said to have read.

    Ids only: their words are read from the warnings, by whoever may.
    """
    alone_reason: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    """Why fewer officers go than a warning to staff asks for."""
    plain_clothes: Mapped[bool | None] = mapped_column(info=FULL)
    marked_car: Mapped[bool | None] = mapped_column(info=FULL)
    accredited: Mapped[bool | None] = mapped_column(info=FULL)
    """Whether somebody goes, or went, who is accredited for it. None where it was not said."""
    turnout_reason: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    planned_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    planned_at: Mapped[datetime | None] = mapped_column(info=FULL)

    arrived_at: Mapped[datetime | None] = mapped_column(info=FULL)
    left_at: Mapped[datetime | None] = mapped_column(info=FULL)
    place: Mapped[str] = mapped_column(default="", info=FULL)
    present_adult: Mapped[bool | None] = mapped_column(info=FULL)
    present_child: Mapped[bool | None] = mapped_column(info=FULL)
    adults: Mapped[str] = mapped_column(default="", info=FULL)
    children: Mapped[str] = mapped_column(default="", info=FULL)
    concerns: Mapped[str] = mapped_column(default="", info=FULL)
    account: Mapped[str] = mapped_column(default="", info=FULL)
    """What was tried, how it is known, what made it unsafe: as the outcome asks."""
    told_next: Mapped[bool | None] = mapped_column(info=FULL)
    next_step: Mapped[str] = mapped_column(default="", info=FULL)
    warnings_read_before: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    """The same, of whoever logged it."""
    written_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    written_at: Mapped[datetime | None] = mapped_column(info=FULL)

    end_reason: Mapped[str] = mapped_column(default="", info=FULL)
    ended_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    ended_at: Mapped[datetime | None] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A summary tells of visits that were made."""
        return cls.__table__.c.state == sa.literal_column(f"'{VisitState.MADE.value}'")


class VisitOfficer(Derived, Model):
    """Who made, or will make, a visit. It carries the visit's label.

    Somebody with an account, or a name and an agency as typed.
    """

    __tablename__ = "visit_officer"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.CheckConstraint("name <> ''", name="named"),
        sa.Index("ix_visit_officer_user", "user_id", "subject_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    user_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    name: Mapped[str] = mapped_column(info=FULL)
    agency: Mapped[str] = mapped_column(info=FULL)
    attended: Mapped[bool] = mapped_column(info=FULL)
    """Whether this is who went, or who was to go."""
    place_in_list: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A summary does not say who went."""
        return sa.false()


class VisitVersion(Derived, Model):
    """What a made visit said until its author corrected it: rows are added and stay as they are.

    It carries the visit's label. The visit's own row is the version in force; ``number`` counts
    those before it, the first being 1. ``by_id``, ``at`` and ``why`` are of the correction that
    ended this version, ``late`` that it came after the author's day.
    """

    __tablename__ = "visit_version"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "number", name="uq_visit_version_number"),
        sa.CheckConstraint("NOT late OR why <> ''", name="late_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    number: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)
    announced: Mapped[bool] = mapped_column(info=FULL)
    outcome: Mapped[str] = mapped_column(info=FULL)
    made_on: Mapped[date] = mapped_column(info=FULL)
    arrived_at: Mapped[datetime] = mapped_column(info=FULL)
    left_at: Mapped[datetime | None] = mapped_column(info=FULL)
    place: Mapped[str] = mapped_column(info=FULL)
    officers: Mapped[str] = mapped_column(info=FULL)
    """Names and agencies, one to a line."""
    present_adult: Mapped[bool | None] = mapped_column(info=FULL)
    present_child: Mapped[bool | None] = mapped_column(info=FULL)
    adults: Mapped[str] = mapped_column(info=FULL)
    children: Mapped[str] = mapped_column(info=FULL)
    concerns: Mapped[str] = mapped_column(info=FULL)
    concern_child: Mapped[bool | None] = mapped_column(info=FULL)
    account: Mapped[str] = mapped_column(info=FULL)
    told_next: Mapped[bool | None] = mapped_column(info=FULL)
    next_step: Mapped[str] = mapped_column(info=FULL)
    plain_clothes: Mapped[bool | None] = mapped_column(info=FULL)
    marked_car: Mapped[bool | None] = mapped_column(info=FULL)
    accredited: Mapped[bool | None] = mapped_column(info=FULL)
    turnout_reason: Mapped[str] = mapped_column(default="", server_default="", info=FULL)
    by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)
    why: Mapped[str] = mapped_column(default="", info=FULL)
    late: Mapped[bool] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A summary tells of the visit as it stands."""
        return sa.false()


class VisitSignature(Derived, Model):
    """That a supervisor countersigned a visit, in the version that stood then.

    It carries the visit's label. Rows are added and stay: a visit that is corrected afterwards is
    signed again.
    """

    __tablename__ = "visit_signature"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.UniqueConstraint("subject_id", "of_version", name="uq_visit_signature_version"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    of_version: Mapped[int] = mapped_column(sa.SmallInteger, info=FULL)
    note: Mapped[str] = mapped_column(default="", info=FULL)
    by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A summary does not say who signed."""
        return sa.false()


class VisitCard(Derived, Model):
    """One thing that was seen, checked or said at a visit, beside what every visit says.

    It carries the visit's label. ``about_id`` is a record of the person (a device, a condition),
    whose words are read from that record by whoever may; ``what`` is something else, in words. Rows
    are added; one that is wrong is taken back with a reason, and stays.
    """

    __tablename__ = "visit_card"
    __section__ = Section.VISITS  # type: ignore[assignment]
    __table_args__ = (
        sa.CheckConstraint("taken_back_at IS NULL OR why <> ''", name="taken_back_with_reason"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    kind: Mapped[str] = mapped_column(info=FULL)
    about_kind: Mapped[str] = mapped_column(default="", info=FULL)
    about_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    what: Mapped[str] = mapped_column(default="", info=FULL)
    by_whom: Mapped[str] = mapped_column(default="", info=FULL)
    method: Mapped[str] = mapped_column(default="", info=FULL)
    result: Mapped[str] = mapped_column(default="", info=FULL)
    power: Mapped[str] = mapped_column(default="", info=FULL)
    words: Mapped[str] = mapped_column(default="", info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)
    why: Mapped[str] = mapped_column(default="", info=FULL)
    taken_back_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    taken_back_at: Mapped[datetime | None] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class VisitAccount(Labelled, Model):
    """What another agency that was at a visit says of it, under that agency's own label.

    Rows are added and stay: who has more to say adds another.
    """

    __tablename__ = "visit_account"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint("account <> ''", name="says_something"),
        sa.Index("ix_visit_account_visit", "visit_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    visit_id: Mapped[UUID] = mapped_column(info=FULL)
    account: Mapped[str] = mapped_column(info=FULL)
    concerns: Mapped[str] = mapped_column(default="", info=FULL)
    by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class VisitDuty(Labelled, Model):
    """An unannounced visit that is owed and not yet planned: what its deadline is made from.

    Always open to named readers only: whoever will make it and the supervisors of their team.
    """

    __tablename__ = "visit_duty"
    __section__ = Section.VISITS
    __table_args__ = (
        sa.CheckConstraint(f"audience = {Audience.NAMED.value}", name="kept_to_named_readers"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    since_on: Mapped[date] = mapped_column(info=FULL)
    """The day of the visit it counts from."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class VisitSuggestion(Model):
    """A day and a part of it that was drawn for somebody about to plan an unannounced visit.

    Theirs alone, and for a while only: a plan that nobody knows of is not known from its draw.
    """

    __tablename__ = "visit_suggestion"
    __table_args__ = (sa.Index("ix_visit_suggestion_of", "user_id", "person_id", "at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    drawn: Mapped[str] = mapped_column(EncryptedText("visit_suggestion.drawn"))
    """The day, the part of it, and the first and last day drawn from."""
    at: Mapped[datetime]
    ends_at: Mapped[datetime]


class VisitDraft(Model):
    """What one user has typed of a visit so far, encrypted; theirs alone, and for a while only.

    ``visit_id`` is the planned visit whose outcome is being logged, ``NOBODY`` for a new one.
    """

    __tablename__ = "visit_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "person_id", "visit_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    visit_id: Mapped[UUID] = mapped_column(default=NOBODY)
    typed: Mapped[str] = mapped_column(EncryptedText("visit_draft.typed"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
