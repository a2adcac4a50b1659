"""Shares in a given state, through the service."""

from datetime import date
from uuid import UUID

from mappa.access import rights
from mappa.access.rights import Given, NewCase
from mappa.access.terms import Capacity, Level, Section
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.sharing.shares import service
from mappa.sharing.shares.rules import Basis, MakeShare
from tests.factories.world import AREA, LONG_AGO, NOW, World

TODAY = date(2026, 11, 20)
PURPOSE = "to protect the public, children, adults at risk, victims and staff"
LAW = Basis(statutes=("cja-2003-325-4",), regime="part-3", condition="sch8-4")


def to_give(world: World, to: str = "children", **said: object) -> MakeShare:
    """A command to share all visits in full for six months, from today."""
    plain = {
        "agency_id": world.agencies[to],
        "sections": (Section.VISITS,),
        "level": Level.FULL,
        "purpose": PURPOSE,
        "basis": LAW,
        "why": "A child of the family is subject to a plan and lives two streets away.",
        "starts_on": TODAY,
        "ends_on": date(2027, 5, 20),
        "review_on": date(2027, 2, 22),
    }
    return MakeShare(**(plain | said))


def a_share(
    world: World, person: UUID, to: str = "children", *, by: str = "iris", **said: object
) -> UUID:
    """The id of a share that an information officer made."""
    with world.as_reader(by, Kind.WRITE) as actor:
        made = service.make(actor, person, to_give(world, to, **said), now=NOW)
        return made[0].id


def a_crowd(world: World, many: int, *, lead: str = "police", told: str = "children") -> list[UUID]:
    """So many people led by one agency, with another on their case teams; nobody works on them."""
    with world.system():
        given = Given(at=NOW, starts_at=LONG_AGO)
        made = [
            Person(
                owner_agency_id=world.agencies[lead],
                given_name="Rowan",
                family_name=f"Crowd {number:03}",
                sort_name=f"crowd {number:03},rowan",
                born_on=date(1980, 1, 1),
                jurisdiction="england-wales",
                category=1,
                level=1,
            )
            for number in range(many)
        ]
        db.session.add_all(made)
        db.session.flush()
        cases = [
            NewCase(person=each.id, sort_name=each.sort_name, manager=NOBODY, team=NOBODY)
            for each in made
        ]
        rights.open_cases(cases, world.agencies[lead], AREA, given)
        for each in made:
            rights.add_agency_to_team(
                each.id, world.agencies[told], AREA, Capacity.COOPERATE_CHILDREN, each.sort_name,
                given,
            )  # fmt: skip
        return [each.id for each in made]


def of_identity(world: World, to: str = "children", **said: object) -> MakeShare:
    """A command to share identity in full: whoever leads owns something of it."""
    return to_give(world, to, sections=(Section.IDENTITY,), **said)
