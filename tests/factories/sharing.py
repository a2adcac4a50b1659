"""Shares in a given state, through the service."""

from datetime import date
from uuid import UUID

from mappa.access.terms import Level, Section
from mappa.kernel.uow import Kind
from mappa.sharing.shares import service
from mappa.sharing.shares.rules import Basis, MakeShare
from tests.factories.world import NOW, World

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
