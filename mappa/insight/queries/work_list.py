"""The list of work: narrowed, in order, page by page by key, with counts that stop at 100.

A filter looks only at what the reader sees of each row: who does not get the section risk has
nothing under any band, and no order by it. Own work and a team's is listed by risk where it is
late; a whole agency's by age alone, which needs no look at rows that are not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import Clause, Column, word
from mappa.access.reading import RECORD, Seen, count, note_read, rows, scoped, unnoted
from mappa.insight.queries.people import with_person
from mappa.insight.rules import KINDS, Lateness, Urgency, Whose, WorkFilter, understood
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.offenders.identity import reads_risk
from mappa.offenders.models import Person
from mappa.reminders import queries as reminders
from mappa.reminders.assigning.queries import TODAY, put_off, snoozed_until, with_snooze
from mappa.reminders.models import Deadline
from mappa.web.models import KeptFilter

PAGE = 50
COUNTED = 100
TALLIED = 4 * COUNTED
AT_HOME = 200
WEEK = timedelta(days=7)
AHEAD = timedelta(days=8)
"""Today and the next seven days: what is due in 7 days is among them."""
MONTH = timedelta(days=30)
LIST = "work"

BY_RISK = ("very_high", "high", "medium", "not_assessed", "low")
"""Unknown risk stands above low: it is not a low risk. What the reader does not get comes last."""

_duty = Deadline.__table__.c
_person = Person.__table__.c
_STARTS = {
    Whose.MINE: reminders.MY_OPEN,
    Whose.TEAM: reminders.TEAM_OPEN,
    Whose.AGENCY: reminders.AGENCY_OPEN,
}


@dataclass(frozen=True)
class WorkPage:
    """One page: the duties in order, and the one to go on after."""

    duties: Sequence[Seen]
    after: UUID | None


def _base(whose: Whose) -> Query:
    return with_person(_STARTS[whose].order_by(None), _duty.person_id)


def _narrowed() -> list[Clause]:
    """The filter as binds, so that one statement serves all of its choices; NULL narrows nothing.

    Each choice of its own would be a statement to build and to plan at its first use.
    """
    level = sa.bindparam("level", type_=sa.Integer())
    risk = sa.bindparam("risk", type_=sa.Text())
    every = sa.bindparam("every_kind", type_=sa.Boolean())
    return [
        sa.or_(every, _duty.kind.in_(sa.bindparam("kinds", expanding=True))),
        sa.or_(level.is_(None), _person.level == level),
        sa.or_(risk.is_(None), sa.and_(_person.risk_band == risk, reads_risk(_person.id))),
    ]


def _between() -> list[Clause]:
    return [
        _duty.due_on >= sa.bindparam("due_from", type_=sa.Date()),
        _duty.due_on < sa.bindparam("due_until", type_=sa.Date()),
    ]


def _key(whose: Whose) -> tuple[Column, ...]:
    """What the list is ordered by."""
    if whose is Whose.AGENCY:
        return (_duty.due_on, _duty.id)
    return (*_late_and_risk(), _duty.due_on, _duty.id)


def _late_and_risk() -> tuple[Column, Column]:
    late = _duty.due_on < TODAY
    band = sa.case((reads_risk(_person.id), _person.risk_band))
    ranks = {name: word(rank) for rank, name in enumerate(BY_RISK)}
    rank = sa.case(ranks, value=band, else_=word(len(BY_RISK)))
    zero, one = word(0), word(1)
    return sa.case((late, zero), else_=one), sa.case((late, rank), else_=zero)


def _place(whose: Whose) -> tuple[Column, ...]:
    last: tuple[Column, ...] = (
        sa.bindparam("last_due", type_=sa.Date()),
        sa.bindparam("last_id", type_=sa.Uuid()),
    )
    if whose is Whose.AGENCY:
        return last
    numbers = (sa.bindparam(name, type_=sa.Integer()) for name in ("last_late", "last_rank"))
    return (*numbers, *last)


@cache
def _listed(whose: Whose) -> Query:
    onward = sa.tuple_(*_key(whose)) > sa.tuple_(*_place(whose))
    listed = _base(whose).where(*_narrowed(), *_between(), onward, sa.not_(put_off()))
    return listed.order_by(*_key(whose)).limit(PAGE + 1)


@cache
def _snoozed(whose: Whose) -> Query:
    until: Column = sa.literal_column("snoozed_until")
    listed = with_snooze(_base(whose)).where(*_narrowed())
    return listed.order_by(until, _duty.due_on, _duty.id).limit(PAGE + 1)


@cache
def _counted(whose: Whose) -> Query:
    """Ids to count of one urgency; asked once for each, for it holds the policy several times."""
    off = sa.case((put_off(), sa.literal_column("1")), else_=sa.literal_column("0"))
    snoozed = off == sa.bindparam("is_snoozed", type_=sa.Integer())
    among = _base(whose).where(*_narrowed(), *_between(), snoozed)
    return among.with_only_columns(_duty.id, maintain_column_froms=True)


@cache
def _tallied() -> Query:
    """The reader's own duties by urgency in one pass, of ``TALLIED`` + 1 rows at most."""
    urgency = sa.case(
        (put_off(), word(Urgency.SNOOZED.value)),
        (_duty.due_on < TODAY, word(Urgency.OVERDUE.value)),
        (_duty.due_on < sa.bindparam("week_on", type_=sa.Date()), word(Urgency.WEEK.value)),
        else_=word(Urgency.LATER.value),
    )
    mine = _base(Whose.MINE).where(*_narrowed()).limit(TALLIED + 1)
    among = mine.with_only_columns(urgency.label("urgency"), maintain_column_froms=True).subquery()
    return sa.select(among.c.urgency, sa.func.count()).group_by(among.c.urgency)


