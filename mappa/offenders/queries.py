"""Reads of the shared record: who the person is, where they live, what staff must know.

Every statement is built once and starts from the policy. Names of staff and agencies are open.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Column, Label
from mappa.access.reading import PERSON, Seen, holders_statement, one, rows, scope, scoped
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel.db import NOBODY, Query
from mappa.offenders.models import (
    Address,
    Alias,
    Offence,
    Order,
    Person,
    PersonChange,
    StaffWarning,
    full_name,
)

HISTORY_PAGE = 50

_person = Person.__table__
_address = Address.__table__
_lead = sa.alias(Agency.__table__, "lead_agency")
_manager = sa.alias(User.__table__, "manager")


def reads_risk(person: Column) -> Clause:
    """The reader gets the person's shared overall band: it belongs to the section risk."""
    of = Label(
        section=sa.literal(Section.RISK.value),
        person=person,
        owner=_person.c.owner_agency_id,
        record=sa.literal(NOBODY, sa.Uuid()),
        audience=sa.literal_column("0"),
        handling=sa.literal(NOBODY, sa.Uuid()),
        meeting=sa.literal(NOBODY, sa.Uuid()),
    )
    return policy.where_in(Section.RISK, ME, of, policy.AT, Level.SUM)


def _risk_band(person: Column) -> sa.Label[str | None]:
    """The shared overall band, only for readers of the section risk; NULL for all others."""
    return sa.case((reads_risk(person), _person.c.risk_band)).label("risk_band")


def with_lead(start: sa.FromClause) -> sa.FromClause:
    """Each person beside the lead agency and the manager."""
    return start.join(_lead, _lead.c.id == _person.c.owner_agency_id).outerjoin(
        _manager, _manager.c.id == _person.c.manager_id
    )


_LEAD = (
    _lead.c.name.label("lead_agency"),
    _lead.c.phone.label("lead_phone"),
    _manager.c.name.label("manager"),
)


def _district(person: Column) -> tuple[Column, Column]:
    """Kind and district of the newest current address that the reader may see."""
    of = replace(Address.label(), person=person)
    current = (
        sa.select(_address.c.id)
        .where(
            _address.c.person_id == person,
            _address.c.until_on.is_(None),
            _address.c.kind != "regular",
            scope(Address, of=of),
        )
        .order_by(_address.c.from_on.desc(), _address.c.id)
        .limit(1)
    )
    return (
        current.with_only_columns(_address.c.kind).scalar_subquery().label("address_kind"),
        current.with_only_columns(_address.c.district).scalar_subquery().label("district"),
    )


@cache
def _one_person() -> Query:
    extra = (*_LEAD, _risk_band(PERSON), *_district(PERSON))
    return scoped(Person, *extra, person=True).select_from(with_lead(_person))


def gated(seen: Seen) -> Seen:
    """The row without the risk band where the reader does not get it."""
    if seen.get("risk_band") is not None:
        return seen
    fields = {name: value for name, value in seen.fields().items() if name != "risk_band"}
    return Seen(seen.record, seen.level, fields)


def person(actor: Actor, person_id: UUID) -> Seen:
    """Who the person is, with ``lead_agency``, ``lead_phone`` and ``manager`` (a name or None).

    ``risk_band`` is there only for readers of the section risk, ``address_kind`` and ``district``
    are None for readers without contact. Raises ``NotFound`` if the person is invisible.
    """
    return gated(one(actor, _one_person(), Person, person=person_id))


def display_name(seen: Seen) -> str:
    """The name in the order in which it is said."""
    return full_name(seen.given_name, seen.family_name)


@cache
def _some_people() -> Query:
    wanted = Person.__table__.c.id.in_(sa.bindparam("ids", type_=sa.Uuid(), expanding=True))
    return scoped(Person, person=False).where(wanted)


def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those among these people whom the reader sees."""
    found = rows(actor, _some_people(), Person, ids=list(ids))
    return {seen.record: display_name(seen) for seen in found}


def as_listed(*extra: sa.ColumnElement[Any]) -> Query:
    """What lists show of a person; the caller says what it is selected from."""
    shown = (*_LEAD, _risk_band(_person.c.id), *_district(_person.c.id), *extra)
    return scoped(Person, *shown, person=False)


def people_among(chosen: sa.Subquery, *extra: sa.ColumnElement[Any]) -> Query:
    """Those people of a subquery's ``person_id`` whom the reader may see, as lists show them."""
    among = chosen.join(_person, _person.c.id == chosen.c.person_id)
    return as_listed(*extra).select_from(with_lead(among))


def _added_by(table: sa.FromClause) -> sa.FromClause:
    return table.join(_lead, _lead.c.id == table.c.owner_agency_id).outerjoin(
        _manager, _manager.c.id == table.c.added_by_id
    )


_AGENCY_NAME = _lead.c.name.label("agency_name")
_BY_NAME = _manager.c.name.label("by_name")


