"""Telling PostgreSQL who reads, for the row-level security that ``wall`` puts up.

The session look-up says all of it for what it finds, and it ends with the transaction. It is said
again only if a statement asks in another's name, writes for another agency, or opens a table.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from mappa.kernel.db import db
from mappa.kernel.uow import UnitOfWork

SETTINGS = {
    "user": "me_user",
    "agency": "me_agency",
    "area": "me_area",
    "team": "me_team",
    "role": "me_role",
    "at": "at",
}
"""What the policy knows of the reader: the setting's name and the bind that carries it."""

WRITER = "writer"
"""The agency for which new rows are written."""
OPENED = "opened"
"""The tables that one statement keeps in step with their records, whoever sees them."""

_READER = "reader"
_TOLD = "mappa_told"
_NAMES = (*SETTINGS, WRITER, OPENED)
SAY = "SELECT " + ", ".join(f"set_config('mappa.{name}', %s, true)" for name in _NAMES)

Told = tuple[str, ...]


class saying(FunctionElement[int]):
    """A column that tells PostgreSQL who reads, for the query that finds out who that is.

    Takes a column for each of ``SETTINGS``; ``was_said`` then notes what was told. Any other
    database gives NULL.
    """

    type = sa.Integer()
    inherit_cache = True
    name = "saying"

    def __init__(self, **reader: Any) -> None:
        super().__init__(*(reader[name] for name in SETTINGS))


@compiles(saying)
def _nothing_to_say(_element: Any, _compiler: Any, **_: Any) -> str:
    return "NULL"


@compiles(saying, "postgresql")
def _say(element: Any, compiler: Any, **how: Any) -> str:
    said = [f"CAST({compiler.process(each, **how)} AS TEXT)" for each in element.clauses]
    said += [said[list(SETTINGS).index("agency")], "''"]
    named = zip(_NAMES, said, strict=True)
    told = (f"set_config('mappa.{name}', coalesce({word}, ''), true)" for name, word in named)
    return f"num_nulls({', '.join(told)})"


def was_said(unit: UnitOfWork, binds: Mapping[str, Any] | None) -> None:
    """Note that ``saying`` has told this transaction of a reader; None takes it back at once."""
    connection = db.session.connection()
    if unit.system is not None or connection.dialect.name != "postgresql":
        return
    told = _words(binds or {}, binds["me_agency"] if binds else None, frozenset())
    if binds is None:  # the session is over, or its posting
        connection.exec_driver_sql(SAY, told)
    connection.info[_TOLD] = told


def reads(unit: UnitOfWork, binds: Mapping[str, Any] | None) -> None:
    """Say who reads in this unit of work: the policy's bind values, or None for nobody."""
    unit.kept[_READER] = [] if binds is None else [binds]


def announce(
    connection: sa.Connection,
    unit: UnitOfWork,
    params: Any,
    writer: UUID | None,
    opened: frozenset[str],
) -> None:
    """Make the transaction's settings those of the reader of the statement about to run."""
    binds = _binds(unit, params)
    told = connection.info.get(_TOLD)
    if binds is None and told is None:
        return
    wanted = _words(binds or {}, writer, opened)
    if wanted != told:
        connection.exec_driver_sql(SAY, wanted)
        connection.info[_TOLD] = wanted


def _binds(unit: UnitOfWork, params: Any) -> Mapping[str, Any] | None:
    """The reader in whose name the statement asks; else the one of the unit of work."""
    if isinstance(params, Mapping) and set(SETTINGS.values()) <= params.keys():
        return params
    reader = unit.kept.get(_READER)
    return reader[0] if reader else None


def _words(binds: Mapping[str, Any], writer: UUID | None, opened: frozenset[str]) -> Told:
    if not binds:
        return ("",) * len(_NAMES)
    reader = tuple(str(binds[name]) for name in SETTINGS.values())
    return (*reader, str(writer or ""), ",".join(sorted(opened)))


def watch_engine(engine: sa.Engine) -> None:
    """Forget what was said wherever PostgreSQL forgets it."""
    for moment in ("begin", "rollback", "rollback_savepoint"):
        event.listen(engine, moment, _forget)


def _forget(connection: sa.Connection, *_: Any) -> None:
    connection.info.pop(_TOLD, None)
