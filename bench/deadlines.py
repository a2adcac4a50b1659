"""A database of very many open deadlines, for measuring the sweep: made by migrations, then loaded.

Synthetic: agencies with teams, people on their case teams, and duties whose days lie around today.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import sqlalchemy as sa

from mappa.access.models import CapacityRow
from mappa.access.terms import Part, Role, Section
from mappa.agencies import seed
from mappa.agencies.models import Agency, Team
from mappa.kernel.bulk import Load, loading
from mappa.kernel.crypto import many_ids
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work

AREA = "northmoor"
AGENCIES, TEAMS, OFFICERS = 10, 5, 20
"""Agencies, teams of each, officers of a team."""
LATEST, AHEAD = 30, 180
"""Days: how late the latest duty is, and how far ahead the last one lies."""
RULE, KIND, TITLE = "visit-review-high", "visit-review", "Next home visit"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Officer:
    """Somebody who owes duties."""

    user: str
    team: str
    agency: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """How much there is to be; ``late`` is the share of duties that are overdue."""

    people: int
    deadlines: int
    late: float


def fill(url: str, wanted: Wanted, today: date) -> None:
    """Fill a migrated, empty database; an application context of it is open."""
    with unit_of_work(Kind.WRITE, system="bench") as unit:
        seed.add_area(AREA, "Northmoor", "england-wales")
        seed.sign_default_agreement(AREA, at=unit.at, starts_at=LONG_AGO)
        offices = [_agency(number) for number in range(AGENCIES)]
        capacity = db.session.scalars(
            sa.select(CapacityRow.id).where(CapacityRow.code == "lead")
        ).one()
    for engine in db.engines.values():
        engine.dispose()
    with loading(url, lambda _what: None) as load:
        officers = [each for office in offices for each in _staff(load, *office)]
        _people(load, officers, str(capacity), wanted, today)


def _agency(number: int) -> tuple[str, list[str]]:
    made = Agency(
        area_id=AREA, type="probation", name=f"Agency {number}", short_name=str(number)
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    teams = [Team(agency_id=made.id, name=f"Team {each}") for each in range(TEAMS)]
    db.session.add_all(teams)
    db.session.flush()
    return made.id.hex, [team.id.hex for team in teams]


def _staff(load: Load, agency: str, teams: list[str]) -> Iterator[Officer]:
    def post(role: Role, team: str) -> str:
        number = next(_numbers)
        user = load.sheet("user_account").add(name=f"U{number}", email=f"u{number}@example.org")
        load.sheet("posting").add(
            user_id=user, agency_id=agency, area_id=AREA, team_id=team, role=role.value,
            starts_at=LONG_AGO, made_at=LONG_AGO,
        )  # fmt: skip
        return user

    post(Role.AGENCY_LEAD, UUID(int=0).hex)
    for team in teams:
        post(Role.SUPERVISOR, team)
        for _ in range(OFFICERS):
            yield Officer(post(Role.PROTECTION_OFFICER, team), team, agency)


_numbers = iter(range(1_000_000))
_ids = many_ids()


def _people(
    load: Load, officers: list[Officer], capacity: str, wanted: Wanted, today: date
) -> None:
    rng = Random(1)
    right = {"starts_at": LONG_AGO, "made_at": LONG_AGO}
    each, more = divmod(wanted.deadlines, wanted.people)
    for number in range(wanted.people):
        officer = officers[number % len(officers)]
        person = load.sheet("person").add(
            owner_agency_id=officer.agency, given_name="Alex", family_name=f"N{number}",
            sort_name=f"n{number},alex", jurisdiction="england-wales", manager_id=officer.user,
            category=1, level=1,
        )  # fmt: skip
        load.sheet("person_area").add(person_id=person, area_id=AREA, **right)
        load.sheet("case_team").add(
            person_id=person, agency_id=officer.agency, capacity_id=capacity, **right
        )
        load.sheet("case_worker").add(
            person_id=person, agency_id=officer.agency, team_id=officer.team,
            user_id=officer.user, part=Part.MANAGER.value, **right,
        )  # fmt: skip
        for _ in range(each + (number < more)):
            _duty(load, person, officer, _day(rng, wanted.late, today))


def _day(rng: Random, late: float, today: date) -> date:
    if rng.random() < late:
        return today - timedelta(days=rng.randint(1, LATEST))
    return today + timedelta(days=rng.randint(0, AHEAD))


def _duty(load: Load, person: str, officer: Officer, due_on: date) -> None:
    record = next(_ids)
    load.sheet("deadline").add(
        person_id=person, owner_agency_id=officer.agency, section=Section.VISITS.value,
        subject_id=record, about_id=record, kind=KIND, title=TITLE, rule_id=RULE, rule_version=1,
        jurisdiction="england-wales", starts_on=due_on - timedelta(days=90), due_on=due_on,
        owner_user_id=officer.user, owner_team_id=officer.team, owed_by_agency_id=officer.agency,
        opened_at=LONG_AGO,
    )  # fmt: skip
