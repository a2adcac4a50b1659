"""The lease: one row, one holder at a time, and a term that fences whoever held it before.

The time is the database's, so that no two machines disagree about it. Every transaction of the
holder ends by renewing the lease under its term; if that fails, nothing of it is written.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from mappa.kernel import crypto
from mappa.kernel.clock import database_ahead, database_now
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, UnitOfWork, unit_of_work
from mappa.reminders.telling import sql
from mappa.reminders.telling.models import LEASE

SWEEP = "sweep"
SECONDS = 45
"""How long a holder that says nothing keeps it."""
PAUSE = 0.5
"""Seconds between two tries of whoever waits for it."""
FROZEN = "60s"
"""After this time PostgreSQL ends a transaction of a holder that does nothing."""

_LEASE = LEASE.c
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class LostLease(Exception):
    """Somebody else holds the lease now; nothing of the transaction was written."""


@dataclass
class Held:
    """A lease that was taken; ``term`` is its fencing number."""

    name: str
    holder: str
    term: int
    renewed: float = field(default_factory=time.monotonic)
    """When it was renewed last, by this process's own clock."""


@cache
def _taking() -> sa.Update:
    # A lease that lasts longer than any can was taken before the clock was moved back.
    over = sa.or_(_LEASE.until <= database_now(), _LEASE.until > _ahead())
    return (
        sa.update(LEASE)
        .where(_LEASE.name == sa.bindparam("of_name"), over)
        .values(holder=sa.bindparam("me"), until=_ahead(), term=_LEASE.term + 1)
        .returning(_LEASE.term)
    )


@cache
def _renewing() -> sa.Update:
    return _mine().values(until=_ahead())


@cache
def _releasing() -> sa.Update:
    return _mine().values(until=database_now())


def _mine() -> sa.Update:
    return sa.update(LEASE).where(
        _LEASE.name == sa.bindparam("of_name"),
        _LEASE.holder == sa.bindparam("me"),
        _LEASE.term == sa.bindparam("of_term"),
        _LEASE.until > database_now(),
    )


def _ahead() -> sa.ColumnElement[datetime]:
    return database_ahead(sa.bindparam("seconds", type_=sa.Integer()))


def _binds(held: Held) -> dict[str, object]:
    return {
        "of_name": held.name, "me": held.holder, "of_term": held.term, "seconds": SECONDS,
    }  # fmt: skip


def take(name: str = SWEEP) -> Held | None:
    """Take the lease, if it is free or over; None if somebody holds it."""
    me = crypto.token(12)
    try:
        with unit_of_work(Kind.WRITE, system="sweep"):
            _bound_waiting("5s")
            new = sql.insert(LEASE, sql.on_sqlite()).values(
                name=name, holder="", until=_LONG_AGO, term=0
            )
            db.session.execute(new.on_conflict_do_nothing())
            binds = {"of_name": name, "me": me, "seconds": SECONDS}
            term = db.session.execute(_taking(), binds).scalar_one_or_none()
    except OperationalError as error:
        if "lock timeout" not in str(error.orig):
            raise
        return None  # its holder is about to commit
    return None if term is None else Held(name, me, term)


@contextmanager
def hold(name: str = SWEEP, *, patience: float = 0) -> Iterator[Held | None]:
    """Hold the lease for a work; None if somebody else held it for ``patience`` seconds."""
    until = time.monotonic() + patience
    held = take(name)
    while held is None and time.monotonic() < until:
        time.sleep(PAUSE)
        held = take(name)
    if held is None:
        yield None
        return
    try:
        yield held
    finally:
        # The next one need not wait, whatever happened; where the database is gone, it waits. Of a
        # lease that was lost nothing is released: the term is another's.
        with suppress(SQLAlchemyError):
            release(held)


def release(held: Held) -> None:
    """Let the next one have it at once."""
    with unit_of_work(Kind.WRITE, system="sweep"):
        db.session.execute(_releasing(), _binds(held))


@contextmanager
def writing(held: Held) -> Iterator[UnitOfWork]:
    """A transaction of the holder: it ends by renewing the lease, or writes nothing.

    Raises ``LostLease``.
    """
    with unit_of_work(Kind.WRITE, system="sweep") as unit:
        _bound_waiting()
        unit.before.append(lambda: _fence(held))
        yield unit


def keep(held: Held) -> None:
    """Renew the lease between two transactions, where much is read; not more often than needed.

    Raises ``LostLease``.
    """
    if time.monotonic() - held.renewed > SECONDS / 4:
        with writing(held):
            pass


def _fence(held: Held) -> None:
    if sql.count(_renewing(), _binds(held)) != 1:
        raise LostLease
    held.renewed = time.monotonic()


def _bound_waiting(lock: str = "") -> None:
    """On PostgreSQL: end what a frozen holder left open, and do not wait for ever for a row."""
    if sql.on_sqlite():
        return
    said = {"idle_in_transaction_session_timeout": FROZEN}
    if lock:
        said["lock_timeout"] = lock
    db.session.execute(
        sa.select(*(sa.func.set_config(name, value, True) for name, value in said.items()))
    )
