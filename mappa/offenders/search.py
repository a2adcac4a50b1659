"""Finding a person by a name in any spelling, a date of birth, a number or a postcode.

Candidates come by equality on stored keys, under the scope of the key *and* of the person; so what
a reader may not see is not there to be matched, counted or put in order.
"""

from collections.abc import Callable, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from mappa.access import reading
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.reading import Seen
from mappa.audit import log
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound
from mappa.offenders import candidates
from mappa.offenders.keys import of_birth
from mappa.offenders.models import NameKey, PlaceKey
from mappa.offenders.names import (
    SCALE,
    Asked,
    Match,
    Wanted,
    parse_query,
    rank,
    rank_birth,
    swapped,
    wanted,
    wanted_singly,
)
from mappa.offenders.names import Query as Typed
from mappa.web.models import KeptSearch

Read = TypeVar("Read")

MOST_SHOWN = 100
BIRTH_SLOT, BIRTH_WORTH = 99, 9
NOTHING_TYPED = "Enter a name, date of birth or number to search for"

_NUMBERS = {
    Asked.CRN: "Same CRN",
    Asked.PNC: "Same PNC number",
    Asked.VISOR: "Same ViSOR number",
    Asked.PRISON_NUMBER: "Same prison number",
}
_PLACES = {
    Asked.POSTCODE: "Same postcode",
    Asked.POSTCODE_DISTRICT: "Same postcode district",
}


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
        return _by_value(actor, query, NameKey, _NUMBERS[query.asked])
    if query.asked in _PLACES:
        return _by_value(actor, query, PlaceKey, _PLACES[query.asked])
    return _by_name_or_birth(actor, query)


def _unnoted(read: Callable[[], Read]) -> Read:
    """Read candidates: only whom the page shows was consulted, and is noted in the end."""

    def run() -> Read:
        reading.start_noting()
        return read()

    return copy_context().run(run)


def _by_value(actor: Actor, query: Typed, model: candidates.Keys, reason: str) -> Answer:
    most = MOST_SHOWN + 1
    seen = _unnoted(lambda: candidates.seen(actor, {query.value: 1}, by=model, most=most))
    match = Match(100.0, reason, "")
    return _answer(query, [Found(each, match) for each in seen])


def _by_name_or_birth(actor: Actor, query: Typed) -> Answer:
    found = _matches(actor, query, wanted(query.name))
    if not found:
        # Nobody answers two of the words: whoever answers one is better than nobody.
        found = _matches(actor, query, wanted_singly(query.name))
    return _answer(query, found)


def _matches(actor: Actor, query: Typed, names: Wanted) -> list[Found]:
    asked = names | _births(query)
    seen = _unnoted(lambda: candidates.seen(actor, asked, by=NameKey))
    matches = ((each, _match(query, each)) for each in seen)
    return [Found(each, match) for each, match in matches if match is not None]


def _births(query: Typed) -> Wanted:
    """Days that were typed, and the same with day and month exchanged, in a slot of their own."""
    days = {*query.births, *(other for day in query.births if (other := swapped(day)))}
    return {of_birth(day): BIRTH_SLOT * SCALE + BIRTH_WORTH for day in days}


def _match(query: Typed, seen: Seen) -> Match | None:
    birth = _birth(query, seen)
    if not query.name:
        return birth
    name = rank(query.name, candidates.names_of(seen))
    if birth is None or name is None:
        return birth or name
    return Match(name.score + birth.score, f"{birth.reason}. {name.reason}", name.name, name.marks)


def _birth(query: Typed, seen: Seen) -> Match | None:
    if not query.births:
        return None
    found = (rank_birth(query.births, day) for day in candidates.births_of(seen))
    return max((each for each in found if each), key=lambda each: each.score, default=None)


def _answer(query: Typed, found: list[Found]) -> Answer:
    found.sort(key=_closeness)
    shown = found[:MOST_SHOWN]
    reading.note_read([each.person.record for each in shown])
    return Answer(query.text, shown, len(found) > MOST_SHOWN)


def _closeness(found: Found) -> tuple[Any, ...]:
    return (-found.match.score, found.person.sort_name, found.person.id)
