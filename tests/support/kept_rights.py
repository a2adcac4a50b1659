"""Rights as their tables have them, for tests that compare whole rows."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.access import models as m
from mappa.access.mirroring import Said, merge
from mappa.access.rights import Given
from mappa.agencies import seed
from mappa.kernel.db import db
from tests.factories.world import LONG_AGO, NOW, World, northmoor

OTHER = "southmoor"
BY = UUID(int=7)
BEGINS, ENDS = NOW + timedelta(hours=1), NOW + timedelta(days=9)
GIVEN = Given(at=NOW, by=BY, reason="As agreed", starts_at=BEGINS, ends_at=ENDS)
COLUMNS = {
    "made_at": NOW, "made_by_id": BY, "reason": "As agreed", "starts_at": BEGINS, "ends_at": ENDS,
    "state": 1,
}  # fmt: skip


def two_areas(app) -> World:
    """Northmoor, and an area whose agreement has the same capacities under other ids."""
    made = northmoor(app)
    with made.system():
        seed.add_area(OTHER, "Southmoor", "scotland")
        seed.sign_default_agreement(OTHER, at=NOW, starts_at=LONG_AGO)
    made.agency("south", "police", "Southmoor Police", area=OTHER)
    return made


def kept(model, *conditions) -> list[dict]:
    """The rows as the table has them, without the id that each right is given."""
    db.session.flush()
    table = model.__table__
    found = db.session.execute(sa.select(table).where(*conditions)).mappings()
    return [{name: each for name, each in row.items() if name != "id"} for row in found]


def only(model, right) -> dict:
    (row,) = kept(model, model.__table__.c.id == right.id)
    return row


def reach(world, person, agency) -> list[dict]:
    c = m.Reach.__table__.c
    return kept(m.Reach, c.person_id == person, c.agency_id == world.agencies[agency])


def reached(world, person, agency, sort_name, ends_at=ENDS) -> list[dict]:
    whom = {"person_id": person, "agency_id": world.agencies[agency]}
    return [{**whom, "sort_name": sort_name, "ends_at": ends_at}]


def as_one(world, person) -> UUID:
    """A second record of the person, merged into it."""
    other = world.person("Danny", manager="priya")
    with world.system():
        merge(person, other, "wexcombe,daniel", Said(at=NOW, by=BY, reason="one person"))
    return other
