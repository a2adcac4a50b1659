"""Who among the people this reader sees may be the person of a row.

``matching`` answers for one person at a time. Most rows of a file share no search key with anybody
the reader sees, so a batch is first asked for its keys in a few statements.
"""

import json
from collections.abc import Sequence
from contextvars import copy_context
from functools import cache

import sqlalchemy as sa

from mappa.access import reading
from mappa.access.actor import Actor
from mappa.access.reading import scope
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.offenders.matching import service
from mappa.offenders.matching.rules import Candidate, wanted_for
from mappa.offenders.matching.service import PossibleMatch as PossibleMatch
from mappa.offenders.models import NameKey
from mappa.offenders.rules import AddPerson

_VALUES = sa.bindparam("values", type_=sa.Text())
_FIELDS = (
    "given_name",
    "family_name",
    "aliases",
    "born_on",
    "born_about",
    "crn",
    "pnc",
    "visor",
    "prison_number",
)


def of_each(actor: Actor, people: Sequence[AddPerson]) -> list[list[PossibleMatch]]:
    """For each person the people who may be the same, of those this reader sees."""
    described = [_candidate(person) for person in people]
    asked = [frozenset(wanted_for(each)) for each in described]
    stored = _stored(actor, sorted(frozenset().union(*asked)))
    return [
        copy_context().run(_matches, actor, each) if wanted & stored else []
        for each, wanted in zip(described, asked, strict=True)
    ]


def shown(actor: Actor, person: AddPerson) -> list[PossibleMatch]:
    """The possible matches of one person for a page that names them: noted as read."""
    found = of_each(actor, [person])[0]
    reading.note_read([each.person.record for each in found])
    return found


def _candidate(person: AddPerson) -> Candidate:
    return Candidate(**{name: getattr(person, name) for name in _FIELDS})


def _matches(actor: Actor, candidate: Candidate) -> list[PossibleMatch]:
    reading.start_noting()  # candidates are not yet consulted: a page notes whom it names
    return service.visible_matches(actor, candidate)


@cache
def _values_there(dialect: str) -> Query:
    if dialect == "sqlite":
        each = sa.func.json_each(_VALUES).table_valued("value", name="wanted")
    else:
        given = sa.cast(_VALUES, sa.JSON())
        each = sa.func.json_array_elements_text(given).table_valued("value", name="wanted")
    value = sa.type_coerce(each.c.value, sa.Text())
    return (
        sa.select(value)
        .distinct()
        .select_from(each.join(NameKey.__table__, NameKey.__table__.c.value == value))
        .where(scope(NameKey))
    )


def _stored(actor: Actor, values: Sequence[str]) -> frozenset[str]:
    """Those of these values under which somebody stands whom the reader sees."""
    binds = actor.binds(uow.current().at) | {"values": json.dumps(values)}
    found = db.session.execute(_values_there(db.engine.dialect.name), binds)
    return frozenset(found.scalars())
