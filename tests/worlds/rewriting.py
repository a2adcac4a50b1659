"""The second world: a copy of the database in which all that a reader may not see is different.

What is hidden is found by the reference reader, not by the policy. Rows that the reader may not
see at all are changed in every column, some are removed, and more are added: with the smallest and
the largest id, and with the values of rows that the reader does see. Of rows seen in part, every
column above the reader's level is changed.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import protected_tables
from mappa.kernel.db import NOBODY, Model
from tests.reference.reader import FULL, NONE, RIGHTS, SEALED, SUM, Of, Reference
from tests.reference.summaries import in_summary

KEPT_AS_IT_IS = {
    "id",
    "person_id",
    "owner_agency_id",
    "section",
    "subject_id",
    "other_person_id",
    "source_id",
    "meeting_id",
    "audience",
    "handling_group_id",
    "intelligence_id",
    "item_id",
    "position",
    "place_in_list",
    "jurisdiction",
}
"""Labels decide who sees a row, so they stay; positions order what is seen."""

OF_RISK = ("person", "risk_band")
"""The shared band belongs to the section risk, though it stands on the person's row."""

SEARCH_KEYS = ("name_key", "place_key")
"""Made from fields that this reader sees: they are found by them."""

FIRST, LAST = UUID(int=1), UUID("ffffffff-ffff-4fff-bfff-ffffffffffff")


@dataclass(frozen=True)
class Change:
    """One statement of the second world, and the group it can be tried with alone."""

    group: str
    statement: sa.Executable


@dataclass
class Rewriting:
    """All changes for one reader, and which columns they touched."""

    changes: list[Change] = field(default_factory=list)
    touched: Counter[str] = field(default_factory=Counter)

    def groups(self) -> list[str]:
        return list(dict.fromkeys(change.group for change in self.changes))


def plan(connection: sa.Connection, me: Actor, at: datetime) -> Rewriting:
    """What to change for one reader in a copy of this database."""
    made = Rewriting()
    told = Reference({name: _rows(connection, name) for name in RIGHTS})
    levels = {
        name: dict(_levels(connection, name, told, me, at)) for name in sorted(protected_tables())
    }
    for name in sorted(protected_tables()):
        _rewrite_table(connection, made, name, levels[name], told, me, at)
    _rewrite_rights(connection, made, told, me, at)
    return made


def _rows(connection: sa.Connection, name: str) -> list[dict[str, Any]]:
    table = Model.metadata.tables[name]
    return [dict(row) for row in connection.execute(sa.select(table)).mappings()]


def _key(table: sa.Table) -> sa.Column[Any]:
    return next(iter(table.primary_key.columns))


def _levels(
    connection: sa.Connection, name: str, told: Reference, me: Actor, at: datetime
) -> Iterable[tuple[UUID, int]]:
    table, model = Model.metadata.tables[name], protected_tables()[name]
    rule = in_summary(name)
    people: dict[UUID, int] = {}
    for row in _rows(connection, name):
        level = told.level(me, of_row(model, row), at)
        if level == SUM and not rule(row, me):
            level = NONE
        if name != "person":
            person = row["person_id"]
            if person not in people:
                people[person] = _sees_person(connection, told, me, at, person)
            if not people[person]:
                level = min(level, NONE)
        other = row.get("other_person_id", NOBODY)
        if other != NOBODY and not _sees_person(connection, told, me, at, other):
            level = NONE
        yield row[_key(table).name], level


def _sees_person(
    connection: sa.Connection, told: Reference, me: Actor, at: datetime, person: UUID
) -> bool:
    table = Model.metadata.tables["person"]
    owner = connection.execute(
        sa.select(table.c.owner_agency_id).where(table.c.id == person)
    ).scalar_one()
    return told.level(me, Of("identity", person, owner, person), at) >= SUM


def of_row(model: Any, row: dict[str, Any]) -> Of:
    """The label of a stored row as plain values."""
    if model.__tablename__ == "person":
        return Of("identity", row["id"], row["owner_agency_id"], row["id"])
    section = row.get("section") or model.__section__.value
    record = row[getattr(model, "__record__", "id")]
    return Of(
        str(section), row["person_id"], row["owner_agency_id"], record, bool(row["audience"]),
        row["handling_group_id"], row.get("meeting_id", NOBODY),
    )  # fmt: skip


