"""The second wall: PostgreSQL's row-level security, written from the same policy table.

The reader's columns are settings of the transaction (``announcing``), the label's are the row's.
Rights carry no row-level security: the policies read them. SQLite has no second wall.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.announcing import OPENED, WRITER
from mappa.access.labels import (
    ActorColumns,
    Clause,
    Column,
    Label,
    Protected,
    nobody,
    protected_tables,
    word,
)
from mappa.access.terms import Audience, Level, Section
from mappa.access.wall_functions import DIALECT as _DIALECT
from mappa.access.wall_functions import PREFIX, all_functions, function_of
from mappa.kernel.db import Query

_APPEND_ONLY = ("audit_entry", "audit_subject")
_READ_ONLY = ("alembic_version",)


@dataclass(frozen=True)
class Roles:
    """The names of the two roles that do not own the tables."""

    application: str
    system: str


@dataclass(frozen=True)
class RowPolicy:
    """One policy of one table, as it is written."""

    table: str
    name: str
    command: str
    role: str
    using: str | None
    check: str | None

    @property
    def sql(self) -> str:
        """The statement that makes it."""
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return (
            f"CREATE POLICY {self.name} ON {quoted(self.table)}"
            f" FOR {self.command} TO {quoted(self.role)}{using}{check}"
        )


def quoted(name: str) -> str:
    """A name of ours as PostgreSQL reads it."""
    return _DIALECT.identifier_preparer.quote(name)


def setting(name: str, type_: str, of: Any = None) -> Column:
    """A setting of the transaction as a column: NULL, which equals nothing, where it is not set."""
    read = f"(SELECT nullif(current_setting('mappa.{name}', true), '')::{type_})"
    return sa.literal_column(read, of)


READER = ActorColumns(
    user=setting("user", "uuid", sa.Uuid()),
    agency=setting("agency", "uuid", sa.Uuid()),
    area=setting("area", "text", sa.Text()),
    team=setting("team", "uuid", sa.Uuid()),
    role=setting("role", "text", sa.Text()),
)
AT = setting("at", "timestamptz", sa.DateTime(timezone=True))


SEARCHED = ("name_key", "place_key", "person")
"""Tables of which one statement reads many rows: thousands of keys, and of people two hundred for a
page of a list. There the policy is one expression, which costs more to prepare and a tenth for each
row. A function costs little to prepare, and a tenth of a millisecond for each row."""


LISTED = ("deadline", "notice")
"""Tables of which a page lists many rows, nearly all of them seen by the case team or kept for the
reader: these are asked as an expression first, and the function only of what that does not open."""


@cache
def visible(model: type[Protected]) -> str:
    """The policy's answer for a row of the table, at the level that shows a row at all."""
    of = model.label()
    if model.__table__.name in SEARCHED:  # type: ignore[attr-defined]
        somebody = READER.user.is_not(None)  # half a reader would pass by what denies a user
        seen = policy.where(model.__section__, READER, of, AT, Level.SUM)
        return _written(model, sa.and_(somebody, seen))
    asked: Clause = function_of(model.__section__).call(of, _summary(of))
    if model.__table__.name in LISTED:  # type: ignore[attr-defined]
        asked = sa.or_(_at_once(of), asked)
    if of.other is None:
        return _written(model, asked)
    other = Label(
        section=word(Section.IDENTITY.value), person=of.other, owner=nobody(), record=of.other,
        audience=word(Audience.AGREEMENT.value), handling=nobody(), meeting=nobody(),
    )  # fmt: skip
    seen = function_of(Section.IDENTITY).call(other, sa.true())
    return _written(model, sa.and_(asked, sa.or_(of.other == nobody(), seen)))


def _at_once(of: Label) -> Clause:
    """A part of the policy of a derived row: what denies, and two of the lines that open it."""
    team = policy.GENERAL[0]
    of_team = of.section.in_([word(each.value) for each in policy.SECTIONS_OF_LINES[team]])
    tests = (test(READER, of, AT, Level.SUM) for test in team)
    follows = p.follows_agreement(READER, of, AT, Level.SUM)
    return sa.and_(
        READER.user.is_not(None),
        *(sa.not_(deny(READER, of, AT, Level.SUM)) for deny in policy.DENY),
        sa.or_(
            sa.and_(follows, of_team, _summary(of), *tests),
            sa.and_(sa.not_(follows), p.named_reader(READER, of, AT, Level.SUM)),
        ),
    )


