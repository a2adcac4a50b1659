"""Who has been merged into whom: one person behind several records.

A merge moves no row of another feature. The losing record points at the surviving one; pages of
the surviving person read the records of all; the rights of each are mirrored (``mirroring``), so
that the policy answers alike for every record of the group. docs/decisions/0011.
"""

from collections.abc import Collection, Iterable
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from mappa.access.labels import Column, word
from mappa.access.models import PersonMerge, RightEnd
from mappa.access.predicates import Rows, some
from mappa.access.terms import State
from mappa.kernel import uow
from mappa.kernel.db import Query, db

_KEPT = "merged"
_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)

Edges = frozenset[tuple[UUID, UUID]]
"""Standing merges, each as (losing, surviving)."""


@cache
def _touching() -> Query:
    merge = PersonMerge
    return sa.select(merge.loser_id, merge.survivor_id).where(
        merge.state == State.LIVE.value,
        sa.or_(merge.loser_id.in_(_IDS), merge.survivor_id.in_(_IDS)),
    )


@cache
def _alone() -> Query:
    merge, person = PersonMerge, sa.bindparam("person", type_=sa.Uuid())
    return sa.select(merge.loser_id, merge.survivor_id).where(
        merge.state == word(State.LIVE),
        sa.or_(merge.loser_id == person, merge.survivor_id == person),
    )


def edges_around(people: Iterable[UUID]) -> Edges:
    """The standing merges of the groups to which these people belong, read afresh."""
    known, asked = set(people), set[UUID]()
    found: set[tuple[UUID, UUID]] = set()
    while fresh := known - asked:
        rows = db.session.execute(_touching(), {"ids": sorted(fresh)})
        found |= {(loser, survivor) for loser, survivor in rows}
        asked |= fresh
        known |= {person for edge in found for person in edge}
    return frozenset(found)


def component(person: UUID, edges: Edges) -> frozenset[UUID]:
    """Everybody who is one with this person by these merges."""
    found = {person}
    while more := {other for edge in edges if found & set(edge) for other in edge} - found:
        found |= more
    return frozenset(found)


def top_of(person: UUID, edges: Edges) -> UUID:
    """The record that survives in the end."""
    above = dict(edges)
    while person in above:
        person = above[person]
    return person


def below(person: UUID, edges: Edges) -> list[UUID]:
    """The person, then all who were merged into the person, at whatever remove."""
    found = [person]
    for each in found:
        found += sorted(loser for loser, survivor in edges if survivor == each)
    return found


def is_one_of_several(person: Column) -> sa.Label[bool]:
    """Whether a standing merge touches the person: a column of what is asked anyway."""
    merge = Rows(PersonMerge, "merge_around")
    touches = sa.or_(merge.loser_id == person, merge.survivor_id == person)
    return some(merge, merge.state == word(State.LIVE), touches).label("is_one_of_several")


def known_alone(person: UUID) -> None:
    """Take it that no merge touches the person, as this unit of work has found already."""
    _known()[person] = frozenset()


def _known() -> dict[UUID, Edges]:
    boxes: list[Any] = uow.current().kept.setdefault(_KEPT, [])
    if not boxes:
        boxes.append({})
    return boxes[0]  # type: ignore[no-any-return]


def _edges_of(person: UUID) -> Edges:
    """The merges around a person, asked once in a unit of work."""
    kept = _known()
    if person not in kept:
        edges = frozenset[tuple[UUID, UUID]]()
        if db.session.execute(_alone(), {"person": person}).first():
            edges = edges_around([person])
            hold({each for edge in edges for each in edge}, alone=False)
            edges = edges_around([person])
        kept[person] = edges
        kept.update(dict.fromkeys((each for edge in edges for each in edge), edges))
    return kept[person]


def forget() -> None:
    """Ask anew in this unit of work: it has just written or ended a merge."""
    uow.current().kept.pop(_KEPT, None)


def hold(people: Collection[UUID], *, alone: bool) -> None:
    """Let nobody merge or undo these people until the end of this unit of work.

    ``alone`` also keeps out whoever writes their rights or reads their records as one. SQLite has
    one writer, and its readers keep the moment they began at: nothing to do there.
    """
    if not people or db.engine.dialect.name != "postgresql":
        return
    lock = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
    keys = [int.from_bytes(person.bytes[:8], signed=True) for person in sorted(people)]
    # One statement, taken in this order, so that nobody waits in a ring.
    each = sa.func.unnest(sa.literal(keys, postgresql.ARRAY(sa.BigInteger()))).column_valued("key")
    db.session.execute(sa.select(lock(each)))


def survivor_of(person: UUID) -> UUID:
    """The record under which a person is kept now: the person's own id if it was not merged."""
    return top_of(person, _edges_of(person))


def people_of(person: UUID) -> list[UUID]:
    """The ids whose records are shown as this person's: its own, and those merged into it."""
    return below(person, _edges_of(person))


@cache
def _into() -> Query:
    merge = PersonMerge
    return sa.select(merge.loser_id, merge.survivor_id).where(
        merge.state == State.LIVE.value, merge.loser_id.in_(_IDS)
    )


def survivors(people: Collection[UUID]) -> dict[UUID, UUID]:
    """For those of these people who were merged: under whom each is kept now."""
    edges: set[tuple[UUID, UUID]] = set()
    fresh = set(people)
    while fresh:
        rows = db.session.execute(_into(), {"ids": sorted(fresh)})
        more = {(loser, survivor) for loser, survivor in rows} - edges
        edges |= more
        fresh = {survivor for _, survivor in more}
    known = frozenset(edges)
    return {person: top for person in people if (top := top_of(person, known)) != person}


@cache
def _under() -> Query:
    merge = PersonMerge
    return sa.select(merge.loser_id, merge.survivor_id).where(
        merge.state == State.LIVE.value, merge.survivor_id.in_(_IDS)
    )


def merged_into(people: Collection[UUID]) -> dict[UUID, UUID]:
    """Those who were merged into any of these people, at whatever remove: into which of them."""
    found: dict[UUID, UUID] = {}
    fresh = set(people)
    while fresh:
        rows = db.session.execute(_under(), {"ids": sorted(fresh)})
        more = {loser: found.get(survivor, survivor) for loser, survivor in rows}
        fresh = more.keys() - found.keys()
        found |= more
    return found


def merges_of(person: UUID) -> list[PersonMerge]:
    """Every merge into this person or of this person, standing or undone, newest first."""
    ids = people_of(person)
    merge = PersonMerge
    asked = sa.select(merge).where(sa.or_(merge.survivor_id.in_(ids), merge.loser_id.in_(ids)))
    return list(db.session.scalars(asked.order_by(merge.made_at.desc(), merge.id)))


def end_of(merge: PersonMerge) -> RightEnd | None:
    """By whom, when and why a merge was undone; None while it stands."""
    return db.session.get(RightEnd, merge.id)


def merged_into_one(person: Column) -> sa.Label[UUID | None]:
    """Into whom the person was merged, as a column ``merged_into``; NULL for most."""
    merge = Rows(PersonMerge, "merged_into")
    into = (
        sa.select(merge.survivor_id)
        .where(merge.loser_id == person, merge.state == word(State.LIVE))
        .correlate_except(merge.table)
        .limit(1)
    )
    return into.scalar_subquery().label("merged_into")


def stands_alone(person: Column) -> sa.ColumnElement[bool]:
    """The person was not merged into another: for lists in which everybody stands once."""
    merge = Rows(PersonMerge, "merged_away")
    return sa.not_(some(merge, merge.loser_id == person, merge.state == word(State.LIVE)))
