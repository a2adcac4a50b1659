"""Reads of the record, kind by kind: one statement for each kind, built once, under the policy."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import Derived, Protected, protected_tables
from mappa.access.reading import PERSON, Seen, holders, holders_statement, one, rows, scoped
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.offenders import queries as people
from mappa.offenders.models import (
    Address,
    Alias,
    NameKey,
    Offence,
    Order,
    Person,
    PersonChange,
    StaffWarning,
)
from mappa.offenders.record.models import (
    Associate,
    Child,
    Condition,
    ContactDetail,
    Custody,
    Description,
    Device,
    Employment,
    ManagementLevel,
    OnlineAccount,
    Vehicle,
    Victim,
)
from mappa.offenders.record.rules import Kind

MODELS: dict[str, type[Protected]] = {
    "name": Person,
    "birth": Person,
    "identifiers": Person,
    "alias": Alias,
    "description": Description,
    "level": ManagementLevel,
    "address": Address,
    "contact": ContactDetail,
    "employment": Employment,
    "vehicle": Vehicle,
    "device": Device,
    "account": OnlineAccount,
    "associate": Associate,
    "victim": Victim,
    "child": Child,
    "order": Order,
    "condition": Condition,
    "offence": Offence,
    "custody": Custody,
    "warning": StaffWarning,
}
"""Key of a kind to its table."""

_BEGINS = ("from_on", "made_on", "convicted_on", "added_at")
_owner = sa.alias(Agency.__table__, "record_owner")
_RECORD = sa.bindparam("record", type_=sa.Uuid())


def table_of(key: str) -> sa.Table:
    """The table of a kind."""
    return MODELS[key].__table__  # type: ignore[attr-defined, no-any-return]


@cache
def _records(key: str, until: str) -> Query:
    """What holds first, then what has ended, the latest first."""
    table = table_of(key)
    order: list[sa.ColumnElement[Any]] = [
        table.c[name].desc().nulls_last() for name in _BEGINS if name in table.c
    ]
    if until in table.c:
        order.insert(0, table.c[until].is_not(None))
    return (
        scoped(MODELS[key], _owner.c.name.label("agency_name"), person=True)
        .select_from(table.join(_owner, _owner.c.id == table.c.owner_agency_id))
        .order_by(*order, table.c.id)
    )


def records(actor: Actor, person_id: UUID, kind: Kind) -> list[Seen]:
    """What the reader sees of a kind, with ``agency_name``: what holds first, the latest first."""
    return rows(actor, _records(kind.key, kind.until), MODELS[kind.key], person=person_id)


@cache
def _one_record(key: str, until: str) -> Query:
    return _records(key, until).where(MODELS[key].label().record == _RECORD)


@cache
def _one_row(key: str, until: str) -> Query:
    return _records(key, until).where(table_of(key).c.id == _RECORD)


def record(actor: Actor, person_id: UUID, kind: Kind, record_id: UUID) -> Seen:
    """One record of this person. Raises ``NotFound``, also for a record of somebody else."""
    statement = _one_row(kind.key, kind.until)
    return one(actor, statement, MODELS[kind.key], person=person_id, record=record_id)


@cache
def _named_in() -> Query:
    table = Associate.__table__
    return (
        scoped(Associate, person=False)
        .where(table.c.other_person_id == PERSON, table.c.until_on.is_(None))
        .order_by(table.c.id)
    )


def named_in(actor: Actor, person_id: UUID) -> list[Seen]:
    """Links on other people's records that name this person; only for readers of both."""
    return rows(actor, _named_in(), Associate, person=person_id)


def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those among these people whom the reader sees."""
    wanted = [each for each in ids if each != NOBODY]
    return people.names(actor, wanted) if wanted else {}


@cache
def _numbered() -> Query:
    table = NameKey.__table__
    kinds = ("crn", "pnc", "visor", "prison_number")
    return scoped(NameKey, need=Level.FULL, person=False).where(
        table.c.value.in_(sa.bindparam("values", expanding=True)), table.c.kind.in_(kinds)
    )


def person_numbered(actor: Actor, spellings: Collection[str]) -> UUID | None:
    """The only person with such an identifier whose identifiers the reader sees."""
    found = rows(actor, _numbered(), NameKey, values=list(spellings))
    people_found = {each.person_id for each in found}
    return people_found.pop() if len(people_found) == 1 else None


@cache
def _last_change() -> Query:
    table = PersonChange.__table__
    by = User.__table__
    return (
        scoped(PersonChange, by.c.name.label("by_name"), need=Level.FULL, person=True)
        .select_from(table.outerjoin(by, by.c.id == table.c.by_id))
        .where(
            table.c.subject_id == _RECORD,
            table.c.kind.in_(sa.bindparam("kinds", expanding=True)),
        )
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(1)
    )


def last_change(actor: Actor, person_id: UUID, subject: UUID, key: str) -> Seen | None:
    """The newest change of a record, with ``by_name``; None if there was none."""
    kinds = [f"{key}:{verb}" for verb in ("added", "corrected", "ended")]
    found = rows(actor, _last_change(), PersonChange, person=person_id, record=subject, kinds=kinds)
    return found[0] if found else None


@dataclass(frozen=True)
class Led:
    """An agency that led, or a manager of the case, and from when until when (UTC)."""

    name: str
    agency: str
    since_at: datetime
    until_at: datetime
    manages: bool


@cache
def _led() -> Query:
    leads, managers = teams.leads().subquery("leads"), teams.managers().subquery("managers")
    agency, user = Agency.__table__, User.__table__
    by_agency = sa.select(
        agency.c.name.label("name"), agency.c.name.label("agency"),
        leads.c.starts_at, leads.c.ends_at, sa.false().label("manages"),
    ).join(leads, leads.c.agency_id == agency.c.id)  # fmt: skip
    by_user = (
        sa.select(
            user.c.name.label("name"), agency.c.name.label("agency"),
            managers.c.starts_at, managers.c.ends_at, sa.true().label("manages"),
        )
        .join(managers, managers.c.user_id == user.c.id)
        .join(agency, agency.c.id == managers.c.agency_id)
    )  # fmt: skip
    both = sa.union_all(by_agency, by_user).subquery("led")
    return sa.select(both).order_by(both.c.starts_at.desc(), both.c.name)


def led(person_id: UUID) -> list[Led]:
    """Who led the case and who managed it, the latest first.

    For readers of team and sharing in full; the caller has asked.
    """
    found = db.session.execute(_led(), {"person": person_id, "at": uow.current().at})
    return [Led(*row) for row in found]


@cache
def _held(section: Section) -> Query:
    arms = [
        holders_statement(model, section)
        for _, model in sorted(protected_tables().items())
        if model.__section__ is section and not issubclass(model, Derived)
    ]
    held = sa.union(*arms).subquery("held")
    return sa.select(held.c[0])


def held(actor: Actor, person_id: UUID, section: Section) -> list[tuple[str, str]]:
    """Agencies that hold something of a section sealed to the reader, and whom to ring."""
    if section is Section.IDENTITY:
        return []  # identity is never sealed
    found = [agencies.agency(each) for each in holders(actor, _held(section), person_id)]
    return [(each.name, f"{each.desk} on {each.phone}" if each.phone else "") for each in found]
