"""What is known before a visit: the warnings to staff that stand, and who is elsewhere then."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen, note_read, rows, scope, scoped
from mappa.access.terms import Level
from mappa.kernel.db import Query
from mappa.offenders import queries as people
from mappa.offenders.models import Person
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.preparing.rules import LASTS, Warned, collide
from mappa.visits.rules import VisitState

_visit = Visit.__table__
_officer = VisitOfficer.__table__
_person = Person.__table__
_LOOKED_AT = 50


def standing(actor: Actor, person_id: UUID) -> list[Warned]:
    """The warnings to staff that stand, as far as the reader sees them."""
    found = people.live_warnings(actor, person_id)
    return [Warned(each.id, each.officers, each.serious) for each in found]


def read(actor: Actor, person_id: UUID, kept: Sequence[str]) -> list[Seen]:
    """The warnings whose ids a visit kept, as far as the reader sees them; ended ones too."""
    ids = {UUID(each) for text in kept for each in text.split()}
    if not ids:
        return []
    return [each for each in people.warnings(actor, person_id) if each.id in ids]


@cache
def _near() -> Query:
    moment = _visit.c.window_from.type
    names = (_person.c.given_name, _person.c.family_name, _officer.c.name.label("officer_name"))
    return (
        scoped(Visit, *names, need=Level.FULL, person=False)
        .select_from(
            _visit.join(_officer, _officer.c.subject_id == _visit.c.id).join(
                _person, _person.c.id == _visit.c.person_id
            )
        )
        .where(
            _visit.c.state == VisitState.PLANNED.value,
            _visit.c.window_to > sa.bindparam("after", type_=moment),
            _visit.c.window_from < sa.bindparam("before", type_=moment),
            sa.not_(_officer.c.attended),
            _officer.c.user_id.in_(sa.bindparam("users", type_=sa.Uuid(), expanding=True)),
            scope(VisitOfficer, need=Level.FULL),
            scope(Person),
        )
        .order_by(_visit.c.window_from, _visit.c.id, _officer.c.place_in_list)
        .limit(_LOOKED_AT)
    )


def elsewhere(
    actor: Actor, officers: Sequence[UUID], begins: datetime, ends: datetime
) -> list[Seen]:
    """Planned visits that leave these officers no time for another one, whoever they are to.

    With the person's name and ``officer_name``. Of the plans that the reader sees in full.
    """
    if not officers:
        return []
    near = {"after": begins - LASTS, "before": ends + LASTS, "users": list(officers)}
    found = [
        each
        for each in rows(actor, _near(), Visit, **near)
        if collide((begins, ends), (each.window_from, each.window_to))
    ]
    note_read([each.person_id for each in found])
    return found
