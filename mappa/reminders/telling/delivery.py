"""Delivering what waits in the outbox: claim under the term, then tell and mark as done at once.

A row counts its try when it is claimed, so one that brings its process down is not tried for
ever. First tries go together; what failed is tried alone, later and later, and is a dead letter in
the end. Where a process or the server went away no row is known to be at fault: those go together
once more, and once again, before each is tried alone.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, PendingRollbackError, SQLAlchemyError

from mappa.access.labels import word
from mappa.kernel import clock
from mappa.kernel.db import Query, db
from mappa.kernel.uow import Kind, UnitOfWork, unit_of_work
from mappa.reminders.models import Deadline, Event
from mappa.reminders.telling import climbing, notices, sql
from mappa.reminders.telling.lease import Held, writing
from mappa.reminders.telling.models import OUTBOX, OutboxState
from mappa.reminders.telling.opening import stands
from mappa.reminders.telling.rules import BACK_OFF, MOST_TRIES, wait_after

BATCH = {"sqlite": 500, "postgresql": 2000}
"""Rows delivered together; on SQLite every other writer waits meanwhile."""

FAULTS = (SQLAlchemyError, LookupError, ValueError, TypeError, AttributeError, ArithmeticError)
"""What one bad row may raise; it keeps no other from being told."""

TOGETHER = 3
"""So often rows are tried together of which none is known to be at fault."""

_DUTY = Deadline.__table__.c
_ROW = OUTBOX.c
_MOMENT = _ROW.opened_at.type
_TERM = sa.bindparam("of_term", type_=sa.BigInteger())
_NOW = sa.bindparam("now", type_=_MOMENT)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fault:
    """What kept rows from being told, and whether it was the server that went away."""

    name: str
    of_server: bool


@dataclass
class Delivered:
    """What a run told: notices, rows dropped, steps that had nobody, rows that failed."""

    told: int = 0
    dropped: int = 0
    unheard: int = 0
    failed: int = 0


def deliver(held: Held) -> Delivered:
    """Deliver everything that waits and whose time has come. Raises ``LostLease``.

    An error of one row is counted and kept for later; one that also keeps us from writing that
    down (the database is gone) is raised.
    """
    delivered = Delivered()
    _bury(held)
    for claiming in (_claiming_many(), _claiming_again()):
        claimed = _claim(held, claiming)
        while claimed:
            fault, claimed = _outcome(held, delivered, then=claiming)
            if fault is not None:
                _let_go(held, fault)
                claimed = _claim(held, claiming)
    while _claim(held, _claiming_one()):
        fault, _ = _outcome(held, delivered)
        if fault is not None:
            delivered.failed += 1
            _put_off(held, fault.name)
    return delivered


def is_due() -> bool:
    """Whether anything waits whose time has come."""
    with unit_of_work(Kind.READ, system="sweep") as unit:
        due = sa.or_(_ROW.next_at.is_(None), _again())
        asked = sa.select(_ROW.id).where(_waits(), due).limit(1)
        return db.session.execute(asked, _binds(unit.at)).first() is not None


def _outcome(
    held: Held, delivered: Delivered, *, then: sa.Update | None = None
) -> tuple[Fault | None, int]:
    """Deliver what is claimed; what kept us from it, if anything did.

    With it ``then`` is claimed, and how many rows: they are told in a transaction of their own, so
    each batch is claimed for good before it is told, and costs one commit instead of two.
    """
    more = 0
    try:
        with writing(held) as unit:
            found = _tell(held, unit)
            if then is not None:
                more = sql.count(then, _binds(unit.at) | {"of_term": held.term})
    except FAULTS as error:
        _log.warning("delivery failed: %s", type(error).__name__)
        return Fault(type(error).__name__, _of_server(error)), 0
    delivered.told += found.told
    delivered.dropped += found.dropped
    delivered.unheard += found.unheard
    return None, more


def _of_server(error: BaseException) -> bool:
    """Whether the connection went, in this statement or in the one before."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, PendingRollbackError)


# Claiming


def _waits() -> sa.ColumnElement[bool]:
    return _ROW.state == word(OutboxState.WAITING.value)


def _claimed() -> sa.ColumnElement[bool]:
    return sa.and_(_waits(), _ROW.term == _TERM)


def _again() -> sa.ColumnElement[bool]:
    # One that rests longer than any may was put away before the clock was moved back.
    never = sa.bindparam("never", type_=_MOMENT)
    return sa.or_(_ROW.next_at <= _NOW, _ROW.next_at > never)


def _binds(now: datetime) -> dict[str, Any]:
    return {"now": now, "never": now + BACK_OFF[-1], "soon": now + BACK_OFF[0]}


