"""PostgreSQL's driver, told to keep what our long statements taught it.

psycopg translates the binds of every statement and remembers the translation, but only of short
ones; a statement that carries the policy is long, is asked at every page, and costs milliseconds
to translate. It also keeps few prepared statements for a connection, and describes every column of
every answer, which SQLAlchemy wants to know once for a statement.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

LONGEST = 500_000
"""Bytes of a statement; one that adds many rows at once has more binds than ``MOST_BINDS``."""
MOST_BINDS = 300
TRANSLATED = 1_000
PREPARED = 400


def keep_long_statements(engine: sa.Engine) -> None:
    """Keep translated and prepared what an engine of PostgreSQL asks again and again."""
    if engine.dialect.name != "postgresql":
        return
    from psycopg import _queries  # not everybody who runs on SQLite has it

    if _queries.MAX_CACHED_STATEMENT_LENGTH < LONGEST:
        _queries.MAX_CACHED_STATEMENT_LENGTH = LONGEST
        _queries.MAX_CACHED_STATEMENT_PARAMS = MOST_BINDS
        _queries._query2pg = lru_cache(TRANSLATED)(_queries._query2pg_nocache)
    event.listen(engine, "connect", _keep_prepared)


def _keep_prepared(connection: Any, _record: Any) -> None:
    connection.prepared_max = PREPARED
    connection.cursor_factory = _cursor()


class _Columns:
    """The columns of an answer, described when somebody looks at them."""

    def __init__(self, described: Any, cursor: Any) -> None:
        self._described, self._cursor = described, cursor

    def __iter__(self) -> Iterator[Any]:
        return iter(self._described.fget(self._cursor))

    def __len__(self) -> int:
        return len(self._described.fget(self._cursor))

    def __getitem__(self, place: int) -> Any:
        return self._described.fget(self._cursor)[place]


@cache
def _cursor() -> type[Any]:
    from psycopg import Cursor

    described: Any = Cursor.description

    class Described(Cursor[Any]):
        @property
        def description(self) -> Any:
            answer = self.pgresult
            return _Columns(described, self) if answer and answer.nfields else described.fget(self)

    return Described
