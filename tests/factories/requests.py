"""Requests for information in a given state, through the services."""

from datetime import date
from uuid import UUID

from mappa.access.terms import Role, Section
from mappa.kernel.uow import Kind
from mappa.sharing.requests import service
from mappa.sharing.requests.rules import Ask, AskUnseen, Sought
from tests.factories.sharing import LAW
from tests.factories.world import NOW, World


def with_ines(world: World) -> None:
    """An information officer of probation, who leads; the police have Iris."""
    world.user("ines", "probation", Role.INFORMATION_OFFICER, name="Ines Calder")


def asked_of(world: World, owner: str, **said: object) -> Ask:
    """A command to ask an agency."""
    fixed = {
        "owner_agency_id": world.agencies[owner],
        "sections": (Section.VISITS,),
        "what": "The visits of the last three months",
        "why": "A child is to move into the house",
        "urgency": "five-days",
        "basis": LAW,
    }
    return Ask(**(fixed | said))


def asked_unseen(**said: object) -> AskUnseen:
    """A command to ask about somebody who is not seen, by name and date of birth."""
    fixed = {
        "sought": Sought(name="Daniel Wexcombe", born_on=date(1979, 3, 14)),
        "sections": (Section.RISK,),
        "what": "Whether he is a risk to children",
        "why": "He has moved in with a family we work with",
        "urgency": "five-days",
        "basis": LAW,
    }
    return AskUnseen(**(fixed | said))


def a_request(world: World, owner: str, person: UUID, *, by: str = "leah", **said: object) -> UUID:
    """The id of what one of the staff asks of an agency about somebody seen."""
    with world.as_reader(by, Kind.WRITE) as actor:
        return service.ask(actor, person, asked_of(world, owner, **said), now=NOW)


def an_unseen_request(world: World, *, by: str = "sam", **said: object) -> UUID:
    """The id of what one of the staff asks about somebody unseen."""
    with world.as_reader(by, Kind.WRITE) as actor:
        return service.ask_unseen(actor, asked_unseen(**said), now=NOW)
