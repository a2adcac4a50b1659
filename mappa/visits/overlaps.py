"""Visits of one officer that are said to have been made at the same time: one of them is wrong."""

from datetime import timedelta
from functools import cache

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.access.terms import Level
from mappa.kernel.db import Query
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.rules import VisitState

_visit = Visit.__table__
_officer = VisitOfficer.__table__
_SHOWN = 5


@cache
def _overlapping() -> Query:
    this = sa.bindparam("this", type_=sa.Uuid())
    day = sa.Date()
    went = sa.select(_officer.c.subject_id).where(
        _officer.c.user_id == ME.user, _officer.c.attended, scope(VisitOfficer, need=Level.FULL)
    )
    return (
        scoped(Visit, need=Level.FULL, person=False)
        .where(
            _visit.c.state == VisitState.MADE.value,
            _visit.c.made_on.between(
                sa.bindparam("first", type_=day), sa.bindparam("last", type_=day)
            ),
            _visit.c.arrived_at < sa.bindparam("left", type_=_visit.c.left_at.type),
            _visit.c.left_at > sa.bindparam("arrived", type_=_visit.c.arrived_at.type),
            _visit.c.id != this,
            _visit.c.id.in_(went),
            this.in_(went),
        )
        .order_by(_visit.c.arrived_at, _visit.c.id)
        .limit(_SHOWN)
    )


def overlapping(actor: Actor, visit: Seen) -> list[Seen]:
    """The reader's other visits at the time of one that the reader made, whoever they were to.

    As far as the reader still sees them in full. Nobody is at two doors at once.
    """
    if visit.left_at is None:
        return []
    near = timedelta(days=1)
    return rows(
        actor,
        _overlapping(),
        Visit,
        this=visit.id,
        arrived=visit.arrived_at,
        left=visit.left_at,
        first=visit.made_on - near,
        last=visit.made_on + near,
    )
