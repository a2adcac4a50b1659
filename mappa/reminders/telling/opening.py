"""Opening rows of the outbox, and taking away those that nothing is to be told of any more.

Set by set and chunk by chunk: what is missing is looked for in a reading transaction, so a run
that finds nothing new writes nothing. A unique key makes a second run harmless.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from mappa.access.labels import word
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Deadline, DutyState, Notice
from mappa.reminders.telling import sql
from mappa.reminders.telling.lease import Held, keep, writing
from mappa.reminders.telling.models import OUTBOX
from mappa.reminders.telling.rules import OF_DUTIES
from mappa.reminders.telling.waves import Wave, is_open, waves

CHUNK = 2000
_FIRST = (date.min, NOBODY)

_DUTY = Deadline.__table__.c
_ROW = OUTBOX.c
_NOTICES = cast(sa.Table, Notice.__table__)
_NOTICE = _NOTICES.c
_STANDS = ("due_on", "owner_user_id", "owner_team_id", "owed_by_agency_id")
"""What must be as it was for a row still to be told."""

Place = tuple[date, Any]


def stands() -> sa.ColumnElement[bool]:
    """The duty of a row is open, on the same day, with the same owner."""
    return sa.and_(
        _DUTY.id == _ROW.duty_id, is_open(), *(_DUTY[name] == _ROW[name] for name in _STANDS)
    )


@dataclass
class Opened:
    """Rows opened, and duties of chunks that could not be written."""

    rows: int = 0
    failed: int = 0


@dataclass
class Expected:
    """What would be opened, by event and step in words."""

    rows: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many in all."""
        return sum(self.rows.values())


def open_rows(held: Held, today: date) -> Opened:
    """Open a row for every event that a duty has reached and that has none.

    Raises ``LostLease``.
    """
    opened = Opened()
    with unit_of_work(Kind.READ, system="sweep"):
        found = list(waves(today))
    for wave in found:
        insert = _insert(wave)
        keep(held)
        for after, upto, size in _chunks(wave):
            try:
                with writing(held) as unit:
                    binds = _binds(after) | _upto(upto) | {"at": unit.at}
                    opened.rows += sql.count(insert, binds)
            except SQLAlchemyError:
                # The next run finds them again; the page of health shows that some failed.
                opened.failed += size
    return opened


def expected(today: date) -> Expected:
    """What ``open_rows`` would open, without writing anything."""
    found = Expected()
    with unit_of_work(Kind.READ, system="sweep"):
        for wave in waves(today):
            rows = sa.select(sa.func.count()).select_from(_missing(wave).order_by(None).subquery())
            count = db.session.execute(rows, _binds(_FIRST)).scalar_one()
            found.rows[wave.words] = found.rows.get(wave.words, 0) + count
    return found


def _chunks(wave: Wave) -> Iterator[tuple[Place, Place, int]]:
    """Where each chunk of what is missing begins and ends; nothing is locked between them."""
    missing, after = _missing(wave).limit(CHUNK), _FIRST
    while True:
        with unit_of_work(Kind.READ, system="sweep"):
            found = db.session.execute(missing, _binds(after)).all()
        if not found:
            return
        upto = (found[-1].due_on, found[-1].id)
        yield after, upto, len(found)
        after = upto


def _binds(after: Place) -> dict[str, Any]:
    return {"after_day": after[0], "after_id": after[1]}


def _upto(upto: Place) -> dict[str, Any]:
    return {"upto_day": upto[0], "upto_id": upto[1]}


def _place(name: str) -> tuple[sa.ColumnElement[date], sa.ColumnElement[Any]]:
    day = sa.bindparam(f"{name}_day", type_=sa.Date())
    return day, sa.bindparam(f"{name}_id", type_=sa.Uuid())


def _after() -> sa.ColumnElement[bool]:
    day, last = (
        sa.bindparam("after_day", type_=sa.Date()),
        sa.bindparam("after_id", type_=sa.Uuid()),
    )
    return sa.and_(_DUTY.due_on >= day, sa.or_(_DUTY.due_on > day, _DUTY.id > last))


