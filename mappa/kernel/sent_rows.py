"""Adding many small rows at once, each way as its database likes it.

PostgreSQL gets them as one text, which it unfolds: a statement for each row costs it a message and
a round of its executor, and the driver as much again. SQLite gets row by row: to be able to undo a
half of a longer statement it copies every page that it touches.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa


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
