"""The sweep: finds what fell due and tells the owner, once. It may run twice, or in two places.

What was told is a row with a unique key, so a second run finds nothing to do and two at once write
each row once. The lists of work do not wait for it: they read by due date.
"""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import SQLAlchemyError

from mappa.kernel import clock, uow
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Deadline, DutyState, Event, Notice, SweepRun

CHUNK = 200
KEEP_RUNS = timedelta(days=30)
_EARLIEST = (date.min, NOBODY)

_LABEL = (
    "person_id",
    "owner_agency_id",
    "section",
    "subject_id",
    "audience",
    "handling_group_id",
    "meeting_id",
)
_DEADLINE = Deadline.__table__.c
_NOTICE = Notice.__table__.c

Place = tuple[date, Any]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What a run found: open duties that were due, owners told now, duties it could not tell of."""

    due: int
    told: int
    failed: int


def sweep(app: Flask, *, on: date | None = None, dry_run: bool = False) -> Swept:
    """Tell owners of what is due by today, or by ``on``. A dry run only counts.

    Only a run of today counts for the platform's health.
    """
    moment = clock.at(_noon(on)) if on else nullcontext()
    with app.app_context(), moment:
        began, started = _now(), monotonic()
        found = _run(clock.day_of(began), dry_run=dry_run)
        if not dry_run and on is None:
            _keep(found, began, int((monotonic() - started) * 1000))
        return found


def _noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=clock.LONDON).astimezone(UTC)


def _now() -> datetime:
    with unit_of_work(Kind.READ, system="sweep") as unit:
        return unit.at


def _run(today: date, *, dry_run: bool) -> Swept:
    due, told, failed = _count_due(today), 0, 0
    for chunk in _untold(today):
        if dry_run:
            told += len(chunk)
            continue
        try:
            told += _tell(chunk, today)
        except SQLAlchemyError:
            # The next run finds them again; the page of health shows that some are waiting.
            failed += len(chunk)
    return Swept(due=due, told=told, failed=failed)


def _count_due(today: date) -> int:
    with unit_of_work(Kind.READ, system="sweep"):
        statement = sa.select(sa.func.count()).where(_is_open(), _DEADLINE.due_on <= today)
        return db.session.execute(statement).scalar_one()


def _untold(today: date) -> Iterator[Sequence[Any]]:
    """Due duties whose owner is not told yet, in chunks; nothing is locked between them."""
    after: Place = _EARLIEST
    while True:
        with unit_of_work(Kind.READ, system="sweep"):
            found = db.session.execute(_chunk(today, after)).all()
        if not found:
            return
        yield found
        after = (found[-1].due_on, found[-1].id)


def _chunk(today: date, after: Place) -> Query:
    said = (
        sa.select(_NOTICE.id)
        .where(
            _NOTICE.duty_id == _DEADLINE.id,
            _NOTICE.user_id == _DEADLINE.owner_user_id,
            _NOTICE.event == _event(today),
        )
        .exists()
    )
    return (
        sa.select(_DEADLINE.id, _DEADLINE.due_on)
        .where(
            _is_open(),
            _DEADLINE.due_on <= today,
            sa.or_(
                _DEADLINE.due_on > after[0],
                sa.and_(_DEADLINE.due_on == after[0], _DEADLINE.id > after[1]),
            ),
            sa.not_(said),
        )
        .order_by(_DEADLINE.due_on, _DEADLINE.id)
        .limit(CHUNK)
    )


def _is_open() -> sa.ColumnElement[bool]:
    return _DEADLINE.state == DutyState.OPEN.value


def _event(today: date) -> sa.ColumnElement[str]:
    return sa.case((_DEADLINE.due_on < today, Event.OVERDUE.value), else_=Event.DUE.value)


def _tell(chunk: Sequence[Any], today: date) -> int:
    """Tell the owners of those that are still open; how many were told now."""
    with unit_of_work(Kind.WRITE, system="sweep"):
        still = db.session.execute(
            sa.select(
                _DEADLINE.id,
                _DEADLINE.about_id,
                _DEADLINE.owner_user_id,
                _DEADLINE.owed_by_agency_id,
                _event(today).label("event"),
                *(_DEADLINE[name] for name in _LABEL),
            )
            .where(_is_open(), _DEADLINE.id.in_([row.id for row in chunk]))
            .with_for_update(read=True)
        ).all()
        if not still:
            return 0
        at = uow.current().at
        return _insert([_notice(row, at) for row in still])


def _notice(row: Any, at: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "user_id": row.owner_user_id,
        "event": row.event,
        "key": row.id.hex,
        "about_id": row.about_id,
        "duty_id": row.id,
        "agency_id": row.owed_by_agency_id,
        "at": at,
        **{name: getattr(row, name) for name in _LABEL},
    }


def _insert(notices: list[dict[str, Any]]) -> int:
    make: Any = insert_sqlite if db.engine.dialect.name == "sqlite" else insert_postgresql
    statement = make(Notice.__table__).values(notices).on_conflict_do_nothing()
    return len(db.session.execute(statement.returning(_NOTICE.id)).all())


def _keep(found: Swept, began: datetime, milliseconds: int) -> None:
    with unit_of_work(Kind.WRITE, system="sweep"):
        db.session.add(
            SweepRun(
                began_at=began,
                milliseconds=milliseconds,
                due=found.due,
                told=found.told,
                failed=found.failed,
            )
        )
        db.session.flush()
        db.session.execute(sa.delete(SweepRun).where(SweepRun.began_at < began - KEEP_RUNS))
