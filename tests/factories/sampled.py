"""A register to draw dip samples from."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask

from mappa.access.terms import Role
from tests.factories.world import NORTHMOOR, World, northmoor
from tests.support.stages import staged


@dataclass
class Sampled(World):
    """Northmoor with twelve people of the police's first team, and one of the second."""

    ids: list[UUID] = field(default_factory=list)
    other: UUID | None = None


def sampled(app: Flask) -> Sampled:
    """Twelve people led by the police, the first three at medium risk, all of owen's team.

    Besides northmoor: paul of the team police two with one person of his own, lena (agency lead)
    and aud (auditor) of the police.
    """
    world = Sampled(**vars(northmoor(app)))
    made = staged(app, "sampled", lambda: _sampled(world), after=NORTHMOOR)
    for name, value in made.items():
        setattr(world, name, value)
    return world


def _sampled(world: Sampled) -> dict[str, Any]:
    world.team("police two", "police")
    world.user("paul", "police", Role.PROTECTION_OFFICER, team="police two")
    world.user("lena", "police", Role.AGENCY_LEAD)
    world.user("aud", "police", Role.AUDITOR)
    for number in range(12):
        band = "medium" if number < 3 else "low"
        given = {"lead": "police", "manager": "owen", "risk_band": band}
        world.ids.append(world.person("Pat", f"Ashdown {number:02}", **given))
    world.other = world.person("Kit", "Otherteam", lead="police", manager="paul")
    kept = ("staff", "teams", "ids", "other")
    return {name: getattr(world, name) for name in kept}
