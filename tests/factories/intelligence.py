"""Intelligence items, and the people of Northmoor Police who handle them."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from mappa.intelligence import service
from mappa.intelligence.rules import AddItem, Assessment, Handling, Source
from mappa.kernel import uow
from mappa.kernel.crypto import new_id
from mappa.kernel.uow import Kind
from tests.factories.world import World

TEXT = "He has helped at the Saturday session for under-16s and uses the name Danny West."
CONDITION = "Ring the author before any action"
PROVENANCE = "Told by a member of staff at the gym on Tallow Row."
ITEM = AddItem(
    event_on=date(2026, 11, 14),
    source=Source.UNTESTED,
    assessment=Assessment.CORROBORATED,
    handling=Handling.CONDITIONS,
    conditions=f"{CONDITION}\nNot for use as evidence",
    text=TEXT,
    provenance=PROVENANCE,
    group=new_id(),
)


def an_item(world: World, person: UUID, group: UUID, *, by: str = "owen", **said: object) -> UUID:
    """An item filed through the service by a member of the group."""
    with world.as_reader(by, Kind.WRITE) as actor:
        command = replace(ITEM, group=group, **said)  # type: ignore[arg-type]
        return service.add_item(actor, person, command, now=uow.current().at).id


def typed(group: UUID, **said: str) -> dict[str, str]:
    """The same item as it is typed into the form."""
    return {
        "event_on": "14 11 2026",
        "source": "2",
        "assessment": "B",
        "handling": "C",
        "conditions": ITEM.conditions,
        "text": TEXT,
        "provenance": PROVENANCE,
        "group": str(group),
    } | said
