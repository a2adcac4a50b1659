"""Reference data from ``config/``: areas, capacities and the default agreement, as rows."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from config import read
from mappa.access.models import Agreement, AgreementCell, CapacityRow, RoleCell
from mappa.access.terms import PREPARING, Capacity, Level, Role
from mappa.agencies.models import Area
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db


def add_area(area_id: str, name: str, jurisdiction: str, *, verified: bool = True) -> None:
    """Add an area with its capacities, but no agreement: nothing is shared in it yet."""
    db.session.add(Area(id=area_id, name=name, jurisdiction=jurisdiction, verified=verified))
    db.session.flush()
    db.session.add_all(CapacityRow(area_id=area_id, code=code.value) for code in Capacity)
    db.session.flush()


def sign_default_agreement(area_id: str, *, at: datetime, starts_at: datetime) -> None:
    """Put the default agreement in force in an area, from ``starts_at`` (UTC)."""
    default = read.default_agreement()
    live = {
        "made_at": at,
        "starts_at": starts_at,
        "ends_at": clock.end_of(default.until),
        "reason": "default agreement",
    }
    agreement = Agreement(
        id=new_id(),
        area_id=area_id,
        version=default.version,
        title=default.title,
        purposes="\n".join(default.purposes),
        **live,
    )
    db.session.add(agreement)
    db.session.flush()
    _fill(agreement, default, live)


def _fill(agreement: Agreement, default: read.Agreement, live: dict[str, Any]) -> None:
    """Add the cells of the grid, and those of the roles beyond or short of it."""
    found = db.session.scalars(
        sa.select(CapacityRow).where(CapacityRow.area_id == agreement.area_id)
    )
    capacities = {row.code: row.id for row in found}
    db.session.add_all(
        AgreementCell(
            agreement_id=agreement.id,
            capacity_id=capacities[code],
            section=section,
            level=Level[level.upper()].value,
            **live,
        )
        for section, row in default.grid.items()
        for code, level in row.items()
    )
    db.session.add_all(
        RoleCell(
            agreement_id=agreement.id,
            area_id=agreement.area_id,
            role=role,
            section=section,
            level=Level[level.upper()].value,
            **live,
        )
        for role, levels in _role_grids(default)
        for section, level in levels.items()
    )
    db.session.flush()


def _role_grids(default: read.Agreement) -> Iterator[tuple[str, Mapping[str, str]]]:
    for role, grid in default.roles.items():
        yield role, grid.levels
    yield PREPARING, default.roles[Role.COORDINATOR.value].preparing
