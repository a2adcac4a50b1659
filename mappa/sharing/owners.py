"""Which agencies own what the reader sees of a person, section by section."""

from collections import Counter
from dataclasses import replace
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import Derived, protected_tables, word
from mappa.access.reading import PERSON, about, of_person, scope
from mappa.access.terms import Section
from mappa.kernel import uow
from mappa.kernel.db import Query, db

_NO_RECORDS = frozenset({"name_key", "handover", "share_request", "emergency_use"})
"""Search keys are made from records and are none; what is proposed, asked or used is no record."""


@cache
def _statement() -> Query:
    arms = []
    for name, model in sorted(protected_tables().items()):
        if model.__section__ is None or issubclass(model, Derived) or name in _NO_RECORDS:
            continue
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
