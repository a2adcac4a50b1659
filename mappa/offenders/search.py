"""Finding a person by a name in any spelling, a date of birth, a number or a postcode.

Candidates come by equality on stored keys, under the scope of the key *and* of the person; so what
a reader may not see is not there to be matched, counted or put in order.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged, reading
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.audit import log
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import FieldErrors, NotFound
from mappa.offenders import identity, queries
from mappa.offenders.keys import BIRTH, DISTRICT, POSTCODE, of_birth
from mappa.offenders.models import Alias, NameKey, Person, PlaceKey
from mappa.offenders.names import (
    Asked,
    Kind,
    Match,
    parse_query,
    query_slots,
    rank,
    rank_birth,
    swapped,
)
from mappa.offenders.names import Query as Typed
from mappa.web.models import KeptSearch

Read = TypeVar("Read")

MOST_CANDIDATES = 100
NOTHING_TYPED = "Enter a name, date of birth or number to search for"

_NUMBERS = {
    Asked.CRN: ("crn", "Same CRN"),
    Asked.PNC: ("pnc", "Same PNC number"),
    Asked.VISOR: ("visor", "Same ViSOR number"),
    Asked.PRISON_NUMBER: ("prison_number", "Same prison number"),
}
_PLACES = {
    Asked.POSTCODE: (POSTCODE, "Same postcode"),
    Asked.POSTCODE_DISTRICT: (DISTRICT, "Same postcode district"),
}
# One letter left out says less than the same word or sound.
_WEIGHTS = {Kind.EXACT.value: 4, Kind.SOUND.value: 3, Kind.FORM.value: 2, Kind.NEAR.value: 1}


@dataclass(frozen=True)
class Found:
    """A person who answers what was typed, and why."""

    person: Seen
    match: Match


@dataclass(frozen=True)
class Answer:
    """Who answers, closest first, and whether more did than are listed."""

    typed: str
    found: Sequence[Found]
    cut: bool


def keep_search(actor: Actor, typed: str, *, now: datetime) -> KeptSearch:
    """Keep what was typed, encrypted, for this session alone. Raises ``FieldErrors`` if nothing."""
    require(actor, Action.PEOPLE_LIST)
    if parse_query(typed).asked is Asked.NOTHING:
        raise FieldErrors({"q": [NOTHING_TYPED]})
    kept = KeptSearch(session_id=actor.session_id, typed=typed, at=now)
    db.session.add(kept)
    db.session.flush()
    log.record(actor, log.Operation.CONSULTATION, "person:searched", [kept.id], at=now)
    return kept


def kept_search(actor: Actor, search_id: UUID) -> str:
    """What was typed. Raises ``NotFound`` for the search of another session."""
    statement = sa.select(KeptSearch).where(
        KeptSearch.id == search_id, KeptSearch.session_id == actor.session_id
    )
    found = db.session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound
    return found.typed


def search(actor: Actor, typed: str) -> Answer:
    """The people this reader may see who answer what was typed, closest first; at most 100."""
    query = parse_query(typed)
    if query.asked in _NUMBERS:
        return _by_value(actor, query, NameKey, *_NUMBERS[query.asked])
    if query.asked in _PLACES:
        return _by_value(actor, query, PlaceKey, *_PLACES[query.asked])
    return _by_name_or_birth(actor, query)


_VALUES = sa.bindparam("values", type_=sa.Text(), expanding=True)
_KIND = sa.bindparam("kind", type_=sa.Text())
_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)


@cache
def _hits() -> Query:
    keys = NameKey.__table__.c
    return sa.select(keys.person_id, keys.kind, keys.value).where(
        keys.value.in_(_VALUES), scope(NameKey)
    )


@cache
def _holders(model: type[NameKey] | type[PlaceKey]) -> Query:
    keys = model.__table__.c
    return (
        sa.select(keys.person_id)
        .distinct()
        .where(keys.value.in_(_VALUES), keys.kind == _KIND, scope(model))
    )


@cache
def _people() -> Query:
    return queries.people_of_ids(_IDS)


@cache
def _aliases() -> Query:
    table = Alias.__table__
    return scoped(Alias, person=False).where(table.c.person_id.in_(_IDS)).order_by(table.c.id)


def _by_value(
    actor: Actor, query: Typed, model: type[NameKey] | type[PlaceKey], kind: str, reason: str
) -> Answer:
    binds = actor.binds(uow.current().at) | {"values": [query.value], "kind": kind}
    ids = _surviving(db.session.execute(_holders(model), binds).scalars().all())
    match = Match(100.0, reason, "")
    return _answer(query, [Found(seen, match) for seen in _unnoted(_seen, actor, ids)])


def _by_name_or_birth(actor: Actor, query: Typed) -> Answer:
    seen = _unnoted(_closest, actor, _candidates(actor, query))
    known = _unnoted(_known_of, actor, [each.id for each in seen])
    matches = ((each, _match(query, each, known[each.id])) for each in seen)
    return _answer(query, [Found(each, match) for each, match in matches if match is not None])


def _unnoted(read: Callable[..., Read], actor: Actor, ids: Sequence[UUID]) -> Read:
    """Read candidates: only whom the page shows was consulted, and is noted in the end."""

    def run() -> Read:
        reading.start_noting()
        return read(actor, ids)

    return copy_context().run(run)


def _closest(actor: Actor, candidates: Sequence[UUID]) -> list[Seen]:
    """The first 100 candidates who are visible: one who is not takes nobody's place."""
    found: list[Seen] = []
    for part in batched(candidates, 2 * MOST_CANDIDATES):
        chunk = [each for each in _surviving(part) if each not in {one.id for one in found}]
        by_id = {each.id: each for each in _seen(actor, chunk)}
        found += [by_id[each] for each in chunk if each in by_id]
        if len(found) >= MOST_CANDIDATES:
            break
    return found[:MOST_CANDIDATES]


