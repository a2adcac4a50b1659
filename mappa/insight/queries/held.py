"""Which agencies hold something of a person that the reader is only told of."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import Derived, protected_tables, word
from mappa.access.reading import about, holders_statement
from mappa.access.terms import Section
from mappa.agencies.models import Agency
from mappa.kernel import uow
from mappa.kernel.db import Query, db

_NO_RECORDS = frozenset({"person", "name_key"})
"""Identity is never sealed."""


@dataclass(frozen=True)
class Held:
    """An agency that holds something in a section; nothing else is known of it."""

    section: Section
    agency: str
    phone: str
    desk: str


@cache
def _statement() -> Query:
    arms = []
    for name, model in sorted(protected_tables().items()):
        section = model.__section__
        if section in (None, Section.IDENTITY) or name in _NO_RECORDS:
            continue
        if issubclass(model, Derived) or section is None:
            continue
        holder = holders_statement(model, section).subquery(f"held_{name}")
        arms.append(sa.select(word(section.value).label("section"), holder.c[0].label("agency")))
    told = sa.union(*arms).subquery("told")
    return (
        sa.select(told.c.section, Agency.name, Agency.phone, Agency.desk)
        .join(Agency, Agency.id == told.c.agency)
        .order_by(told.c.section, Agency.name, Agency.id)
    )


def held(actor: Actor, person: UUID) -> list[Held]:
    """One line for each section and agency: the single bit of the sealed line."""
    binds = actor.binds(uow.current().at) | about(person)
    found = db.session.execute(_statement(), binds)
    return [Held(Section(section), *agency) for section, *agency in found]
