"""Reads of the shared record: who the person is, where they live, what staff must know.

Every statement is built once and starts from the policy. Names of staff and agencies are open.
"""

from collections.abc import Collection
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import RECORD, Seen, one, rows, scope, scoped, sees_person
from mappa.access.terms import Level
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.offenders.identity import (
    LEAD,
    LEAD_AGENCY,
    STAFF,
    lives,
    risk_band,
    with_lead,
)
from mappa.offenders.identity import Opened as Opened
from mappa.offenders.identity import gated as gated
from mappa.offenders.identity import opened as opened
from mappa.offenders.identity import person as person
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


@cache
def _change() -> Query:
    return scoped(PersonChange, need=Level.FULL, person=True).where(
        PersonChange.__table__.c.id == RECORD
    )


@cache
def _change_seen() -> Query:
    of = PersonChange.__table__.c
    scope_of = scope(PersonChange, need=Level.FULL)
    return sa.select(of.id).where(of.id == RECORD, scope_of, sees_person(of.person_id))


def change(actor: Actor, person_id: UUID, change_id: UUID) -> Seen:
    """One change of the record. Raises ``NotFound``."""
    return one(actor, _change(), PersonChange, person=person_id, record=change_id)


def sees_change(reader: Actor, change_id: UUID) -> bool:
    """Whether a reader may see a change; for a job, which asks about others than itself."""
    binds = reader.binds(uow.current().at) | {"record": change_id}
    return db.session.execute(_change_seen(), binds).first() is not None


def display_name(seen: Seen) -> str:
    """The name in the order in which it is said."""
    return full_name(seen.given_name, seen.family_name)


@cache
def _some_people() -> Query:
    wanted = Person.__table__.c.id.in_(sa.bindparam("ids", type_=sa.Uuid(), expanding=True))
    return scoped(Person, person=False).where(wanted)


def several(actor: Actor, ids: Collection[UUID]) -> list[Seen]:
    """Those among these people whom the reader sees."""
    return rows(actor, _some_people(), Person, ids=list(ids))


def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those among these people whom the reader sees."""
    return {seen.record: display_name(seen) for seen in several(actor, ids)}


def as_listed(*extra: sa.ColumnElement[Any]) -> Query:
    """What lists show of a person; the caller says what it is selected from."""
    shown = (*LEAD, risk_band(_person.c.id), lives(_person.c.id), *extra)
    return scoped(Person, *shown, person=False)


def people_among(chosen: sa.Subquery, *extra: sa.ColumnElement[Any]) -> Query:
    """Those people of a subquery's ``person_id`` whom the reader may see, as lists show them."""
    among = chosen.join(_person, _person.c.id == chosen.c.person_id)
    return as_listed(*extra).select_from(with_lead(among))


_AMONG = sa.bindparam("people", type_=sa.Uuid(), expanding=True)


def people_of_ids(ids: sa.BindParameter[Any]) -> Query:
    """The people of a list of ids that the reader may see, as lists show them."""
    return as_listed().select_from(with_lead(_person)).where(_person.c.id.in_(ids))


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
def _addresses_among() -> Query:
    return (
        scoped(Address, person=False)
        .where(_address.c.person_id.in_(_AMONG))
        .order_by(_address.c.until_on.is_not(None), _address.c.from_on.desc(), _address.c.id)
    )


def addresses_among(actor: Actor, people: Collection[UUID]) -> list[Seen]:
    """The addresses of several people, each one's current ones first."""
    return rows(actor, _addresses_among(), Address, people=list(people))


@cache
def _warnings_among() -> Query:
    table = StaffWarning.__table__
    standing = table.c.ended_at.is_(None)
    return scoped(StaffWarning, person=False).where(table.c.person_id.in_(_AMONG), standing)


def warnings_among(actor: Actor, people: Collection[UUID]) -> list[Seen]:
    """The warnings to staff that stand, of several people."""
    return rows(actor, _warnings_among(), StaffWarning, people=list(people))


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


_BEFORE_AT = sa.bindparam("before_at", type_=PersonChange.__table__.c.at.type)
_BEFORE_ID = sa.bindparam("before_id", type_=sa.Uuid())


@cache
def _history(*, onward: bool, only: bool) -> Query:
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
    if only:
        statement = statement.where(table.c.kind.in_(sa.bindparam("only", expanding=True)))
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
    actor: Actor, person_id: UUID, *, before: UUID | None = None, only: Collection[str] = ()
) -> tuple[list[Seen], UUID | None]:
    """What changed, newest first, 50 to a page, and the id to go on from if there is more.

    ``only`` are the kinds of changes that are wanted; none means all.
    """
    place: dict[str, Any] = {}
    if before is not None:
        found = rows(actor, _one_change(), PersonChange, person=person_id, change=before)
        place = {"before_at": found[0].at, "before_id": before} if found else {}
    statement = _history(onward=bool(place), only=bool(only))
    kinds = {"only": list(only)} if only else {}
    changes = rows(actor, statement, PersonChange, person=person_id, **place, **kinds)
    shown = changes[:HISTORY_PAGE]
    return shown, shown[-1].id if len(changes) > HISTORY_PAGE else None
