"""Reads of shares. All start from the policy; whether a share stands is for its right to say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import giving
from mappa.access.actor import Actor
from mappa.access.labels import ME, Derived, Labelled, RecordLabel, label_of, protected_tables
from mappa.access.reading import RECORD, Seen, load, note_read, one, rows, scope, scoped
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound
from mappa.offenders.models import Person
from mappa.sharing.shares.models import ShareDecision, ShareRecord
from mappa.sharing.shares.rules import ENDING_WITHIN

PAGE = 50
LONGEST_LIST = 200

_share = ShareRecord.__table__
_decision = ShareDecision.__table__
_person = Person.__table__
_owner = sa.alias(Agency.__table__, "share_owner")
_to = sa.alias(Agency.__table__, "share_to")
_by = sa.alias(User.__table__, "share_by")
_DAY = sa.bindparam("day", type_=sa.Date())


@dataclass(frozen=True)
class Page:
    """A page of shares in order of their end, and the one to go on after."""

    shares: Sequence[Seen]
    after: UUID | None


def _named(*, person: bool) -> Query:
    """Shares with the names of the agencies and of who authorised them."""
    return (
        scoped(
            ShareRecord,
            _owner.c.name.label("owner_name"),
            _to.c.name.label("to_name"),
            _by.c.name.label("by_name"),
            person=person,
        )
        .join(_owner, _owner.c.id == _share.c.owner_agency_id)
        .join(_to, _to.c.id == _share.c.to_agency_id)
        .join(_by, _by.c.id == _share.c.authorised_by_id)
    )


def _with_person() -> Query:
    """The same, with the person's name, for those whose person the reader sees."""
    return (
        _named(person=False)
        .add_columns(_person.c.given_name, _person.c.family_name)
        .join(_person, _person.c.id == _share.c.person_id)
        .where(scope(Person))
    )


def _own() -> Query:
    mine = _with_person().where(_share.c.owner_agency_id == ME.agency, giving.stands(_share.c.id))
    return mine.order_by(_share.c.ends_on, _share.c.id)


@cache
def _one() -> Query:
    return _with_person().where(_share.c.id == RECORD)


@cache
def _on_person() -> Query:
    return (
        _named(person=True)
        .where(giving.stands(_share.c.id))
        .order_by(_share.c.ends_on, _share.c.id)
        .limit(LONGEST_LIST)
    )


@cache
def _received() -> Query:
    people = sa.bindparam("people", type_=sa.Uuid(), expanding=True)
    mine = _named(person=False).where(
        _share.c.to_agency_id == ME.agency, _share.c.person_id.in_(people)
    )
    return mine.order_by(_share.c.ends_on.desc(), _share.c.id).limit(LONGEST_LIST)


@cache
def _listed() -> Query:
    to = sa.bindparam("to", type_=sa.Uuid())
    last = (sa.bindparam("last_on", type_=sa.Date()), sa.bindparam("last_id", type_=sa.Uuid()))
    onward = sa.tuple_(_share.c.ends_on, _share.c.id) > sa.tuple_(*last)
    return _own().where(sa.or_(to == NOBODY, _share.c.to_agency_id == to), onward).limit(PAGE + 1)


@cache
def _ending() -> Query:
    return _own().where(_share.c.ends_on <= _DAY, sa.not_(_share.c.lets_end)).limit(LONGEST_LIST)


@cache
def _to_review() -> Query:
    return _own().where(_share.c.review_on <= _DAY).limit(LONGEST_LIST)


@cache
def _made_by() -> Query:
    by = _share.c.authorised_by_id == sa.bindparam("by", type_=sa.Uuid())
    return _own().where(by).limit(LONGEST_LIST)


@cache
def _receivers() -> Query:
    listed = (
        _own().order_by(None).with_only_columns(_to.c.id, _to.c.name, maintain_column_froms=True)
    )
    return listed.distinct().order_by(_to.c.name, _to.c.id)


