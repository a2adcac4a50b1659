"""The areas, agencies and staff of a large demo, beside those of the ordinary one."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from random import Random

import sqlalchemy as sa

from mappa.access.models import CapacityRow
from mappa.access.terms import Capacity, Role
from mappa.agencies import seed
from mappa.agencies.models import Agency
from mappa.audit.bulk import History
from mappa.demo.people.lists import ORIGINS
from mappa.demo.roster import STAFF
from mappa.demo.stage import CAPACITY, Stage
from mappa.kernel import clock
from mappa.kernel.bulk import Load
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.uow import Kind, unit_of_work

FURTHER = (
    ("ravensmoor", "Ravensmoor"),
    ("saltholm", "Saltholm"),
    ("kestrelvale", "Kestrelvale"),
)
SERVICES = {
    "police": ("police", "Police", "the public protection unit"),
    "probation": ("probation", "Probation", "the duty manager"),
    "prison": ("prison", "Prison", "the offender management unit"),
    "children": ("childrens-services", "Children’s services", "the front door team"),
    "housing": ("housing", "Housing", "the housing options team"),
    "health": ("mental-health", "Mental Health Trust", "the forensic community team"),
}
"""The services of a further area: type, name, desk."""

FEW = {("saltholm", "health"): 60, ("kestrelvale", "housing"): 3}
"""Agencies that hold few people: what is slow for a small agency must show."""

_ROLES = {
    "police": Role.PROTECTION_OFFICER,
    "probation": Role.OFFENDER_MANAGER,
    "justice": Role.SOCIAL_WORKER,
    "children": Role.SOCIAL_WORKER,
}
CASES, CASES_OF_OTHERS, IN_A_TEAM = 15, 40, 12
_numbers = count(1)


@dataclass(frozen=True)
class Worker:
    """One of the staff; ``who`` is the number under which the audit knows them."""

    id: str
    name: str
    agency: str
    agency_name: str
    team: str
    who: int


@dataclass
class Office:
    """An agency with its staff, and how many people it may still take on."""

    id: str
    name: str
    service: str
    capacity: Capacity
    most: int | None
    workers: list[Worker] = field(default_factory=list)
    taken: int = 0

    def full(self) -> bool:
        """Whether it holds as many people as it is to hold."""
        return self.most is not None and self.taken >= self.most


@dataclass(frozen=True)
class Place:
    """An area: its offices by service, and the small ids of its capacities."""

    id: str
    jurisdiction: str
    offices: dict[str, Office]
    capacities: dict[str, str]

    @property
    def partner(self) -> str:
        """Who leads where the police does not."""
        return "justice" if self.jurisdiction == "scotland" else "probation"


def add_areas(stage: Stage) -> None:
    """Add the further areas, with agreements and agencies but without staff."""
    with clock.at(stage.opened_at), unit_of_work(Kind.WRITE, system="demo"):
        for area, name in FURTHER:
            seed.add_area(area, name, "england-wales")
            seed.sign_default_agreement(area, at=stage.opened_at, starts_at=stage.opened_at)
            for service, (kind, short, desk) in SERVICES.items():
                agency = Agency(
                    id=new_id(), area_id=area, type=kind, name=f"{name} {short}", short_name=short,
                    phone="01632 960500", desk=desk,
                )  # fmt: skip
                db.session.add(agency)
                stage.agencies[f"{area}-{service}"] = agency
        db.session.flush()
        db.session.expunge_all()


def places(stage: Stage, load: Load, history: History, *, active: int) -> list[Place]:
    """Every area with its offices and enough staff for ``active`` people in each area."""
    rng = Random("staff")
    found = []
    for area, jurisdiction in (
        ("northmoor", "england-wales"),
        ("strathannan", "scotland"),
        *((area, "england-wales") for area, _ in FURTHER),
    ):
        offices = {each.service: each for each in _offices(stage, area)}
        for office in offices.values():
            _staff(stage, load, history, area, office, rng, active)
        capacities = {row.code: str(row.id) for row in load.select(_capacities(area))}
        found.append(Place(area, jurisdiction, offices, capacities))
    return found


def _capacities(area: str) -> Query:
    return sa.select(CapacityRow.code, CapacityRow.id).where(CapacityRow.area_id == area)


def _offices(stage: Stage, area: str) -> Iterator[Office]:
    for key, agency in stage.agencies.items():
        if agency.area_id == area:
            service = key.rpartition("-")[2]
            most = FEW.get((area, service))
            yield Office(agency.id.hex, agency.name, service, CAPACITY[service], most)


def _staff(
    stage: Stage, load: Load, history: History, area: str, office: Office, rng: Random, active: int
) -> None:
    """The named staff of the demo first, then as many more as the people need."""
    role = _ROLES.get(office.service, Role.REPRESENTATIVE)
    known = [each for each in STAFF if stage.agencies[each.agency].id.hex == office.id]
    for member in known:
        if member.role is role:
            actor = stage.actors[member.key]
            who = history.actor(actor.user_id.hex, office.id)
            office.workers.append(
                Worker(
                    actor.user_id.hex, actor.name, office.id, office.name, actor.team_id.hex, who
                )
            )
    leads = office.service in ("police", "probation", "justice")
    wanted = max(2, active // (CASES if leads else CASES_OF_OTHERS))
    if office.most is not None:
        wanted = 2
    team = ""
    for number in range(wanted - len(office.workers)):
        if number % IN_A_TEAM == 0:
            name = f"{office.name}, team {number // IN_A_TEAM + 1}"
            team = load.sheet("team").add(agency_id=office.id, name=name)
            _post(load, history, area, office, rng, Role.SUPERVISOR, team, stage.opened_at)
        made = _post(load, history, area, office, rng, role, team, stage.opened_at)
        office.workers.append(made)
    if area in dict(FURTHER):
        _post(load, history, area, office, rng, Role.AGENCY_LEAD, NOBODY.hex, stage.opened_at)


def _post(
    load: Load, history: History, area: str, office: Office, rng: Random, role: Role, team: str,
    at: datetime,
) -> Worker:  # fmt: skip
    """One more of the staff. No password: nobody signs in as them."""
    origin = rng.choice(ORIGINS[:3])
    name = f"{rng.choice(origin.women + origin.men)} {rng.choice(origin.families)}"
    user = load.sheet("user_account").add(
        name=name, email=f"{next(_numbers)}@staff.{area}.example.org"
    )
    load.sheet("posting").add(
        user_id=user, agency_id=office.id, area_id=area, team_id=team, role=role.value,
        starts_at=at, made_at=at, reason="demo",
    )  # fmt: skip
    return Worker(user, name, office.id, office.name, team, history.actor(user, office.id))
