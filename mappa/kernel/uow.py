"""The unit of work: the only place that commits.

A unit either reads (and leaves nothing behind) or writes (and ends in one commit); a rehearsal
writes and leaves nothing behind. On SQLite the
writers of a process stand in one fair queue, and processes take turns at a file lock.
"""

import fcntl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from mappa.kernel import clock
from mappa.kernel.db import db


class Kind(Enum):
    """What a unit of work is for; it decides how SQLite begins, never the HTTP method."""

    READ = "read"
    WRITE = "write"
    WITNESS = "witness"
    TOUCH = "touch"
    REHEARSAL = "rehearsal"
    """Writes to see what would come of it, and is always rolled back (docs/decisions/0017)."""


class UnitOfWork:
    """One transaction, one moment."""

    def __init__(self, kind: Kind, system: str | None) -> None:
        self.kind = kind
        self.system = system
        self._at: datetime | None = None
        self.before: list[Callable[[], None]] = []
        """Called inside the transaction, just before it commits."""
        self.after: list[Callable[[], None]] = []
        self.kept: dict[str, list[Any]] = {}
        """What packages gather during the unit, under their own key."""

    @property
    def at(self) -> datetime:
        """The database's time, read once and the same for everything in this unit."""
        if self._at is None:
            self._at = clock.read(db.session)
        return self._at

    def began_at(self, moment: datetime) -> None:
        """Take the time that came with the session look-up, so that it costs no query."""
        if self._at is None:
            self._at = clock.resolve(moment)


class FairQueue:
    """A lock that serves in the order of arrival, so that no writer starves."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for one's turn."""
        with self._guard:
            mine = None
            if self._held:
                mine = threading.Event()
                self._waiting.append(mine)
            self._held = True
        if mine:
            mine.wait()
        try:
            yield
        finally:
            with self._guard:
                if self._waiting:
                    self._waiting.popleft().set()
                else:
                    self._held = False


_current: ContextVar[UnitOfWork | None] = ContextVar("mappa_unit_of_work", default=None)
_queue = FairQueue()


def current() -> UnitOfWork:
    """The unit of work one is in. Raises ``RuntimeError`` outside of any."""
    unit = _current.get()
    if unit is None:
        raise RuntimeError("no unit of work: the database is only used inside one")
    return unit


def writing() -> bool:
    """Whether the transaction about to begin will write."""
    unit = _current.get()
    return unit is not None and unit.kind is not Kind.READ


def for_system() -> bool:
    """Whether one is in a unit of work that acts for the system."""
    unit = _current.get()
    return unit is not None and unit.system is not None


@contextmanager
def unit_of_work(kind: Kind, *, system: str | None = None) -> Iterator[UnitOfWork]:
    """Open a transaction; commit at the end if it writes, roll back on any error.

    ``system`` names the command or job that acts without a signed-in person.
    """
    if _current.get() is not None:
        raise RuntimeError("a unit of work is already open")
    unit = UnitOfWork(kind, system)
    token = _current.set(unit)
    try:
        # The turn ends with the transaction: what is put away afterwards keeps nobody waiting.
        with _turn(kind), _transaction(unit):
            yield unit
    finally:
        db.session.remove()
        _current.reset(token)
    if kind is Kind.REHEARSAL:
        return  # nothing has happened
    for call in unit.after:
        call()


@contextmanager
def _transaction(unit: UnitOfWork) -> Iterator[None]:
    try:
        yield
        if unit.kind is Kind.REHEARSAL:
            db.session.rollback()
            return
        if unit.kind is Kind.READ:
            # Nothing to keep, nothing to write. psycopg forgets every prepared statement at a
            # rollback, and planning the policy costs ten times what running it does.
            db.session.expunge_all()
        else:
            for call in unit.before:
                call()
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise


@contextmanager
def one_load(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction past the session, for filling a database that nobody uses yet."""
    with engine.connect() as connection:
        yield connection
        connection.commit()


@contextmanager
def _turn(kind: Kind) -> Iterator[None]:
    engine = db.engine
    if kind is Kind.READ or engine.dialect.name != "sqlite":
        yield
        return
    with _queue.turn(), _file_lock(engine):
        yield


@contextmanager
def _file_lock(engine: sa.Engine) -> Iterator[None]:
    database = engine.url.database
    if not database or database == ":memory:":
        yield
        return
    # Whoever lets go of a bare lock takes it again before the others have woken. Here one process
    # waits inside the turnstile, and the lock can only go to that one.
    with (
        Path(f"{database}.next").open("w") as turnstile,
        Path(f"{database}.lock").open("w") as lock,
    ):
        fcntl.flock(turnstile, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_EX)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield


def watch_sessions(session: type[Session]) -> None:
    """Refuse any transaction outside a unit of work; asked again it does nothing."""
    if not sa.event.contains(session, "after_begin", _only_inside):
        sa.event.listen(session, "after_begin", _only_inside)


def _only_inside(*_: Any) -> None:
    current()