@cache
def _decisions() -> Query:
    return (
        scoped(ShareDecision, _by.c.name.label("by_name"), need=Level.FULL, person=True)
        .join(_by, _by.c.id == _decision.c.by_id)
        .where(_decision.c.subject_id == RECORD)
        .order_by(_decision.c.at.desc(), _decision.c.id)
    )


def _with_people(found: list[Seen]) -> list[Seen]:
    """These shares; the people whom they name were read too."""
    note_read([each.person_id for each in found])
    return found


def share(actor: Actor, share_id: UUID) -> Seen:
    """One share with its names, ended or not. Raises ``NotFound``."""
    found = one(actor, _one(), ShareRecord, record=share_id)
    return _with_people([found])[0]


def own_share(actor: Actor, share_id: UUID) -> Seen:
    """One share by the reader's own agency. Raises ``NotFound`` for any other."""
    found = share(actor, share_id)
    if found.owner_agency_id != actor.agency_id or not found.full:
        raise NotFound
    return found


def on_person(actor: Actor, person_id: UUID) -> list[Seen]:
    """The shares of a person that run or will run, as far as the reader may know of them."""
    return rows(actor, _on_person(), ShareRecord, person=person_id)


def received(actor: Actor, people: Collection[UUID]) -> list[Seen]:
    """What was shared of these people with the reader's agency, as far as the reader sees it."""
    return rows(actor, _received(), ShareRecord, people=sorted(people)) if people else []


def of_agency(actor: Actor, *, to: UUID | None = None, after: UUID | None = None) -> Page:
    """What the reader's agency shares, the first to end first, 50 to a page.

    An id to go on after that the reader does not see is the beginning.
    """
    place: dict[str, Any] = {"last_on": date.min, "last_id": NOBODY}
    if after is not None:
        last = rows(actor, _one(), ShareRecord, record=after)
        if last:
            place = {"last_on": last[0].ends_on, "last_id": after}
    found = rows(actor, _listed(), ShareRecord, to=to or NOBODY, **place)
    return Page(_with_people(found[:PAGE]), found[PAGE - 1].id if len(found) > PAGE else None)


def receivers(actor: Actor) -> list[tuple[UUID, str]]:
    """The agencies with which the reader's agency shares something, by name."""
    found = db.session.execute(_receivers(), actor.binds(uow.current().at))
    return [(agency, name) for agency, name in found]


def ending(actor: Actor, today: date) -> list[Seen]:
    """What the reader's agency shares and what ends within 14 days, unless it is let end."""
    return _with_people(rows(actor, _ending(), ShareRecord, day=today + ENDING_WITHIN))


def to_review(actor: Actor, today: date) -> list[Seen]:
    """What the reader's agency shares and is due for review."""
    return _with_people(rows(actor, _to_review(), ShareRecord, day=today))


def made_by(actor: Actor, user_id: UUID) -> list[Seen]:
    """Shares of the reader's agency that stand and that somebody authorised."""
    return _with_people(rows(actor, _made_by(), ShareRecord, by=user_id))


def decisions(actor: Actor, person_id: UUID, share_id: UUID) -> list[Seen]:
    """What was decided about a share, the last first."""
    return rows(actor, _decisions(), ShareDecision, person=person_id, record=share_id)


# One record to share


def _models(section: Section) -> list[type[Labelled]]:
    return [
        model
        for _, model in sorted(protected_tables().items())
        if issubclass(model, Labelled)
        and not issubclass(model, Derived)
        and model.__section__ is section
        and not hasattr(model, "__record__")
    ]


def record_label(actor: Actor, person_id: UUID, section: Section, record_id: UUID) -> RecordLabel:
    """The label of a record of this person and section that the reader's own agency owns.

    Raises ``NotFound`` for every other id, known or not.
    """
    for model in _models(section):
        try:
            found = load(actor, model, record_id)
        except NotFound:
            continue
        label = label_of(found)
        if (label.person, label.owner) == (person_id, actor.agency_id):
            return label
    raise NotFound
