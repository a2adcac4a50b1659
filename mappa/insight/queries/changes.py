"""Changes of a person's record that no other feature tells of, as entries of the timeline."""

from dataclasses import replace

import sqlalchemy as sa

from mappa.access.labels import word
from mappa.access.reading import PERSON, of_person, scope
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.offenders.models import PersonChange

_TOLD_ALWAYS = ("visit", "risk", "plan", "meeting", "intelligence", "action")
_TOLD = (
    "address:added",
    "warning:added",
    "warning:ended",
    "order:added",
    "order:ended",
    "custody:added",
    "custody:ended",
    "level:added",
    "level:decided",
)
"""Changes that stand in the timeline as their own records; corrections stand here."""


def timeline_part() -> Query:
    """What was corrected on the shared record, with the timeline's columns."""
    change = PersonChange.__table__
    told_elsewhere = (
        change.c.kind.startswith(f"{each}:", autoescape=True) for each in _TOLD_ALWAYS
    )
    of = replace(PersonChange.label(), person=PERSON)
    return (
        sa.select(
            change.c.kind.label("kind"),
            change.c.id.label("record"),
            change.c.at.label("at"),
            sa.cast(sa.null(), sa.Date).label("day"),
            change.c.what.label("title"),
            sa.func.replace(change.c.after, "\n", "; ").label("body"),
            sa.func.coalesce(User.name, "").label("by_name"),
            Agency.name.label("agency_name"),
        )
        .select_from(change)
        .join(Agency, Agency.id == change.c.owner_agency_id)
        .outerjoin(User, User.id == change.c.by_id)
        .where(
            of_person(change.c.person_id),
            scope(PersonChange, need=Level.FULL, of=of),
            change.c.kind.not_in([word(each) for each in _TOLD]),
            sa.not_(sa.or_(*told_elsewhere)),
        )
    )
