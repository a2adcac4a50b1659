"""The supervisor's view row by row: what ``visits.backlog.counting`` must give, and slower.

The policy is asked as for any duty, its section a column; rows are loaded, and counted here.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import scope, scoped
from mappa.access.terms import Level
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.offenders.models import Person
from mappa.reminders.models import Deadline, DutyState
from mappa.visits.backlog import queries
from mappa.visits.backlog.counting import OWED_WITHIN
from mappa.visits.backlog.queries import BAND, NOT_SET, WRITE_UP, Narrow
from mappa.visits.backlog.rules import LOOKED_BACK, UNKNOWN, Age, Backlog, age_of
from mappa.visits.models import Visit

_duty, _person, _visit = Deadline.__table__.c, Person.__table__, Visit.__table__


@dataclass(frozen=True)
class Late:
    """A visit that is late: its band (None where the reader does not get it), and since when."""

    band: str | None
    due_on: date


def backlog(late: Iterable[Late], today: date) -> Backlog:
    """Count what is late."""
    counts: Counter[tuple[str, Age]] = Counter()
    oldest: dict[str, int] = {}
    for each in late:
        band, days = each.band or UNKNOWN, (today - each.due_on).days
        counts[band, age_of(days)] += 1
        oldest[band] = max(oldest.get(band, 0), days)
    return Backlog(counts, oldest)


@dataclass(frozen=True)
class Stood:
    """From when to when a duty stood (``until_on`` None: still), and when it was due."""

    from_on: date
    until_on: date | None
    due_on: date


def late_on(stood: Sequence[Stood], on: date) -> int:
    """How much stood and was late at the end of a day."""
    return sum(
        each.from_on <= on and each.due_on < on and (each.until_on is None or each.until_on > on)
        for each in stood
    )


def counted(actor: Actor, narrow: Narrow, until: date) -> list[Any]:
    """Kind, due day, opened, owner and band of the duties due until then, all of them."""
    officer = [_duty.owner_user_id == narrow.officer] if narrow.officer else []
    names = (_duty.kind, _duty.due_on, _duty.opened_at, _duty.owner_user_id, BAND)
    asked = (
        queries.start_of(actor)
        .join(_person, _person.c.id == _duty.person_id)
        .where(scope(Person), _duty.kind.in_(narrow.kinds), _duty.due_on <= until, *officer)
        .with_only_columns(*names, maintain_column_froms=True)
    )
    return list(db.session.execute(asked, actor.binds(uow.current().at)))


def owed(actor: Actor, narrow: Narrow, today: date) -> dict[str, list[Any]]:
    """The duties to write up a visit and to set a commitment, by kind."""
    kinds = Narrow((WRITE_UP, NOT_SET), narrow.officer)
    found: dict[str, list[Any]] = {}
    for each in counted(actor, kinds, today + OWED_WITHIN):
        if each.kind != WRITE_UP or each.due_on <= today:
            found.setdefault(each.kind, []).append(each)
    return found


def ended(actor: Actor, narrow: Narrow, since: datetime) -> list[Stood]:
    """The duties that ended since, late or not."""
    names = (_duty.opened_at, _duty.closed_at, _duty.due_on)
    asked = scoped(Deadline, person=False).where(
        _duty.owed_by_agency_id == ME.agency, _duty.state == DutyState.CLOSED.value,
        _duty.closed_at >= since, _duty.kind.in_(narrow.kinds),
    )  # fmt: skip
    if queries.for_team(actor):
        asked = asked.where(_duty.owner_team_id == ME.team)
    asked = asked.with_only_columns(*names, maintain_column_froms=True)
    found = db.session.execute(asked, actor.binds(uow.current().at))
    return [Stood(day_of(each[0]), day_of(each[1]), each[2]) for each in found]


def kept(actor: Actor, staff: Sequence[Any], today: date, since: datetime) -> Counter[Any]:
    """State, announced, outcome and planned of the visits, each as often as there are of them."""
    start = scoped(Visit, need=Level.FULL, person=False)
    planned = _visit.c.planned_at.is_not(None)
    names = (_visit.c.state, _visit.c.announced, _visit.c.outcome, planned.label("planned"))
    binds = actor.binds(uow.current().at) | {"since": today - LOOKED_BACK, "since_at": since}
    team = queries.for_team(actor)
    found: Counter[Any] = Counter()
    for each in (queries.visits_made(start, team=team), queries.visits_not_made(start)):
        asked = each.with_only_columns(*names, maintain_column_froms=True)
        users = {"users": list(staff)} if team else {}
        found.update(tuple(row) for row in db.session.execute(asked, binds | users))
    return found
