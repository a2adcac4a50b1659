"""A small area with agencies, people on their case teams, and signed-in clients.

Everything is written in a unit of work of its own that acts for the system, so a test can build,
then ask as a reader. ``NOW`` is Friday 20 November 2026, 9:30am in London.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from mappa.access import rights
from mappa.access.actor import Actor
from mappa.access.models import HandlingGroup, Posting
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, Part, Role, Section
from mappa.agencies import seed, sessions
from mappa.agencies.models import Agency, Area, Team, User
from mappa.kernel import clock, crypto
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, UnitOfWork, unit_of_work
from mappa.offenders.models import Person
from tests.support.stages import staged

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=730)
AREA = "northmoor"
NORTHMOOR = "northmoor"
SHARED = "shared"
"""What is built once per run, the second on the first."""


@dataclass
class Staff:
    """A user under one posting."""

    user_id: UUID
    posting_id: UUID
    actor: Actor


Keys = tuple[dict[str, UUID], dict[str, Staff], dict[str, UUID]]


@dataclass
class World:
    """An area in the making; agencies and staff by short keys."""

    app: Flask
    agencies: dict[str, UUID] = field(default_factory=dict)
    staff: dict[str, Staff] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def system(self) -> Iterator[UnitOfWork]:
        """A writing unit of work for the system at ``NOW``."""
        with clock.at(NOW), self.app.app_context(), unit_of_work(Kind.WRITE, system="test") as unit:
            yield unit

    @contextmanager
    def as_reader(self, who: str, kind: Kind = Kind.READ) -> Iterator[Actor]:
        """A unit of work of one reader at ``NOW``; the policy and the guard are on."""
        from mappa.access import guard

        with clock.at(NOW), self.app.app_context(), unit_of_work(kind):
            actor = self.staff[who].actor
            guard.acts_as(actor)
            yield actor

    def agency(self, key: str, type_: str, name: str, *, area: str = AREA) -> UUID:
        """Add an agency."""
        with self.system():
            made = Agency(
                area_id=area,
                type=type_,
                name=name,
                short_name=name.split()[-1],
                phone="01632 960140",
                desk="the public protection unit",
            )
            db.session.add(made)
            db.session.flush()
            self.agencies[key] = made.id
        return self.agencies[key]

    def team(self, key: str, agency: str) -> UUID:
        """Add a team."""
        with self.system():
            made = Team(agency_id=self.agencies[agency], name=key)
            db.session.add(made)
            db.session.flush()
            self.teams[key] = made.id
        return self.teams[key]

    def user(
        self, key: str, agency: str, role: Role, *, name: str | None = None, team: str | None = None
    ) -> Staff:
        """Add a user with one posting; the e-mail is ``<key>@example.org``."""
        with self.system():
            account = User(
                name=name or key.title(), email=f"{key}@example.org", phone="01632 960112"
            )
            db.session.add(account)
            db.session.flush()
            home = db.session.get_one(Agency, self.agencies[agency])
            posting = rights.post(
                account.id,
                home.id,
                home.area_id,
                role,
                Given(at=NOW, starts_at=LONG_AGO),
                team=self.teams[team] if team else NOBODY,
            )
            self.staff[key] = _staff(account, posting, home)
        return self.staff[key]

    def person(
        self,
        given: str = "Daniel",
        family: str = "Wexcombe",
        *,
        lead: str = "probation",
        manager: str | None = None,
        area: str = AREA,
        born: date | None = date(1979, 3, 14),
        **columns: object,
    ) -> UUID:
        """Add a person led by an agency, placed in the area."""
        with self.system():
            at = db.session.get_one(Area, area)
            made = Person(
                owner_agency_id=self.agencies[lead],
                given_name=given,
                family_name=family,
                sort_name=f"{family.lower()},{given.lower()}",
                born_on=born,
                jurisdiction=at.jurisdiction,
                **({"category": 1, "level": 1} | columns),
            )
            if manager:
                made.manager_id = self.staff[manager].user_id
            db.session.add(made)
            db.session.flush()
            rights.place(made.id, area, Given(at=NOW, starts_at=LONG_AGO))
            person = made.id
        self.on_team(person, lead, Capacity.LEAD)
        if manager:
            self.worker(person, manager, Part.MANAGER)
        return person

    def on_team(self, person: UUID, agency: str, capacity: Capacity) -> None:
        """Put an agency on the case team."""
        with self.system():
            row = db.session.get_one(Person, person)
            home = db.session.get_one(Agency, self.agencies[agency])
            rights.add_agency_to_team(
                person, home.id, home.area_id, capacity, row.sort_name,
                Given(at=NOW, starts_at=LONG_AGO),
            )  # fmt: skip

    def worker(self, person: UUID, who: str, part: Part = Part.WORKER) -> None:
        """Name a worker on the case team."""
        actor = self.staff[who].actor
        with self.system():
            rights.add_worker(
                person, actor.agency_id, actor.user_id, part, Given(at=NOW, starts_at=LONG_AGO),
                team=actor.team_id,
            )  # fmt: skip

    def share(self, person: UUID, owner: str, agency: str, section: Section, level: Level) -> None:
        """Share a section of an owner with an agency."""
        with self.system():
            row = db.session.get_one(Person, person)
            rights.share(
                person, self.agencies[owner], self.agencies[agency], section, level,
                row.sort_name, Given(at=NOW, starts_at=LONG_AGO),
            )  # fmt: skip

    def handling_group(self, agency: str, *members: str) -> UUID:
        """Add a handling group."""
        with self.system():
            group = HandlingGroup(agency_id=self.agencies[agency], name="Handling group")
            db.session.add(group)
            db.session.flush()
            for who in members:
                rights.join_handling(
                    group.id, self.staff[who].user_id, Given(at=NOW, starts_at=LONG_AGO)
                )
            return group.id

    def client(self, who: str) -> FlaskClient:
        """A browser in which this user is signed in. Use it inside ``clock.at(NOW)``."""
        with self.system() as unit:
            account = db.session.get_one(User, self.staff[who].user_id)
            token = sessions.begin(
                account, self.staff[who].posting_id, at=unit.at,
                second_factor=False, address="", device="",
            )  # fmt: skip
        client = self.app.test_client()
        with client.session_transaction() as cookie:
            cookie[sessions.TOKEN] = token
        return client


def _staff(account: User, posting: Posting, home: Agency) -> Staff:
    actor = Actor(
        user_id=account.id,
        name=account.name,
        posting_id=posting.id,
        agency_id=home.id,
        agency_name=home.name,
        area_id=home.area_id,
        team_id=posting.team_id,
        role=Role(posting.role),
        session_id=crypto.new_id(),
    )
    return Staff(account.id, posting.id, actor)


def northmoor(app: Flask) -> World:
    """The area of the pictures: probation leads, police and the council work with it.

    Staff: priya (offender manager), helen (chair) and grace (supervisor) of probation; owen
    (protection officer), naomi (supervisor) and iris (information officer) of the police; leah
    (social worker) of children's services; sam of housing; amit of health; carl (co-ordinator);
    ada (auditor of probation), adam (administrator of probation), sys (system administrator).
    """
    world = World(app)
    world.agencies, world.staff, world.teams = staged(app, NORTHMOOR, lambda: _northmoor(world))
    return world


def _northmoor(world: World) -> Keys:
    with world.system():
        seed.add_area(AREA, "Northmoor", "england-wales")
        seed.sign_default_agreement(AREA, at=NOW, starts_at=LONG_AGO)
    world.agency("probation", "probation", "Northmoor Probation")
    world.agency("police", "police", "Northmoor Police")
    world.agency("children", "childrens-services", "Northmoor Council Children’s services")
    world.agency("housing", "housing", "Northmoor Council Housing")
    world.agency("health", "mental-health", "Northmoor Mental Health Trust")
    world.team("probation one", "probation")
    world.team("police one", "police")
    world.user(
        "priya", "probation", Role.OFFENDER_MANAGER, name="Priya Sandhurst", team="probation one"
    )
    world.user("grace", "probation", Role.SUPERVISOR, name="Grace Ilford", team="probation one")
    world.user("helen", "probation", Role.CHAIR, name="Helen Carswell")
    world.user("owen", "police", Role.PROTECTION_OFFICER, name="Owen Marsh", team="police one")
    world.user("naomi", "police", Role.SUPERVISOR, name="Naomi Pell", team="police one")
    world.user("iris", "police", Role.INFORMATION_OFFICER, name="Iris Venn")
    world.user("leah", "children", Role.SOCIAL_WORKER, name="Leah Tarrant")
    world.user("sam", "housing", Role.REPRESENTATIVE, name="Sam Ortega")
    world.user("amit", "health", Role.REPRESENTATIVE, name="Amit Solanke")
    world.user("carl", "probation", Role.COORDINATOR, name="Carl Estover")
    world.user("ada", "probation", Role.AUDITOR, name="Ada Kestrel")
    world.user("adam", "probation", Role.AGENCY_ADMINISTRATOR, name="Adam Rook")
    world.user("sys", "probation", Role.SYSTEM_ADMINISTRATOR, name="Sys Merrow")
    return world.agencies, world.staff, world.teams


def a_shared_person(world: World) -> UUID:
    """Daniel Wexcombe: probation leads, police responsible, children's services co-operates."""
    return staged(world.app, SHARED, lambda: _a_shared_person(world), after=NORTHMOOR)


def _a_shared_person(world: World) -> UUID:
    person = world.person(manager="priya", level=2)
    world.on_team(person, "police", Capacity.RESPONSIBLE)
    world.on_team(person, "children", Capacity.COOPERATE_CHILDREN)
    world.worker(person, "owen")
    world.worker(person, "leah")
    return person


def count(model: type[object]) -> int:
    """How many rows a table has; call inside ``World.system``."""
    return db.session.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()
