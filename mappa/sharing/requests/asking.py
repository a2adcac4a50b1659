"""What an agency asked of others, as its asker and its information officers may read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, nobody, word
from mappa.access.reading import (
    RECORD,
    note_read,
    scope,
    sees_person,
)
from mappa.access.terms import Role
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.clock import FOREVER, day_of
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound
from mappa.kernel.types import UtcDateTime
from mappa.offenders.models import Person, full_name
from mappa.sharing.requests.models import AskedRequest, RequestStep
from mappa.sharing.requests.rules import MOST_IN_A_DAY, OPEN, Stands, State, state_told

PAGE = 25
ON_CARD = 50
MOST_WAITING = 50
"""So many rows a card or the work list reads; more are not looked at."""

_asked = AskedRequest.__table__
_step = RequestStep.__table__
_person = Person.__table__
_owner = sa.alias(Agency.__table__, "owner_agency")
_asker = sa.alias(User.__table__, "asker")
_TODAY = sa.bindparam("today", type_=sa.Date())
OPEN_STATES = [word(each.value) for each in OPEN]


def asked_before(actor: Actor) -> list[datetime]:
    """When this user asked for people unseen in the last day, the newest first (UTC)."""
    statement = (
        sa.select(_asked.c.asked_at)
        .where(
            _asked.c.asked_by_id == actor.user_id,
            _asked.c.person_id == NOBODY,
            _asked.c.asked_at > uow.current().at - timedelta(days=1),
        )
        .order_by(_asked.c.asked_at.desc())
        .limit(MOST_IN_A_DAY)
    )
    return list(db.session.execute(statement).scalars())


# What the own agency asked


@dataclass(frozen=True, kw_only=True)
class Mine:
    """A request of the own agency, as it stands for its asker today."""

    id: UUID
    unseen: bool
    person_id: UUID
    person_name: str
    typed: str
    owner: str
    owner_phone: str
    asked_by: str
    asked_by_id: UUID
    sections: tuple[str, ...]
    what: str
    why: str
    urgency: str
    basis: dict[str, Any]
    asked_at: datetime
    answer_by: date
    state: State


def _name_of(column: sa.ColumnElement[Any], label: str) -> sa.Label[Any]:
    """A column of the person, as far as the reader sees the person."""
    found = sa.select(column).where(_person.c.id == _asked.c.person_id, scope(Person))
    return found.correlate(_asked).scalar_subquery().label(label)


@cache
def _ours() -> Query:
    """What the reader's agency asked, without what names a person whom the reader cannot see."""
    return (
        sa.select(
            _asked,
            sa.func.coalesce(_owner.c.name, "").label("owner"),
            sa.func.coalesce(_owner.c.phone, "").label("owner_phone"),
            _asker.c.name.label("asked_by"),
            _name_of(_person.c.given_name, "given_name"),
            _name_of(_person.c.family_name, "family_name"),
        )
        .outerjoin(_owner, _owner.c.id == _asked.c.owner_agency_id)
        .join(_asker, _asker.c.id == _asked.c.asked_by_id)
        .where(
            _asked.c.agency_id == ME.agency,
            sa.or_(_asked.c.person_id == nobody(), sees_person(_asked.c.person_id)),
        )
        .order_by(_asked.c.asked_at.desc(), _asked.c.id.desc())
    )


def _own_or_office() -> Clause:
    """The reader's own, or for the information officers all of the agency's."""
    office = ME.role == word(Role.INFORMATION_OFFICER.value)
    return sa.or_(_asked.c.asked_by_id == ME.user, office)


def _released() -> Clause:
    """What was asked about somebody unseen and is "no trace" since its day: ``state_told``."""
    return sa.and_(
        _asked.c.person_id == nobody(),
        _asked.c.state == word(State.OPEN.value),
        _asked.c.answer_by < _TODAY,
    )


def _told_open() -> Clause:
    return sa.and_(_asked.c.state.in_(OPEN_STATES), sa.not_(_released()))


def stands(wanted: Stands | None, is_open: Clause, state: sa.ColumnElement[str]) -> list[Clause]:
    """What narrows a list to how requests stand; nothing for None."""
    if wanted is None:
        return []
    declined = state == word(State.DECLINED.value)
    said = {
        Stands.OPEN: is_open,
        Stands.ANSWERED: sa.and_(sa.not_(is_open), sa.not_(declined)),
        Stands.DECLINED: declined,
    }
    return [said[wanted]]


def before(table: sa.FromClause) -> Clause:
    """What comes after the last of a page, the newest first; binds ``last_at`` and ``last_id``."""
    place = (sa.bindparam("last_at", type_=UtcDateTime()), sa.bindparam("last_id", type_=sa.Uuid()))
    return sa.tuple_(table.c.asked_at, table.c.id) < sa.tuple_(*place)


@cache
def _asked_page(wanted: Stands | None) -> Query:
    narrowed = stands(wanted, _told_open(), _asked.c.state)
    return _ours().where(_own_or_office(), *narrowed, before(_asked)).limit(PAGE + 1)


@cache
def _asked_one() -> Query:
    return _ours().where(_own_or_office(), _asked.c.id == RECORD)


@cache
def _asked_waiting() -> Query:
    mine = _asked.c.asked_by_id == ME.user
    return _ours().where(mine, _told_open()).limit(MOST_WAITING + 1)


