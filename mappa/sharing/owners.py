"""Which agencies own what the reader sees of a person, section by section."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, Column, Derived, Protected, protected_tables, word
from mappa.access.reading import PERSON, about, of_person, scope
from mappa.access.terms import Section
from mappa.kernel import uow
from mappa.kernel.db import Query, db

_NO_RECORDS = frozenset({"name_key", "handover", "share_request", "emergency_use"})
"""Search keys are made from records and are none; what is proposed, asked or used is no record."""


def _models() -> list[type[Protected]]:
    return [
        model
        for name, model in sorted(protected_tables().items())
        if model.__section__ is not None
        and not issubclass(model, Derived)
        and name not in _NO_RECORDS
    ]


@cache
def _statement() -> Query:
    arms = []
    for model in _models():
        assert model.__section__ is not None
        of = replace(model.label(), person=PERSON)
        arms.append(
            sa.select(word(model.__section__.value).label("section"), of.owner.label("owner"))
            .where(of_person(model.label().person), scope(model, of=of))
        )  # fmt: skip
    seen = sa.union_all(*arms).subquery("seen")
    return sa.select(seen.c.section, seen.c.owner, sa.func.count()).group_by(
        seen.c.section, seen.c.owner
    )


def owners(actor: Actor, person: UUID) -> dict[Section, Counter[UUID]]:
    """How many of the records that the reader sees each agency owns."""
    statement, mine = about(_statement(), person)
    binds = actor.binds(uow.current().at) | mine
    found: dict[Section, Counter[UUID]] = {}
    for section, owner, count in db.session.execute(statement, binds):
        found.setdefault(Section(section), Counter())[owner] = count
    return found


def _held(model: type[Protected], person: Column) -> Clause:
    """The reader's agency owns a record of this table about the person, and the reader sees it."""
    of = model.label()
    table = model.__table__  # type: ignore[attr-defined]
    return (
        sa.select(sa.literal_column("1"))
        .select_from(table)
        .where(
            of.person == person,
            of.owner == ME.agency,
            scope(model, of=replace(of, person=person)),
        )
        .correlate_except(table)
        .exists()
    )


@cache
def _owning(section: Section) -> Query:
    candidate = teams.reached().alias("candidate")
    person = candidate.c.person_id
    held = [_held(model, person) for model in _models() if model.__section__ is section]
    return sa.select(person).where(
        candidate.c.agency_id == ME.agency,
        person.in_(sa.bindparam("people", type_=sa.Uuid(), expanding=True)),
        sa.or_(sa.false(), *held),
    )


def owning(actor: Actor, people: Collection[UUID], section: Section) -> frozenset[UUID]:
    """Of whom among these people the reader's agency owns something of a section.

    Each stands for the own record only: what was merged into it is not looked at.
    """
    binds = actor.binds(uow.current().at) | {"people": list(people)}
    return frozenset(db.session.execute(_owning(section), binds).scalars())
