"""Default deny at the engine: a statement that touches a protected table must be scoped.

The guard looks for the mark that ``reading.scope`` leaves on its condition. A flush may write what
the unit of work holds, and only rows of the writer's own agency; a unit of work that acts for the
system (commands, the scheduler, sign-in) is exempt.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql import operators

from mappa.access import announcing
from mappa.access.actor import Actor
from mappa.access.labels import Labelled, protected_tables
from mappa.access.reading import OPENS, POLICY, SCOPE
from mappa.kernel import sent_rows, uow
from mappa.kernel.db import db
from mappa.kernel.errors import UnscopedQuery, WritesWhileReading
from mappa.kernel.uow import Kind

_flushing: ContextVar[bool] = ContextVar("mappa_flushing", default=False)
_writer: ContextVar[UUID | None] = ContextVar("mappa_writer", default=None)
_gathered: ContextVar[dict[sa.Table, list[dict[str, Any]]] | None] = ContextVar(
    "mappa_gathered", default=None
)
_looked: WeakKeyDictionary[Any, "_Look"] = WeakKeyDictionary()


@dataclass(frozen=True)
class _Look:
    """Of a statement: the protected tables without a scope, and those it opens."""

    bare: frozenset[str]
    opened: frozenset[str]


def acts_as(actor: Actor | None) -> None:
    """Say who reads and writes in this unit of work, as soon as it is known."""
    writes_as(actor.agency_id if actor else None)
    unit = uow.current()
    announcing.reads(unit, actor.binds(unit.at) if actor else None)


def writes_as(agency_id: UUID | None) -> None:
    """Say for which agency this unit of work writes."""
    _writer.set(agency_id)


def unscoped_tables(statement: Any) -> frozenset[str]:
    """The protected tables that some part of a statement reads or writes without a scope.

    Each SELECT inside is judged by itself: what it takes rows from must be scoped by one of its own
    conditions. A table that an enclosing part already has is that part's affair.
    """
    return frozenset(_bare_tables(statement, frozenset(), frozenset(protected_tables())))


def _bare_tables(element: Any, outside: frozenset[str], protected: frozenset[str]) -> Iterator[str]:
    if isinstance(element, sa.Update | sa.Delete | sa.Insert):
        own = {str(getattr(element.table, "name", ""))}
        yield from (own & protected) - _scoped_by(getattr(element, "_where_criteria", ()))
    elif isinstance(element, sa.Select):
        joined = (join[0] for join in element._setup_joins)
        named = _tables((*element.columns_clause_froms, *element._from_obj, *joined))
        asked = _tables(c for part in element._where_criteria for c in part._from_objects)
        own = (named | (asked - outside)) & protected
        yield from own - _scoped_by(element._where_criteria)
        outside = outside | own
    for child in element.get_children():
        marks = getattr(child, "_annotations", {})
        # What the policy wrote reads rights tables only (a law test), so it is not walked again.
        if not isinstance(child, sa.Table) and SCOPE not in marks and POLICY not in marks:
            yield from _bare_tables(child, outside, protected)


def _tables(froms: Iterable[Any]) -> set[str]:
    """Names of the tables behind joins and aliases; a subquery is judged by itself."""
    found: set[str] = set()
    for each in froms:
        if isinstance(each, sa.Table):
            found.add(each.name)
        elif isinstance(each, sa.Join):
            found |= _tables((each.left, each.right))
        elif isinstance(each, sa.Alias):
            found |= _tables((each.element,))
    return found


def _scoped_by(criteria: Iterable[Any]) -> set[str]:
    """The tables whose scope is one of these conditions, all of which must hold.

    Parts of ``and_`` count too. A scope that it takes apart has lost its mark, and does not.
    """
    found: set[str] = set()
    for each in criteria:
        scope = getattr(each, "_annotations", {}).get(SCOPE)
        if scope:
            found.add(scope)
        elif getattr(each, "operator", None) is operators.and_:
            found |= _scoped_by(each.clauses)
    return found


def opened_tables(statement: Any) -> frozenset[str]:
    """The protected tables of which a statement keeps rows that its reader need not see."""
    return frozenset(_opened(statement))


def _opened(element: Any) -> Iterator[str]:
    for child in element.get_children():
        marks = getattr(child, "_annotations", {})
        if OPENS in marks:
            yield marks[OPENS]
        elif not isinstance(child, sa.Table) and SCOPE not in marks and POLICY not in marks:
            yield from _opened(child)


def _check(connection: Any, statement: Any, _many: Any, params: Any, _options: Any) -> None:
    try:
        unit = uow.current()
    except RuntimeError:
        return  # migrations and the engine's own look at the schema
    if unit.system is not None:
        _check_kind(unit, statement)
        return
    look = _NOTHING if _flushing.get() else _look_at(statement)
    if look.bare:
        raise UnscopedQuery(f"no scope on {', '.join(sorted(look.bare))}")
    _check_kind(unit, statement)
    if connection.dialect.name == "postgresql":
        announcing.announce(connection, unit, params, _writer.get(), look.opened)


def _check_kind(unit: uow.UnitOfWork, statement: Any) -> None:
    if unit.kind is Kind.READ and getattr(statement, "is_dml", False):
        raise WritesWhileReading


_NOTHING = _Look(frozenset(), frozenset())


def _look_at(statement: Any) -> _Look:
    if isinstance(statement, sa.TextClause):
        raise UnscopedQuery("text() cannot be scoped")
    try:
        return _looked[statement]
    except (KeyError, TypeError):
        look = _Look(unscoped_tables(statement), opened_tables(statement))
    with suppress(TypeError):  # not every statement can be remembered
        _looked[statement] = look
    return look


def _before_flush(session: Session, _context: Any, _instances: Any) -> None:
    unit = uow.current()
    if unit.system is None:
        for row in session.new:
            if isinstance(row, Labelled) and row.owner_agency_id != _writer.get():
                raise UnscopedQuery(f"a new {type(row).__name__} for another agency")
    _flushing.set(True)


def add_many(model: type[Labelled], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many new rows in one statement, on the condition that a flush has: own agency's."""
    if not rows:
        return
    if uow.current().system is None and any(
        row["owner_agency_id"] != _writer.get() for row in rows
    ):
        raise UnscopedQuery(f"a new {model.__name__} for another agency")
    add_rows(model.__table__, rows)  # type: ignore[attr-defined]