def _claiming(chosen: Query) -> sa.Update:
    # A row claimed under an older term is free: its holder can write nothing any more.
    chosen = chosen.where(_waits())
    if not sql.on_sqlite():
        chosen = chosen.with_for_update(skip_locked=True)
    return (
        sa.update(OUTBOX)
        .where(_ROW.id.in_(chosen))
        .values(term=_TERM, tries=_ROW.tries + 1, next_at=sa.bindparam("soon", type_=_MOMENT))
    )


def _claiming_many() -> sa.Update:
    order = (_ROW.owed_by_agency_id, _ROW.owner_team_id, _ROW.event, _ROW.id)
    fresh = sa.select(_ROW.id).where(_ROW.next_at.is_(None)).order_by(*order)
    return _claiming(fresh.limit(_size()))


def _claiming_again() -> sa.Update:
    """Those together whose process or server went away; none is known to be at fault."""
    resting = sa.select(_ROW.id).where(_again(), _nobodys_fault()).order_by(_ROW.next_at, _ROW.id)
    return _claiming(resting.limit(_size()))


def _claiming_one() -> sa.Update:
    alone = sa.select(_ROW.id).where(_again(), sa.not_(_nobodys_fault()))
    return _claiming(alone.order_by(_ROW.next_at, _ROW.id).limit(1))


def _size() -> int:
    return BATCH["sqlite" if sql.on_sqlite() else "postgresql"]


def _nobodys_fault() -> sa.ColumnElement[bool]:
    return sa.and_(_ROW.fault == word(""), _ROW.tries < sa.literal_column(str(TOGETHER)))


@cache
def _burying() -> sa.Update:
    """What was claimed as often as it may be, and never came back, is a dead letter."""
    return (
        sa.update(OUTBOX)
        .where(_waits(), _ROW.tries >= MOST_TRIES, _again())
        .values(state=OutboxState.DEAD.value, term=0, fault=sa.literal("NeverFinished"))
    )


def _bury(held: Held) -> None:
    with writing(held) as unit:
        sql.count(_burying(), _binds(unit.at))


def _claim(held: Held, claiming: sa.Update) -> int:
    with writing(held) as unit:
        binds = _binds(unit.at) | {"of_term": held.term}
        return sql.count(claiming, binds)


def _let_go(held: Held, fault: Fault) -> None:
    """Give back what was claimed together. By the fault of a row each is tried alone, at once."""
    said = "" if fault.of_server else fault.name
    with writing(held) as unit:
        db.session.execute(
            sa.update(OUTBOX).where(_claimed()).values(term=0, next_at=_NOW, fault=said),
            {"of_term": held.term, "now": unit.at},
        )


def _put_off(held: Held, fault: str) -> None:
    """Give back the one that was tried alone: later, or never of itself."""
    with writing(held) as unit:
        asked = sa.select(_ROW.id, _ROW.tries).where(_claimed())
        for row in db.session.execute(asked, {"of_term": held.term}).all():
            dead = row.tries >= MOST_TRIES
            db.session.execute(
                sa.update(OUTBOX)
                .where(_ROW.id == row.id)
                .values(
                    term=0,
                    fault=fault,
                    next_at=unit.at + wait_after(row.tries),
                    state=(OutboxState.DEAD if dead else OutboxState.WAITING).value,
                ),
            )


# Telling


def _tell(held: Held, unit: UnitOfWork) -> Delivered:
    """Tell of all that is claimed, as the duties stand now; what stands no more is taken away."""
    binds = {"of_term": held.term, "now": unit.at, "today": clock.day_of(unit.at)}
    if not sql.on_sqlite():
        db.session.execute(_locking(), binds)
    dropped = sql.count(_dropping(), binds)
    told = notices.to_owners(_claimed_now(), binds)
    climbed = climbing.climb(_claimed_now(), binds)
    db.session.execute(_finishing(), binds)
    return Delivered(told + climbed.told, dropped, climbed.unheard)


@cache
def _claimed_now() -> sa.ColumnElement[bool]:
    return sa.and_(_claimed(), _DUTY.id == _ROW.duty_id)


@cache
def _locking() -> Query:
    """Hold the duties: whoever meets one now ends the notice that we are about to write."""
    claimed = sa.select(_ROW.duty_id).where(_claimed())
    return (
        sa.select(_DUTY.id)
        .where(_DUTY.id.in_(claimed))
        .order_by(_DUTY.id)
        .with_for_update(read=True)
    )


@cache
def _dropping() -> sa.Delete:
    today = sa.bindparam("today", type_=sa.Date())
    still: Query = sa.select(sa.literal_column("1")).where(
        stands(),
        sa.or_(_ROW.event != Event.DUE.value, _DUTY.due_on >= today),
        sa.or_(_ROW.event == Event.DUE.value, _DUTY.due_on < today),
    )
    return sa.delete(OUTBOX).where(_claimed(), sa.not_(still.correlate_except(Deadline).exists()))


@cache
def _finishing() -> sa.Update:
    return (
        sa.update(OUTBOX)
        .where(_claimed())
        .values(state=OutboxState.DONE.value, done_at=_NOW, fault="")
    )
