"""A slow evaluator of rules that walks day by day, and shares nothing with the one it checks.

A day is a tuple (year, month, day) and the calendar is worked out here. It reads rules as plain
data, so it imports nothing of ``mappa``. What it says is a tuple: ("day", due, instead of, latest),
("still", since), ("none", why), ("reached", day), ("moment", minutes since 1970) or ("refused",).
"""

from functools import cache

_DAYS_IN = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_A_WHILE = 40_000
"""Days; a walk that is longer has lost its way."""


class _Still(Exception):
    """The walk met an absence that has no end."""


def triple(day):
    """A day as this module writes it."""
    return None if day is None else (day.year, day.month, day.day)


def _is_leap(year):
    return (year % 4 == 0 and year % 100 != 0) or year % 400 == 0


def _days_in(year, month):
    return 29 if month == 2 and _is_leap(year) else _DAYS_IN[month - 1]


@cache
def _next(day):
    year, month, number = day
    if number < _days_in(year, month):
        return (year, month, number + 1)
    return (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)


@cache
def _last(day):
    year, month, number = day
    if number > 1:
        return (year, month, number - 1)
    if month > 1:
        return (year, month - 1, _days_in(year, month - 1))
    return (year - 1, 12, 31)


@cache
def _is_weekend(day):
    """By Zeller's congruence: 0 is Saturday, 1 is Sunday."""
    year, month, number = day
    if month < 3:
        year, month = year - 1, month + 12
    century, of_century = divmod(year, 100)
    sum_ = number + 13 * (month + 1) // 5 + of_century + of_century // 4 + century // 4
    return (sum_ + 5 * century) % 7 <= 1


def _corresponds(day, start):
    """Whether a month, counted from the start, is full on this day."""
    wanted = min(start[2], _days_in(day[0], day[1]))
    return day[2] == wanted


def _is_unit_full(day, start, unit, walked, holidays):
    """Whether one more of the unit is full when the walk arrives at this day."""
    if unit == "calendar_days":
        return True
    if unit == "weeks":
        return walked % 7 == 0
    if unit == "working_days":
        return not _is_weekend(day) and day not in holidays
    if unit == "months":
        return _corresponds(day, start)
    return _corresponds(day, start) and day[1] == start[1]


def _walk(start, amount, unit, counting, holidays, and_days=0):
    """Where the count ends if nothing is left out."""
    step = _last if counting == "before" else _next
    in_months = unit in ("months", "years")
    day = start
    if counting == "beginning_with" and not in_months:
        day = _last(day)
    full = walked = 0
    while full < amount:
        day, walked = step(day), walked + 1
        full += _is_unit_full(day, start, unit, walked, holidays)
        assert walked < _A_WHILE
    if counting == "beginning_with" and in_months and day[2] == start[2]:
        day = _last(day)
    for _ in range(and_days):
        day = step(day)
    return day


def _covers(day, absences):
    return any(began <= day and (ended is None or day < ended) for _, began, ended in absences)


def _never_ends(day, absences):
    return any(began <= day and ended is None for _, began, ended in absences)


def _step_over(day, absences):
    """The next day; ``_Still`` if it lies in an absence that has no end."""
    day = _next(day)
    if _never_ends(day, absences):
        raise _Still(_first_of_run(day, absences))
    return day


def _first_of_run(day, absences):
    while _covers(_last(day), absences):
        day = _last(day)
    return day


def _of(kinds, away):
    wanted = [str(kind) for kind in kinds]
    return [each for each in away if each[0] in wanted and each[1] != each[2]]


def _around(start, end, rule, holidays, absences):
    """Where the count ends if only days outside the absences are counted."""
    first = _last(start) if rule.counting == "beginning_with" else start
    working = rule.unit == "working_days"
    needed, day = 0, first
    while day != end:
        day = _next(day)
        needed += not working or (not _is_weekend(day) and day not in holidays)
    day = first
    while needed:
        day = _step_over(day, absences)
        if _covers(day, absences):
            continue
        needed -= not working or (not _is_weekend(day) and day not in holidays)
    return day


