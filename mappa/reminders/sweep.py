"""The sweep: finds what fell due or is late, and tells whom it concerns, once.

It works under a lease, in three steps: rows of duties that were met or moved are taken away, a
row is opened for everything that is to be told, and what waits is delivered. Each step may run
twice or break off: what was told is a row with a unique key. The lists of work do not wait for
it: they read by due date.
"""

import logging
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

import sqlalchemy as sa
from flask import Flask

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Deadline, SweepRun
from mappa.reminders.telling import delivery, lease, opening, queries
from mappa.reminders.telling.lease import Held, LostLease
from mappa.reminders.telling.waves import is_open

KEEP_RUNS = timedelta(days=30)
PATIENCE = lease.SECONDS + 5
"""Seconds: longer than a holder that was killed keeps the lease."""

_DEADLINE = Deadline.__table__.c
_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a run found: open duties that were due, notices written now, what it could not tell.

    ``opened`` are rows of the outbox, ``unheard`` steps at which nobody could be told, ``waiting``
    and ``dead`` what is left. ``expected`` is what a dry run would open, by event in words.
    ``elsewhere``: somebody else held the lease, and this run did nothing or broke off.
    """

    due: int
    told: int
    failed: int
    opened: int = field(default=0, compare=False)
    unheard: int = field(default=0, compare=False)
    waiting: int = field(default=0, compare=False)
    dead: int = field(default=0, compare=False)
    elsewhere: bool = field(default=False, compare=False)
    expected: dict[str, int] = field(default_factory=dict, compare=False)


def sweep(
    app: Flask, *, on: date | None = None, dry_run: bool = False, patience: float | None = None
) -> Swept:
    """Tell of what is due by today, or by ``on``. A dry run only counts.

    Waits ``patience`` seconds for another sweep to end. Only a run of today counts for the
    platform's health.
    """
    moment = clock.at(_noon(on)) if on else nullcontext()
    with app.app_context(), moment:
        if dry_run:
            return _look()
        return _swept(on is None, PATIENCE if patience is None else patience)


def deliver_again(app: Flask) -> None:
    """Deliver what failed before and whose time has come; between two sweeps."""
    with app.app_context():
        if not delivery.is_due():
            return
        with suppress(LostLease), lease.hold() as held:
            if held is not None:
                delivery.deliver(held)


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=clock.LONDON).astimezone(UTC)


def _look() -> Swept:
    today = clock.day_of(_now())
    found = opening.expected(today)
    with unit_of_work(Kind.READ, system="sweep"):
        left = queries.counts()
    return Swept(
        due=_count_due(today), told=found.total, failed=0, waiting=left.waiting, dead=left.dead,
        expected=found.rows,
    )  # fmt: skip


def _swept(of_today: bool, patience: float) -> Swept:
    nothing = Swept(due=0, told=0, failed=0, elsewhere=True)
    try:
        with lease.hold(patience=patience) as held:
            if held is None:
                return nothing
            return _run(held, keep=of_today)
    except LostLease:
        _log.warning("another sweep took over")
        return nothing


def _run(held: Held, *, keep: bool) -> Swept:
    began, started = _now(), monotonic()
    today = clock.day_of(began)
    due = _count_due(today)
    opening.clear(held)
    opened = opening.open_rows(held, today)
    sent = delivery.deliver(held)
    found = Swept(
        due=due, told=sent.told, failed=opened.failed + sent.failed, opened=opened.rows,
        unheard=sent.unheard,
    )  # fmt: skip
    return _kept(held, found, began, int((monotonic() - started) * 1000), keep=keep)


def _now() -> datetime:
    with unit_of_work(Kind.READ, system="sweep") as unit:
        return unit.at


def _count_due(today: date) -> int:
    with unit_of_work(Kind.READ, system="sweep"):
        statement = sa.select(sa.func.count()).where(is_open(), _DEADLINE.due_on <= today)
        return db.session.execute(statement).scalar_one()


def _kept(held: Held, found: Swept, began: datetime, milliseconds: int, *, keep: bool) -> Swept:
    """The run with what it leaves, written down for the page of health."""
    with lease.writing(held):
        left = queries.counts()
        found = replace(found, waiting=left.waiting, dead=left.dead)
        if keep:
            names = ("due", "told", "failed", "opened", "unheard", "waiting", "dead")
            figures = {name: getattr(found, name) for name in names}
            db.session.add(SweepRun(began_at=began, milliseconds=milliseconds, **figures))
            db.session.flush()
            db.session.execute(sa.delete(SweepRun).where(SweepRun.began_at < began - KEEP_RUNS))
    return found
