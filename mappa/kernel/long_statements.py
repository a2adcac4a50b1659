"""PostgreSQL's driver, told to keep what our long statements taught it.

psycopg translates the binds of every statement and remembers the translation, but only of short
ones; a statement that carries the policy is long, is asked at every page, and costs milliseconds
to translate. It also keeps few prepared statements for a connection.
"""

from functools import lru_cache
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
