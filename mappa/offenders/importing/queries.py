"""Reads of imports: only whoever uploaded a file, under the same agency, ever sees it."""

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.rules import UNDERWAY, RowState

PAGE = 50


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(ImportRun.user_id == actor.user_id, ImportRun.agency_id == actor.agency_id)


def runs(actor: Actor, *, most: int = 20) -> Sequence[ImportRun]:
    """The reader's imports, newest first."""
    return db.session.scalars(
        sa.select(ImportRun)
        .where(_own(actor))
        .order_by(ImportRun.at.desc(), ImportRun.id)
        .limit(most)
    ).all()


def run(actor: Actor, run_id: UUID, *, lock: bool = False) -> ImportRun:
    """One import of the reader's. Raises ``NotFound``, also for somebody else's."""
    statement = sa.select(ImportRun).where(_own(actor), ImportRun.id == run_id)
    found = db.session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound
    return found


def row(actor: Actor, run_id: UUID, row_id: UUID) -> ImportRow:
    """One row of an import of the reader's. Raises ``NotFound``."""
    own = run(actor, run_id)
    found = db.session.get(ImportRow, row_id)
    if found is None or found.run_id != own.id:
        raise NotFound
    return found


def how_many(run_id: UUID) -> Counter[str]:
    """How many rows there are in each state."""
    found = db.session.execute(
        sa.select(ImportRow.state, sa.func.count().label("rows"))
        .where(ImportRow.run_id == run_id)
        .group_by(ImportRow.state)
    )
    return Counter({row.state: row.rows for row in found})


def rows_in(run_id: UUID, state: RowState, *, after: int = 0, most: int) -> Sequence[ImportRow]:
    """The rows in a state, by line, after a line."""
    return db.session.scalars(
        sa.select(ImportRow)
        .where(ImportRow.run_id == run_id, ImportRow.state == state.value, ImportRow.line > after)
        .order_by(ImportRow.line)
        .limit(most)
    ).all()


def every_row(run_id: UUID) -> Iterator[ImportRow]:
    """All rows, by line; without what stood in their cells."""
    statement = (
        sa.select(ImportRow.line, ImportRow.state, ImportRow.faults, ImportRow.person_id)
        .where(ImportRow.run_id == run_id)
        .order_by(ImportRow.line)
    )
    yield from db.session.execute(statement)  # type: ignore[misc]


def underway() -> Sequence[UUID]:
    """The imports that the platform has to go on with, longest waiting first. For the system."""
    return db.session.scalars(
        sa.select(ImportRun.id)
        .where(ImportRun.state.in_([each.value for each in UNDERWAY]))
        .order_by(ImportRun.at, ImportRun.id)
    ).all()
