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
"""The constant that decides a whole list of conditions; the other one says nothing in it."""
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
        said = _said(element, role)
        if said is None and isinstance(element, BooleanClauseList):
            # One test of the role decides the whole list: what else it asks is not even copied.
            falls = _FALLS[element.operator]
            decided = any(_said(each, role) is falls for each in element.clauses)
            said = falls if decided and not _is_marked(element) else None
        if said is None:
            return None
        found = True
        return sa.true() if said else sa.false()

    answer = visitors.replacement_traverse(statement, {}, answered)
    if not found:
        return statement
    visitors.traverse(answer, {}, {"expression_clauselist": _shorten})  # in place: it is a copy
    _name(answer)
    return answer


def _said(test: Any, role: Role) -> bool | None:
    """What a test of the reader's own role says, not one of the column of somebody's posting."""
    roles = getattr(test, "_annotations", {}).get(ROLES)
    if roles is None or not isinstance(test.left, sa.BindParameter):
        return None
    return role in roles


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


def _shorten(conditions: Any) -> None:
    """Leave out of a list of conditions what says nothing in it; in place."""
    if not isinstance(conditions, BooleanClauseList):
        return
    said = _constant(conditions)
    marked = [each for each in conditions.clauses if _is_marked(each)]
    if said is not None:
        left = [*marked, sa.true() if said else sa.false()]
    else:
        left = [each for each in conditions.clauses if _asks(each, marked)]
    conditions.clauses = tuple(left)


def _asks(condition: Any, marked: list[Any]) -> bool:
    return _constant(condition) is None or any(condition is each for each in marked)


def _is_marked(condition: Any) -> bool:
    """It, or what must hold with it, is what the guard looks for: it stays, whatever it says."""
    if not _MARKS.isdisjoint(getattr(condition, "_annotations", {})):
        return True
    if isinstance(condition, Grouping):
        return _is_marked(condition.element)
    if isinstance(condition, BooleanClauseList):
        return any(_is_marked(each) for each in condition.clauses)
    return False


def _constant(condition: Any) -> bool | None:
    """What a condition says whatever the row; None if that hangs on the row."""
    if isinstance(condition, Grouping):
        return _constant(condition.element)
    if isinstance(condition, UnaryExpression) and condition.operator in _TURNS:
        inner = _constant(condition.element)
        return None if inner is None else inner is not _TURNS[condition.operator]
    if isinstance(condition, BooleanClauseList):
        return _of_all(_FALLS[condition.operator], [_constant(each) for each in condition.clauses])
    return {"true": True, "false": False}.get(condition.__visit_name__)


def _of_all(falls: bool, said: list[bool | None]) -> bool | None:
    if falls in said:
        return falls
    return None if None in said else not falls


def _before(state: ORMExecuteState) -> None:
    asked = state.parameters
    if state.is_select and isinstance(asked, dict) and "me_role" in asked:
        state.statement = narrowed(state.statement, asked["me_role"])


def watch_sessions(session: type[Session]) -> None:
    """Narrow every statement of these sessions; asked again it does nothing."""
    if not event.contains(session, "do_orm_execute", _before):
        event.listen(session, "do_orm_execute", _before)
