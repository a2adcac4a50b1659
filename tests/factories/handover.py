"""Handovers in a given state, through the services."""

from datetime import date
from uuid import UUID

from mappa.access.terms import Role
from mappa.kernel.uow import Kind
from mappa.offenders.handover import cover, service
from mappa.offenders.handover.rules import Answer, NameDeputy, Propose, Stays
from tests.factories.world import NOW, World

TODAY = date(2026, 11, 20)


def with_marek(world: World) -> None:
    """A second offender manager in Priya's team."""
    world.user(
        "marek", "probation", Role.OFFENDER_MANAGER, name="Marek Dolny", team="probation one"
    )


def proposal(world: World, to: str, *people: UUID, **said: object) -> Propose:
    """A command to hand people over to one of the staff."""
    receiver = world.staff[to].actor
    lead = world.agencies["probation"]
    fixed = {
        "people": people,
        "to_user": receiver.user_id,
        "to_agency": receiver.agency_id,
        "why": "Priya moves to another team",
        "stays": Stays.RESPONSIBLE if receiver.agency_id != lead else None,
    }
    return Propose(**(fixed | said))


def a_proposal(
    world: World, to: str, *people: UUID, by: str = "priya", **said: object
) -> list[UUID]:
    """The ids of what one of the staff proposes."""
    with world.as_reader(by, Kind.WRITE) as actor:
        made = service.propose(actor, proposal(world, to, *people, **said), now=NOW)
        return [each.id for each in made]


def taken(world: World, to: str, *handovers: UUID) -> None:
    """The receiver accepts."""
    with world.as_reader(to, Kind.WRITE) as actor:
        service.answer(actor, Answer(handovers=handovers, accept=True), now=NOW)


def a_handover(world: World, to: str, *people: UUID, by: str = "priya", **said: object) -> UUID:
    """Proposed and accepted; the id of the first."""
    made = a_proposal(world, to, *people, by=by, **said)
    taken(world, to, *made)
    return made[0]


def a_cover(
    world: World, deputy: str, *, manager: str = "priya", by: str = "priya", **said: object
) -> cover.Named:
    """A deputy for a manager, today and tomorrow."""
    fixed = {
        "deputy": world.staff[deputy].user_id,
        "from_on": TODAY,
        "until_on": date(2026, 11, 21),
        "why": "Leave",
    }
    with world.as_reader(by, Kind.WRITE) as actor:
        command = NameDeputy(**(fixed | said))
        return cover.name_deputy(actor, world.staff[manager].user_id, command, now=NOW)
