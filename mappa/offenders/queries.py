"""Reads of the shared record: who the person is, where they live, what staff must know.

Every statement is built once and starts from the policy. Names of staff and agencies are open.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, Column
from mappa.access.reading import (
    Seen,
    count,
    holders_statement,
    one,
    rows,
    scope,
    scoped,
)
from mappa.access.terms import Level, Role, Section
from mappa.kernel.db import NOBODY, Query
from mappa.kernel.errors import NotFound
from mappa.offenders.identity import (
    LEAD,
    LEAD_AGENCY,
    STAFF,
    district,
    gated,
    one_person,
    risk_band,
    with_lead,
)
from mappa.offenders.identity import (
    person as person,
)
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

PAGE = 25
COUNTED = 100
HISTORY_PAGE = 50

_person = Person.__table__
_address = Address.__table__


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list: the people, the id to go on after, how many there are at least."""

    people: list[Seen]
    after: UUID | None
    total: int


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


_AFTER_NAME = sa.bindparam("after_name", type_=sa.Text())
_AFTER_ID = sa.bindparam("after_id", type_=sa.Uuid())
_LEVEL = sa.bindparam("level", type_=sa.Integer())


def _from_reach(*, area: bool) -> tuple[sa.FromClause, sa.ColumnElement[bool], Column, Column]:
    """Where the list starts, what bounds it, and its two columns of order.

    A co-ordinator has the people of the area whatever the agency, so reach is not the start.
    """
    if area:
        return _person, sa.true(), _person.c.sort_name, _person.c.id
    reach = teams.reached()
    bound = sa.and_(reach.c.agency_id == ME.agency, reach.c.ends_at > policy.AT)
    joined = reach.join(_person, _person.c.id == reach.c.person_id)
    return joined, bound, reach.c.sort_name, reach.c.person_id


@cache
def _people(*, area: bool, level: bool) -> Query:
    start, bound, name, key = _from_reach(area=area)
    statement = (
        scoped(Person, *LEAD, risk_band(_person.c.id), *district(_person.c.id), person=False)
        .select_from(with_lead(start))
        .where(bound, sa.tuple_(name, key) > sa.tuple_(_AFTER_NAME, _AFTER_ID))
        .order_by(name, key)
        .limit(PAGE + 1)
    )
    return statement.where(_person.c.level == _LEVEL) if level else statement


@cache
def _counted(*, area: bool, level: bool) -> Query:
    start, bound, _, _ = _from_reach(area=area)
    statement = sa.select(_person.c.id).select_from(start).where(bound, scope(Person))
    return statement.where(_person.c.level == _LEVEL) if level else statement


def people(actor: Actor, *, level: int | None = None, after: UUID | None = None) -> PeoplePage:
    """The people this reader may see, by name, 25 to a page, counted to 101 at most.

    A place to go on from that the reader does not see is the beginning.
    """
    kind = {"area": actor.role is Role.COORDINATOR, "level": level is not None}
    binds: dict[str, Any] = {"level": level} if level is not None else {}
    name, key = _place_in_list(actor, after)
    found = rows(actor, _people(**kind), Person, after_name=name, after_id=key, **binds)
    shown = [gated(each) for each in found[:PAGE]]
    total = count(actor, _counted(**kind), cap=COUNTED, **binds)
    return PeoplePage(shown, shown[-1].id if len(found) > PAGE else None, total)


def people_of_ids(ids: sa.BindParameter[Any]) -> Query:
    """The people of a list of ids that the reader may see; for search."""
    extra = (*LEAD, risk_band(_person.c.id), *district(_person.c.id))
    return (
        scoped(Person, *extra, person=False)
        .select_from(with_lead(_person))
        .where(_person.c.id.in_(ids))
    )


def _place_in_list(actor: Actor, after: UUID | None) -> tuple[str, UUID]:
    if after is None:
        return "", NOBODY
    try:
        return one(actor, one_person(), Person, person=after).sort_name, after
    except NotFound:
        return "", NOBODY


def _added_by(table: sa.FromClause) -> sa.FromClause:
    return table.join(LEAD_AGENCY, LEAD_AGENCY.c.id == table.c.owner_agency_id).outerjoin(
        STAFF, STAFF.c.id == table.c.added_by_id
    )


_AGENCY_NAME = LEAD_AGENCY.c.name.label("agency_name")
_BY_NAME = STAFF.c.name.label("by_name")


@cache
def _addresses() -> Query:
    return (
        scoped(Address, _AGENCY_NAME, person=True)
        .select_from(_address.join(LEAD_AGENCY, LEAD_AGENCY.c.id == _address.c.owner_agency_id))
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
        .select_from(table.join(LEAD_AGENCY, LEAD_AGENCY.c.id == table.c.owner_agency_id))
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
        .select_from(table.join(LEAD_AGENCY, LEAD_AGENCY.c.id == table.c.owner_agency_id))
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
            table.join(LEAD_AGENCY, LEAD_AGENCY.c.id == table.c.owner_agency_id).outerjoin(
                STAFF, STAFF.c.id == table.c.by_id
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
