"""What is recorded of a person beyond names, addresses, warnings, offences and orders.

Nothing is overwritten in silence: each correction is a row of ``person_change``, and what no longer
holds has its last day in ``until_on``. Beyond the summary fields that the agreement names, a row is
for readers of the whole section.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from mappa.access.labels import FULL, SUMMARY, ActorColumns, Clause, Derived, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model


class Recorded(Labelled):
    """A record with its first and last day, and who wrote it down.

    ``until_on`` is None while it holds. Not in any summary, unless the table says otherwise.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    from_on: Mapped[date | None] = mapped_column(info=FULL)
    until_on: Mapped[date | None] = mapped_column(info=FULL)
    note: Mapped[str] = mapped_column(default="", info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[Any, ...]:
        """What begins on a day does not end before it."""
        check = "until_on IS NULL OR from_on IS NULL OR until_on >= from_on"
        return (sa.CheckConstraint(check, name="ends_after_it_begins"),)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The agreement names nothing of it among the summary fields."""
        return sa.false()


class InSummaryWhileItHolds(Recorded):
    """A record of which the summary has some fields, while it holds."""

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """What no longer holds is not in the summary."""
        return cls.__table__.c.until_on.is_(None)  # type: ignore[attr-defined, no-any-return]


class Description(Recorded, Model):
    """What the person looks like."""

    __tablename__ = "description"
    __section__ = Section.IDENTITY

    height_cm: Mapped[int | None] = mapped_column(sa.SmallInteger, info=FULL)
    build: Mapped[str] = mapped_column(default="", info=FULL)
    hair: Mapped[str] = mapped_column(default="", info=FULL)
    eyes: Mapped[str] = mapped_column(default="", info=FULL)
    marks: Mapped[str] = mapped_column(default="", info=FULL)


class ManagementLevel(Derived, Model):
    """A time at one category and level, and why. A fact of the person, so it carries that label.

    The person's own ``category`` and ``level`` are those of the period without an end.
    """

    __tablename__ = "management_level"
    __section__ = Section.IDENTITY  # type: ignore[assignment]  # of one section, though derived
    __table_args__ = (
        sa.CheckConstraint("until_on IS NULL OR until_on >= from_on", name="ends_after_it_begins"),
        sa.CheckConstraint("category <> 3 OR level <> 1", name="category_3_never_at_level_1"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=SUMMARY)
    category: Mapped[int] = mapped_column(sa.SmallInteger, info=SUMMARY)
    level: Mapped[int] = mapped_column(sa.SmallInteger, info=SUMMARY)
    from_on: Mapped[date] = mapped_column(info=SUMMARY)
    until_on: Mapped[date | None] = mapped_column(info=FULL)
    reason: Mapped[str] = mapped_column(default="", info=FULL)
    added_by_id: Mapped[UUID] = mapped_column(info=FULL)
    added_at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """The summary has the category and level of today."""
        return cls.__table__.c.until_on.is_(None)


class ContactDetail(Recorded, Model):
    """A telephone number, an e-mail address, or another way to reach the person."""

    __tablename__ = "contact_detail"
    __section__ = Section.CONTACT

    kind: Mapped[str] = mapped_column(info=FULL)
    value: Mapped[str] = mapped_column(info=FULL)


class Employment(Recorded, Model):
    """Paid or unpaid work, or training."""

    __tablename__ = "employment"
    __section__ = Section.CONTACT

    kind: Mapped[str] = mapped_column(info=FULL)
    employer: Mapped[str] = mapped_column(info=FULL)
    work: Mapped[str] = mapped_column(default="", info=FULL)
    place: Mapped[str] = mapped_column(default="", info=FULL)


class Vehicle(Recorded, Model):
    """A vehicle that the person has or uses."""

    __tablename__ = "vehicle"
    __section__ = Section.CONTACT

    registration: Mapped[str] = mapped_column(info=FULL)
    make: Mapped[str] = mapped_column(default="", info=FULL)
    colour: Mapped[str] = mapped_column(default="", info=FULL)
    use: Mapped[str] = mapped_column(info=FULL)


class Device(Recorded, Model):
    """A telephone, computer or other device that the person has or uses."""

    __tablename__ = "device"
    __section__ = Section.CONTACT

    kind: Mapped[str] = mapped_column(info=FULL)
    make: Mapped[str] = mapped_column(info=FULL)
    number: Mapped[str] = mapped_column(default="", info=FULL)


class OnlineAccount(Recorded, Model):
    """An account with an online service."""

    __tablename__ = "online_account"
    __section__ = Section.CONTACT

    service: Mapped[str] = mapped_column(info=FULL)
    user_name: Mapped[str] = mapped_column(info=FULL)


class Associate(Recorded, Model):
    """Somebody whom the person knows, and why it matters; one label for each link.

    In the section risk: a third party's name goes no further than the assessment it bears on. If
    that somebody has a record here, only who sees that person sees the link (``other_person_id``).
    """

    __tablename__ = "associate"
    __section__ = Section.RISK

    other_person_id: Mapped[UUID] = mapped_column(default=NOBODY, index=True, info=FULL)
    name: Mapped[str] = mapped_column(default="", info=FULL)
    relation: Mapped[str] = mapped_column(info=FULL)


class Custody(Recorded, Model):
    """A time in prison, in a secure hospital or outside the United Kingdom, and its end."""

    __tablename__ = "custody"
    __section__ = Section.OFFENCES

    kind: Mapped[str] = mapped_column(info=FULL)
    place: Mapped[str] = mapped_column(info=FULL)
    release_due_on: Mapped[date | None] = mapped_column(info=FULL)
    released_how: Mapped[str] = mapped_column(default="", info=FULL)


class Condition(Recorded, Model):
    """A condition of a licence or an order, with its dates."""

    __tablename__ = "licence_condition"
    __section__ = Section.ORDERS

    kind: Mapped[str] = mapped_column(info=FULL)
    text: Mapped[str] = mapped_column(info=FULL)
    ends_on: Mapped[date | None] = mapped_column(info=FULL)


class Victim(InSummaryWhileItHolds, Model):
    """A victim: shared apart from everything else. The summary never names them."""

    __tablename__ = "victim"
    __section__ = Section.VICTIMS

    name: Mapped[str] = mapped_column(info=FULL)
    relation: Mapped[str] = mapped_column(default="", info=FULL)
    reached_by: Mapped[str] = mapped_column(default="", info=FULL)
    no_contact: Mapped[str] = mapped_column(default="", info=SUMMARY)
    liaison_officer: Mapped[str] = mapped_column(default="", info=SUMMARY)


class Child(InSummaryWhileItHolds, Model):
    """A child to be protected: the summary has the age, never the name."""

    __tablename__ = "child"
    __section__ = Section.VICTIMS

    name: Mapped[str] = mapped_column(info=FULL)
    born_on: Mapped[date | None] = mapped_column(info=FULL)
    born_about: Mapped[int | None] = mapped_column(sa.SmallInteger, info=SUMMARY)
    """The year of birth, kept with the day: from it the summary tells the age."""
    relation: Mapped[str] = mapped_column(default="", info=FULL)
    lives_with: Mapped[str] = mapped_column(default="", info=FULL)
    no_contact: Mapped[str] = mapped_column(default="", info=SUMMARY)
    liaison_officer: Mapped[str] = mapped_column(default="", info=SUMMARY)
