"""Finding people in a bench database: how many are found in spite of a typo, and how long it takes.

``python -m bench.finding``: full names with one letter gone wrong, asked by one police officer
about people that the officer's agency may see; and their exact CRN. Through ``search`` with the
policy on, without the page. Nothing is written.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from random import Random
from statistics import median, quantiles
from string import ascii_lowercase

import sqlalchemy as sa

from bench.data import KINDS, Data, data, served
from bench.readers import AGENCY
from mappa.access import guard
from mappa.access.actor import Actor
from mappa.access.models import CaseTeam, Posting
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency
from mappa.app import create_app
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders.models import Person
from mappa.offenders.search import search

GOAL_RECALL, GOAL_EXACT, GOAL_TYPO = 0.95, 0.005, 0.100
Case = tuple[object, str, str]
"""A person, the name and the CRN."""


def one_typo(rng: Random, text: str) -> str:
    """The text with one letter inserted, left out, replaced, or two neighbours exchanged."""
    at, letter = rng.randrange(len(text) - 1), rng.choice(ascii_lowercase)
    return rng.choice(
        [
            text[:at] + letter + text[at:],
            text[:at] + text[at + 1 :],
            text[:at] + letter + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        ]
    )


def main() -> int:
    """0 if the goals are reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--times", type=int, default=500)
    given = parser.parse_args()
    kinds = tuple(given.kinds.split(","))
    with served(kinds) as server:
        reached = [_measure(data(kind, given.people, server), given.times) for kind in kinds]
    return 0 if all(reached) else 1


def _measure(built: Data, times: int) -> bool:
    app = create_app(built.of("ours"))
    rng = Random(1)
    system = create_app(built.settings)
    with system.app_context(), unit_of_work(Kind.READ, system="bench"):
        actor, cases = _officer(), _people(rng, times)
    found, waited, exact = 0, [], []
    for number, (person, name, crn) in enumerate(cases):
        with app.app_context(), unit_of_work(Kind.READ):
            guard.acts_as(actor)
            began = time.perf_counter()
            answer = search(actor, one_typo(rng, name))
            waited.append(time.perf_counter() - began)
            found += person in {each.person.record for each in answer.found}
        if number < len(cases) // 10:
            waited.clear()  # what is compiled and read first is no measure
        with app.app_context(), unit_of_work(Kind.READ):
            guard.acts_as(actor)
            began = time.perf_counter()
            answer = search(actor, crn)
            exact.append(time.perf_counter() - began)
        if person not in {each.person.record for each in answer.found}:
            raise LookupError(f"{crn} of {name} was not found")
    return _tell(built, found / len(cases), waited, exact[len(cases) // 10 :])


def _tell(built: Data, recall: float, waited: Sequence[float], exact: Sequence[float]) -> bool:
    p95 = quantiles(waited, n=20)[-1]
    print(
        f"{built.kind}, {built.people:,} people: recall on one typo {recall:.1%} (goal 95 %),"
        f" p50 {median(waited) * 1000:.1f} ms, p95 {p95 * 1000:.1f} ms (goal 100);"
        f" exact CRN p50 {median(exact) * 1000:.2f} ms,"
        f" p95 {quantiles(exact, n=20)[-1] * 1000:.2f} ms (goal 5)",
        flush=True,
    )
    return recall >= GOAL_RECALL and p95 <= GOAL_TYPO and median(exact) <= GOAL_EXACT


def _officer() -> Actor:
    user = db.session.execute(
        sa.select(Posting.user_id, Posting.agency_id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(Agency.name == AGENCY, Posting.role == Role.PROTECTION_OFFICER.value)
        .order_by(Posting.id)
        .limit(1)
    ).one()
    found = agencies.acting_as(user.user_id, user.agency_id, [Role.PROTECTION_OFFICER])
    assert found is not None
    return found


def _people(rng: Random, times: int) -> list[Case]:
    agency = sa.select(Agency.id).where(Agency.name == AGENCY).scalar_subquery()
    live = (
        CaseTeam.state == 1,
        CaseTeam.ends_at > current().at,
        CaseTeam.starts_at <= current().at,
    )
    rows = db.session.execute(
        sa.select(Person.id, Person.given_name, Person.family_name, Person.crn)
        .join(CaseTeam, CaseTeam.person_id == Person.id)
        .where(CaseTeam.agency_id == agency, *live, Person.crn.is_not(None))
        .order_by(Person.id)
        .limit(5_000)
    ).all()
    whole = [
        (row[0], f"{row[1]} {row[2]}", row[3])
        for row in rows
        if len(f"{row[1]} {row[2]}") > 3 and row[3]
    ]
    return rng.sample(whole, min(times, len(whole)))


if __name__ == "__main__":
    sys.exit(main())
