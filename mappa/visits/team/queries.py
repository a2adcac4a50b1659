"""The newest unannounced visits of each officer, of those that the supervisor reads in full.

One statement for all of them, whoever they were to: what the reader may not see is not counted.
"""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.access.terms import Level
from mappa.kernel import clock
from mappa.kernel.db import Query
from mappa.visits import pattern
from mappa.visits.backlog import queries as backlog
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.pattern import Made
from mappa.visits.rules import VisitState

MOST_OFFICERS = 60
"""Of so many officers the page tells, by name."""

_visit, _officer = Visit.__table__, VisitOfficer.__table__


@cache
def _newest() -> Query:
    latest = (_visit.c.made_on.desc(), _visit.c.id.desc())
    nth = sa.func.row_number().over(partition_by=_officer.c.user_id, order_by=latest)
    officers = sa.bindparam("officers", type_=sa.Uuid(), expanding=True)
    went = _visit.join(_officer, _officer.c.subject_id == _visit.c.id)
    ranked = (
        scoped(
            Visit,
            _officer.c.user_id.label("went_id"),
            nth.label("nth"),
            need=Level.FULL,
            person=False,
        )
        .select_from(went)
        .where(
            scope(VisitOfficer, need=Level.FULL),
            _officer.c.user_id.in_(officers),
            _officer.c.attended,
            _visit.c.state == VisitState.MADE.value,
            sa.not_(_visit.c.announced),
        )
        .subquery("ranked")
    )
    newest = sa.select(ranked).where(ranked.c.nth <= pattern.LOOKED_AT)
    return newest.order_by(ranked.c.made_on.desc(), ranked.c.id.desc())


def officers(actor: Actor) -> list[UUID]:
    """Whom the reader answers for."""
    return backlog.staff(actor)


def visits_of(actor: Actor, users: Sequence[UUID]) -> dict[UUID, list[Seen]]:
    """The newest unannounced visits of each of these officers, the newest first."""
    found: dict[UUID, list[Seen]] = {each: [] for each in users}
    if users:
        for each in rows(actor, _newest(), Visit, officers=list(users)):
            found[each.went_id].append(each)
    return found


def made(visit: Seen) -> Made:
    """When it was made, by the calendar and the clock in London."""
    at = clock.local(visit.arrived_at)
    return Made(at.date(), pattern.part_of(at.time()))
