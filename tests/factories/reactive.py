"""Somebody low in risk for years, and reactive management proposed or standing."""

from datetime import date, datetime, timedelta
from uuid import UUID

from mappa.kernel.uow import Kind
from mappa.risk.rules import Band, Group
from mappa.visits.reactive import service
from mappa.visits.reactive.rules import Decide, Propose, Verdict
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, World

LOW_ON = date(2023, 11, 20)
"""Three years before ``NOW``, to the day."""
LOW = {Group.PUBLIC: (Band.LOW, Band.LOW)}


def low(world: World, person: UUID, who: str = "priya", on: date = LOW_ON) -> None:
    """The risk assessed as low, by the lead unless another is named."""
    an_assessment(world, person, who, levels=LOW, assessed_on=on)


def proposed(world: World, person: UUID, who: str = "owen", now: datetime = NOW) -> UUID:
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.propose(actor, person, Propose(reason="Settled and open"), now=now).id


def decided(
    world: World,
    person: UUID,
    of: UUID,
    who: str = "naomi",
    *,
    approve: bool = True,
    now: datetime = NOW,
) -> None:
    verdict = Verdict.APPROVE if approve else Verdict.DECLINE
    with world.as_reader(who, Kind.WRITE) as actor:
        service.decide_on(actor, person, of, Decide(verdict=verdict, reason="As said"), now=now)


def standing(world: World, person: UUID) -> UUID:
    """Low, visited yesterday, proposed by Owen and approved by Naomi an hour ago."""
    low(world, person)
    a_made_visit(world, "owen", person)
    made = proposed(world, person, now=NOW - timedelta(hours=2))
    decided(world, person, made, now=NOW - timedelta(hours=1))
    return made
