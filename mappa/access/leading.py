"""Which agency leads a person: the owner of the identity, for statements that do not read the row.

The identity passes with the lead, so the rights tell it. An image that a merge wrote leads nobody.
"""

import sqlalchemy as sa

from mappa.access.labels import ME, Clause, Column, word
from mappa.access.models import CapacityRow, CaseTeam, MirroredRight, Share
from mappa.access.predicates import Rows, live, some
from mappa.access.terms import Capacity, Section


def lead_of(person: Column, at: Column) -> Column:
    """The agency that leads ``person`` at a moment; NULL where none does."""
    team, capacity = Rows(CaseTeam, "leading"), Rows(CapacityRow, "leading_capacity")
    image = Rows(MirroredRight, "leading_image")
    leads = (
        sa.select(capacity.id)
        .where(capacity.code == word(Capacity.LEAD.value))
        .correlate_except(capacity.table)
    )
    found = (
        sa.select(team.agency_id)
        .select_from(team.table)
        .where(
            team.person_id == person,
            live(team, at),
            team.capacity_id.in_(leads),
            sa.not_(some(image, image.right_id == team.id)),
        )
        .order_by(team.starts_at.desc(), team.id)
        .limit(sa.literal_column("1"))
        .correlate_except(team.table)
    )
    return found.scalar_subquery()


def is_shared(person: Column, at: Column) -> Clause:
    """Whether anything of ``person`` is shared with the reader's agency at a moment."""
    given = Rows(Share, "any_share")
    return some(given, given.person_id == person, given.agency_id == ME.agency, live(given, at))


def identity_is_shared(person: Column, at: Column) -> Clause:
    """Whether the identity of ``person`` is shared with the reader's agency at a moment."""
    given = Rows(Share, "identity_share")
    return some(
        given,
        given.person_id == person,
        given.agency_id == ME.agency,
        given.section == word(Section.IDENTITY.value),
        live(given, at),
    )
