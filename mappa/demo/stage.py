"""The stage on which the demo is told: two areas, their agencies and staff, and who acts when.

Everything that happens to people is done by the services, as the person whose job it is and on the
day it happened, so that the demo cannot hold what the platform would refuse.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from config.settings import DEMO_PASSWORD
from mappa.access import guard, rights
from mappa.access.actor import Actor
from mappa.access.models import HandlingGroup
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Role
from mappa.agencies import passwords, seed
from mappa.agencies.models import Agency, Team, User
from mappa.demo.roster import AGENCIES, AREAS, FIRST, HANDLING, STAFF, TEAMS, Member
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work

HISTORY = timedelta(days=730)


@dataclass
class Stage:
    """What the story needs to look up, by short keys."""

    opened_at: datetime
    agencies: dict[str, Agency] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    groups: dict[str, UUID] = field(default_factory=dict)

    @contextmanager
    def act(self, who: str, at: datetime) -> Iterator[Actor]:
        """A unit of work of one of the staff at a moment; policy and guard are on."""
        with clock.at(at), unit_of_work(Kind.WRITE):
            actor = self.actors[who]
            guard.acts_as(actor)
            yield actor


def build(now: datetime) -> Stage:
    """Areas, agreements, agencies, teams, handling groups, accounts and postings."""
    stage = Stage(opened_at=now - HISTORY - timedelta(days=30))
    with clock.at(stage.opened_at), unit_of_work(Kind.WRITE, system="demo"):
        for area, name, jurisdiction in AREAS:
            seed.add_area(area, name, jurisdiction)
            seed.sign_default_agreement(area, at=stage.opened_at, starts_at=stage.opened_at)
        for key, agency in AGENCIES.items():
            stage.agencies[key] = Agency(id=new_id(), **vars(agency))
            db.session.add(stage.agencies[key])
        db.session.flush()
        for key, (agency_key, name) in TEAMS.items():
            team = Team(id=new_id(), agency_id=stage.agencies[agency_key].id, name=name)
            db.session.add(team)
            stage.teams[key] = team.id
        db.session.flush()
        hashed = passwords.hash_of(DEMO_PASSWORD)
        for member in STAFF:
            _post(stage, member, hashed)
        for key, (agency_key, name, members) in HANDLING.items():
            _group(stage, key, agency_key, name, members)
        db.session.expunge_all()
    return stage


def _post(stage: Stage, member: Member, hashed: str) -> None:
    agency = stage.agencies[member.agency]
    team = stage.teams[member.team] if member.team else NOBODY
    account = User(
        id=new_id(),
        name=member.name,
        email=f"{member.key}@{agency.area_id}.example.org",
        phone=member.phone,
        password_hash=hashed,
        password_set_at=stage.opened_at,
        demo=True,
        demo_order=FIRST.index(member.key) + 1 if member.key in FIRST else 0,
    )
    db.session.add(account)
    db.session.flush()
    given = Given(at=stage.opened_at, reason="demo")
    posting = rights.post(account.id, agency.id, agency.area_id, member.role, given, team=team)
    stage.actors[member.key] = Actor(
        user_id=account.id,
        name=account.name,
        posting_id=posting.id,
        agency_id=agency.id,
        agency_name=agency.name,
        area_id=agency.area_id,
        team_id=team,
        role=Role(member.role),
        session_id=NOBODY,
    )


def _group(stage: Stage, key: str, agency: str, name: str, members: tuple[str, ...]) -> None:
    group = HandlingGroup(id=new_id(), agency_id=stage.agencies[agency].id, name=name)
    db.session.add(group)
    db.session.flush()
    for member in members:
        given = Given(at=stage.opened_at, reason="demo")
        rights.join_handling(group.id, stage.actors[member].user_id, given)
    stage.groups[key] = group.id


CAPACITY = {
    "police": Capacity.RESPONSIBLE,
    "probation": Capacity.RESPONSIBLE,
    "prison": Capacity.RESPONSIBLE,
    "justice": Capacity.RESPONSIBLE,
    "children": Capacity.COOPERATE_CHILDREN,
    "adults": Capacity.COOPERATE,
    "housing": Capacity.COOPERATE_HOUSING,
    "health": Capacity.COOPERATE,
}
"""In what capacity an agency joins a case team it does not lead, by the end of its key."""
