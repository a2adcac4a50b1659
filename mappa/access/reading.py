"""Scoped queries: every read of a protected table starts here.

``scoped`` builds the statement (once, at import or under ``functools.cache``); ``rows`` runs it for
a reader, gives each row only the fields its level shows, and notes what was read for the witness.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from functools import cache
from typing import Any, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql import visitors

from mappa.access import merged, policy
from mappa.access.actor import Actor
from mappa.access.labels import ME, Label, Protected, bound_label, word
from mappa.access.leading import identity_is_shared, lead_of
from mappa.access.terms import Level, Section
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound

PERSON = sa.bindparam("person", type_=sa.Uuid())
RECORD = sa.bindparam("record", type_=sa.Uuid())
_PEOPLE = sa.bindparam("of_people", type_=sa.Uuid(), expanding=True)
SCOPE = "mappa_scope"
POLICY = "mappa_policy"
OPENS = "mappa_opens"
"""Marks of what the policy itself wrote; only this module sets them. ``OPENS`` stands on what reads
rows that the reader does not see, so that PostgreSQL lets the statement past its own wall."""

_OF_PERSON = "mappa_of_person"
_LEVEL = "level_"
_RECORD = "record_"

Row = TypeVar("Row", bound=Protected)

_noted: ContextVar[set[UUID] | None] = ContextVar("mappa_read", default=None)


class FieldNotShown(AttributeError):
    """The reader's level does not show this field; a template must ask ``shows`` first."""


class Seen:
    """One row as this reader may see it. Only fields of the reader's level exist."""

    __slots__ = ("_fields", "level", "record")

    def __init__(self, record: UUID, level: Level, fields: dict[str, Any]) -> None:
        self.record = record
        self.level = level
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        try:
            return self._fields[name]
        except KeyError:
            raise FieldNotShown(name) from None

    def __repr__(self) -> str:
        return f"<Seen {self.record} at {self.level.name}>"

    def shows(self, name: str) -> bool:
        """Whether the reader gets this field."""
        return name in self._fields

    def get(self, name: str, otherwise: Any = None) -> Any:
        """The field, or ``otherwise`` where it is not shown."""
        return self._fields.get(name, otherwise)

    @property
    def full(self) -> bool:
        """Whether the reader sees the whole record."""
        return self.level >= Level.FULL

    def fields(self) -> dict[str, Any]:
        """All fields that this reader gets."""
        return dict(self._fields)


def shown_columns(model: type[Protected], level: Level) -> frozenset[str]:
    """The names of the columns that a reader at ``level`` gets."""
    return frozenset(
        column.name
        for column in model.__table__.columns  # type: ignore[attr-defined]
        if column.info.get("shown") is not None and column.info["shown"] <= level
    )


def scope(
    model: type[Protected],
    *,
    need: Level = Level.SUM,
    of: Label | None = None,
    section: Section | None = None,
) -> sa.ColumnElement[bool]:
    """The condition that makes a query on ``model`` lawful for the reader; the guard looks for it.

    Give ``of`` for an alias of the table, or a label whose person is bound. Give ``section`` for
    those rows only that carry this section as a column: asked as a constant, its lines alone are
    asked, and the cells of the agreement once.
    """
    of = of or model.label()
    if section is None:
        condition = policy.where(model.__section__, ME, of, policy.AT, need)
    else:
        fixed = replace(of, section=word(section.value))
        lines = policy.where(section, ME, fixed, policy.AT, need)
        condition = sa.and_(of.section == fixed.section, lines)
    name = model.__table__.name  # type: ignore[attr-defined]
    return sa.and_(condition, sa.true())._annotate({SCOPE: name})


