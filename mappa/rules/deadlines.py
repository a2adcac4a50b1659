"""When a duty falls due under a rule, or until when something lasts, and how that was counted."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from mappa.rules.away import Absence, Away, Stretch, stretches
from mappa.rules.book import Fault, RuleBook, UnknownRule
from mappa.rules.calendar import capitalised, days_between
from mappa.rules.reckoning import (
    CountedInHours,
    DateNotSet,
    NeverEnds,
    NoDate,
    NothingToCount,
    StandsStill,
    around,
    no_day,
    origin,
    reckon,
    working_days_around,
)
from mappa.rules.rule import (
    IN_DAYS,
    Bound,
    Ceiling,
    Confidence,
    Counting,
    DeadlineRule,
    Escalation,
    Kind,
    RunOn,
    Subject,
    Unit,
    for_under_18,
    of_case,
    set_in_plan,
)
from mappa.rules.steps import Step, day_steps, in_order, steps_of

__all__ = [
    "Absence",
    "Away",
    "Bound",
    "Ceiling",
    "Confidence",
    "Counted",
    "CountedInHours",
    "Counting",
    "DateNotSet",
    "DeadlineRule",
    "Escalation",
    "Fault",
    "Kind",
    "NeverEnds",
    "NoDate",
    "NothingToCount",
    "RuleBook",
    "RunOn",
    "StandsStill",
    "Step",
    "Subject",
    "Unit",
    "UnknownRule",
    "due",
    "due_at",
    "for_under_18",
    "of_case",
    "set_in_plan",
]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The due day and how it was reached.

    ``instead_of`` is the day the rule alone would give, where people set another; ``latest_on``
    the day a set date should not pass. ``left_out`` are absences whose days were not counted,
    ``ran_on`` the one in which the period would have ended, ``would_end_on`` when it would have
    ended without them. Each is None or empty where there is none.
    """

    due_on: date
    steps: tuple[Step, ...]
    instead_of: date | None = None
    latest_on: date | None = None
    left_out: tuple[Stretch, ...] = ()
    ran_on: Stretch | None = None
    would_end_on: date | None = None

    @property
    def is_late_choice(self) -> bool:
        """Whether the day that was set is beyond the rule's longest interval."""
        return self.latest_on is not None and self.due_on > self.latest_on


def due(
    rule: DeadlineRule,
    start: date,
    holidays: Collection[date],
    set_on: date | None = None,
    away: Iterable[Away] = (),
    *,
    known_on: date | None = None,
) -> Counted:
    """Last day on which a duty that started on ``start`` can still be met, or something lasts.

    For a rule that counts before a day, ``start`` is that day; ``known_on``, when it became
    known, keeps such a duty from falling due before anybody could meet it. ``set_on`` is the day
    that those named in ``rule.set_by`` have set. ``away`` are the absences that may count.

    Raises a ``NoDate``: ``DateNotSet`` for a set date that nobody has set, ``StandsStill`` in an
    absence that has not ended, ``NeverEnds``, ``CountedInHours``, ``NothingToCount``; and
    ``ValueError`` if nobody may set a day, or not that one.
    """
    if set_on is not None:
        return _as_set(rule, start, holidays, set_on, away)
    if rule.unit is Unit.SET_DATE:
        raise DateNotSet(f"{rule.id}: the day is set by {rule.set_by}, and has not been")
    found = _count(rule, start, holidays, tuple(away))
    if rule.at_once_if_past and known_on is not None and found.due_on < known_on:
        steps = in_order(
            Step(known_on, "Known, due at once", True), Step(start, rule.start_word, False)
        )
        return Counted(due_on=known_on, steps=steps, would_end_on=found.due_on)
    return found


def due_at(rule: DeadlineRule, at: datetime) -> datetime:
    """The moment by which a duty in hours must be met, in the time zone of ``at``.

    Hours are those that pass: the clock changes neither lengthen nor shorten them. Raises
    ``ValueError`` if ``at`` has no time zone, ``NothingToCount`` if the rule counts no hours.
    """
    if at.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    if rule.unit is not Unit.HOURS or rule.kind not in (Kind.DEADLINE, Kind.DURATION):
        raise NothingToCount(f"{rule.id}: it counts no hours")
    hours = timedelta(hours=rule.amount)
    moment = at.astimezone(UTC)
    moment = moment - hours if rule.counting is Counting.BEFORE else moment + hours
    return moment.astimezone(at.tzinfo)


