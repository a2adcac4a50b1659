"""Adding many small rows at once, and rows of several tables, each way as its database likes it.

PostgreSQL gets them as one text, which it unfolds: a statement for each row costs it a message and
a round of its executor, and the driver as much again. SQLite gets row by row: to be able to undo a
half of a longer statement it copies every page that it touches.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.kernel.types import UtcDateTime

Rows = tuple[sa.Table, Sequence[Mapping[str, Any]]]
"""A table, and new rows of it by column; a column left out gets its default."""


@cache
def unfolding(table: sa.Table) -> sa.Insert:
    """The insert of PostgreSQL; its bind ``rows`` is what ``spelled`` gives."""
    names = list(table.columns.keys())
    columns = (sa.column(name, sa.Uuid()) for name in names)
    told = sa.func.json_to_recordset(sa.cast(sa.bindparam("rows", type_=sa.Text()), sa.JSON))
    sent = told.table_valued(*columns).render_derived("sent", with_types=True)
    return sa.insert(table).from_select(names, sa.select(*(sent.c[name] for name in names)))


def spelled(rows: Sequence[Mapping[str, UUID]]) -> str:
    """The rows as one text."""
    return json.dumps([{name: value.hex for name, value in row.items()} for row in rows])


@cache
def _adding(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def add(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, UUID]]) -> None:
    """Add rows of a table whose columns are all ids, every one given; none if there are none."""
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.execute(_adding(table), rows)
        return
    connection.execute(unfolding(table), {"rows": spelled(rows)})


def add_together(connection: sa.Connection, several: Sequence[Rows]) -> None:
    """Add rows of several tables, each given once: in one message to PostgreSQL.

    No row may be needed to write another one, other than by a foreign key.
    """
    if connection.dialect.name != "postgresql" or len(several) == 1:
        for table, rows in several:
            connection.execute(_adding(table), rows[0] if len(rows) == 1 else list(rows))
        return
    tables = tuple(table for table, _ in several)
    told = {f"rows_{place}": _told(*each) for place, each in enumerate(several)}
    connection.execute(_unfolding_all(tables), told)


@cache
def _unfolding_all(tables: tuple[sa.Table, ...]) -> sa.Insert:
    *others, last = (_unfolding(place, table) for place, table in enumerate(tables))
    return last.add_cte(*(each.cte(f"added_{place}") for place, each in enumerate(others)))


def _unfolding(place: int, table: sa.Table) -> sa.Insert:
    own = {type(each.type) for each in table.columns if isinstance(each.type, sa.TypeDecorator)}
    if own - {UtcDateTime}:
        raise TypeError(f"{table.name} keeps what is not to be sent as it is")  # encrypted, say
    names = [each.name for each in table.columns]
    columns = [sa.column(each.name, each.type) for each in table.columns]
    told = sa.cast(sa.bindparam(f"rows_{place}", type_=sa.Text()), sa.JSON)
    sent = sa.func.json_to_recordset(told).table_valued(*columns)
    rows = sent.render_derived(f"sent_{place}", with_types=True)
    return sa.insert(table).from_select(
        names, sa.select(*(rows.c[name] for name in names)), include_defaults=False
    )


def _told(table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> str:
    left_out = [each for each in table.columns if each.name not in rows[0]]
    whole = [{each.name: default_of(each) for each in left_out} | dict(row) for row in rows]
    return json.dumps(whole, default=_word)


def default_of(column: sa.ColumnElement[Any]) -> Any:
    """What a column of a new row holds if nothing is said."""
    default = getattr(column, "default", None)
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg


def _word(value: Any) -> str:
    """An id, a day or a moment as PostgreSQL reads it; anything else is not sent this way."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