def sees_person(person: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The reader sees the person at all: a link or a name shows only if the person is visible."""
    of = replace(bound_label(Section.IDENTITY, owner=False), person=person, record=person)
    led = replace(of, owner=lead_of(person, policy.AT))
    # Who leads matters to a share of the identity alone: it is looked up where there is one.
    return sa.or_(
        policy.where(Section.IDENTITY, ME, of, policy.AT, Level.SUM),
        sa.and_(
            identity_is_shared(person, policy.AT),
            policy.where(Section.IDENTITY, ME, led, policy.AT, Level.SUM),
        ),
    )


def bookkeeping(model: type[Protected]) -> sa.ColumnElement[bool]:
    """True, in words that the guard accepts: for keeping derived rows in step with their record.

    Whoever closes a duty ends it for every agency that was told of it, seen or not. Never for
    anything that a page shows; a law test lists who may use it.
    """
    name = model.__table__.name  # type: ignore[attr-defined]
    return sa.and_(sa.true(), sa.true())._annotate({SCOPE: name, OPENS: name})


def of_person(column: sa.ColumnElement[Any]) -> sa.ColumnElement[bool]:
    """The record is about ``:person``, or about somebody who was merged into that person.

    Written as an equation, so that nobody pays for merging who was not merged; ``about`` gives the
    statement that is to be run.
    """
    return (column == PERSON)._annotate({_OF_PERSON: True})


def about(statement: Query, person: UUID) -> tuple[Query, dict[str, Any]]:
    """A statement about one person as it is to be run, and its binds."""
    people = merged.people_of(person)
    if people == [person]:
        return statement, {"person": person}
    return _of_several(statement), {"person": person, "of_people": people}


@cache
def _of_several(statement: Query) -> Query:
    """The statement of a person of several records: the equations become lists."""

    def listed(element: Any, **_: Any) -> Any:
        if _OF_PERSON in getattr(element, "_annotations", {}):
            return element.left.in_(_PEOPLE)
        return None

    return cast(Query, visitors.replacement_traverse(statement, {}, listed))


def scoped(
    model: type[Protected], *extra: sa.ColumnElement[Any], need: Level = Level.SUM, person: bool
) -> Query:
    """Select the shown columns of ``model`` that the reader may see, at the reader's level.

    ``person=True`` binds ``:person`` in the WHERE *and* in the label: pages of one person are then
    10 to 60 times faster, and a label bound to another person cannot open the row. ``extra`` are
    further labelled columns of the same row's public context (an agency's name, say).
    """
    of = model.label()
    if person:
        of = Label(**{**of.__dict__, "person": PERSON})
    table = model.__table__  # type: ignore[attr-defined]
    names = shown_columns(model, Level.FULL)
    statement = sa.select(
        of.record.label(_RECORD),
        policy.level(model.__section__, ME, of, policy.AT)._annotate({POLICY: True}).label(_LEVEL),
        *(column for column in table.columns if column.name in names),
        *extra,
    ).where(scope(model, need=need, of=of))
    if person:
        mine = model.label()
        alone = mine.person is mine.record  # the person's own row: the surviving one stands
        statement = statement.where(mine.person == PERSON if alone else of_person(mine.person))
    return statement


def rows(actor: Actor, statement: Query, model: type[Protected], **binds: Any) -> list[Seen]:
    """Run a ``scoped`` statement for a reader."""
    if "person" in binds:
        statement, mine = about(statement, binds["person"])
        binds |= mine
    found = db.session.execute(statement, actor.binds(uow.current().at) | binds)
    names = tuple(found.keys())
    record, level = names.index(_RECORD), names.index(_LEVEL)
    levels = (Level.SUM, Level.FULL)
    shown = {each.value: (each, _shown_of(model, each, names)) for each in levels}  # type: ignore[arg-type]  # a class is hashable
    seen = [_see(row, row[record], *shown[row[level]]) for row in found.all()]
    note_read(row.record for row in seen)
    return seen


def _see(row: Any, record: UUID, level: Level, columns: Sequence[tuple[int, str]]) -> Seen:
    return Seen(record, level, {name: row[place] for place, name in columns})


@cache
def _shown_of(
    model: type[Protected], level: Level, names: tuple[str, ...]
) -> tuple[tuple[int, str], ...]:
    """Place and name of each selected column that a reader at this level gets."""
    hidden = shown_columns(model, Level.FULL) - shown_columns(model, level)
    not_shown = hidden | {_LEVEL, _RECORD}
    return tuple((place, name) for place, name in enumerate(names) if name not in not_shown)


def one(actor: Actor, statement: Query, model: type[Protected], **binds: Any) -> Seen:
    """The only row. Raises ``NotFound`` if the reader sees none."""
    found = rows(actor, statement, model, **binds)
    if not found:
        raise NotFound
    return found[0]


def count(actor: Actor, statement: Query, *, cap: int = 100, **binds: Any) -> int:
    """How many rows a scoped statement has, counted to ``cap`` + 1 at most."""
    binds |= actor.binds(uow.current().at)
    found: int = db.session.execute(_counted(statement, cap), binds).scalar_one()
    return found


@cache
def _counted(statement: Query, cap: int) -> Query:
    inner = statement.order_by(None).limit(cap + 1).subquery()
    return sa.select(sa.func.count()).select_from(inner)


def load(actor: Actor, model: type[Row], record: UUID, *, need: Level = Level.FULL) -> Row:
    """The row itself, to be changed by a service. Raises ``NotFound`` if it is not seen."""
    binds = actor.binds(uow.current().at) | {"record": record}
    statement = _load_statement(model, need)  # type: ignore[arg-type]  # a class is hashable
    found: Row | None = db.session.execute(statement, binds).scalar_one_or_none()
    if found is None:
        raise NotFound
    note_read([record])
    return found


@cache
def _load_statement(model: type[Protected], need: Level) -> Query:
    return (
        sa.select(model)
        .where(model.__table__.c.id == RECORD, scope(model, need=need))  # type: ignore[attr-defined]
        .with_for_update(of=model)
    )


def holders_statement(model: type[Protected], section: Section) -> Query:
    """The agencies that hold a live record of the section sealed to the reader; binds a person.

    This single bit per section and agency is the sealed line: declared in
    config/declassified.toml.
    """
    of = Label(**{**model.label().__dict__, "person": PERSON})
    told = policy.told_of(section, ME, of, policy.AT)
    name = model.__table__.name  # type: ignore[attr-defined]
    return (
        sa.select(of.owner)
        .where(
            of_person(model.label().person),
            sa.and_(told, sa.true())._annotate({SCOPE: name, OPENS: name}),
        )
        .distinct()
    )


def holders(actor: Actor, statement: Query, person: UUID) -> Sequence[UUID]:
    """Ids of the agencies of ``holders_statement``, in no order that tells of content."""
    statement, mine = about(statement, person)
    return sorted(db.session.execute(statement, actor.binds(uow.current().at) | mine).scalars())


def note_read(records: Iterator[UUID] | Sequence[UUID]) -> None:
    """Remember what this request has read, for the audit row of the reading."""
    noted = _noted.get()
    if noted is not None:
        noted.update(records)


def start_noting() -> set[UUID]:
    """Begin a fresh list for this request, and give it."""
    noted: set[UUID] = set()
    _noted.set(noted)
    return noted


@contextmanager
def unnoted() -> Iterator[None]:
    """Ask without the witness: the caller notes itself, and only what the page will show."""
    token = _noted.set(None)
    try:
        yield
    finally:
        _noted.reset(token)


def seen_by_all(actors: Sequence[Actor], ask: Callable[[Actor], Sequence[Seen]]) -> list[Seen]:
    """What each of these readers sees, of each row only what all of them get.

    ``ask`` reads for one of them, by a feature's own query. A value that is not the same for all
    is given as None. Notes what is left, and nothing else.
    """
    with unnoted():
        first, *others = [ask(actor) for actor in actors]
    found = []
    by_id = [{each.get("id", each.record): each for each in other} for other in others]
    for seen in first:
        same = [other.get(seen.get("id", seen.record)) for other in by_id]
        alike = [each for each in same if each is not None]
        if len(alike) == len(others):
            found.append(_common(seen, alike))
    note_read([each.record for each in found])
    return found


def _common(seen: Seen, others: Sequence[Seen]) -> Seen:
    fields = {
        name: value if all(each.get(name) == value for each in others) else None
        for name, value in seen.fields().items()
        if all(each.shows(name) for each in others)
    }
    return Seen(seen.record, min(each.level for each in (seen, *others)), fields)
