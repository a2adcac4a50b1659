"""Loading rows by the hundred thousand into a database that nobody uses yet: demo, measurement.

Past the session and the policy: whoever loads computes labels and keys. Indexes are dropped first
and made again at the end; a load that breaks off leaves nothing that may be used.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.kernel import uow
from mappa.kernel.crypto import many_ids
from mappa.kernel.db import Model, Query

_AT_ONCE = 50_000


class _Required:
    """Stands in a row where a value must be given."""


_REQUIRED = _Required()
_FOR_SPEED = (
    "journal_mode = OFF",
    "synchronous = OFF",
    "locking_mode = EXCLUSIVE",
    "cache_size = -1000000",
    "temp_store = MEMORY",
)
_FOR_POSTGRESQL = (
    "SET LOCAL TIME ZONE 'UTC'",
    "SET LOCAL maintenance_work_mem = '512MB'",
    "SET LOCAL max_parallel_maintenance_workers = 1",
)

Stored = str | None
"""How every value is handed to either database: as text, which the column's type makes its own."""


def stored_moment(value: datetime) -> str:
    """A moment as both databases take it, in UTC."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")


def _spelling(kind: type) -> Callable[[Any], str]:
    """How values of a Python type are stored."""
    if issubclass(kind, str):
        return str
    if issubclass(kind, bool):
        return lambda value: "1" if value else "0"
    if issubclass(kind, UUID):
        return lambda value: value.hex
    if issubclass(kind, datetime):
        return stored_moment
    if issubclass(kind, date):
        return date.isoformat
    if issubclass(kind, dict | list | tuple):
        return json.dumps
    return str


_spellings: dict[type, Callable[[Any], str]] = {}


def _stored(value: Any) -> Any:
    if value is None or value is _REQUIRED:
        return value
    kind = type(value)
    if kind not in _spellings:
        _spellings[kind] = _spelling(kind)
    return _spellings[kind](value)


class Sheet:
    """The rows of one table that are not loaded yet."""

    def __init__(self, table: sa.Table, load: Callable[[list[tuple[Stored, ...]]], None]) -> None:
        self._load = load
        self._rows: list[tuple[Stored, ...]] = []
        self._ids = many_ids()
        self._columns: dict[str, Any] = {each.name: _default(each) for each in table.columns}
        self._own_id = "id" in self._columns and self._columns["id"] is _REQUIRED

    @property
    def columns(self) -> Sequence[str]:
        """The names of the columns, in the order in which rows are loaded."""
        return list(self._columns)

    def add(self, **values: Any) -> str:
        """Add a row; what is not given has the column's default. Its id, if it has one.

        Raises ``ValueError`` for a column that is missing or that there is not.
        """
        if self._own_id and "id" not in values:
            values["id"] = next(self._ids)
        row = {**self._columns, **values}
        stored = tuple([each if each.__class__ is str else _stored(each) for each in row.values()])
        if len(row) != len(self._columns) or _REQUIRED in stored:
            faults = [n for n, value in row.items() if value is _REQUIRED or n not in self._columns]
            raise ValueError(f"not the columns of the table: {faults}")
        self._rows.append(stored)
        if len(self._rows) >= _AT_ONCE:
            self.flush()
        return str(values.get("id", ""))

    def add_all(self, rows: Iterable[Mapping[str, Any]]) -> None:
        """Add several rows."""
        for row in rows:
            self.add(**row)

    def extend(self, rows: Iterable[tuple[Stored, ...]]) -> None:
        """Add whole rows, as they are stored and in the order of ``columns``."""
        self._rows.extend(rows)
        if len(self._rows) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Load what is there."""
        rows, self._rows = self._rows, []
        if rows:
            self._load(rows)


def _default(column: sa.Column[Any]) -> Any:
    default = column.default
    if default is not None and default.is_scalar:
        return _stored(default.arg)  # type: ignore[attr-defined]
    return None if column.nullable else _REQUIRED


class Load:
    """One load: a sheet for each table."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._sheets: dict[str, Sheet] = {}
        self._tables = [t for t in Model.metadata.sorted_tables if t.name != "alembic_version"]

    def sheet(self, name: str) -> Sheet:
        """The sheet of a table."""
        if name not in self._sheets:
            table = Model.metadata.tables[name]
            self._sheets[name] = Sheet(table, lambda rows: self._write(table, rows))
        return self._sheets[name]

    def select(self, statement: Query) -> Sequence[sa.Row[Any]]:
        """Read what is there already."""
        return self._connection.execute(statement).all()

    def change(self, statement: sa.Update) -> None:
        """Change what is there already."""
        self._connection.execute(statement)

    def flush(self) -> None:
        """Load what every sheet still has."""
        for sheet in self._sheets.values():
            sheet.flush()

    def drop_indexes(self) -> None:
        """Take the indexes away that are no constraints: they are made again faster than kept."""
        for table in self._tables:
            for index in table.indexes:
                index.drop(self._connection)

    def make_indexes(self, say: Callable[[str], None]) -> None:
        """Make the indexes again, and count what the planner wants to know."""
        for table in self._tables:
            for index in sorted(table.indexes, key=lambda each: str(each.name)):
                say(str(index.name))
                index.create(self._connection)
        say("counting for the planner")
        if self._connection.dialect.name == "sqlite":
            self._connection.exec_driver_sql("PRAGMA analysis_limit = 2000")
        self._connection.exec_driver_sql("ANALYZE")

    def _write(self, table: sa.Table, rows: list[tuple[Stored, ...]]) -> None:
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        if self._connection.dialect.name == "sqlite":
            marks = ", ".join("?" * len(table.columns))
            self._connection.exec_driver_sql(
                f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows
            )
            return
        driver: Any = self._connection.connection.driver_connection
        with driver.cursor().copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for start in range(0, len(rows), 2000):
                copy.write("".join(map(_line, rows[start : start + 2000])))


def _line(row: tuple[Stored, ...]) -> str:
    line = "\t".join("\\N" if each is None else each for each in row)
    if "\\" in line or "\n" in line or line.count("\t") >= len(row):
        line = "\t".join("\\N" if each is None else _escaped(each) for each in row)
    return line + "\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")


@contextmanager
def loading(url: str, say: Callable[[str], None]) -> Iterator[Load]:
    """Load into the migrated database of an address; indexes are there again at the end."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _hurry)
    with uow.one_load(engine) as connection:
        if engine.dialect.name == "postgresql":
            for each in (*_FOR_POSTGRESQL, *_without_checks(connection)):
                connection.exec_driver_sql(each)
        load = Load(connection)
        load.drop_indexes()
        yield load
        load.flush()
        load.make_indexes(say)
        # What follows asks of tables that were empty when the planner last looked.
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _without_checks(connection: sa.Connection) -> Iterator[str]:
    """Foreign keys are not asked for every row, where this role may say so."""
    asked = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"
    if connection.exec_driver_sql(asked).scalar():
        yield "SET LOCAL session_replication_role = replica"


def _hurry(connection: Any, _record: Any) -> None:
    for each in _FOR_SPEED:
        connection.execute(f"PRAGMA {each}").close()