def _run_on(end, run_on, away):
    absences = _of(run_on.kinds, away)
    if not _covers(end, absences):
        return end
    day = end
    if _never_ends(day, absences):
        raise _Still(_first_of_run(day, absences))
    while _covers(day, absences):
        day = _step_over(day, absences)
    left_out = _of(run_on.disregards, away)
    if run_on.counting == "beginning_with":
        day = _last(day)
    needed = run_on.amount
    while needed:
        day = _step_over(day, left_out)
        needed -= not _covers(day, left_out)
    return day


def _alone(rule, start, holidays, away):
    end = _walk(start, rule.amount, rule.unit, rule.counting, holidays, rule.and_days)
    if rule.counting == "before":
        return end
    if rule.disregards:
        end = _around(start, end, rule, holidays, _of(rule.disregards, away))
    if rule.run_on is not None:
        end = _run_on(end, rule.run_on, away)
    return end


_WITHOUT_A_DAY = {"hours": "hours", "without_end": "no end", "times": "nothing", "none": "nothing"}


def due(rule, start, holidays, set_on=None, away=(), known_on=None):
    """What is due when, under a rule; days as tuples, ``away`` as (kind, began, ended)."""
    if set_on is not None:
        return _as_set(rule, start, holidays, set_on, away)
    if rule.unit == "set_date":
        return ("none", "not set")
    if rule.kind in ("count", "duty"):
        return ("none", "nothing")
    if rule.unit in _WITHOUT_A_DAY:
        return ("none", _WITHOUT_A_DAY[rule.unit])
    try:
        end = _alone(rule, start, holidays, away)
    except _Still as still:
        return ("still", still.args[0])
    if rule.at_once_if_past and known_on is not None:
        end = max(end, known_on)
    return ("day", end, None, None)


def _as_set(rule, start, holidays, set_on, away):
    wrong_way = set_on > start if rule.counting == "before" else set_on < start
    if not rule.set_by or wrong_way:
        return ("refused",)
    latest = instead = None
    if rule.ceiling is not None:
        amount, unit = rule.ceiling
        latest = _walk(start, amount, unit, "after", holidays)
    if rule.unit not in ("set_date", *_WITHOUT_A_DAY):
        try:
            instead = _alone(rule, start, holidays, away)
        except _Still:
            instead = None
    return ("day", set_on, instead, latest)


def reached(rule, days, away):
    """The first day by which some interval holds enough of the days."""
    left_out = _of(rule.disregards, away)
    counted = sorted(set(days)) if rule.unit == "calendar_days" else sorted(days)
    counted = [day for day in counted if not _covers(day, left_out)]
    for last in counted:
        for first in counted:
            inside = [day for day in counted if first <= day <= last]
            if rule.within is not None:
                amount, unit = rule.within
                inside = [day for day in inside if day <= _walk_cached(first, amount, unit)]
            if len(inside) >= rule.amount and inside[-1] == last:
                return ("reached", last)
    return ("reached", None)


_walked = {}


def _walk_cached(first, amount, unit):
    key = (first, amount, unit)
    if key not in _walked:
        _walked[key] = _walk(first, amount, unit, "beginning_with", ())
    return _walked[key]


def due_at(rule, minute):
    """The moment that many hours on, in minutes since 1970 in Greenwich."""
    hours = -rule.amount if rule.counting == "before" else rule.amount
    for _ in range(abs(hours)):
        minute += 60 if hours > 0 else -60
    return ("moment", minute)


def london_minute(day, hour, minute):
    """Minutes since 1970 of a London clock that shows this, the earlier of two."""
    days = sum(366 if _is_leap(year) else 365 for year in range(1970, day[0]))
    at = (day[0], 1, 1)
    while at != day:
        at, days = _next(at), days + 1
    shown = days * 1440 + hour * 60 + minute
    return shown - 60 if _is_summer(day, hour) else shown


def _is_summer(day, hour):
    """From 1:00 on the last Sunday of March to 2:00 (summer time) on that of October."""
    return (*_last_sunday(day[0], 3), 1) <= (*day, hour) < (*_last_sunday(day[0], 10), 2)


def _last_sunday(year, month):
    day = (year, month, 31)
    while not (_is_weekend(day) and _is_weekend(_last(day))):
        day = _last(day)
    return day
