"""The one place that reads a clock: the database's, once per unit of work.

Tests, the demo and ``--on DATE`` replace it here and nowhere else.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from mappa.kernel.types import UtcDateTime

LONDON = ZoneInfo("Europe/London")
FOREVER = datetime(9999, 12, 31, tzinfo=UTC)

_set_to: ContextVar[datetime | None] = ContextVar("mappa_clock", default=None)


class database_now(GenericFunction[datetime]):
    """The database's time as a column, for the query that is sent anyway."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_now, "postgresql")
def _postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    return "clock_timestamp()"


@compiles(database_now)
def _sqlite(_element: Any, _compiler: Any, **_: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


class database_ahead(GenericFunction[datetime]):
    """The database's time so many seconds (an integer) ahead, by its own clock."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(database_ahead, "postgresql")
def _ahead_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"(clock_timestamp() + {seconds} * interval '1 second')"


@compiles(database_ahead)
def _ahead_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    seconds = compiler.process(element.clauses, **kw)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


def read(connection: Any) -> datetime:
    """The database's time, in UTC, unless it was set by ``at``."""
    return _set_to.get() or connection.execute(sa.select(database_now())).scalar_one()


def resolve(read_from_database: datetime) -> datetime:
    """The time to work with, given the one that came with a query."""
    return _set_to.get() or read_from_database


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at ``moment`` (aware)."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _set_to.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def day_of(moment: datetime) -> date:
    """The day in London: half past midnight in July is the day before in UTC."""
    return moment.astimezone(LONDON).date()


def start_of(day: date) -> datetime:
    """The first moment of a London day, in UTC."""
    return datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The moment at which a London day is over, in UTC: what lasts until a day holds on it."""
    return start_of(day + timedelta(days=1))


def last_day_before(moment: datetime) -> date:
    """The last London day on which something that ends at ``moment`` holds."""
    return day_of(moment - timedelta(microseconds=1))


def local(moment: datetime) -> datetime:
    """The same moment on a London clock."""
    return moment.astimezone(LONDON)