def _before() -> sa.ColumnElement[bool]:
    day, last = _place("upto")
    return sa.and_(_DUTY.due_on <= day, sa.or_(_DUTY.due_on < day, _DUTY.id <= last))


def _missing(wave: Wave) -> Query:
    there: Query = (
        sa.select(sa.literal_column("1"))
        .select_from(OUTBOX)
        .where(
            _ROW.duty_id == _DUTY.id,
            _ROW.event == wave.event,
            *(_ROW[name] == _DUTY[name] for name in _STANDS),
        )
        .correlate_except(OUTBOX)
    )
    if not sql.on_sqlite():
        # Else PostgreSQL joins every duty with every row of a table that has grown since it was
        # last counted; with an offset it asks the unique key, duty by duty.
        there = there.offset(sa.literal_column("0"))
    return (
        sa.select(_DUTY.due_on, _DUTY.id)
        .where(is_open(), *wave.conditions, _after(), sa.not_(there.exists()))
        .order_by(_DUTY.due_on, _DUTY.id)
    )


def _insert(wave: Wave) -> Any:
    columns: dict[str, Any] = {
        "id": sql.random_id(),
        "duty_id": _DUTY.id,
        "event": sa.literal(wave.event),
        **{name: _DUTY[name] for name in _STANDS},
        "state": word("waiting"),
        "tries": word(0),
        "term": word(0),
        "opened_at": sa.bindparam("at", type_=_ROW.opened_at.type),
        "fault": word(""),
    }
    reached = sa.select(*columns.values()).where(is_open(), *wave.conditions, _after(), _before())
    return (
        sql.insert(OUTBOX, sql.on_sqlite())
        .from_select(list(columns), reached)
        .on_conflict_do_nothing()
    )


# What nothing is to be told of any more


@cache
def _over() -> Query:
    """Rows whose duty was met, is gone, or has another day."""
    return (
        sa.select(_ROW.id, _ROW.duty_id)
        .select_from(OUTBOX)
        .outerjoin(Deadline.__table__, _DUTY.id == _ROW.duty_id)
        .where(
            sa.or_(
                _DUTY.id.is_(None),
                _DUTY.state != DutyState.OPEN.value,
                _DUTY.due_on != _ROW.due_on,
            )
        )
        .limit(CHUNK // 4)
    )


@cache
def _ending() -> sa.Update:
    """End what was told of another day than the duty has."""
    now = sa.select(sql.told_key(_DUTY.id, _DUTY.due_on)).where(_DUTY.id == _NOTICE.duty_id)
    return (
        sa.update(_NOTICES)
        .where(
            _NOTICE.duty_id.in_(sa.bindparam("duties", type_=sa.Uuid(), expanding=True)),
            _NOTICE.ended_at.is_(None),
            _NOTICE.event.like(f"{OF_DUTIES}%"),
            sa.not_(_NOTICE.key.like(now.scalar_subquery() + "%")),
        )
        .values(ended_at=sa.bindparam("moment", type_=_NOTICE.at.type))
    )


@cache
def _removing() -> sa.Delete:
    gone = sa.bindparam("gone", type_=sa.Uuid(), expanding=True)
    return sa.delete(OUTBOX).where(_ROW.id.in_(gone))


def clear(held: Held) -> int:
    """Take away the rows of duties that were met or moved; a moved one is told of anew.

    How many went. What was told of the day that is no more ends. Raises ``LostLease``.
    """
    gone = 0
    while True:
        with unit_of_work(Kind.READ, system="sweep"):
            found = db.session.execute(_over()).all()
        if not found:
            return gone
        with writing(held) as unit:
            duties = sorted({row.duty_id for row in found})
            db.session.execute(_ending(), {"duties": duties, "moment": unit.at})
            db.session.execute(_removing(), {"gone": [row.id for row in found]})
        gone += len(found)
