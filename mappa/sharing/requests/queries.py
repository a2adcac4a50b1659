"""Requests as each side may see them: what was asked of others, and what the agency is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import RECORD, Seen, note_read, one, rows, scope, scoped, unnoted
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import Query, db
from mappa.kernel.types import UtcDateTime
from mappa.offenders.models import Person
from mappa.sharing.requests import asking
from mappa.sharing.requests.asking import (
    OPEN_STATES,
    PAGE,
    START,
    Mine,
    Page,
    before,
    stands,
)
from mappa.sharing.requests.models import ShareRequest
from mappa.sharing.requests.rules import Stands, State

ON_CARD = asking.ON_CARD

_request = ShareRequest.__table__
_person = Person.__table__
_askers = sa.alias(Agency.__table__, "asker_agency")
_asker = sa.alias(User.__table__, "asker")


# What the own agency is asked


@cache
def _theirs(*, person: bool) -> Query:
    return (
        scoped(
            ShareRequest,
            _person.c.given_name,
            _person.c.family_name,
            _asker.c.name.label("asked_by"),
            _asker.c.phone.label("asker_phone"),
            _askers.c.name.label("asker"),
            person=person,
        )
        .join(_person, _person.c.id == _request.c.person_id)
        .join(_asker, _asker.c.id == _request.c.asked_by_id)
        .join(_askers, _askers.c.id == _request.c.asker_agency_id)
        .where(_request.c.owner_agency_id == ME.agency, scope(Person))
        .order_by(_request.c.asked_at.desc(), _request.c.id.desc())
    )


@cache
def _to_us_page(wanted: Stands | None) -> Query:
    is_open = _request.c.state.in_(OPEN_STATES)
    narrowed = stands(wanted, is_open, _request.c.state)
    return _theirs(person=False).where(*narrowed, before(_request)).limit(PAGE + 1)


@cache
def _to_us_one() -> Query:
    return _theirs(person=False).where(_request.c.id == RECORD)


@cache
def _to_us_about() -> Query:
    return _theirs(person=True).limit(ON_CARD + 1)


def to_us_page(actor: Actor, wanted: Stands | None, *, after: UUID | None = None) -> Page:
    """What the reader's agency is asked about people whom the reader sees; 25 on a page."""
    place = START
    with unnoted():
        last = rows(actor, _to_us_one(), ShareRequest, record=after) if after else []
        if last:
            place = {"last_at": last[0].asked_at, "last_id": last[0].id}
        found = rows(actor, _to_us_page(wanted), ShareRequest, **place)
    shown = found[:PAGE]
    note_read([each.record for each in shown])
    note_read([each.person_id for each in shown])
    return Page(shown, shown[-1].id if len(found) > PAGE else None)


def to_us(actor: Actor, request_id: UUID) -> Seen:
    """One request that the reader's agency is to answer. Raises ``NotFound``."""
    found = one(actor, _to_us_one(), ShareRequest, record=request_id)
    note_read([found.person_id])
    return found


# About one person


@dataclass(frozen=True)
class Card:
    """What the own agency asked about a person and was asked, the newest first; 51 at most."""

    asked: Sequence[Mine]
    to_us: Sequence[Seen]

    @property
    def declined_to_us(self) -> int:
        """How often the own agency was refused."""
        return sum(1 for each in self.asked if each.state is State.DECLINED)

    @property
    def declined_by_us(self) -> int:
        """How often the own agency refused."""
        return sum(1 for each in self.to_us if each.state == State.DECLINED.value)


def card(actor: Actor, person_id: UUID) -> Card:
    """The requests and refusals of a person as the reader's own side has them; no third side's.

    Why something was refused is no part of it: that is for the asker and the own officers.
    """
    to_us = rows(actor, _to_us_about(), ShareRequest, person=person_id)
    return Card(asking.about(actor, person_id), to_us)


# How many, of the last year


@cache
def _count_to_us() -> Query:
    theirs = _theirs(person=False).order_by(None)
    since = _request.c.asked_at > sa.bindparam("since", type_=UtcDateTime())
    return (
        theirs.where(since)
        .with_only_columns(
            _askers.c.name, _request.c.state, sa.func.count(), maintain_column_froms=True
        )
        .group_by(_askers.c.name, _request.c.state)
    )


def counts(actor: Actor, *, asked_of_us: bool) -> dict[str, dict[State, int]]:
    """Of each other agency how many requests of a year stand how, by the agency's name.

    Under "" stand those about people unseen, of whose owner nothing is known.
    """
    at = uow.current().at
    binds = actor.binds(at) | {"today": day_of(at), "since": at - timedelta(days=365)}
    statement = _count_to_us() if asked_of_us else asking.count_asked()
    found: dict[str, dict[State, int]] = {}
    for agency, state, number in db.session.execute(statement, binds):
        found.setdefault(agency, {})[State(state)] = number
    return found
