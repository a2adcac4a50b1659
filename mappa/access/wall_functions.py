"""The policy as functions of PostgreSQL: what the second wall asks of a row (``wall``).

A row's policy as one expression holds every line for every role, and PostgreSQL prepares all of it
for each table of each statement, however few lines the reader's role has: that cost more than the
statement. A function prepares a line when a row first reaches it. It has the rights of whoever
asks, and knows its reader from the settings of the transaction, as the policies do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.labels import ROLES, ActorColumns, Clause, Column, Label, word
from mappa.access.policy import Line
from mappa.access.terms import Level, Section
from mappa.kernel.db import Query

DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
PREFIX = "mappa_sees_"
_READER = {"user": "uuid", "agency": "uuid", "area": "text", "team": "uuid", "role": "text"}
_ROW = {
    "section": "text",
    "person": "uuid",
    "owner": "uuid",
    "record": "uuid",
    "audience": "integer",
    "handling": "uuid",
    "meeting": "uuid",
    "summary": "boolean",
}
"""What a function is told of a row. ``summary``: a reader of the summary would see the row."""


_TYPES: dict[str, Any] = {
    "uuid": sa.Uuid(),
    "text": sa.Text(),
    "integer": sa.Integer(),
    "boolean": sa.Boolean(),
}


def _variables(of: str, named: dict[str, str]) -> dict[str, Any]:
    return {name: sa.column(f"{of}_{name}", _TYPES[kind]) for name, kind in named.items()}


_ME = ActorColumns(**_variables("me", _READER))
_AT: Column = sa.column("me_at", sa.DateTime(timezone=True))


def _of(section: Section | None) -> Label:
    columns = _variables("of", _ROW)
    columns.pop("summary")
    if section is not None:
        columns["section"] = word(section.value)
    return Label(**columns)


@dataclass(frozen=True)
class WallFunction:
    """One function: its name ends in a digest of its body, so that no other can be meant."""

    name: str
    body: str

    @property
    def sql(self) -> str:
        """The statement that makes it. Names are looked up where the owner alone can put any."""
        given = ", ".join(f"of_{name} {kind}" for name, kind in _ROW.items())
        return (
            f"CREATE OR REPLACE FUNCTION {self.name} ({given}) RETURNS boolean"
            " LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1000"
            f" SET search_path = pg_catalog, public, pg_temp AS $mappa$\n{self.body}$mappa$"
        )

    def call(self, of: Label, summary: Clause) -> Column:
        """The function asked of a row."""
        given = {name: getattr(of, name) for name in _ROW if name != "summary"}
        order = (*given.values(), summary)
        cast = (
            sa.cast(each, _TYPES[kind]) for each, kind in zip(order, _ROW.values(), strict=True)
        )
        asked: Column = getattr(sa.func, self.name)(*cast)
        return asked


@cache
def function_of(section: Section | None) -> WallFunction:
    """The function for rows of a section; None for rows that carry their section as a column."""
    body = "\n".join(_body(section)) + "\n"
    digest = sha256(body.encode()).hexdigest()[:12]
    name = "any" if section is None else section.value.replace("-", "_")
    return WallFunction(f"{PREFIX}{name}_{digest}", body)


def all_functions() -> list[WallFunction]:
    """Every function of the wall."""
    return [function_of(section) for section in (*Section, None)]


def _body(section: Section | None) -> Iterator[str]:
    of = _of(section)
    yield "DECLARE"
    for name, kind in (*_READER.items(), ("at", "timestamptz")):
        yield f"  me_{name} {kind} := nullif(current_setting('mappa.{name}', true), '')::{kind};"
    yield "BEGIN"
    # Half a reader would pass by what denies a user.
    yield "  IF me_user IS NULL THEN RETURN false; END IF;"
    denied = (deny(_ME, of, _AT, Level.SUM) for deny in policy.DENY)
    yield f"  IF {_said(sa.or_(*denied))} THEN RETURN false; END IF;"
    kept = sa.not_(p.follows_agreement(_ME, of, _AT, Level.SUM))
    named = _said(p.named_reader(_ME, of, _AT, Level.SUM))
    yield f"  IF {_said(kept)} THEN RETURN coalesce({named}, false); END IF;"
    yield "  IF of_summary THEN"
    yield from _lines(section, of, Level.SUM)
    yield "  ELSE"
    yield from _lines(section, of, Level.FULL)
    yield "  END IF;"
    yield "  RETURN false;"
    yield "END"


def _lines(section: Section | None, of: Label, need: Level) -> Iterator[str]:
    for line, first in _of_section(section, of):
        tests = [test(_ME, of, _AT, need) for test in line]
        roles = [test for test in tests if ROLES in test._annotations]
        rest = [test for test in tests if ROLES not in test._annotations]
        # The reader's role is compared before anything is asked of a table.
        yield f"    IF {_said(sa.and_(sa.true(), *first, *roles))} THEN"
        yield f"      IF {_said(sa.and_(sa.true(), *rest))} THEN RETURN true; END IF;"
        yield "    END IF;"


def _of_section(section: Section | None, of: Label) -> Iterator[tuple[Line, list[Clause]]]:
    if section is not None:
        yield from ((line, []) for line in policy.READ[section])
        return
    for line, sections in policy.SECTIONS_OF_LINES.items():
        yield line, [of.section.in_([word(each.value) for each in sections])]


def _said(condition: Clause) -> str:
    whole: Query = sa.select(condition.label("said"))
    compiled = str(whole.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
    return compiled.removeprefix("SELECT ").removesuffix(" AS said").strip()
