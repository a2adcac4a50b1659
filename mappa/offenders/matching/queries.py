"""The match queue as its reader may see it: only where both people are visible."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import Seen, sees_person
from mappa.access.terms import Role
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.offenders import candidates
from mappa.offenders.matching.models import MatchTask
from mappa.offenders.matching.rules import NUMBERS, Candidate, Known, Likeness, compare

MOST = 100

_task = MatchTask.__table__
_TASK = sa.bindparam("task", type_=sa.Uuid())


@dataclass(frozen=True)
class Pair:
    """A task of the queue with both people as the reader sees them, and what speaks for one."""

    id: UUID
    state: str
    found_at: datetime
    reason: str
    person: Seen
    other: Seen
    likeness: Likeness | None


def known(seen: Seen) -> Known:
    """A person as far as the reader sees them, for comparing."""
    numbers = {kind: seen.get(kind) or "" for kind in NUMBERS}
    return Known(
        names=tuple(candidates.names_of(seen)),
        born_on=seen.born_on,
        born_about=seen.born_about,
        numbers={kind: text for kind, text in numbers.items() if text},
    )


def described(seen: Seen) -> Candidate:
    """A person as far as the reader sees them, as one asked about."""
    name, *others = candidates.names_of(seen)
    numbers = {kind: seen.get(kind) or "" for kind in NUMBERS}
    return Candidate(
        given_name=name, family_name="", aliases=tuple(others), born_on=seen.born_on,
        born_about=seen.born_about, **numbers,
    )  # fmt: skip


@cache
def _tasks(*, one: bool) -> Query:
    mine: list[sa.ColumnElement[bool]] = [
        ME.role == Role.COORDINATOR.value,
        _task.c.area_id == ME.area,
        sees_person(_task.c.person_id),
        sees_person(_task.c.other_id),
    ]
    mine.append(_task.c.id == _TASK if one else _task.c.state == "open")
    return sa.select(_task).where(*mine).order_by(_task.c.found_at, _task.c.id).limit(MOST)


def _found(actor: Actor, *, one: bool, **binds: Any) -> list[Any]:
    binds |= actor.binds(uow.current().at)
    return list(db.session.execute(_tasks(one=one), binds).all())


def how_many_open(actor: Actor) -> int:
    """How many clashes wait for this co-ordinator; 0 for everybody else."""
    return len(_found(actor, one=False)) if actor.role is Role.COORDINATOR else 0


def open_pairs(actor: Actor) -> list[Pair]:
    """The clashes that wait for this co-ordinator, the oldest first, at most 100."""
    return _pairs(actor, _found(actor, one=False))


def one_pair(actor: Actor, task_id: UUID) -> Pair:
    """A clash of this co-ordinator, decided or not. Raises ``NotFound``."""
    found = _pairs(actor, _found(actor, one=True, task=task_id))
    if not found:
        raise NotFound
    return found[0]


def _pairs(actor: Actor, tasks: list[Any]) -> list[Pair]:
    ids = {each for row in tasks for each in (row.person_id, row.other_id)}
    people = candidates.of_ids(actor, ids)
    both = [row for row in tasks if row.person_id in people and row.other_id in people]
    return [_pair(row, people[row.person_id], people[row.other_id]) for row in both]


def _pair(row: Any, person: Seen, other: Seen) -> Pair:
    likeness = compare(described(person), known(other))
    return Pair(row.id, row.state, row.found_at, row.reason, person, other, likeness)
