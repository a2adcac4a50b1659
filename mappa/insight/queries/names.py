"""Names of agencies by id: open to everybody who is signed in."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from mappa.agencies.models import Agency
from mappa.kernel.db import db


def agency_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by agency; an id without an agency is left out."""
    if not ids:
        return {}
    found = db.session.execute(sa.select(Agency.id, Agency.name).where(Agency.id.in_(set(ids))))
    return {row.id: row.name for row in found}