def _summary(of: Label) -> Clause:
    return sa.true() if of.at_summary is None else of.at_summary(READER)


def _written(model: type[Protected], condition: Clause) -> str:
    # Cut out of a SELECT on the table itself: subqueries then name the row by its table, and a
    # column of the same name inside cannot answer for it.
    table = model.__table__  # type: ignore[attr-defined]
    whole: Query = sa.select(sa.literal_column("1")).select_from(table).where(condition)
    compiled = whole.compile(dialect=_DIALECT, compile_kwargs={"literal_binds": True})
    return str(compiled).split("WHERE", 1)[1].strip()


def policies(model: type[Protected], roles: Roles) -> Iterator[RowPolicy]:
    """The policies of one protected table.

    A row is added and removed for the agency one writes for, and changed by who sees it, before
    and after. What a statement opens (derived rows of all agencies) may be read and changed.
    """
    table = model.__table__.name  # type: ignore[attr-defined]
    app = roles.application
    seen = visible(model)  # type: ignore[arg-type]  # a class is hashable
    own = f"{quoted(table)}.owner_agency_id = {setting(WRITER, 'uuid')}"
    opened = f"'{table}' = ANY (string_to_array({setting(OPENED, 'text')}, ','))"
    yield RowPolicy(table, "mappa_read", "SELECT", app, seen, None)
    yield RowPolicy(table, "mappa_change", "UPDATE", app, seen, None)
    yield RowPolicy(table, "mappa_add", "INSERT", app, None, own)
    yield RowPolicy(table, "mappa_remove", "DELETE", app, own, None)
    yield RowPolicy(table, "mappa_keep_read", "SELECT", app, opened, None)
    yield RowPolicy(table, "mappa_keep_change", "UPDATE", app, opened, None)
    yield RowPolicy(table, "mappa_system", "ALL", roles.system, "true", "true")


def digest(made: list[RowPolicy]) -> str:
    """A short name for exactly these policies."""
    return sha256("\n".join(each.sql for each in made).encode()).hexdigest()[:32]


_INSTALLED = sa.text(
    "SELECT tablename, policyname, permissive, roles::text, cmd, coalesce(qual, ''),"
    " coalesce(with_check, '') FROM pg_policies WHERE schemaname = current_schema()"
    " ORDER BY tablename, policyname"
)
_TABLES = sa.text(
    "SELECT c.relname, c.relrowsecurity, coalesce(obj_description(c.oid, 'pg_class'), '')"
    " FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
    " AND c.relkind IN ('r', 'p') ORDER BY c.relname"
)


def install(connection: sa.Connection, roles: Roles) -> list[str]:
    """Put the wall up, as the owner of the tables; the tables whose policies were written anew.

    Runs after the migrations and changes nothing where all is as it should be.
    """
    _grant(connection, roles)
    for function in all_functions():
        connection.exec_driver_sql(function.sql.replace("%", "%%"))
    stands, reads = _standing(connection), _deparsed(connection)
    anew: dict[str, str] = {}
    for table, model in sorted(protected_tables().items()):
        made = list(policies(model, roles))
        wanted = digest(made)
        if stands.get(table) == f"{wanted} {reads.get(table, '')}":
            continue
        _drop(connection, table)
        connection.execute(sa.text(f"ALTER TABLE {quoted(table)} ENABLE ROW LEVEL SECURITY"))
        for each in made:
            connection.exec_driver_sql(each.sql)
        anew[table] = wanted
    reads = _deparsed(connection) if anew else reads
    for table, wanted in anew.items():
        _note(connection, table, f"{wanted} {reads[table]}")
    _drop_old_functions(connection)
    return list(anew)


_FUNCTIONS = sa.text(
    "SELECT p.oid::regprocedure::text, p.proname, p.prosrc || coalesce(p.proconfig::text, '')"
    " || p.prosecdef::text || p.provolatile::text FROM pg_proc p"
    f" WHERE p.proname LIKE '{PREFIX.replace('_', '!_')}%' ESCAPE '!'"
    " AND p.pronamespace = current_schema()::regnamespace ORDER BY p.proname"
)


def _drop_old_functions(connection: sa.Connection) -> None:
    wanted = {function.name for function in all_functions()}
    for signature, name, _ in connection.execute(_FUNCTIONS).all():
        if name not in wanted:
            connection.exec_driver_sql(f"DROP FUNCTION {signature}")