def _as_set(
    rule: DeadlineRule,
    start: date,
    holidays: Collection[date],
    set_on: date,
    away: Iterable[Away],
) -> Counted:
    if not rule.set_by:
        raise ValueError(f"{rule.id}: nobody may set another day under this rule")
    if rule.counting is Counting.BEFORE:
        if set_on > start:
            raise ValueError(f"{rule.id}: {set_on} is after the day it must come before, {start}")
    elif set_on < start:
        raise ValueError(f"{rule.id}: {set_on} is before the count starts, on {start}")
    latest_on = None
    if rule.ceiling is not None:
        latest_on = reckon(start, *rule.ceiling, Counting.AFTER, holidays)
    chosen = Step(set_on, f"Set by {rule.set_by}", True)
    return Counted(
        due_on=set_on,
        steps=in_order(Step(start, rule.start_word, False), chosen),
        instead_of=_alone(rule, start, holidays, tuple(away)),
        latest_on=latest_on,
    )


def _alone(
    rule: DeadlineRule, start: date, holidays: Collection[date], away: tuple[Away, ...]
) -> date | None:
    """The day the rule alone gives; None if it gives none, or none yet."""
    if rule.unit not in IN_DAYS:
        return None
    try:
        return _count(rule, start, holidays, away).due_on
    except StandsStill:
        return None


def _count(
    rule: DeadlineRule, start: date, holidays: Collection[date], away: tuple[Away, ...]
) -> Counted:
    if rule.kind not in (Kind.DEADLINE, Kind.DURATION):
        raise NothingToCount(f"{rule.id}: it has no length in time")
    if rule.unit not in IN_DAYS:
        raise no_day(rule.unit, rule.id)
    plain = reckon(start, rule.amount, rule.unit, rule.counting, holidays, rule.and_days)
    # Most counts meet no absence, and a recount of a whole area makes very many of them.
    if not away or rule.counting is Counting.BEFORE:
        return Counted(due_on=plain, steps=tuple(steps_of(rule, start, plain, holidays, ())))
    left_out = stretches(away, rule.disregards)
    end = _around(rule, start, plain, holidays, left_out)
    met = tuple(each for each in left_out if _meets(each, origin(start, rule.counting), end))
    steps = tuple(steps_of(rule, start, end, holidays, met))
    ran_on = _ending(rule, end, away)
    due_on = end
    if ran_on is not None:
        due_on, more = _run_on(rule, ran_on, end, away)
        steps = (*steps[:-1], *more)
    return Counted(
        due_on=due_on,
        steps=steps,
        left_out=met,
        ran_on=ran_on,
        would_end_on=plain if due_on != plain else None,
    )


def _meets(stretch: Stretch, first: date, end: date) -> bool:
    begins_in_time = stretch.began_on <= end
    return begins_in_time and (stretch.last_on is None or stretch.last_on > first)


def _around(
    rule: DeadlineRule,
    start: date,
    plain: date,
    holidays: Collection[date],
    left_out: tuple[Stretch, ...],
) -> date:
    first = origin(start, rule.counting)
    if rule.unit is Unit.WORKING_DAYS:
        return working_days_around(first, rule.amount, holidays, left_out, rule.id)
    return around(first, plain, left_out, rule.id)


def _ending(rule: DeadlineRule, end: date, away: tuple[Away, ...]) -> Stretch | None:
    """The absence in which a period would end that then runs on."""
    if rule.run_on is None:
        return None
    found = stretches(away, rule.run_on.kinds)
    return next((each for each in found if each.covers(end)), None)


def _run_on(
    rule: DeadlineRule, ran_on: Stretch, end: date, away: tuple[Away, ...]
) -> tuple[date, tuple[Step, ...]]:
    # s85(3): "the end of the period of 3 days beginning when subsection (4) first ceases to
    # apply": the days are counted once, whatever comes after the first return.
    run_on = rule.run_on
    if run_on is None or ran_on.ended_on is None:
        raise StandsStill(rule.id, ran_on)
    left_out = stretches(away, run_on.disregards)
    back_on = ran_on.ended_on
    last = reckon(back_on, run_on.amount, Unit.CALENDAR_DAYS, run_on.counting, ())
    last = around(origin(back_on, run_on.counting), last, left_out, rule.id)
    waiting = (
        Step(on, capitalised(ran_on.words), False)
        for on in days_between(end, back_on - timedelta(days=1))
    )
    counts_start = run_on.counting is Counting.BEGINNING_WITH
    days = day_steps(back_on, last, (), left_out, counts_start, "Ended", working=False)
    return last, (*waiting, *days)
