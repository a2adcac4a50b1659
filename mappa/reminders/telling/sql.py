"""What the statements of telling need that the two databases spell differently."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from mappa.kernel.db import db


class random_id(GenericFunction[UUID]):
    """A new random id for each row."""

    type = sa.Uuid()
    inherit_cache = True


@compiles(random_id, "postgresql")
def _random_postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    return "gen_random_uuid()"


@compiles(random_id)
def _random_sqlite(_element: Any, _compiler: Any, **_: Any) -> str:
    return "lower(hex(randomblob(16)))"


class told_key(GenericFunction[str]):
    """The key of a notice of a duty: the duty and its day, so that a moved day is told anew."""

    type = sa.Text()
    inherit_cache = True


@compiles(told_key, "postgresql")
def _key_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    duty, day = (compiler.process(each, **kw) for each in element.clauses)
    return f"(replace(CAST({duty} AS text), '-', '') || ':' || to_char({day}, 'YYYY-MM-DD'))"


@compiles(told_key)
def _key_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    duty, day = (compiler.process(each, **kw) for each in element.clauses)
    return f"({duty} || ':' || {day})"


class plain_id(GenericFunction[str]):
    """An id as 32 hexadecimal digits, on either database."""

    type = sa.Text()
    inherit_cache = True


@compiles(plain_id, "postgresql")
def _plain_postgresql(element: Any, compiler: Any, **kw: Any) -> str:
    return f"replace(CAST({compiler.process(element.clauses, **kw)} AS text), '-', '')"


@compiles(plain_id)
def _plain_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    return f"{compiler.process(element.clauses, **kw)}"


def insert(table: Any, sqlite: bool) -> Any:
    """An INSERT of one of the dialects, which know ON CONFLICT."""
    return (insert_sqlite if sqlite else insert_postgresql)(table)


def count(statement: Any, binds: Mapping[str, Any]) -> int:
    """Run a statement that writes; how many rows it wrote."""
    kept = {"preserve_rowcount": True, "synchronize_session": False}
    result: Any = db.session.execute(statement, binds, execution_options=kept)
    return int(result.rowcount)


def on_sqlite() -> bool:
    """Whether this is the database of one file, on which writers take turns."""
    return bool(db.engine.dialect.name == "sqlite")