def take_down(connection: sa.Connection) -> None:
    """Remove the policies before a migration, which could not change a column they name.

    The tables stay closed to the application until ``install``.
    """
    for table in _deparsed(connection):
        _drop(connection, table)
        _note(connection, table, "")


def faults(connection: sa.Connection, roles: Roles) -> list[str]:
    """What is not as the policy of this version says, in words; empty if the wall stands."""
    secured = {row[0]: row[1] for row in connection.execute(_TABLES)}
    stands, deparsed = _standing(connection), _deparsed(connection)
    found = []
    for table, model in sorted(protected_tables().items()):
        wanted = digest(list(policies(model, roles)))
        if not secured.get(table):
            found.append(f"row-level security is off on {table}")
        elif stands.get(table) != f"{wanted} {deparsed.get(table, '')}":
            found.append(f"the policies of {table} are not those of this version")
    return found


def role_faults(connection: sa.Connection) -> list[str]:
    """What the role of this connection may do and must not, in words."""
    asked = sa.text(
        "SELECT coalesce(bool_or(r.rolsuper OR r.rolbypassrls), false),"
        " (SELECT count(*) FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace"
        " AND c.relkind IN ('r', 'p') AND pg_has_role(current_user, c.relowner, 'MEMBER')),"
        " (SELECT count(*) FROM pg_policies p WHERE p.policyname = 'mappa_system'"
        " AND pg_has_role(current_user, p.roles[1], 'MEMBER'))"
        " FROM pg_roles r WHERE pg_has_role(current_user, r.oid, 'MEMBER')"
    )
    bypasses, owned, as_system = connection.execute(asked).one()
    said = (
        (bypasses, "the role of MAPPA_DATABASE_URL can bypass row-level security"),
        (owned, f"the role of MAPPA_DATABASE_URL owns {owned} of the tables"),
        (as_system, "the role of MAPPA_DATABASE_URL is, or can become, the system's"),
    )
    return [sentence for wrong, sentence in said if wrong]


def system_role(connection: sa.Connection) -> str:
    """The role for which the wall was put up to be passed; empty if none."""
    asked = sa.text("SELECT min(roles[1]) FROM pg_policies WHERE policyname = 'mappa_system'")
    return connection.execute(asked).scalar_one() or ""


def _grant(connection: sa.Connection, roles: Roles) -> None:
    both = f"{quoted(roles.application)}, {quoted(roles.system)}"
    connection.execute(sa.text("REVOKE CREATE ON SCHEMA public FROM PUBLIC"))
    connection.execute(sa.text(f"GRANT USAGE ON SCHEMA public TO {both}"))
    for table, *_ in connection.execute(_TABLES).all():
        may = "SELECT, INSERT, UPDATE, DELETE"
        if table in _READ_ONLY:
            may = "SELECT"
        elif table in _APPEND_ONLY:
            may = "SELECT, INSERT"
        connection.execute(sa.text(f"GRANT {may} ON {quoted(table)} TO {both}"))
    connection.execute(sa.text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {both}"))


def _deparsed(connection: sa.Connection) -> dict[str, str]:
    """For each table that has policies a digest of them as PostgreSQL reads them."""
    called = {name: text for _, name, text in connection.execute(_FUNCTIONS)}
    found: dict[str, list[str]] = {}
    for table, *rest in connection.execute(_INSTALLED):
        words = " ".join(map(str, rest))
        bodies = [text for name, text in called.items() if f"{name}(" in words]
        found.setdefault(table, []).append("\x00".join([*map(str, rest), *bodies]))
    return {
        table: sha256("\x01".join(each).encode()).hexdigest()[:32] for table, each in found.items()
    }


def _standing(connection: sa.Connection) -> dict[str, str]:
    """What was noted beside each table when its policies were written."""
    notes = {row[0]: row[2] for row in connection.execute(_TABLES)}
    return {
        table: note.removeprefix("mappa policy ")
        for table, note in notes.items()
        if note.startswith("mappa policy ")
    }


def _drop(connection: sa.Connection, table: str) -> None:
    asked = sa.text("SELECT policyname FROM pg_policies WHERE tablename = :t")
    for name in connection.execute(asked, {"t": table}).scalars().all():
        connection.execute(sa.text(f"DROP POLICY {quoted(name)} ON {quoted(table)}"))


def _note(connection: sa.Connection, table: str, text: str) -> None:
    said = f"'mappa policy {text}'" if text else "NULL"
    connection.execute(sa.text(f"COMMENT ON TABLE {quoted(table)} IS {said}"))
