"""Raw SQL on either driver, one connection per process; statements are counted."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from mappa.access.reading import Seen
from mappa.access.terms import Level
from mappa.offenders.identity import Lives

_HEX = 32  # the id of a rule or an area is a word
_BIND = re.compile(r"(?<![\w:]):([a-z_][a-z0-9_]*)")


class Floor:
    """A connection, and how many statements it took since ``begin``."""

    def __init__(self, url: str) -> None:
        self.sqlite = url.startswith("sqlite")
        self.statements = 0
        self._url = url
        self._known: dict[str, str] = {}

    @cached_property
    def _connection(self) -> Any:
        """Opened at the first use: a server forks after it has loaded the application."""
        if not self.sqlite:
            made = psycopg.connect(self._url, row_factory=dict_row, autocommit=True)
            made.execute("SET jit = off")
            return made
        path = self._url.removeprefix("sqlite:///")
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        for each in ("journal_mode = WAL", "synchronous = FULL", "busy_timeout = 10000"):
            connection.execute(f"PRAGMA {each}")
        return connection

    def begin(self) -> None:
        """Begin to count."""
        self.statements = 0

    def rows(self, statement: str, **binds: Any) -> list[dict[str, Any]]:
        """Run one statement."""
        self.statements += 1
        if self.sqlite:
            plain = {name: _text(value) for name, value in binds.items()}
            found = self._connection.execute(statement, plain)
            return [dict(row) for row in found.fetchall()]
        spelled = self._known.setdefault(statement, _BIND.sub(r"%(\1)s", statement))
        cursor = self._connection.execute(spelled, binds)
        return cursor.fetchall() if cursor.description else []  # type: ignore[no-any-return]

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction."""
        self._connection.execute("BEGIN IMMEDIATE" if self.sqlite else "BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def seen(self, statement: str, **binds: Any) -> list[Seen]:
        """Rows as the presenters take them; the record is the column ``id``."""
        found = self.rows(statement, **binds)
        for row in found:
            if "lives" in row:
                row["lives"] = Lives.read(row["lives"])
        return [Seen(row["id"], Level.FULL, typed(row) if self.sqlite else row) for row in found]


def _text(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value


def typed(row: dict[str, Any]) -> dict[str, Any]:
    """What SQLite gives as text, as the dates, times and ids that the presenters expect."""
    for name, value in row.items():
        if isinstance(value, str) and value:
            if name.endswith("_on") or name in ("day", "level_since", "snoozed_until"):
                row[name] = date.fromisoformat(value)
            elif name.endswith("_at") or name in ("at", "window_from", "window_to"):
                row[name] = datetime.fromisoformat(value).replace(tzinfo=UTC)
            elif name in ("id", "record") or (name.endswith("_id") and len(value) == _HEX):
                row[name] = UUID(value)
    return row