@cache
def _asked_about() -> Query:
    people = sa.bindparam("people", type_=sa.Uuid(), expanding=True)
    return _ours().where(_asked.c.person_id.in_(people)).limit(ON_CARD + 1)


def how_many_waiting() -> sa.ScalarSelect[int]:
    """How many requests the reader waits for, as a column that binds ``today``; 51 at most."""
    ids = _asked_waiting().order_by(None).with_only_columns(_asked.c.id, maintain_column_froms=True)
    return sa.select(sa.func.count()).select_from(ids.subquery("asked_waiting")).scalar_subquery()


def _mine(actor: Actor, statement: Query, **binds: Any) -> list[Mine]:
    at = uow.current().at
    today = day_of(at)
    found = db.session.execute(statement, actor.binds(at) | {"today": today} | binds)
    return [_as_mine(row, today) for row in found]


def _as_mine(row: Any, today: date) -> Mine:
    unseen = row.person_id == NOBODY
    told = state_told(State(row.state), row.answer_by, today, unseen=unseen)
    return Mine(
        id=row.id,
        unseen=unseen,
        person_id=row.person_id,
        person_name="" if unseen else full_name(row.given_name, row.family_name),
        typed=row.typed,
        owner=row.owner,
        owner_phone=row.owner_phone,
        asked_by=row.asked_by,
        asked_by_id=row.asked_by_id,
        sections=tuple(row.sections),
        what=row.what,
        why=row.why,
        urgency=row.urgency,
        basis=row.basis,
        asked_at=row.asked_at,
        answer_by=row.answer_by,
        state=told,
    )


def _noted(found: Sequence[Mine]) -> list[Mine]:
    note_read([each.id for each in found])
    note_read([each.person_id for each in found if not each.unseen])
    return list(found)


START: dict[str, Any] = {"last_at": FOREVER, "last_id": UUID(int=2**128 - 1)}
"""The place before the first page."""


@dataclass(frozen=True)
class Page:
    """One page of requests, the newest first, and the one to go on after."""

    found: Sequence[Any]
    after: UUID | None


def asked_page(actor: Actor, wanted: Stands | None, *, after: UUID | None = None) -> Page:
    """What the reader asked, or an information officer's agency; 25 on a page.

    ``after`` is the last of the page before; one that the reader does not see is the start.
    """
    last = _mine(actor, _asked_one(), record=after) if after else []
    place = {"last_at": last[0].asked_at, "last_id": last[0].id} if last else START
    found = _mine(actor, _asked_page(wanted), **place)
    shown = _noted(found[:PAGE])
    return Page(shown, shown[-1].id if len(found) > PAGE else None)


def asked(actor: Actor, asked_id: UUID) -> Mine:
    """A request as its asker, or an own information officer, reads it. Raises ``NotFound``."""
    found = _noted(_mine(actor, _asked_one(), record=asked_id))
    if not found:
        raise NotFound
    return found[0]


def own_seen(actor: Actor, asked_id: UUID) -> Mine:
    """The asker's own request. Raises ``NotFound`` for that of anybody else."""
    found = asked(actor, asked_id)
    if found.asked_by_id != actor.user_id:
        raise NotFound
    return found


def own(actor: Actor, asked_id: UUID) -> AskedRequest:
    """The asker's own request, to be changed. Raises ``NotFound`` for that of anybody else."""
    own_seen(actor, asked_id)
    found = sa.select(AskedRequest).where(AskedRequest.id == asked_id).with_for_update()
    return db.session.scalars(found).one()


def waiting(actor: Actor) -> list[Mine]:
    """What the reader asked and waits for, the newest first; 51 at most."""
    return _noted(_mine(actor, _asked_waiting()))


@dataclass(frozen=True)
class Step:
    """What one side told the other (UTC)."""

    at: datetime
    by: str
    agency_id: UUID
    agency: str
    state: State
    said: str


@cache
def _steps() -> Query:
    return (
        sa.select(_step, User.name.label("by"), Agency.name.label("agency"))
        .join(User, User.id == _step.c.by_id)
        .join(Agency, Agency.id == _step.c.agency_id)
        .where(_step.c.asked_id == RECORD)
        .order_by(_step.c.at, _step.c.id)
    )


def steps(asked_id: UUID) -> list[Step]:
    """What was said about a request that the reader was given by ``asked`` or ``to_us``."""
    found = db.session.execute(_steps(), {"record": asked_id})
    return [
        Step(row.at, row.by, row.agency_id, row.agency, State(row.state), row.said) for row in found
    ]


@cache
def count_asked() -> Query:
    """How many requests of the reader stand how, by the owner's name; binds ``since``."""
    state = sa.case((_released(), word(State.NO_TRACE.value)), else_=_asked.c.state)
    return (
        sa.select(sa.func.coalesce(_owner.c.name, ""), state, sa.func.count())
        .outerjoin(_owner, _owner.c.id == _asked.c.owner_agency_id)
        .where(
            _asked.c.agency_id == ME.agency,
            _own_or_office(),
            sa.or_(_asked.c.person_id == nobody(), sees_person(_asked.c.person_id)),
            _asked.c.asked_at > sa.bindparam("since", type_=UtcDateTime()),
        )
        .group_by(_owner.c.name, state)
    )


def about(actor: Actor, person_id: UUID) -> list[Mine]:
    """What the reader's agency asked about a person, whoever asked; 51 at most."""
    return _noted(_mine(actor, _asked_about(), people=merged.people_of(person_id)))
