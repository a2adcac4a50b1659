"""Which agencies hold something of a person that the reader is only told of."""

from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.holding import told_of
from mappa.access.reading import about
from mappa.access.terms import Section
from mappa.agencies.models import Agency
from mappa.kernel import uow
from mappa.kernel.db import Query, db


@dataclass(frozen=True)
class Held:
    """An agency that holds something in a section; nothing else is known of it."""

    section: Section
    agency: str
    phone: str
    desk: str


@cache
def _statement() -> Query:
    told = told_of()
    return (
        sa.select(told.c.section, Agency.name, Agency.phone, Agency.desk)
        .join(Agency, Agency.id == told.c.agency)
        .order_by(told.c.section, Agency.name, Agency.id)
    )


def held(actor: Actor, person: UUID) -> list[Held]:
    """One line for each section and agency: the single bit of the sealed line."""
    statement, mine = about(_statement(), person)
    binds = actor.binds(uow.current().at) | mine
    found = db.session.execute(statement, binds)
    return [Held(Section(section), *agency) for section, *agency in found]
