"""Homes at which entry may be sought."""

from datetime import date
from uuid import UUID

from mappa.kernel.db import db
from mappa.offenders.models import Address
from tests.factories.world import NOW, World


def a_home(world: World, person: UUID, lines: str = "18 Tallow Row", kind: str = "home") -> UUID:
    """An address on the record of probation, standing since January."""
    with world.system():
        made = Address(
            person_id=person, owner_agency_id=world.agencies["probation"], kind=kind, lines=lines,
            postcode="NM1 1AA", district="NM1", from_on=date(2026, 1, 5), added_at=NOW,
            added_by_id=world.staff["priya"].user_id,
        )  # fmt: skip
        db.session.add(made)
        db.session.flush()
        return made.id
