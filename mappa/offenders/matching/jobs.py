"""Comparing who was added with everybody: the system's work, of which the adder gets no sign."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access.models import PersonArea
from mappa.access.terms import State
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import candidates
from mappa.offenders.matching import rules
from mappa.offenders.matching.models import MatchCheck, MatchTask
from mappa.offenders.matching.rules import NUMBERS, Candidate, Known, Strength
from mappa.offenders.models import Alias, Person

MOST_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a run did: people compared, clashes found."""

    people: int
    clashes: int


def check_matches(app: Flask) -> Checked:
    """Compare everybody who waits for it; one unit of work each, safe to run twice."""
    people = clashes = 0
    with app.app_context():
        for check_id in _waiting():
            with unit_of_work(Kind.WRITE, system="match") as unit:
                check = db.session.get_one(MatchCheck, check_id, with_for_update=True)
                if check.done_at is None:
                    people, clashes = people + 1, clashes + _check(check, unit.at)
                    check.done_at = unit.at
                    db.session.flush()
    return Checked(people=people, clashes=clashes)


def _waiting() -> list[UUID]:
    table = MatchCheck.__table__.c
    open_ones = sa.select(table.id).where(table.done_at.is_(None))
    with unit_of_work(Kind.READ, system="match"):
        first = open_ones.order_by(table.asked_at, table.id).limit(MOST_AT_ONCE)
        return list(db.session.execute(first).scalars())


def _check(check: MatchCheck, at: Any) -> int:
    person = db.session.scalars(sa.select(Person).where(Person.id == check.person_id)).one()
    names = db.session.scalars(
        sa.select(Alias.name).where(Alias.person_id == person.id).order_by(Alias.name)
    )
    numbers = {kind: getattr(person, kind) for kind in NUMBERS}
    candidate = Candidate(
        given_name=person.name, family_name="", aliases=tuple(names), born_on=person.born_on,
        born_about=person.born_about, **numbers,
    )  # fmt: skip
    area = _area_of(person.id, at)
    met = candidates.among_all(rules.wanted_for(candidate), leave_out=person.id)
    return sum(_clashes(check, candidate, each, area, at) for each in met if area)


def _area_of(person: UUID, at: Any) -> str | None:
    table = PersonArea.__table__.c
    live = (table.state == State.LIVE.value, table.starts_at <= at, table.ends_at > at)
    asked = sa.select(table.area_id).where(table.person_id == person, *live)
    return db.session.execute(asked.order_by(table.starts_at)).scalars().first()


def _clashes(
    check: MatchCheck, candidate: Candidate, other: dict[str, Any], area: str | None, at: Any
) -> bool:
    """Whether this is a new task."""
    likeness = rules.compare(candidate, _known(other))
    if likeness is None or likeness.strength is Strength.POSSIBLE:
        return False
    # Who was shown and said to be somebody else is; but not where a number is the same.
    if other["id"].hex in check.dismissed and likeness.strength is not Strength.SAME:
        return False
    if _queued(check.person_id, other["id"]):
        return False
    task = MatchTask(
        person_id=check.person_id, other_id=other["id"], area_id=area,
        strength=likeness.strength.value, found_at=at,
    )  # fmt: skip
    db.session.add(task)
    db.session.flush()
    return True


def _known(row: dict[str, Any]) -> Known:
    others = (row["other_names"] or "").split(candidates.BETWEEN_NAMES)
    name = Person(given_name=row["given_name"], family_name=row["family_name"]).name
    return Known(
        names=(name, *filter(None, others)),
        born_on=row["born_on"],
        born_about=row["born_about"],
        numbers={kind: row[kind] for kind in NUMBERS if row[kind]},
    )


def _queued(one: UUID, other: UUID) -> bool:
    table = MatchTask.__table__.c
    both = sa.select(table.id).where(
        table.person_id.in_([one, other]), table.other_id.in_([one, other])
    )
    return db.session.execute(both.limit(1)).scalar_one_or_none() is not None
