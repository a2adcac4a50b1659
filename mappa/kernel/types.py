"""Column types: times in UTC, and text that is stored encrypted."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import TypeDecorator

from mappa.kernel import crypto


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored in UTC. SQLite keeps it as text that sorts like time."""

    impl = sa.DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """Use ``timestamptz`` where there is one."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.DateTime(timezone=True))
        return dialect.type_descriptor(sa.String(26))

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        """Refuse a time without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs a time zone")
        utc = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return utc
        return utc.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """Give back an aware time in UTC."""
        if value is None:
            return None
        if isinstance(value, str):
            return datetime.fromisoformat(value).replace(tzinfo=UTC)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class EncryptedText(TypeDecorator[str]):
    """Text under AES-256-GCM, bound to ``purpose`` so that it cannot be moved to another column."""

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, _dialect: Any) -> bytes | None:
        """Encrypt."""
        return None if value is None else crypto.seal(value, self.purpose)

    def process_result_value(self, value: bytes | None, _dialect: Any) -> str | None:
        """Decrypt; raises ``cryptography.exceptions.InvalidTag`` if it was tampered with."""
        return None if value is None else crypto.open_sealed(value, self.purpose)


class midnight(GenericFunction[datetime]):
    """The first moment of a day, in UTC, spelled as stored times are: it sorts and pages alike."""

    type = UtcDateTime()
    inherit_cache = True


@compiles(midnight)
def _midnight_text(element: Any, compiler: Any, **kw: Any) -> str:
    return f"({compiler.process(element.clauses, **kw)} || ' 00:00:00.000000')"


@compiles(midnight, "postgresql")
def _midnight_time(element: Any, compiler: Any, **kw: Any) -> str:
    return f"(CAST({compiler.process(element.clauses, **kw)} AS TIMESTAMP) AT TIME ZONE 'UTC')"
