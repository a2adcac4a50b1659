"""Worlds in which somebody was visited: those with which tests of sharing and marking begin.

Each is built once per run and copied; see ``tests.support.stages``.
"""

from uuid import UUID

from flask import Flask

from mappa.access.terms import Role
from tests.factories.visits import a_made_visit
from tests.factories.world import NORTHMOOR, SHARED, Staff, World, a_shared_person, northmoor
from tests.support.stages import staged

PLACE = "The depot on Quay Street"
"""Where Owen of the police made his visit: nobody reads it who has the summary alone."""


def a_visited_person(world: World) -> UUID:
    """Daniel, whom Owen of the police visited at ``PLACE``; ask for it first in a fresh world."""
    found = a_shared_person(world)

    def visited() -> UUID:
        a_made_visit(world, "owen", found, place=PLACE)
        return found

    return staged(world.app, "visited", visited, after=SHARED)


def with_isla(app: Flask) -> World:
    """Daniel (``person_id``), a ``visit`` by Priya of probation, and Isla, who shares for it."""
    world = northmoor(app)

    def office() -> tuple[UUID, UUID, dict[str, Staff]]:
        world.user("isla", "probation", Role.INFORMATION_OFFICER, name="Isla Wren")
        person = a_shared_person(world)
        return person, a_made_visit(world, "priya", person), world.staff

    world.person_id, world.visit, world.staff = staged(app, "isla", office, after=NORTHMOOR)
    return world
