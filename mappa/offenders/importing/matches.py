"""Who among the people this reader sees may be the person of a row."""

from collections.abc import Sequence
from contextvars import copy_context
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import reading
from mappa.access.actor import Actor
from mappa.access.reading import Seen, rows, scope
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.offenders import identity, queries
from mappa.offenders.keys import BIRTH, of_birth
from mappa.offenders.models import NameKey, Person
from mappa.offenders.names import Kind, swapped
from mappa.offenders.names import keys as keys_of_name
from mappa.offenders.rules import AddPerson

_VALUES = sa.bindparam("values", type_=sa.Text(), expanding=True)
_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)
_NUMBERS = {
    "crn": "Same CRN",
    "pnc": "Same PNC number",
    "visor": "Same ViSOR number",
    "prison_number": "Same prison number",
}

Hits = dict[tuple[str, str], set[UUID]]


@dataclass(frozen=True)
class PossibleMatch:
    """A person whom the reader sees, and why it may be the one."""

    person: Seen
    reason: str
    strength: str


@cache
def _hits() -> Query:
    keys = NameKey.__table__.c
    return sa.select(keys.person_id, keys.kind, keys.value).where(
        keys.value.in_(_VALUES), keys.kind.in_([BIRTH, *_NUMBERS]), scope(NameKey)
    )


@cache
def _people() -> Query:
    return queries.people_of_ids(_IDS)


def _asked(person: AddPerson) -> list[tuple[str, str]]:
    asked = [(kind, getattr(person, kind)) for kind in _NUMBERS if getattr(person, kind)]
    if person.born_on:
        days = {person.born_on, swapped(person.born_on) or person.born_on}
        asked += [(BIRTH, of_birth(day)) for day in days]
    return asked


def of_each(actor: Actor, people: Sequence[AddPerson]) -> list[list[PossibleMatch]]:
    """For each person the people who may be the same, of those this reader sees."""
    values = sorted({value for person in people for _, value in _asked(person)})
    if not values:
        return [[] for _ in people]
    binds = actor.binds(uow.current().at) | {"values": values}
    hits: Hits = {}
    for person_id, kind, value in db.session.execute(_hits(), binds):
        hits.setdefault((kind, value), set()).add(person_id)
    met = [
        [(key, each) for key in _asked(person) for each in sorted(hits.get(key, ()))]
        for person in people
    ]
    ids = sorted({each for found in met for _, each in found})
    seen = copy_context().run(_seen, actor, ids) if ids else {}
    return [_matches(person, found, seen) for person, found in zip(people, met, strict=True)]


def shown(actor: Actor, person: AddPerson) -> list[PossibleMatch]:
    """The possible matches of one person for a page that names them: noted as read."""
    found = of_each(actor, [person])[0]
    reading.note_read([each.person.record for each in found])
    return found


def _seen(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, Seen]:
    reading.start_noting()  # candidates are not yet consulted: a page notes whom it names
    return {each.id: identity.gated(each) for each in rows(actor, _people(), Person, ids=ids)}


def _matches(
    person: AddPerson, met: Sequence[tuple[tuple[str, str], UUID]], seen: dict[UUID, Seen]
) -> list[PossibleMatch]:
    found: dict[UUID, PossibleMatch] = {}
    own = _sounds(person.family_name or person.given_name)
    for (kind, _), each in met:
        if each not in seen or each in found:
            continue
        if kind in _NUMBERS:
            found[each] = PossibleMatch(seen[each], _NUMBERS[kind], "same")
        elif own & _sounds(queries.display_name(seen[each])):
            found[each] = PossibleMatch(seen[each], "Like name and date of birth", "likely")
    return sorted(found.values(), key=lambda each: (each.person.sort_name, each.person.id))


def _sounds(name: str) -> set[str]:
    return {key.value for key in keys_of_name(name) if key.kind in (Kind.EXACT, Kind.SOUND)}