def _surviving(ids: Sequence[UUID]) -> list[UUID]:
    """Under whom these people are kept now, each once: a merged record finds the surviving one."""
    kept = merged.survivors(ids) if ids else {}
    return list(dict.fromkeys(kept.get(each, each) for each in ids))


def batched(ids: Sequence[UUID], size: int) -> Iterator[Sequence[UUID]]:
    """The ids in order, so many at a time."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _asked(query: Typed) -> list[frozenset[tuple[str, str]]]:
    """The keys to look for, one set for each word and one for the date of birth."""
    slots = [
        frozenset((key.kind.value, key.value) for key in slot) for slot in query_slots(query.name)
    ]
    days = {*query.births, *(other for day in query.births if (other := swapped(day)))}
    births = frozenset((BIRTH, of_birth(day)) for day in days)
    return [*slots, births] if births else slots


def _candidates(actor: Actor, query: Typed) -> list[UUID]:
    """Whose visible keys answer most words, then in the closest way, first."""
    slots = _asked(query)
    values = sorted({value for slot in slots for _, value in slot})
    binds = actor.binds(uow.current().at) | {"values": values}
    met: dict[UUID, dict[int, int]] = defaultdict(dict)
    for person, kind, value in db.session.execute(_hits(), binds):
        for place, slot in enumerate(slots):
            if (kind, value) in slot:
                weight = _WEIGHTS.get(kind, 4)
                met[person][place] = max(weight, met[person].get(place, 0))
    return sorted(met, key=lambda each: (-len(met[each]), -sum(met[each].values()), each))


def _seen(actor: Actor, ids: Sequence[UUID]) -> list[Seen]:
    if not ids:
        return []
    found = rows(actor, _people(), Person, ids=list(ids))
    return [identity.gated(each) for each in found]


@dataclass
class _Known:
    """By what else a person is known: other names, and what merged records say."""

    names: list[str] = field(default_factory=list)
    births: list[date] = field(default_factory=list)


def _known_of(actor: Actor, ids: Sequence[UUID]) -> Mapping[UUID, _Known]:
    known = {each: _Known() for each in ids}
    if not ids:
        return known
    into = merged.merged_into(ids)
    for alias in rows(actor, _aliases(), Alias, ids=[*ids, *into]):
        person = into.get(alias.person_id, alias.person_id)
        known[person].names.append(alias.name)
    for other in _seen(actor, list(into)):
        known[into[other.id]].names.append(queries.display_name(other))
        known[into[other.id]].births += [other.born_on] if other.born_on else []
    return known


def _birth(query: Typed, seen: Seen, others: Iterable[date]) -> Match | None:
    days = [day for day in (seen.born_on, *others) if day and query.births]
    found = (rank_birth(query.births, day) for day in days)
    return max((each for each in found if each), key=lambda each: each.score, default=None)


def _match(query: Typed, seen: Seen, known: _Known) -> Match | None:
    birth = _birth(query, seen, known.births)
    if not query.name:
        return birth
    name = rank(query.name, [queries.display_name(seen), *known.names])
    if birth is None or name is None:
        return birth or name
    return Match(name.score + birth.score, f"{birth.reason}. {name.reason}", name.name, name.marks)


def _answer(query: Typed, found: list[Found]) -> Answer:
    found.sort(key=_closeness)
    shown = found[:MOST_CANDIDATES]
    reading.note_read([each.person.record for each in shown])
    return Answer(query.text, shown, len(found) > MOST_CANDIDATES)


def _closeness(found: Found) -> tuple[Any, ...]:
    return (-found.match.score, found.person.sort_name, found.person.id)
