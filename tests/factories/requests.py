"""Requests for information in a given state, through the services."""

from datetime import date
from uuid import UUID

from mappa.access.terms import Role, Section
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.sharing.requests import jobs, queries, service
from mappa.sharing.requests.rules import Answer, Ask, AskUnseen, Sought, Stands, State
from tests.factories.sharing import LAW, to_give
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


def delivered(world: World) -> None:
    """The system takes up what was asked."""
    with clock.at(NOW):
        jobs.deliver(world.app)


def to_us(world: World, officer: str, stands: Stands | None = None) -> list[UUID]:
    """The ids of what an officer's agency is asked, the newest first."""
    with world.as_reader(officer) as actor:
        return [each.id for each in queries.to_us_page(actor, stands).found]


def answered(
    world: World, officer: str, request: UUID, state: State, why: str = "", **said: object
) -> None:
    """An officer answers; what is shared is the visits, in full."""
    with world.as_reader(officer, Kind.WRITE) as actor:
        share = to_give(world, **said) if state is State.SHARED else None
        service.answer(actor, request, Answer(state=state, why=why, share=share), now=NOW)
