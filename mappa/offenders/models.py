"""The shared record: who the person is, where they live, what staff must know.

Nothing is overwritten: an address or a warning ends and another begins; every change of the
person's own facts is a row of ``person_change``.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import (
    FULL,
    KEPT,
    SUMMARY,
    ActorColumns,
    Clause,
    Derived,
    Label,
    Labelled,
    Protected,
    nobody,
    word,
)
from mappa.access.terms import Audience, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model, sorted_text

_FIRST_EAST_ASIAN_LETTER = "\u2e80"


def full_name(given: str, family: str) -> str:
    """Given name, then family name; in Chinese characters the family name comes first."""
    if family >= _FIRST_EAST_ASIAN_LETTER:
        return f"{family}{given}"
    return f"{given} {family}".strip()


class Person(Protected, Model):
    """A person managed under MAPPA. Identity belongs to the lead agency and passes with the lead.

    ``risk_band`` is kept by the ``risk`` service as a sort column and belongs to the section risk;
    it is read through ``queries``, never as an identity field.
    """

    __tablename__ = "person"
    __section__ = Section.IDENTITY
    __table_args__ = (
        sa.Index("ix_person_sort_name", "sort_name", "id"),
        sa.Index("ix_person_manager", "owner_agency_id", "manager_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    owner_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    given_name: Mapped[str] = mapped_column(info=SUMMARY)
    family_name: Mapped[str] = mapped_column(info=SUMMARY)
    sort_name: Mapped[str] = mapped_column(sorted_text, info=SUMMARY)
    born_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    born_about: Mapped[int | None] = mapped_column(sa.SmallInteger, info=SUMMARY)
    """The year, where the day is not known."""
    died_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    crn: Mapped[str] = mapped_column(default="", info=FULL)
    pnc: Mapped[str] = mapped_column(default="", info=FULL)
    visor: Mapped[str] = mapped_column(default="", info=FULL)
    prison_number: Mapped[str] = mapped_column(default="", info=FULL)
    jurisdiction: Mapped[str] = mapped_column(info=SUMMARY)
    category: Mapped[int | None] = mapped_column(sa.SmallInteger, info=SUMMARY)
    level: Mapped[int | None] = mapped_column(sa.SmallInteger, info=SUMMARY)
    level_since: Mapped[date | None] = mapped_column(info=SUMMARY)
    manager_id: Mapped[UUID] = mapped_column(default=NOBODY, info=SUMMARY)
    transferred_in_from: Mapped[str] = mapped_column(default="", info=FULL)
    risk_band: Mapped[str] = mapped_column(default="not_assessed", info=KEPT)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @property
    def name(self) -> str:
        """The name in the order in which it is said."""
        return full_name(self.given_name, self.family_name)

    @classmethod
    def label(cls) -> Label:
        """The person's own label: the record and the person are one."""
        columns = cls.__table__.c
        return Label(
            section=word(Section.IDENTITY.value),
            person=columns.id,
            owner=columns.owner_agency_id,
            record=columns.id,
            audience=sa.literal_column(str(Audience.AGREEMENT.value)),
            handling=nobody(),
            meeting=nobody(),
        )


class Alias(Labelled, Model):
    """Another name of the person. In the summary, as names are."""

    __tablename__ = "alias"
    __section__ = Section.IDENTITY

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    name: Mapped[str] = mapped_column(info=SUMMARY)
    kind: Mapped[str] = mapped_column(default="alias", info=SUMMARY)
    until_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    """The last day on which it was used; it still finds the person."""


