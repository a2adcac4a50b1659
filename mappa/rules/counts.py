"""Rules that count occurrences: two failed attempts to enter, seven days of stay in a year."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from mappa.rules.away import Away, stretches
from mappa.rules.reckoning import NothingToCount, reckon
from mappa.rules.rule import Counting, DeadlineRule, Kind, Unit


class Reached(NamedTuple):
    """The day on which the number was reached, and the days that count towards it, in order."""

    on: date
    days: tuple[date, ...]


def reached(rule: DeadlineRule, days: Iterable[date], away: Iterable[Away] = ()) -> Reached | None:
    """When occurrences on these days first reach the number of the rule; None if they do not.

    A day of stay counts once however often it is named, an occurrence each time; a day that the
    rule disregards not at all. Raises ``NothingToCount`` for a rule of another kind.
    """
    _must_count(rule)
    left_out = stretches(away, rule.disregards)
    counted = sorted(set(days) if rule.unit is Unit.CALENDAR_DAYS else days)
    counted = [on for on in counted if not any(each.covers(on) for each in left_out)]
    for last in range(rule.amount - 1, len(counted)):
        group = counted[last - rule.amount + 1 : last + 1]
        if rule.within is None or group[-1] <= _window_end(rule, group[0]):
            return Reached(group[-1], tuple(group))
    return None


def _window_end(rule: DeadlineRule, first: date) -> date:
    assert rule.within is not None
    return reckon(first, *rule.within, Counting.BEGINNING_WITH, ())


def at_limit(rule: DeadlineRule, number: int) -> bool:
    """Whether a number that stands now has reached that of the rule; errors as ``reached``."""
    _must_count(rule)
    return number >= rule.amount


def _must_count(rule: DeadlineRule) -> None:
    if rule.kind is not Kind.COUNT:
        raise NothingToCount(f"{rule.id}: it counts no occurrences")
