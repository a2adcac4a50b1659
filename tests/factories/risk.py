"""Assessments, written through the service."""

from datetime import date
from uuid import UUID

from mappa.kernel.uow import Kind
from mappa.risk import service
from mappa.risk.rules import Band, Findings, Group, Rating
from tests.factories.world import NOW, World

LEVELS = {
    Group.CHILDREN: (Band.HIGH, Band.LOW),
    Group.KNOWN_ADULT: (Band.HIGH, Band.MEDIUM),
    Group.PUBLIC: (Band.MEDIUM, Band.LOW),
    Group.STAFF: (Band.LOW, Band.MEDIUM),
}
"""As in the pictures, with staff at low: the summary leaves that group out."""


def findings(levels=LEVELS, **columns: object) -> Findings:
    none = (Band.NOT_ASSESSED, Band.NOT_ASSESSED)
    said = {
        "ratings": tuple(Rating(group, *levels.get(group, none)) for group in Group),
        "assessed_on": date(2026, 10, 2),
        "raises": "Unsettled housing",
        "lowers": "Steady work",
        "tool": "OASys",
        "tool_version": "4.2",
        "tool_result": "High risk of serious harm",
    }
    return Findings(**(said | columns))


def an_assessment(world: World, person: UUID, who: str = "priya", **columns: object) -> UUID:
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.sign(actor, person, findings(**columns), now=NOW).id


def typed(levels=LEVELS, **columns: str) -> dict[str, str]:
    """An assessment as the form sends it."""
    none = (Band.NOT_ASSESSED, Band.NOT_ASSESSED)
    said = {}
    for group in Group:
        community, custody = levels.get(group, none)
        said[f"{group.value}_community"] = community.value
        said[f"{group.value}_custody"] = custody.value
    texts = {"raises": "Unsettled housing", "lowers": "Steady work", "assessed_on": "2 10 2026"}
    return said | texts | columns
