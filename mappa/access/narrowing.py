"""Statements narrowed to the reader's role before they run.

What a role decides alone is known before the database is asked: the lines of the policy that are
not for this role fall out of the statement, and with them most of its text. The answer is the same
(a law test compares them); only what could not have opened anything is left out.
"""

from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.sql import operators, visitors
from sqlalchemy.sql.elements import BooleanClauseList, Grouping, UnaryExpression

from mappa.access.labels import ROLES
from mappa.access.reading import OPENS, POLICY, SCOPE
from mappa.access.terms import Role

_narrowed: WeakKeyDictionary[Any, dict[str, Any]] = WeakKeyDictionary()
_MARKS = {SCOPE, POLICY, OPENS}
_FALLS = {operators.and_: False, operators.or_: True}
"""The answer of one condition that decides a whole list of them."""
_TURNS = {operators.inv: True, operators.is_false: True, operators.is_true: False}
"""Whether what stands around one condition turns its answer."""


def narrowed(statement: Any, role: str) -> Any:
    """The statement as it is for readers of this role; made once."""
    known = _narrowed.setdefault(statement, {})
    if role not in known:
        known[role] = _narrow(statement, Role(role))
    return known[role]


def _narrow(statement: Any, role: Role) -> Any:
    found = False

    def answered(element: Any, **_: Any) -> Any:
        nonlocal found
        if _is_of_rows_alone(element):
            return element
        said = _answer(element, role) if _is_condition(element) else None
        if said is None or _is_marked(element):
            return None  # it is copied, and what is in it is looked at in turn
        found = True
        return sa.true() if said else sa.false()

    answer = visitors.replacement_traverse(statement, {}, answered)
    if not found:
        return statement
    _name(answer)
    return answer


def _is_of_rows_alone(element: Any) -> bool:
    """It needs no copy: nothing in it hangs on the reader's role, and its rows are of tables.

    What reads from a subquery is copied with it, or it would lose the row that it is about.
    """
    if isinstance(element, sa.Alias):
        return isinstance(element.element, sa.Table)
    return isinstance(element, sa.Exists) and all(map(_is_plain, visitors.iterate(element)))


def _is_plain(part: Any) -> bool:
    if isinstance(part, sa.ColumnClause) and part.table is not None:
        return _is_table(part.table)
    if isinstance(part, sa.FromClause):
        return _is_table(part)
    return _MARKS.isdisjoint(part._annotations) and ROLES not in part._annotations


def _is_table(part: Any) -> bool:
    return isinstance(part.element if isinstance(part, sa.Alias) else part, sa.Table)


def _is_condition(element: Any) -> bool:
    return isinstance(element, BooleanClauseList) or ROLES in getattr(element, "_annotations", {})


def _answer(condition: Any, role: Role) -> bool | None:
    """What a condition says whatever the row; None if that hangs on the row."""
    if isinstance(condition, Grouping):
        return _answer(condition.element, role)
    if isinstance(condition, UnaryExpression) and condition.operator in _TURNS:
        inner = _answer(condition.element, role)
        return None if inner is None else inner is not _TURNS[condition.operator]
    if isinstance(condition, BooleanClauseList):
        answers = [_answer(each, role) for each in condition.clauses]
        falls = _FALLS[condition.operator]
        if falls in answers:
            return falls
        return None if None in answers else not falls
    return _said(condition, role)


def _said(test: Any, role: Role) -> bool | None:
    """What a constant says, or a test of the reader's own role (not of somebody's posting)."""
    roles = getattr(test, "_annotations", {}).get(ROLES)
    if roles is None or not isinstance(test.left, sa.BindParameter):
        return {"true": True, "false": False}.get(test.__visit_name__)
    return role in roles


def _is_marked(condition: Any) -> bool:
    """It, or what must hold with it, is what the guard looks for: it stays, whatever it says."""
    if not _MARKS.isdisjoint(getattr(condition, "_annotations", {})):
        return True
    if isinstance(condition, Grouping):
        return _is_marked(condition.element)
    if isinstance(condition, BooleanClauseList):
        return any(_is_marked(each) for each in condition.clauses)
    return False


class _Name:
    """Stands for one narrowed statement in the keys of the cache of compiled statements."""

    __slots__ = ()


def _name(statement: Any) -> None:
    # Hashing the whole structure at every use costs more than SQLite needs to answer it; a narrowed
    # statement is made once and never changed, so it is its own name.
    key = statement._generate_cache_key()
    if key is not None:
        named = key._replace(key=(_Name(),))
        statement.__dict__["_generate_cache_key"] = lambda *_, **__: named


def _before(state: ORMExecuteState) -> None:
    asked = state.parameters
    if state.is_select and isinstance(asked, dict) and "me_role" in asked:
        state.statement = narrowed(state.statement, asked["me_role"])


def watch_sessions(session: type[Session]) -> None:
    """Narrow every statement of these sessions; asked again it does nothing."""
    if not event.contains(session, "do_orm_execute", _before):
        event.listen(session, "do_orm_execute", _before)