@cache
def _addresses() -> Query:
    return (
        scoped(Address, _AGENCY_NAME, person=True)
        .select_from(_address.join(_lead, _lead.c.id == _address.c.owner_agency_id))
        .order_by(_address.c.until_on.is_not(None), _address.c.from_on.desc(), _address.c.id)
    )


def addresses(actor: Actor, person_id: UUID) -> list[Seen]:
    """The current addresses, then for full readers the earlier ones, newest first."""
    return rows(actor, _addresses(), Address, person=person_id)


@cache
def _warnings() -> Query:
    table = StaffWarning.__table__
    return (
        scoped(StaffWarning, _AGENCY_NAME, _BY_NAME, person=True)
        .select_from(_added_by(table))
        .order_by(
            table.c.ended_at.is_not(None),
            table.c.serious.desc(),
            table.c.added_at.desc(),
            table.c.id,
        )
    )


@cache
def _live_warnings() -> Query:
    return _warnings().where(StaffWarning.__table__.c.ended_at.is_(None))


@cache
def _one_warning() -> Query:
    warning = sa.bindparam("warning", type_=sa.Uuid())
    return _warnings().where(StaffWarning.__table__.c.id == warning)


def live_warnings(actor: Actor, person_id: UUID) -> list[Seen]:
    """The warnings to staff that stand, most serious first."""
    return rows(actor, _live_warnings(), StaffWarning, person=person_id)


def warnings(actor: Actor, person_id: UUID) -> list[Seen]:
    """All warnings to staff: those that stand first, most serious first."""
    return rows(actor, _warnings(), StaffWarning, person=person_id)


def warning(actor: Actor, person_id: UUID, warning_id: UUID) -> Seen:
    """One warning of this person. Raises ``NotFound``, also for a warning of somebody else."""
    return one(actor, _one_warning(), StaffWarning, person=person_id, warning=warning_id)


@cache
def _aliases() -> Query:
    return scoped(Alias, person=True).order_by(Alias.__table__.c.name)


def aliases(actor: Actor, person_id: UUID) -> list[Seen]:
    """Other names of the person."""
    return rows(actor, _aliases(), Alias, person=person_id)


@cache
def _offences() -> Query:
    table = Offence.__table__
    return (
        scoped(Offence, _AGENCY_NAME, person=True)
        .select_from(table.join(_lead, _lead.c.id == table.c.owner_agency_id))
        .order_by(table.c.licence_ends_on.desc(), table.c.id)
    )


def offences(actor: Actor, person_id: UUID) -> list[Seen]:
    """Index offences and sentences."""
    return rows(actor, _offences(), Offence, person=person_id)


@cache
def _orders() -> Query:
    table = Order.__table__
    return (
        scoped(Order, _AGENCY_NAME, person=True)
        .select_from(table.join(_lead, _lead.c.id == table.c.owner_agency_id))
        .order_by(table.c.ended, table.c.name, table.c.id)
    )


def orders(actor: Actor, person_id: UUID) -> list[Seen]:
    """Orders, licences and notification requirements, those in force first."""
    return rows(actor, _orders(), Order, person=person_id)


@cache
def _held_addresses() -> Query:
    return holders_statement(Address, Section.CONTACT)


@cache
def _held_orders() -> Query:
    return holders_statement(Order, Section.ORDERS)


HELD: dict[Section, Callable[[], Query]] = {
    Section.CONTACT: _held_addresses,
    Section.ORDERS: _held_orders,
}
"""For each section with a sealed line: the statement for ``reading.holders``."""

_BEFORE_AT = sa.bindparam("before_at", type_=PersonChange.__table__.c.at.type)
_BEFORE_ID = sa.bindparam("before_id", type_=sa.Uuid())


@cache
def _history(*, onward: bool) -> Query:
    table = PersonChange.__table__
    statement = (
        scoped(PersonChange, _AGENCY_NAME, _BY_NAME, need=Level.FULL, person=True)
        .select_from(
            table.join(_lead, _lead.c.id == table.c.owner_agency_id).outerjoin(
                _manager, _manager.c.id == table.c.by_id
            )
        )
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(HISTORY_PAGE + 1)
    )
    if onward:
        place = sa.tuple_(table.c.at, table.c.id) < sa.tuple_(_BEFORE_AT, _BEFORE_ID)
        return statement.where(place)
    return statement


@cache
def _one_change() -> Query:
    change = sa.bindparam("change", type_=sa.Uuid())
    return scoped(PersonChange, need=Level.FULL, person=True).where(
        PersonChange.__table__.c.id == change
    )


def history(
    actor: Actor, person_id: UUID, *, before: UUID | None = None
) -> tuple[list[Seen], UUID | None]:
    """What changed, newest first, 50 to a page, and the id to go on from if there is more."""
    place: dict[str, Any] = {}
    if before is not None:
        found = rows(actor, _one_change(), PersonChange, person=person_id, change=before)
        place = {"before_at": found[0].at, "before_id": before} if found else {}
    changes = rows(actor, _history(onward=bool(place)), PersonChange, person=person_id, **place)
    shown = changes[:HISTORY_PAGE]
    return shown, shown[-1].id if len(changes) > HISTORY_PAGE else None
