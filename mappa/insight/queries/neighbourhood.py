"""What officers of a neighbourhood may be told: what the reader and any officer of the police see.

The sheet leaves the platform on paper and is read by officers who are on nobody's case team. So the
policy is asked twice, as the reader and as somebody of the same agency who is named nowhere and in
no team (docs/decisions/0018): nothing sealed, hidden, kept near or opened to one alone gets on it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access.actor import Actor
from mappa.access.labels import Protected
from mappa.access.reading import Seen, rows, scope, scoped, seen_by_all
from mappa.access.terms import Level
from mappa.insight.queries.preview import somebody_of
from mappa.kernel.db import Query
from mappa.offenders.identity import LEAD, with_lead
from mappa.offenders.keys import DISTRICT
from mappa.offenders.models import Address, Order, Person, PlaceKey, StaffWarning
from mappa.offenders.record.models import Condition

MOST = 40
"""People on one sheet; of more it says so."""

_address = Address.__table__.c
_key = PlaceKey.__table__.c
_person = Person.__table__
_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Who lives in a district, and what stands about each; ``more`` if not all are on it."""

    people: Sequence[Seen]
    addresses: Mapping[UUID, Sequence[Seen]]
    warnings: Mapping[UUID, Sequence[Seen]]
    orders: Mapping[UUID, Sequence[Seen]]
    conditions: Mapping[UUID, Sequence[Seen]]
    more: bool


def _of_district() -> sa.Select[tuple[UUID]]:
    """By the key that finds people by district; the words beside an address are free."""
    return sa.select(_key.source_id).where(
        _key.kind == DISTRICT, _key.value == sa.bindparam("district"), scope(PlaceKey)
    )


@cache
def _living_there() -> Query:
    # The summary has the district of a current address alone; the lines come with the full level.
    return (
        scoped(Address, person=False)
        .where(
            _address.id.in_(_of_district()),
            _address.until_on.is_(None),
            _address.kind != "no_fixed_address",
        )
        .order_by(_address.person_id, _address.id)
        .limit(MOST * 2)
    )


@cache
def _people() -> Query:
    shown = scoped(Person, *LEAD, person=False).select_from(with_lead(_person))
    return shown.where(_person.c.id.in_(_IDS)).order_by(_person.c.sort_name, _person.c.id)


@cache
def _about(model: type[Protected], until: str, need: Level) -> Query:
    table = model.__table__.c  # type: ignore[attr-defined]
    return (
        scoped(model, person=False, need=need)
        .where(table.person_id.in_(_IDS), table[until].is_(None))
        .order_by(table.person_id, table.id)
    )


def sheet(actor: Actor, district: str) -> Sheet:
    """The sheet of a district. ``actor`` answers for others at a police force."""
    eyes = (actor, somebody_of(actor, actor.agency_id, actor.agency_name))
    living = seen_by_all(eyes, lambda each: rows(each, _living_there(), Address, district=district))
    edges = merged.edges_around({each.person_id for each in living})
    asked = _Asked(eyes, edges, sorted({merged.top_of(each.person_id, edges) for each in living}))
    people = [each for each in asked.of(_people(), Person) if each.record in asked.people]
    return Sheet(
        people=people[:MOST],
        addresses=asked.grouped(living),
        warnings=asked.standing(StaffWarning, "ended_at", Level.SUM),
        orders=asked.standing(Order, "until_on", Level.SUM),
        conditions=asked.standing(Condition, "until_on", Level.FULL),
        more=len(people) > MOST or len(living) == MOST * 2,
    )


@dataclass(frozen=True)
class _Asked:
    """Those who look, who is one with whom, and the people by their surviving records."""

    eyes: Sequence[Actor]
    edges: merged.Edges
    people: Sequence[UUID]

    def of(self, statement: Query, model: type[Protected]) -> list[Seen]:
        """What all who look see of these people, under whichever of their records."""
        ids = [one for each in self.people for one in merged.below(each, self.edges)]
        return seen_by_all(self.eyes, lambda each: rows(each, statement, model, ids=ids))

    def standing(
        self, model: type[Protected], until: str, need: Level
    ) -> Mapping[UUID, Sequence[Seen]]:
        """What has not ended."""
        asked = _about(model, until, need)  # type: ignore[arg-type]  # a class is hashable
        return self.grouped(self.of(asked, model))

    def grouped(self, found: Sequence[Seen]) -> dict[UUID, list[Seen]]:
        """Rows by the person they are about."""
        groups: dict[UUID, list[Seen]] = defaultdict(list)
        for each in found:
            groups[merged.top_of(each.person_id, self.edges)].append(each)
        return groups
