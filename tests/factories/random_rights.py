"""Random rights over a handful of people, agencies and readers: the ground of the policy's laws."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import models as m
from mappa.access.actor import Actor
from mappa.access.labels import Labelled
from mappa.access.terms import PREPARING, Capacity, MarkKind, Part, Reader, Role, Section
from mappa.agencies import seed
from mappa.agencies.models import Agency, Team, User
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.offenders.models import Address, Offence, Person, PersonChange, StaffWarning
from tests.factories.world import NOW

AREAS = ("one", "two")
_WITH_CELLS = (Role.COORDINATOR, Role.INFORMATION_OFFICER, Role.CHAIR)
SPOT = timedelta(days=1)


@dataclass
class RandomWorld:
    """What was made: readers, people, agencies, record ids, meeting ids, handling groups."""

    readers: list[Actor] = field(default_factory=list)
    people: list[UUID] = field(default_factory=list)
    agencies: list[UUID] = field(default_factory=list)
    records: list[UUID] = field(default_factory=list)
    meetings: list[UUID] = field(default_factory=list)
    groups: list[UUID] = field(default_factory=list)


def build(random: Random, *, rights: int = 300) -> RandomWorld:
    """Fill an empty database; call inside a system unit of work."""
    world = RandomWorld()
    areas = _areas(random)
    for number in range(4):
        agency = Agency(
            id=new_id(), area_id=AREAS[number % 2], type="police", name=f"A{number}", short_name="A"
        )
        db.session.add(agency)
        world.agencies.append(agency.id)
    db.session.flush()
    teams = [Team(id=new_id(), agency_id=each, name="T") for each in world.agencies]
    db.session.add_all(teams)
    _readers(random, world, [team.id for team in teams])
    for number in range(3):
        person = Person(
            id=new_id(),
            owner_agency_id=random.choice(world.agencies),
            given_name="P",
            family_name=str(number),
            sort_name=str(number),
            jurisdiction="england-wales",
        )
        db.session.add(person)
        world.people.append(person.id)
    db.session.flush()
    world.groups = _groups(world)
    world.records = [new_id() for _ in range(24)] + world.people
    world.meetings = [new_id() for _ in range(2)]
    makers = _makers(random, world, [team.id for team in teams], areas)
    for _ in range(rights):
        db.session.add(random.choice(makers)())
    db.session.add_all(_records(random, world))
    db.session.flush()
    db.session.execute(sa.text("ANALYZE"))
    return world


def _records(random: Random, world: RandomWorld) -> Iterator[Labelled]:
    """Rows of three tables and of one derived table, under random labels."""

    def label() -> dict[str, Any]:
        return {
            "person_id": random.choice(world.people),
            "owner_agency_id": random.choice(world.agencies),
            "audience": random.choice([0, 0, 0, 1]),
            "handling_group_id": random.choice(world.groups),
        }

    day = NOW.date()
    staff = {"added_by_id": NOBODY, "added_at": NOW}
    for record in world.records[0:8]:
        yield StaffWarning(id=record, headline="h", review_on=day, **staff, **label())
    for record in world.records[8:16]:
        until = random.choice([None, day])
        yield Address(
            id=record, kind="home", lines="l", postcode="p", district="d", from_on=day,
            until_on=until, **staff, **label(),
        )  # fmt: skip
    for record in world.records[16:24]:
        yield Offence(id=record, kind="k", sentence="s", **label())
    for _ in range(30):
        yield PersonChange(
            subject_id=random.choice(world.records), section=random.choice(list(Section)).value,
            meeting_id=random.choice(world.meetings), kind="k", what="w", by_id=NOBODY, at=NOW,
            **label(),
        )  # fmt: skip


def _areas(random: Random) -> dict[str, list[int]]:
    capacities: dict[str, list[int]] = {}
    for area in AREAS:
        seed.add_area(area, area.title(), "england-wales")
        found = db.session.scalars(sa.select(m.CapacityRow).where(m.CapacityRow.area_id == area))
        capacities[area] = [row.id for row in found]
        agreement = m.Agreement(id=new_id(), area_id=area, version=1, title="x", **_live(random))
        db.session.add(agreement)
        db.session.flush()
        for section in Section:
            for capacity in capacities[area]:
                db.session.add(
                    m.AgreementCell(
                        agreement_id=agreement.id,
                        capacity_id=capacity,
                        section=section.value,
                        level=random.randrange(4),
                        **_live(random, sure=0.8),
                    )
                )
            for role in (*_WITH_CELLS, PREPARING):
                db.session.add(
                    m.RoleCell(
                        agreement_id=agreement.id,
                        area_id=area,
                        role=str(role),
                        section=section.value,
                        level=random.randrange(4),
                        **_live(random, sure=0.8),
                    )
                )
    db.session.flush()
    assert len(Capacity) == len(capacities[AREAS[0]])
    return capacities


def _readers(random: Random, world: RandomWorld, teams: list[UUID]) -> None:
    for role in Role:
        user = User(id=new_id(), name=role.value, email=f"{role.value}@example.org")
        db.session.add(user)
        number = random.randrange(len(world.agencies))
        world.readers.append(
            Actor(
                user_id=user.id,
                name=user.name,
                posting_id=new_id(),
                agency_id=world.agencies[number],
                agency_name="A",
                area_id=AREAS[number % 2],
                team_id=random.choice([teams[number], NOBODY]),
                role=role,
                session_id=new_id(),
            )
        )


def _groups(world: RandomWorld) -> list[UUID]:
    groups = [m.HandlingGroup(id=new_id(), agency_id=each, name="G") for each in world.agencies]
    db.session.add_all(groups)
    db.session.flush()
    return [group.id for group in groups]


def _live(random: Random, *, sure: float = 0.5) -> dict[str, Any]:
    """A right that is live, over, to come, revoked, or begins or ends at this very moment."""
    starts: datetime = NOW - 5 * SPOT
    ends: datetime = NOW + 5 * SPOT
    if random.random() > sure:
        starts = random.choice([NOW - 5 * SPOT, NOW, NOW + SPOT])
        ends = max(starts, random.choice([NOW - SPOT, NOW, NOW + 5 * SPOT]))
    return {
        "made_at": NOW,
        "starts_at": starts,
        "ends_at": ends,
        "state": 0 if random.random() < 0.1 else 1,
    }


def _makers(
    random: Random, world: RandomWorld, teams: list[UUID], areas: dict[str, list[int]]
) -> list[Any]:
    def one(things: list[Any]) -> Any:
        return random.choice(things)

    def user() -> UUID:
        return one(world.readers).user_id

    def any_capacity() -> int:
        return one(areas[one(list(AREAS))])

    def agency_of(user_id: UUID) -> UUID:
        mine = next(r.agency_id for r in world.readers if r.user_id == user_id)
        return one([mine, mine, mine, one(world.agencies)])

    def seat() -> m.MeetingSeat:
        who = one([NOBODY, user()])
        return m.MeetingSeat(
            meeting_id=one(world.meetings),
            person_id=one(world.people),
            user_id=who,
            agency_id=agency_of(who) if who != NOBODY else one(world.agencies),
            part=one([Part.CHAIR, Part.COORDINATOR, Part.ATTENDEE]).value,
            capacity_id=any_capacity(),
            **_live(random),
        )

    def reader() -> m.NamedReader:
        who = user()
        return m.NamedReader(
            record_id=one(world.records),
            kind=one(list(Reader)).value,
            user_id=who,
            team_id=one([*teams, NOBODY]),
            agency_id=agency_of(who),
            **_live(random),
        )

    def worker() -> m.CaseWorker:
        who = user()
        return m.CaseWorker(
            person_id=one(world.people),
            agency_id=agency_of(who),
            team_id=one(teams),
            user_id=who,
            part="worker",
            **_live(random),
        )

    return [
        lambda: m.PersonArea(
            person_id=one(world.people), area_id=one(list(AREAS)), **_live(random)
        ),
        *[
            lambda: m.CaseTeam(
                person_id=one(world.people),
                agency_id=one(world.agencies),
                capacity_id=any_capacity(),
                **_live(random),
            )
        ]
        * 2,
        worker,
        lambda: m.Share(
            person_id=one(world.people),
            owner_agency_id=one(world.agencies),
            agency_id=one(world.agencies),
            section=one(list(Section)).value,
            record_id=one([NOBODY, one(world.records)]),
            level=random.randrange(1, 4),
            **_live(random),
        ),
        *[
            lambda: m.Exclusion(
                person_id=one(world.people),
                user_id=one([user(), NOBODY]),
                agency_id=NOBODY,
                **_live(random, sure=0.2),
            )
        ],
        lambda: m.Emergency(
            user_id=user(), person_id=one(world.people), capacity_id=any_capacity(), **_live(random)
        ),
        lambda: m.HandlingMember(group_id=one(world.groups), user_id=user(), **_live(random)),
        *[seat] * 2,
        reader,
        lambda: m.Mark(
            record_id=one(world.records),
            kind=one(list(MarkKind)).value,
            review_on=NOW,
            **_live(random, sure=0.2),
        ),
    ]