APART = 1000
"""Rows are changed one by one: the next number may still be another row's."""


def _rewrite_table(
    connection: sa.Connection,
    made: Rewriting,
    name: str,
    levels: dict[UUID, int],
    told: Reference,
    me: Actor,
    at: datetime,
) -> None:
    table = Model.metadata.tables[name]
    rows = {row[_key(table).name]: row for row in _rows(connection, name)}
    unseen = [key for key, level in sorted(levels.items()) if level == NONE]
    for number, (key, level) in enumerate(sorted(levels.items())):
        if level == FULL:
            continue
        hidden = _hidden_columns(table, level, told, me, at, rows[key])
        if level == NONE and number % 3 == 0 and name != "person":
            _note(made, f"{name}: removed", table.delete().where(_key(table) == key))
            made.touched.update(f"{name}.{column.name}" for column in hidden)
            continue
        for column in hidden:
            value = _another(table, column, rows[key][column.name])
            changed = {**rows[key], column.name: value}
            if in_summary(name)(changed, me) != in_summary(name)(rows[key], me):
                continue  # this would show the row, or take it away: no longer a hidden change
            statement = table.update().where(_key(table) == key).values({column.name: value})
            _note(made, f"{name}.{column.name}", statement)
            made.touched[f"{name}.{column.name}"] += 1
    likes = [rows[key] for key in unseen if _stays_unseen(name, rows[key], told, me, at)]
    if _one_a_person(table):
        seen = {rows[key]["person_id"] for key in levels.keys() - set(unseen)}
        likes = [like for like in likes if like["person_id"] not in seen]
    if likes:
        _add_rows(made, table, likes)


def _another(table: sa.Table, column: sa.Column[Any], value: Any) -> Any:
    """Another value, and of a number that is unique one that no other row has."""
    made = other(column, value)
    is_unique = any(column.name in each for each in _unique_sets(table))
    return made + APART if is_unique and type(made) is int else made


def _stays_unseen(
    name: str, like: dict[str, Any], told: Reference, me: Actor, at: datetime
) -> bool:
    """Whether a row like this is hidden too: one that only a mark of its own hides is not."""
    level = told.level(me, replace(of_row(protected_tables()[name], like), record=LAST), at)
    return level == NONE or (level == SUM and not in_summary(name)(like, me))


def _hidden_columns(
    table: sa.Table, level: int, told: Reference, me: Actor, at: datetime, row: dict[str, Any]
) -> list[sa.Column[Any]]:
    hidden = []
    if table.name in SEARCH_KEYS and level > NONE:
        return hidden
    for column in table.columns:
        shown = column.info.get("shown")
        if column.name in KEPT_AS_IT_IS or column.primary_key:
            continue
        if (table.name, column.name) == OF_RISK:
            risk = Of("risk", row["id"], row["owner_agency_id"])
            if told.level(me, risk, at) < SUM:
                hidden.append(column)
            continue
        if level <= SEALED or shown is None or shown > level:
            hidden.append(column)
    return [column for column in hidden if column.name != "version" or level == NONE]


def _add_rows(made: Rewriting, table: sa.Table, likes: list[dict[str, Any]]) -> None:
    """Rows like ones that are not seen, under the smallest and the largest id."""
    key = _key(table).name
    if table.name == "person" or isinstance(likes[0].get(key), int):
        return
    foreign = {fk.parent.name for fk in table.foreign_keys}
    if key in foreign:
        return
    unique = {
        column
        for each in _unique_sets(table)
        for column in each
        if not column.endswith("agency_id")
    }
    alone = _one_a_person(table)
    for new, salt, like in zip((FIRST, LAST), ("1", "22"), _models(likes, alone), strict=False):
        if alone:  # the new row stands in for all that this person has there
            gone = table.delete().where(table.c.person_id == like["person_id"])
            _note(made, f"{table.name}: added", gone)
        row = {**like, key: new}
        for column in unique - {key, "person_id"}:
            row[column] = other(table.c[column], row[column], salt=salt)
        _note(made, f"{table.name}: added", table.insert().values(row))


