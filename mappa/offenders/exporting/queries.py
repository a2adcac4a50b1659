"""The people of an export: exactly those of the list, with the fields of the reader's level."""

from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.offenders import listing
from mappa.offenders.exporting.models import PeopleExport
from mappa.offenders.exporting.rules import MOST_PEOPLE
from mappa.offenders.rules import PeopleFilter


def asked_for(actor: Actor, export_id: UUID, *, sample: UUID | None = None) -> PeopleExport:
    """An export that this reader asked for and may still fetch, of people or of a sample's list.

    Raises ``NotFound``, also for somebody else's, and for one of something else.
    """
    found = db.session.scalars(
        sa.select(PeopleExport).where(
            PeopleExport.id == export_id,
            PeopleExport.sample_id == sample,
            PeopleExport.user_id == actor.user_id,
            PeopleExport.agency_id == actor.agency_id,
            PeopleExport.ends_at > uow.current().at,
        )
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def people_of(actor: Actor, level: int | None) -> tuple[list[Seen], bool]:
    """The people this reader sees now, by name, and whether there are more than are given."""
    narrowed = PeopleFilter(level=level)
    found: list[Seen] = []
    after: UUID | None = None
    while True:
        page = listing.people(actor, narrowed, after=after)
        found += page.people
        after = page.after
        if after is None or len(found) >= MOST_PEOPLE:
            more = after is not None or len(found) > MOST_PEOPLE
            return found[:MOST_PEOPLE], more
