"""Default deny at the engine: a statement that touches a protected table must be scoped.

The guard looks for the mark that ``reading.scope`` leaves on its condition. A flush may write what
the unit of work holds, and only rows of the writer's own agency; a unit of work that acts for the
system (commands, the scheduler, sign-in) is exempt.
"""

from contextvars import ContextVar
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.sql import visitors

from mappa.access.labels import Labelled, protected_tables
from mappa.access.reading import SCOPE
from mappa.kernel import uow
from mappa.kernel.errors import UnscopedQuery

_flushing: ContextVar[bool] = ContextVar("mappa_flushing", default=False)
_writer: ContextVar[UUID | None] = ContextVar("mappa_writer", default=None)
_bare: WeakKeyDictionary[Any, frozenset[str]] = WeakKeyDictionary()


def writes_as(agency_id: UUID | None) -> None:
    """Say for which agency this unit of work writes."""
    _writer.set(agency_id)


def unscoped_tables(statement: Any) -> frozenset[str]:
    """The protected tables that a statement reads or writes without a scope."""
    protected = protected_tables()
    touched: set[str] = set()
    marked: set[str] = set()
    if isinstance(statement, sa.Update | sa.Delete | sa.Insert):
        touched.add(str(getattr(statement.table, "name", "")))
    for element in visitors.iterate(statement):
        if element.__visit_name__ == "table":
            touched.add(getattr(element, "name", ""))
        scope = getattr(element, "_annotations", {}).get(SCOPE)
        if scope:
            marked.add(scope)
    return frozenset(touched & set(protected)) - marked


def _check(_connection: Any, statement: Any, _many: Any, _params: Any, _options: Any) -> None:
    if _flushing.get():
        return
    try:
        unit = uow.current()
    except RuntimeError:
        return  # migrations and the engine's own look at the schema
    if unit.system is not None:
        return
    if isinstance(statement, sa.TextClause):
        raise UnscopedQuery("text() cannot be scoped")
    try:
        bare = _bare[statement]
    except KeyError:
        bare = _bare[statement] = unscoped_tables(statement)
    except TypeError:
        bare = unscoped_tables(statement)
    if bare:
        raise UnscopedQuery(f"no scope on {', '.join(sorted(bare))}")


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    unit = uow.current()
    if unit.system is None:
        for row in session.new:
            if isinstance(row, Labelled) and row.owner_agency_id != _writer.get():
                raise UnscopedQuery(f"a new {type(row).__name__} for another agency")
    _flushing.set(True)


def _after_flush(_session: Session, *_: Any) -> None:
    _flushing.set(False)


def watch_engine(engine: sa.Engine) -> None:
    """Put the guard in front of an engine."""
    event.listen(engine, "before_execute", _check)


def watch_sessions(session: type[Session]) -> None:
    """Put the guard in front of every flush; asked again it does nothing."""
    if not event.contains(session, "before_flush", _before_flush):
        event.listen(session, "before_flush", _before_flush)
        event.listen(session, "after_flush", _after_flush)
        event.listen(session, "after_soft_rollback", _after_flush)