def _unique_sets(table: sa.Table) -> list[set[str]]:
    """The columns of each key and each unique index, partial ones among them."""
    single = [*table.constraints, *(index for index in table.indexes if index.unique)]
    return [
        {column.name for column in each.columns}
        for each in single
        if isinstance(each, sa.UniqueConstraint | sa.Index)
    ]


def _one_a_person(table: sa.Table) -> bool:
    """Whether a person, or each agency of one, may have only one row there, if in some state."""
    sets = _unique_sets(table)
    return any({one for one in each if one != "owner_agency_id"} == {"person_id"} for each in sets)


def _models(likes: list[dict[str, Any]], alone: bool) -> list[dict[str, Any]]:
    """What the two new rows are like: one row twice, or two of different people."""
    if not alone:
        return [likes[0], likes[0]]
    return list({like["person_id"]: like for like in likes}.values())[:2]


def _rewrite_rights(
    connection: sa.Connection, made: Rewriting, told: Reference, me: Actor, at: datetime
) -> None:
    """Other agencies' places on case teams that the reader is not told of."""
    for name in ("case_team", "case_worker", "share"):
        table = Model.metadata.tables[name]
        for row in _rows(connection, name):
            if row["agency_id"] == me.agency_id or row.get("owner_agency_id") == me.agency_id:
                continue
            sharing = Of("sharing", row["person_id"], NOBODY)
            if told.level(me, sharing, at) < FULL and not _leads(connection, row):
                statement = table.update().where(table.c.id == row["id"]).values(state=0)
                _note(made, f"{name} of others", statement)


def _leads(connection: sa.Connection, row: dict[str, Any]) -> bool:
    """The lead agency and its manager stand in everybody's summary."""
    table = Model.metadata.tables["person"]
    owner = connection.execute(
        sa.select(table.c.owner_agency_id).where(table.c.id == row["person_id"])
    ).scalar_one()
    return bool(owner == row["agency_id"])


def _note(made: Rewriting, group: str, statement: sa.Executable) -> None:
    made.changes.append(Change(group, statement))


def other(column: sa.Column[Any], value: Any, *, salt: str = "") -> Any:
    """Another value of the same kind; never one that only the kind of check would refuse."""
    more = len(salt)
    if value is None:
        return _ANEW[_kind_of(column)] if column.nullable else None
    if isinstance(value, bool):
        return not value
    if isinstance(value, UUID):
        return LAST if value == NOBODY else UUID(int=value.int ^ (1 + more))
    kinds: dict[type, Callable[[], Any]] = {
        int: lambda: value + 1 + more,
        datetime: lambda: value + timedelta(minutes=37 + more),
        date: lambda: value + timedelta(days=11 + more),
        dict: lambda: {"elsewhere": salt},
        str: lambda: f"Elsewhere{salt} {value[::-1]}",
    }
    return next((make() for kind, make in kinds.items() if isinstance(value, kind)), value)


def _kind_of(column: sa.Column[Any]) -> type:
    kind = column.type.python_type if hasattr(column.type, "python_type") else str
    return kind if kind in _ANEW else type(None)


_ANEW: dict[type, Any] = {
    date: date(2026, 11, 1),
    bool: True,
    int: 9,
    UUID: LAST,
    str: "Only here",
    type(None): None,
}
"""What stands where nothing stood."""


def apply(engine: sa.Engine, changes: Iterable[Change]) -> None:
    """Carry out changes on the copy, its checks, keys and triggers out of the way."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            for verb in ("UPDATE", "DELETE"):
                connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS visit_version_no_{verb}")
        else:
            _unconstrain(connection)
        for change in changes:
            connection.execute(change.statement)
        connection.commit()


def _unconstrain(connection: sa.Connection) -> None:
    connection.exec_driver_sql("SET session_replication_role = replica")
    found = connection.exec_driver_sql(
        "SELECT conrelid::regclass::text, conname FROM pg_constraint "
        "WHERE contype IN ('c', 'f') AND connamespace = 'public'::regnamespace"
    )
    for table, constraint in list(found):
        connection.exec_driver_sql(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"')