class NameKey(Labelled, Model):
    """A search key made from a name, a birth or an identifier, with a copy of its source's label.

    Its record is the source: what is marked or shared is the name, and its keys with it.

    Found by equality only. ``level`` is the level at which its field is shown: a key matches only
    for a reader who may see the field it was made from.
    """

    __tablename__ = "name_key"
    __section__ = Section.IDENTITY
    __record__ = "source_id"
    __table_args__ = (sa.Index("ix_name_key_value", "value", "kind", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=KEPT)
    source_id: Mapped[UUID] = mapped_column(index=True, info=KEPT)
    kind: Mapped[str] = mapped_column(info=KEPT)
    value: Mapped[str] = mapped_column(info=KEPT)
    level: Mapped[int] = mapped_column(sa.SmallInteger, info=KEPT)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the summary finds by names, not by identifiers."""
        return cls.__table__.c.level <= sa.literal_column("2")


class Address(Labelled, Model):
    """Where the person lives or lived. The summary has the district of the current one."""

    __tablename__ = "address"
    __section__ = Section.CONTACT
    __table_args__ = (
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_begins"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    kind: Mapped[str] = mapped_column(info=SUMMARY)
    """``home``, ``regular`` or ``no_fixed_address``."""
    lines: Mapped[str] = mapped_column(info=FULL)
    postcode: Mapped[str] = mapped_column(info=FULL)
    district: Mapped[str] = mapped_column(info=SUMMARY)
    from_on: Mapped[date] = mapped_column(info=SUMMARY)
    until_on: Mapped[date | None] = mapped_column(info=FULL)
    note: Mapped[str] = mapped_column(default="", info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Only the current address is in the summary."""
        return cls.__table__.c.until_on.is_(None)


class PlaceKey(Labelled, Model):
    """A search key made from an address, with a copy of its label and in its section.

    The district of the current address is in the summary, a full postcode and the districts of
    earlier addresses are not: hence a table beside ``name_key``, whose section is identity.
    """

    __tablename__ = "place_key"
    __section__ = Section.CONTACT
    __record__ = "source_id"
    __table_args__ = (sa.Index("ix_place_key_value", "value", "kind", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=KEPT)
    source_id: Mapped[UUID] = mapped_column(index=True, info=KEPT)
    kind: Mapped[str] = mapped_column(info=KEPT)
    value: Mapped[str] = mapped_column(info=KEPT)
    level: Mapped[int] = mapped_column(sa.SmallInteger, info=KEPT)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of the summary finds by the district of the current address."""
        return cls.__table__.c.level <= sa.literal_column("2")


class StaffWarning(Labelled, Model):
    """A warning to staff: open to every agency that can see the person."""

    __tablename__ = "warning"
    __section__ = Section.WARNINGS

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    headline: Mapped[str] = mapped_column(info=SUMMARY)
    detail: Mapped[str] = mapped_column(default="", info=SUMMARY)
    serious: Mapped[int] = mapped_column(sa.SmallInteger, default=1, info=SUMMARY)
    officers: Mapped[int] = mapped_column(
        sa.SmallInteger, default=1, server_default="1", info=SUMMARY
    )
    """How many officers must go: 1, or 2."""
    lone_working: Mapped[str] = mapped_column(default="", server_default="", info=SUMMARY)
    """What somebody does who is there alone."""
    review_on: Mapped[date] = mapped_column(info=SUMMARY)
    added_by_id: Mapped[UUID] = mapped_column(info=SUMMARY)
    added_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    ended_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    end_reason: Mapped[str] = mapped_column(default="", info=SUMMARY)


class Offence(Labelled, Model):
    """The index offence and its sentence, in plain words."""

    __tablename__ = "offence"
    __section__ = Section.OFFENCES

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    kind: Mapped[str] = mapped_column(info=SUMMARY)
    convicted_on: Mapped[date | None] = mapped_column(info=FULL)
    sentence: Mapped[str] = mapped_column(info=SUMMARY)
    licence_ends_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    court: Mapped[str] = mapped_column(default="", info=FULL)
    until_on: Mapped[date | None] = mapped_column(info=FULL)
    """The day on which the conviction was quashed, or the record was found to be wrong."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """What no longer stands is not in the summary."""
        return cls.__table__.c.until_on.is_(None)


class Order(Labelled, Model):
    """An order or a licence in force, or the notification requirements."""

    __tablename__ = "court_order"
    __section__ = Section.ORDERS

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    name: Mapped[str] = mapped_column(info=SUMMARY)
    made_on: Mapped[date] = mapped_column(info=FULL)
    ends_on: Mapped[date | None] = mapped_column(info=SUMMARY)
    conditions: Mapped[str] = mapped_column(default="", info=FULL)
    ended: Mapped[bool] = mapped_column(default=False, info=FULL)
    until_on: Mapped[date | None] = mapped_column(info=FULL)
    """The day on which it ceased to be in force, whatever day had been set for its end."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The summary names orders in force."""
        return cls.__table__.c.ended.is_(False)


class PersonChange(Derived, Model):
    """What was added, corrected or ended, by whom and why, in the words of the record.

    It carries the label and the section of the record that changed.
    """

    __tablename__ = "person_change"
    __table_args__ = (sa.Index("ix_person_change_person", "person_id", "at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    kind: Mapped[str] = mapped_column(info=FULL)
    """Like ``address:added``."""
    what: Mapped[str] = mapped_column(info=FULL)
    before: Mapped[str] = mapped_column(default="", info=FULL)
    after: Mapped[str] = mapped_column(default="", info=FULL)
    why: Mapped[str] = mapped_column(default="", info=FULL)
    by_id: Mapped[UUID] = mapped_column(info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)
    other_person_id: Mapped[UUID] = mapped_column(default=NOBODY, info=KEPT)
    """Another person whom the words name: only who sees both reads them."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The history is for readers of the whole section."""
        return sa.false()
