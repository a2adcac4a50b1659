"""The supervisor's view, counted in the database: a statement for each kind of figure.

Each counts rows that start from the policy, no more of them than it says, the oldest first. Rows of
duties are asked about as of the section they are of, a constant: so the cells of the agreement are
read once, and not for every row (``tests/support/slow_backlog`` is the same, row by row).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME, word
from mappa.access.reading import scope, scoped
from mappa.access.terms import Level, Section
from mappa.kernel import clock, uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.types import midnight
from mappa.offenders.models import Person
from mappa.reminders.models import Deadline, DutyState
from mappa.visits.backlog import queries
from mappa.visits.backlog.queries import BAND, MOST, NOT_SET, WRITE_UP, Narrow, for_team
from mappa.visits.backlog.rules import LOOKED_BACK, MONTHS, UNKNOWN, Age, Backlog, due_between
from mappa.visits.models import Visit

OWED_WITHIN = timedelta(days=30)
"""A commitment is owed within ten working days of the alarm, a write-up within two."""

_duty = Deadline.__table__.c
_person = Person.__table__
_visit = Visit.__table__
_DAY, _MOMENT = sa.Date(), _duty.opened_at.type


def _duties(kinds: str, *columns: sa.ColumnElement[Any], team: bool) -> Query:
    """Duties of the section of visits that the own agency owes; binds the kinds by this name."""
    of_kinds: sa.BindParameter[Any] = sa.bindparam(kinds, expanding=True)
    found = sa.select(*columns).where(
        scope(Deadline, section=Section.VISITS),
        _duty.owed_by_agency_id == ME.agency,
        _duty.kind.in_(of_kinds),
    )
    return found.where(_duty.owner_team_id == ME.team) if team else found


def _open(name: str, *conditions: sa.ColumnElement[bool], team: bool) -> sa.Subquery:
    """What stands open of people whom the reader sees, numbered from the oldest."""
    officer = sa.bindparam("officer", type_=sa.Uuid())
    columns = (_duty.kind, _duty.due_on, _duty.opened_at, _duty.owner_user_id, _duty.id, BAND)
    found = (
        _duties(name, *columns, team=team)
        .select_from(Deadline.__table__.join(_person, _person.c.id == _duty.person_id))
        .where(
            _duty.state == word(DutyState.OPEN.value),
            scope(Person),
            sa.or_(officer.is_(None), _duty.owner_user_id == officer),
            *conditions,
        )
        .order_by(_duty.due_on, _duty.id)
        .limit(MOST + 1)
        .subquery(f"{name}_open")
    )
    nth = sa.func.row_number().over(order_by=(found.c.due_on, found.c.id)).label("nth")
    return sa.select(found, nth).subquery(f"{name}_numbered")


def _ends() -> list[tuple[sa.BindParameter[Any], sa.BindParameter[Any]]]:
    """Each month end: its day, and the moment after it."""
    return [
        (sa.bindparam(f"end_{n}", type_=_DAY), sa.bindparam(f"after_{n}", type_=_MOMENT))
        for n in range(MONTHS)
    ]


def _tally(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0))


def _late_columns(found: sa.Subquery, late: sa.ColumnElement[bool]) -> list[sa.Label[Any]]:
    c = found.c
    age = sa.case(
        *((c.due_on >= sa.bindparam(f"from_{each.value}", type_=_DAY), each.value) for each in Age),
    )
    above: sa.BindParameter[Any] = sa.bindparam("above", type_=sa.Uuid(), expanding=True)
    at_ends = [_tally(late, c.opened_at < after, c.due_on < day) for day, after in _ends()]
    return [
        c.kind.label("kind"),
        (c.nth > MOST).label("beyond"),
        sa.case((late, c.band)).label("band"),
        sa.case((late, age)).label("age"),
        sa.case((sa.and_(late, c.owner_user_id.in_(above)), c.owner_user_id)).label("officer"),
        sa.func.count().label("several"),
        sa.func.min(c.due_on).label("oldest_on"),
        *(each.label(f"at_{n}") for n, each in enumerate(at_ends)),
    ]


@cache
def _late(*, team: bool) -> sa.CompoundSelect[Any]:
    today = sa.bindparam("today", type_=_DAY)
    late = _open("kinds", _duty.due_on < today, team=team)
    # A write-up is owed from the day of the visit on, which may be to come.
    is_due = sa.or_(_duty.kind != word(WRITE_UP), _duty.due_on <= today)
    within = _duty.due_on <= sa.bindparam("until", type_=_DAY)
    owed = _open("owed", is_due, within, team=team)
    arms = []
    for found, is_late in ((late, sa.true()), (owed, sa.false())):
        columns = _late_columns(found, is_late)
        arms.append(sa.select(*columns).group_by(*(columns[n].element for n in range(5))))
    return sa.union_all(*arms)


@dataclass(frozen=True)
class Owed:
    """How much is owed of a kind, and when the oldest was due, or will be."""

    several: int
    due_on: date


@dataclass(frozen=True)
class Counted:
    """What stands: late visits, how many were late at each month end, and by some officers."""

    backlog: Backlog
    more: bool
    at_ends: Sequence[int]
    by_officer: Mapping[UUID, int]
    owed: Mapping[str, Owed]


def counted(
    actor: Actor, narrow: Narrow, today: date, ends: Sequence[date], above: Sequence[UUID] = ()
) -> Counted:
    """What is late, of the oldest 2,000, and what of write-ups and commitments is owed."""
    queries.start_of(actor)
    asked = actor.binds(uow.current().at) | narrow.binds() | binds_of(ends)
    asked |= {f"from_{each.value}": due_between(each, today)[0] for each in Age}
    asked |= {
        "today": today, "until": today + OWED_WITHIN, "owed": [WRITE_UP, NOT_SET],
        "above": list(above) or [NOBODY],
    }  # fmt: skip
    found = db.session.execute(_late(team=for_team(actor)), asked).all()
    late = [each for each in found if each.age is not None]
    return Counted(
        backlog=_backlog([each for each in late if not each.beyond], today),
        more=any(each.beyond for each in late),
        at_ends=[
            sum(each._mapping[f"at_{n}"] for each in late if not each.beyond)
            for n in range(len(ends))
        ],
        by_officer=_by_officer([each for each in late if not each.beyond]),
        owed={
            each.kind: Owed(each.several, each.oldest_on)
            for each in found
            if each.age is None and not each.beyond
        },
    )


def binds_of(ends: Sequence[date]) -> dict[str, Any]:
    """Month ends as the statements take them: each day, and the moment after it."""
    return {f"end_{n}": on for n, on in enumerate(ends)} | {
        f"after_{n}": datetime.combine(on + timedelta(days=1), time(), tzinfo=clock.LONDON)
        for n, on in enumerate(ends)
    }


def _backlog(late: Sequence[Any], today: date) -> Backlog:
    counts: Counter[tuple[str, Age]] = Counter()
    oldest: dict[str, int] = {}
    for each in late:
        band = each.band or UNKNOWN
        counts[band, Age(each.age)] += each.several
        oldest[band] = max(oldest.get(band, 0), (today - each.oldest_on).days)
    return Backlog(counts, oldest)


def _by_officer(late: Sequence[Any]) -> dict[UUID, int]:
    found: Counter[UUID] = Counter()
    for each in late:
        if each.officer is not None:
            found[each.officer] += each.several
    return dict(found)


@cache
def _ended(*, team: bool) -> Query:
    ended = (
        _duties("kinds", _duty.opened_at, _duty.closed_at, _duty.due_on, team=team)
        .where(
            _duty.state == word(DutyState.CLOSED.value),
            _duty.closed_at >= sa.bindparam("since_at", type_=_MOMENT),
            _duty.due_on <= sa.bindparam("today", type_=_DAY),
            # What ended in time was never late: most of it, and not worth asking the policy about.
            _duty.closed_at > midnight(_duty.due_on),
        )
        .limit(MOST + 1)
        .subquery("ended")
    )
    c = ended.c
    at_ends = (
        _tally(c.opened_at < after, c.due_on < day, c.closed_at >= after) for day, after in _ends()
    )
    return sa.select(
        sa.func.count().label("several"), *(each.label(f"at_{n}") for n, each in enumerate(at_ends))
    )


def ended_late(
    actor: Actor, narrow: Narrow, since: datetime, ends: Sequence[date]
) -> list[int] | None:
    """How much that ended since was late at each month end; None if it is too much to count."""
    asked = actor.binds(uow.current().at) | binds_of(ends)
    asked |= {"kinds": list(narrow.kinds), "since_at": since, "today": ends[-1]}
    found = db.session.execute(_ended(team=for_team(actor)), asked).one()
    if found.several > MOST:
        return None
    return [found._mapping[f"at_{n}"] or 0 for n in range(len(ends))]


_PLANNED = _visit.c.planned_at.is_not(None)


@cache
def _kept(*, team: bool) -> Query:
    """Visits that were made, and that were not, each as often as there are of them."""
    names = (_visit.c.state, _visit.c.announced, _visit.c.outcome, _PLANNED.label("planned"))
    made = queries.visits_made(scoped(Visit, need=Level.FULL, person=False), team=team)
    not_made = queries.visits_not_made(scoped(Visit, need=Level.FULL, person=False))
    arms = [
        sa.select(
            each.with_only_columns(*names, maintain_column_froms=True).limit(MOST).subquery(name)
        )
        for each, name in ((made, "made"), (not_made, "not_made"))
    ]
    found = sa.union_all(*arms).subquery("kept")
    by = (found.c.state, found.c.announced, found.c.outcome, found.c.planned)
    return sa.select(*by, sa.func.count().label("several")).group_by(*by)


def kept(
    actor: Actor, staff: Sequence[UUID], today: date, since: datetime
) -> Sequence[sa.Row[Any]]:
    """State, announced, outcome, planned and ``several`` of the visits of the last 90 days.

    Of the newest 2,000 that were made, and the newest 2,000 that were missed or withdrawn.
    """
    users = {"users": list(staff) or [NOBODY]} if for_team(actor) else {}
    asked = actor.binds(uow.current().at) | users
    asked |= {"since": today - LOOKED_BACK, "since_at": since}
    return db.session.execute(_kept(team=for_team(actor)), asked).all()