def add_new(row: Labelled) -> None:
    """Insert a new object as ``add_many`` inserts rows; it then stands as one that was loaded."""
    values = {}
    for each in sa.inspect(type(row)).column_attrs:
        (column,) = each.columns
        if each.key not in row.__dict__:
            set_committed_value(row, each.key, sent_rows.default_of(column))
        values[column.name] = row.__dict__[each.key]
    add_many(type(row), [values])
    make_transient_to_detached(row)
    db.session.add(row)


def add_rows(table: sa.Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of a table, or keep them for the end of ``together``; for ``access`` alone."""
    gathered = _gathered.get()
    if gathered is None:
        _send([(table, rows)])
    else:
        gathered.setdefault(table, []).extend(rows)


@contextmanager
def together() -> Iterator[None]:
    """Send what ``add_many`` adds inside at the end, in one message where the database takes it.

    Nothing inside may read those rows.
    """
    gathered: dict[sa.Table, list[dict[str, Any]]] = {}
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    if gathered:
        _send(list(gathered.items()))


def _send(rows: Sequence[sent_rows.Rows]) -> None:
    token = _flushing.set(True)
    try:
        sent_rows.add_together(db.session.connection(), rows)
    finally:
        _flushing.reset(token)


def _after_flush(_session: Session, *_: Any) -> None:
    _flushing.set(False)


def watch_engine(engine: sa.Engine) -> None:
    """Put the guard in front of an engine."""
    event.listen(engine, "before_execute", _check)
    if engine.dialect.name == "postgresql":
        announcing.watch_engine(engine)


def watch_sessions(session: type[Session]) -> None:
    """Put the guard in front of every flush; asked again it does nothing."""
    if not event.contains(session, "before_flush", _before_flush):
        event.listen(session, "before_flush", _before_flush)
        event.listen(session, "after_flush", _after_flush)
        event.listen(session, "after_soft_rollback", _after_flush)
