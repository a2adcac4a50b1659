"""Which duties stand, and ending them together with what was told of them.

The statements of every act are built once: each runs in most posts.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access.reading import bookkeeping
from mappa.kernel.db import Query, db
from mappa.reminders.models import Deadline, DutyState, Notice

_DEADLINE = cast(sa.Table, Deadline.__table__)
_NOTICE = cast(sa.Table, Notice.__table__)
_OF_ITS_TIME = ("id", "opened_at", "closed_at", "moved_from", "moved_because")
"""How a duty came to stand, apart from what it is."""
_BOTH = (bookkeeping(Deadline), bookkeeping(Notice))
"""Closing a duty and ending its notices follow each other: PostgreSQL is told once of both."""
_MOMENT = sa.bindparam("moment", type_=_DEADLINE.c.closed_at.type)


@cache
def _standing() -> Query:
    """The open duty of a kind that an agency owes on one thing."""
    return sa.select(Deadline).where(
        _DEADLINE.c.about_id == sa.bindparam("of_about", type_=sa.Uuid()),
        _DEADLINE.c.kind == sa.bindparam("of_kind"),
        _DEADLINE.c.owed_by_agency_id == sa.bindparam("of_agency", type_=sa.Uuid()),
        _DEADLINE.c.state == DutyState.OPEN.value,
        bookkeeping(Deadline),
    )


def standing(wanted: Deadline) -> Deadline | None:
    """The open duty of the same kind, on the same thing, that the same agency owes."""
    return standing_on(wanted.about_id, wanted.kind, wanted.owed_by_agency_id)


def standing_on(about: UUID, kind: str, agency: UUID) -> Deadline | None:
    """The open duty of a kind that an agency owes on one thing."""
    same = {"of_about": about, "of_kind": kind, "of_agency": agency}
    return db.session.scalars(_standing(), same).one_or_none()


def standing_of(
    person_id: UUID, kinds: Collection[str], agency: UUID | None = None
) -> Sequence[Deadline]:
    """What is owed of these kinds on a person, by an agency or by all; for keeping it in step."""
    conditions = [
        _DEADLINE.c.person_id.in_(merged.people_of(person_id)),
        _DEADLINE.c.kind.in_(kinds),
        _DEADLINE.c.state == DutyState.OPEN.value,
        bookkeeping(Deadline),
    ]
    if agency is not None:
        conditions.append(_DEADLINE.c.owed_by_agency_id == agency)
    found = sa.select(Deadline).where(*conditions).order_by(_DEADLINE.c.opened_at, _DEADLINE.c.id)
    return db.session.scalars(found).all()


def closed_together(
    person_id: UUID, kinds: Collection[str], agency: UUID, at: datetime
) -> Sequence[Deadline]:
    """What an agency owed of these kinds on a person and was closed by one act, at ``at``."""
    found = sa.select(Deadline).where(
        _DEADLINE.c.person_id.in_(merged.people_of(person_id)),
        _DEADLINE.c.kind.in_(kinds),
        _DEADLINE.c.owed_by_agency_id == agency,
        _DEADLINE.c.closed_at == at,
        bookkeeping(Deadline),
    )
    return db.session.scalars(found.order_by(_DEADLINE.c.opened_at, _DEADLINE.c.id)).all()


def is_owed(person_id: UUID, kind: str) -> bool:
    """Whether anybody owes a duty of this kind on a person; a question of bookkeeping."""
    open_still = sa.select(_DEADLINE.c.id).where(
        _DEADLINE.c.person_id.in_(merged.people_of(person_id)),
        _DEADLINE.c.kind == kind,
        _DEADLINE.c.state == DutyState.OPEN.value,
        bookkeeping(Deadline),
    )
    return db.session.execute(open_still.limit(1)).first() is not None


def close_of_record(person_id: UUID, kind: str, now: datetime) -> None:
    """Close the duties of a kind on this record of a person, not on those that are one with it."""
    close(now, _DEADLINE.c.person_id == person_id, _DEADLINE.c.kind == kind)


def alike(found: Deadline, wanted: Deadline) -> bool:
    """Nothing about the duty changes: nobody is told of the same day twice."""
    facts = [each.key for each in _DEADLINE.c if each.key not in _OF_ITS_TIME]
    return all(getattr(found, name) == getattr(wanted, name) for name in facts)


def _closing(*conditions: sa.ColumnElement[bool]) -> sa.Update:
    return (
        sa.update(_DEADLINE)
        .where(_DEADLINE.c.state == DutyState.OPEN.value, *conditions, *_BOTH)
        .values(state=DutyState.CLOSED.value, closed_at=_MOMENT)
        .returning(_DEADLINE.c.id, _DEADLINE.c.kind, _DEADLINE.c.interval)
    )


@cache
def _of_id() -> sa.Update:
    return _closing(_DEADLINE.c.id == sa.bindparam("of_id", type_=sa.Uuid()))


@cache
def _of_people() -> sa.Update:
    return _closing(
        _DEADLINE.c.person_id.in_(sa.bindparam("of_people", type_=sa.Uuid(), expanding=True)),
        _DEADLINE.c.kind.in_(sa.bindparam("of_kinds", expanding=True)),
        _DEADLINE.c.owed_by_agency_id == sa.bindparam("of_agency", type_=sa.Uuid()),
    )


@cache
def _ending() -> sa.Update:
    duties = sa.bindparam("duties", type_=sa.Uuid(), expanding=True)
    return (
        sa.update(_NOTICE)
        .where(_NOTICE.c.duty_id.in_(duties), _NOTICE.c.ended_at.is_(None), *_BOTH)
        .values(ended_at=_MOMENT)
    )


def _close(now: datetime, closing: sa.Update, of: Mapping[str, Any]) -> Sequence[sa.Row[Any]]:
    # In this order: the sweep holds a duty while it tells of it, so what it told is there by then.
    binds = {"moment": now, **of}
    closed = db.session.execute(closing, binds).all()
    if closed:
        ended = {"moment": now, "duties": [each.id for each in closed]}
        db.session.execute(_ending(), ended)
    return closed


def close(now: datetime, *conditions: sa.ColumnElement[bool]) -> None:
    """Close the open duties of these conditions, and end what was told of them."""
    _close(now, _closing(*conditions), {})


def close_one(duty: UUID, now: datetime) -> None:
    """Close one duty, if it is open."""
    _close(now, _of_id(), {"of_id": duty})


def close_kinds(
    people: Collection[UUID], kinds: Collection[str], agency: UUID, now: datetime
) -> dict[str, str]:
    """Close what an agency owes of these kinds on these people.

    Gives the kinds that stood, each with the interval that was agreed for the case, or empty.
    """
    of = {"of_people": list(people), "of_kinds": sorted(kinds), "of_agency": agency}
    return {each.kind: each.interval for each in _close(now, _of_people(), of)}
