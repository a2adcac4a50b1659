"""Changes of a person's record that no other feature tells of, as entries of the timeline."""

from dataclasses import replace

import sqlalchemy as sa

from mappa.access.reading import PERSON, of_person, scope
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.offenders.models import PersonChange

_TOLD = ("address", "warning", "visit", "risk", "plan", "meeting", "intelligence", "action")
"""Kinds of changes that stand in the timeline as their own records."""


def timeline_part() -> Query:
    """What was corrected on the shared record, with the timeline's columns."""
    change = PersonChange.__table__
    told_elsewhere = (change.c.kind.startswith(f"{each}:", autoescape=True) for each in _TOLD)
    of = replace(PersonChange.label(), person=PERSON)
    return (
        sa.select(
            change.c.kind.label("kind"),
            change.c.id.label("record"),
            change.c.at.label("at"),
            sa.cast(sa.null(), sa.Date).label("day"),
            change.c.what.label("title"),
            change.c.after.label("body"),
            sa.func.coalesce(User.name, "").label("by_name"),
            Agency.name.label("agency_name"),
        )
        .select_from(change)
        .join(Agency, Agency.id == change.c.owner_agency_id)
        .outerjoin(User, User.id == change.c.by_id)
        .where(
            of_person(change.c.person_id),
            scope(PersonChange, need=Level.FULL, of=of),
            sa.not_(sa.or_(*told_elsewhere)),
        )
    )
