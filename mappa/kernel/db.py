"""The database: one declarative base, one extension, and SQLite made trustworthy."""

from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import event
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.util import immutabledict

from mappa.kernel.ids import NOBODY as NOBODY
from mappa.kernel.types import UtcDateTime

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """The base of every table."""

    registry = registry(
        metadata=sa.MetaData(naming_convention=_NAMES),
        type_annotation_map={datetime: UtcDateTime(), UUID: sa.Uuid(), str: sa.Text()},
    )


SYSTEM = "system"
"""The name of the engine for units of work that act for the system."""


class NoSystemRole(RuntimeError):
    """The process was given no role for the system: it serves readers only."""

    def __init__(self) -> None:
        super().__init__(
            "MAPPA_SYSTEM_DATABASE_URL is not set: commands and the scheduler work under it."
        )


_plain: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()


def as_columns(statement: Any) -> Any:
    """A select of columns alone, without the ORM's part in it; any other statement as it is.

    What columns of classes are selected from is prepared for objects, of which none is made here:
    that took as long as the rest of a small statement. The text is the same (a test compares).
    """
    if not isinstance(statement, sa.Select | sa.CompoundSelect) or not statement._propagate_attrs:
        return statement
    if statement in _plain:
        return _plain[statement]
    selects = getattr(statement, "selects", [statement])
    if any(each._with_options or any(map(_is_class, each._raw_columns)) for each in selects):
        return statement
    plain = _plain[statement] = statement._generate()
    plain._propagate_attrs = immutabledict()
    return plain


def _is_class(selected: Any) -> bool:
    of_class = "parententity" in selected._annotations
    return of_class and not isinstance(selected, sa.ColumnElement)


class RoleSession(Session):
    """A session of the application's role, or of the system's where a unit of work says so."""

    def execute(self, statement: Any, *args: Any, **kwargs: Any) -> Any:
        """Run a statement; one of columns alone costs nothing of the ORM's."""
        return super().execute(as_columns(statement), *args, **kwargs)

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Any = None, **given: Any
    ) -> Any:
        """The engine. Raises ``NoSystemRole``."""
        from mappa.kernel.uow import for_system

        if bind is None and for_system():
            engines = self._db.engines
            if SYSTEM in engines:
                return engines[SYSTEM]
            if engines[None].dialect.name == "postgresql":
                raise NoSystemRole
        return super().get_bind(mapper, clause, bind, **given)


db = SQLAlchemy(
    model_class=Model,
    session_options={"class_": RoleSession, "expire_on_commit": False, "autoflush": False},
)

sorted_text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Text that both databases sort alike."""


Query = sa.Select[*tuple[Any, ...]]
"""A select of any columns."""


def asked_once(statement: Query, name: str, *, person: bool) -> sa.CTE:
    """The rows for several columns that hang on one answer of the policy.

    PostgreSQL writes what is read once into its reader, and would ask for each of these columns: of
    one person the rows are few, and it is told to make them first.
    """
    seen = statement.cte(name)
    return seen.prefix_with("MATERIALIZED", dialect="postgresql") if person else seen


class WeakDatabase(RuntimeError):
    """The database would not keep what it acknowledges; the start refuses it."""


def harden(engine: sa.Engine) -> None:
    """Make SQLite durable (WAL, FULL) and its transactions explicit; check that it obeyed."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


# A list of 25 read 1,400 pages of 4 kB from the file in a database of 20,000 people: what is mapped
# is not copied, and what lies beyond the 2 GiB that SQLite maps at most is kept (in KiB).
_READ_FAST = ("mmap_size = 2147418112", "cache_size = -16384")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    wanted = {
        "journal_mode": ("WAL", "wal"),
        "synchronous": ("FULL", 2),
        "foreign_keys": ("ON", 1),
        "recursive_triggers": ("ON", 1),
    }
    cursor = connection.cursor()
    for each in ("busy_timeout = 10000", *_READ_FAST):
        cursor.execute(f"PRAGMA {each}")
    for pragma, (value, seen) in wanted.items():
        cursor.execute(f"PRAGMA {pragma} = {value}")
        found = cursor.execute(f"PRAGMA {pragma}").fetchone()[0]
        if found != seen and found != "memory":
            raise WeakDatabase(f"SQLite refused {pragma} = {value} (it says {found})")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    from mappa.kernel.uow import writing

    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing() else "BEGIN")


def keep_writers_off(table: type[Model]) -> None:
    """Let nobody else write rows of a table, or hold any for writing, until this unit ends.

    On PostgreSQL it waits for those who do; SQLite has one writer anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text(f"LOCK TABLE {table.__tablename__} IN EXCLUSIVE MODE"))
