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
KINDS = ("police", "justice-social-work")
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
    teams: list[UUID] = field(default_factory=list)
    capacities: dict[str, list[int]] = field(default_factory=dict)
    agreements: list[UUID] = field(default_factory=list)


def build(random: Random, *, rights: int = 300) -> RandomWorld:
    """Fill an empty database; call inside a system unit of work."""
    world = RandomWorld()
    areas = _areas(random, world)
    for number in range(4):
        kind = KINDS[number // 2]
        agency = Agency(
            id=new_id(), area_id=AREAS[number % 2], type=kind, name=f"A{number}", short_name="A"
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
    world.teams = [team.id for team in teams]
    world.capacities = areas
    makers = dice(random, world).makers()
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


def _areas(random: Random, world: RandomWorld) -> dict[str, list[int]]:
    capacities: dict[str, list[int]] = {}
    for area in AREAS:
        seed.add_area(area, area.title(), "england-wales")
        found = db.session.scalars(sa.select(m.CapacityRow).where(m.CapacityRow.area_id == area))
        capacities[area] = [row.id for row in found]
        agreement = m.Agreement(id=new_id(), area_id=area, version=1, title="x", **_live(random))
        db.session.add(agreement)
        db.session.flush()
        world.agreements.append(agreement.id)
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


def _live(random: Random, *, sure: float = 0.5, now: datetime = NOW) -> dict[str, Any]:
    """A right that is live, over, to come, revoked, or begins or ends at this very moment."""
    starts: datetime = now - 5 * SPOT
    ends: datetime = now + 5 * SPOT
    if random.random() > sure:
        starts = random.choice([now - 5 * SPOT, now, now + SPOT])
        ends = max(starts, random.choice([now - SPOT, now, now + 5 * SPOT]))
    return {
        "made_at": now,
        "starts_at": starts,
        "ends_at": ends,
        "state": 0 if random.random() < 0.1 else 1,
    }


@dataclass
class Dice:
    """Throws random rights over a world, about a moment."""

    random: Random
    world: RandomWorld
    teams: list[UUID]
    capacities: dict[str, list[int]]
    now: datetime = NOW

    def one(self, things: Any) -> Any:
        return self.random.choice(list(things))

    def user(self) -> UUID:
        return self.one(self.world.readers).user_id

    def agency(self) -> UUID:
        return self.one(self.world.agencies)

    def person(self) -> UUID:
        return self.one(self.world.people)

    def capacity(self) -> int:
        return self.one(self.capacities[self.one(AREAS)])

    def agency_of(self, user: UUID) -> UUID:
        mine = next(r.agency_id for r in self.world.readers if r.user_id == user)
        return self.one([mine, mine, mine, self.agency()])

    def live(self, sure: float = 0.5) -> dict[str, Any]:
        return _live(self.random, sure=sure, now=self.now)

    def place(self) -> m.PersonArea:
        return m.PersonArea(person_id=self.person(), area_id=self.one(AREAS), **self.live())

    def team(self) -> m.CaseTeam:
        return m.CaseTeam(
            person_id=self.person(), agency_id=self.agency(), capacity_id=self.capacity(),
            **self.live(),
        )  # fmt: skip

    def worker(self) -> m.CaseWorker:
        who = self.user()
        return m.CaseWorker(
            person_id=self.person(), agency_id=self.agency_of(who), team_id=self.one(self.teams),
            user_id=who, part="worker", **self.live(),
        )  # fmt: skip

    def share(self) -> m.Share:
        return m.Share(
            person_id=self.person(), owner_agency_id=self.agency(), agency_id=self.agency(),
            section=self.one(Section).value, level=self.random.randrange(1, 4),
            record_id=self.one([NOBODY, self.one(self.world.records)]), **self.live(),
        )  # fmt: skip

    def exclusion(self) -> m.Exclusion:
        """Of a user, now and then of an agency; a row that names nobody keeps nobody out."""
        user, agency = (self.user(), NOBODY), (NOBODY, self.agency())
        user_id, agency_id = self.one([*[user] * 4, agency, *[(NOBODY, NOBODY)] * 4])
        return m.Exclusion(
            person_id=self.person(), user_id=user_id, agency_id=agency_id, **self.live(0.2)
        )

    def emergency(self) -> m.Emergency:
        return m.Emergency(
            user_id=self.user(), person_id=self.person(), capacity_id=self.capacity(),
            **self.live(),
        )  # fmt: skip

    def member(self) -> m.HandlingMember:
        return m.HandlingMember(
            group_id=self.one(self.world.groups), user_id=self.user(), **self.live()
        )

    def seat(self) -> m.MeetingSeat:
        who = self.one([NOBODY, self.user()])
        return m.MeetingSeat(
            meeting_id=self.one(self.world.meetings), person_id=self.person(), user_id=who,
            agency_id=self.agency_of(who) if who != NOBODY else self.agency(),
            part=self.one([Part.CHAIR, Part.COORDINATOR, Part.ATTENDEE]).value,
            capacity_id=self.capacity(), **self.live(),
        )  # fmt: skip

    def reader(self) -> m.NamedReader:
        who = self.user()
        return m.NamedReader(
            record_id=self.one(self.world.records), kind=self.one(Reader).value, user_id=who,
            team_id=self.one([*self.teams, NOBODY]), agency_id=self.agency_of(who), **self.live(),
        )  # fmt: skip

    def mark(self) -> m.Mark:
        return m.Mark(
            record_id=self.one(self.world.records), kind=self.one(MarkKind).value, review_on=NOW,
            **self.live(0.2),
        )  # fmt: skip

    def marked(self) -> list[m.Right]:
        """A record sealed or hidden, and who still reads it, as one act of its owner."""
        record = self.one(self.world.records)
        who = self.one(self.world.readers)
        reader = m.NamedReader(
            record_id=record, kind=Reader.USER.value, user_id=who.user_id, team_id=NOBODY,
            agency_id=who.agency_id, **self.live(0.8),
        )  # fmt: skip
        kind = self.one(MarkKind).value
        mark = m.Mark(record_id=record, kind=kind, review_on=NOW, **self.live(0.5))
        return [mark, reader]

    def answered(self) -> list[m.Right]:
        """What an answered request gives: sections of one owner to one agency, for one time."""
        person, owner, agency = self.person(), self.agency(), self.agency()
        sections = self.random.sample(list(Section), 3)
        level, live = self.random.randrange(2, 4), self.live(0.7)
        return [
            m.Share(
                person_id=person, owner_agency_id=owner, agency_id=agency, section=each.value,
                level=level, record_id=NOBODY, **live,
            )
            for each in {*sections, Section.IDENTITY}
        ]  # fmt: skip

    def bulk(self) -> list[m.Right]:
        """One section of everybody to one agency, as two people agreed."""
        owner, agency, section = self.agency(), self.agency(), self.one(Section).value
        level, live = self.random.randrange(2, 4), self.live(0.7)
        return [
            m.Share(
                person_id=each, owner_agency_id=owner, agency_id=agency, section=section,
                level=level, record_id=NOBODY, **live,
            )
            for each in self.world.people
        ]  # fmt: skip

    def cell(self) -> m.AgreementCell:
        agreement = self.one(self.world.agreements)
        return m.AgreementCell(
            agreement_id=agreement, capacity_id=self.capacity(), section=self.one(Section).value,
            level=self.random.randrange(4), **self.live(),
        )  # fmt: skip

    def role_cell(self) -> m.RoleCell:
        return m.RoleCell(
            agreement_id=self.one(self.world.agreements), area_id=self.one(AREAS),
            role=str(self.one([*_WITH_CELLS, PREPARING])), section=self.one(Section).value,
            level=self.random.randrange(4), **self.live(),
        )  # fmt: skip

    def makers(self) -> list[Any]:
        """Ways to make a right; those that carry most questions stand twice."""
        return [
            self.place, self.team, self.team, self.worker, self.share, self.exclusion,
            self.emergency, self.member, self.seat, self.seat, self.reader, self.mark,
        ]  # fmt: skip


def dice(random: Random, world: RandomWorld, now: datetime = NOW) -> Dice:
    """Dice for a world that was built."""
    return Dice(random, world, world.teams, world.capacities, now)