@cache
def _at_home() -> Query:
    mine = _base(Whose.MINE).add_columns(snoozed_until())
    return mine.order_by(*_key(Whose.MINE)).limit(AT_HOME + 1)


@cache
def _where_is() -> Query:
    late, rank = _late_and_risk()
    one = scoped(Deadline, late.label("late"), rank.label("rank"), person=False)
    return with_person(one.where(_duty.id == RECORD), _duty.person_id)


_START = {"last_late": -1, "last_rank": -1, "last_due": date.min, "last_id": NOBODY}


def _binds(wanted: WorkFilter, today: date) -> dict[str, Any]:
    return {
        "today": today,
        "every_kind": wanted.kind is None,
        "kinds": list(KINDS[wanted.kind][1]) if wanted.kind else [""],
        "risk": wanted.risk.value if wanted.risk else None,
        "level": wanted.level,
    }


def _window(state: Urgency | None, today: date) -> dict[str, date]:
    """Between which days the listed duties are due."""
    from_on, until_on = {
        Urgency.OVERDUE: (date.min, today),
        Urgency.WEEK: (today, today + AHEAD),
        Urgency.LATER: (today + AHEAD, date.max),
    }.get(state or Urgency.SNOOZED, (date.min, date.max))
    return {"due_from": from_on, "due_until": until_on}


def _noted(found: Sequence[Seen]) -> list[Seen]:
    note_read([each.person_id for each in found])
    return list(found)


def at_home(actor: Actor, today: date) -> list[Seen]:
    """The reader's own work with ``snoozed_until``: late by risk and age, then by day; 201 rows."""
    return _noted(rows(actor, _at_home(), Deadline, today=today))


def listed(
    actor: Actor, whose: Whose, wanted: WorkFilter, today: date, *, after: UUID | None = None
) -> WorkPage:
    """One page of work that was not put off, 50 duties; ``after`` is the last of the page before.

    Done or passed on meanwhile it keeps its place; one that the reader does not see is the start.
    """
    binds = _binds(wanted, today) | _window(wanted.state, today)
    place = _last(actor, after, today) if after else _START
    # One more than is shown says that there is more; it is not shown, so it was not read.
    with unnoted():
        found = rows(actor, _listed(whose), Deadline, **binds, **place)
    shown = found[:PAGE]
    note_read([each.record for each in shown])
    return WorkPage(_noted(shown), shown[-1].id if len(found) > PAGE else None)


def _last(actor: Actor, after: UUID, today: date) -> dict[str, Any]:
    with unnoted():
        found = rows(actor, _where_is(), Deadline, record=after, today=today)
    if not found:
        return _START
    last = found[0]
    return {
        "last_late": last.late,
        "last_rank": last.rank,
        "last_due": last.due_on,
        "last_id": last.id,
    }


def snoozed(actor: Actor, whose: Whose, wanted: WorkFilter, today: date) -> list[Seen]:
    """What was put off, with until when, why and by whom; what is back first is first; 51 rows."""
    return _noted(rows(actor, _snoozed(whose), Deadline, **_binds(wanted, today)))


def counts(actor: Actor, whose: Whose, wanted: WorkFilter, today: date) -> dict[Urgency, int]:
    """How much of each urgency there is under the rest of the filter, to 101 at most.

    One's own is read once for all of it, unless there is more than a page of each could show; what
    a team or an agency has is long, and each urgency is read no further than its count goes.
    """
    binds = _binds(wanted, today)
    found = _tally(actor, binds, today) if whose is Whose.MINE else None
    if found is not None:
        return found

    def of(state: Urgency) -> int:
        more = _window(state, today) | {"is_snoozed": int(state is Urgency.SNOOZED)}
        return count(actor, _counted(whose), cap=COUNTED, **binds, **more)

    return {state: of(state) for state in Urgency}


def _tally(actor: Actor, binds: dict[str, Any], today: date) -> dict[Urgency, int] | None:
    """The counts of one's own work; None if there is too much for one pass."""
    asked = binds | {"week_on": today + AHEAD} | actor.binds(uow.current().at)
    found = {row[0]: row[1] for row in db.session.execute(_tallied(), asked)}
    if sum(found.values()) > TALLIED:
        return None
    return {state: min(found.get(state.value, 0), COUNTED + 1) for state in Urgency}


def by_lateness(actor: Actor, whose: Whose, wanted: WorkFilter, today: date) -> dict[Lateness, int]:
    """How much is late for how long under the rest of the filter; what was put off is left out."""
    week, month = today - WEEK, today - MONTH
    windows = {
        Lateness.WEEK: (week, today),
        Lateness.MONTH: (month, week),
        Lateness.LONGER: (date.min, month),
    }

    def of(first: date, until: date) -> int:
        more = {"due_from": first, "due_until": until, "is_snoozed": 0}
        return count(actor, _counted(whose), cap=COUNTED, **_binds(wanted, today), **more)

    return {late: of(*window) for late, window in windows.items()}


def kept_filter(actor: Actor) -> WorkFilter:
    """How the reader last narrowed the list."""
    statement = sa.select(KeptFilter.chosen).where(
        KeptFilter.user_id == actor.user_id, KeptFilter.page == LIST
    )
    return understood(db.session.execute(statement).scalar_one_or_none() or {})
