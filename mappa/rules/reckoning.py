"""From a day and an interval to a day: forwards, backwards, and around what is left out."""

from collections.abc import Collection, Sequence
from datetime import date, timedelta

from mappa.rules.away import Absence, Stretch
from mappa.rules.calendar import (
    add_months,
    add_working_days,
    day_words,
    is_working_day,
    take_working_days,
)
from mappa.rules.rule import IN_DAYS, Counting, Unit

_DAY = timedelta(days=1)
_MONTHS_IN_A_YEAR = 12


class NoDate(ValueError):
    """The rule gives no day for this; never read as "no deadline"."""


class DateNotSet(NoDate):
    """People must set the day under this rule, and nobody has."""


class NeverEnds(NoDate):
    """What the rule measures has no last day."""


class CountedInHours(NoDate):
    """The rule counts hours, so a day is not enough; ``due_at`` takes the moment."""


class NothingToCount(NoDate):
    """The rule counts occurrences, or nothing; it has no length in time."""


class StandsStill(NoDate):
    """The clock stands still in an absence that has not ended, so there is no day yet.

    ``since`` is the day the absence began, ``kinds`` are what it is, ``words`` in running text.
    """

    def __init__(self, what: str, stretch: Stretch) -> None:
        self.since: date = stretch.began_on
        self.kinds: tuple[Absence, ...] = stretch.kinds
        self.words = stretch.words
        super().__init__(
            f"{what}: the clock stands still since {day_words(self.since)}: {self.words}"
        )


def origin(start: date, counting: Counting) -> date:
    """The day before the first that is counted.

    "Beginning with" makes the day itself day 1, so that everything ends one day sooner (Sexual
    Offences Act 2003 s83(1): 3 days beginning with the 1st end on the 3rd).
    """
    return start - _DAY if counting is Counting.BEGINNING_WITH else start


def reckon(
    start: date,
    amount: int,
    unit: Unit,
    counting: Counting,
    holidays: Collection[date],
    and_days: int = 0,
) -> date:
    """Last day of the interval, or for "before" the day it reaches back to; nothing left out.

    Raises ``NoDate`` for a unit that gives no day.
    """
    if unit not in IN_DAYS:
        raise no_day(unit)
    if counting is Counting.BEFORE:
        return _back(start, amount, unit, holidays) - timedelta(days=and_days)
    return _ahead(start, amount, unit, counting, holidays) + timedelta(days=and_days)


def _ahead(
    start: date, amount: int, unit: Unit, counting: Counting, holidays: Collection[date]
) -> date:
    first = origin(start, counting)
    match unit:
        case Unit.CALENDAR_DAYS:
            return first + timedelta(days=amount)
        case Unit.WORKING_DAYS:
            return add_working_days(first, amount, holidays)
        case Unit.WEEKS:
            return first + timedelta(weeks=amount)
        case _:
            landed = add_months(start, _months(amount, unit))
            # In a month too short for the corresponding date the period ends with the month,
            # whichever way it is counted.
            return landed if landed.day != start.day else landed - (start - first)


def _back(start: date, amount: int, unit: Unit, holidays: Collection[date]) -> date:
    match unit:
        case Unit.CALENDAR_DAYS:
            return start - timedelta(days=amount)
        case Unit.WORKING_DAYS:
            return take_working_days(start, amount, holidays)
        case Unit.WEEKS:
            return start - timedelta(weeks=amount)
        case _:
            return add_months(start, -_months(amount, unit))


def _months(amount: int, unit: Unit) -> int:
    return amount if unit is Unit.MONTHS else amount * _MONTHS_IN_A_YEAR


def no_day(unit: Unit, what: str = "this") -> NoDate:
    """Why a unit gives no day, as the error to raise."""
    match unit:
        case Unit.HOURS:
            return CountedInHours(f"{what}: hours are counted from a moment, not from a day")
        case Unit.WITHOUT_END:
            return NeverEnds(f"{what}: it has no end")
        case Unit.SET_DATE:
            return DateNotSet(f"{what}: a set date cannot be counted")
        case _:
            return NothingToCount(f"{what}: nothing is counted in time")


def around(first: date, end: date, left_out: Sequence[Stretch], what: str) -> date:
    """The end of a count of days, weeks, months or years in which days are left out.

    ``first`` is the day before day 1, ``end`` the end without them. Raises ``StandsStill``, with
    ``what`` is counted, if the count runs into an absence that has not ended.
    """
    for stretch in left_out:
        begins = max(stretch.began_on, first + _DAY)
        if begins > end:
            break
        if stretch.ended_on is None:
            raise StandsStill(what, stretch)
        end += max(stretch.ended_on - begins, timedelta())
    return end


def working_days_around(
    first: date, days: int, holidays: Collection[date], left_out: Sequence[Stretch], what: str
) -> date:
    """As ``around``, for a count of working days."""
    on, ahead = first, list(left_out)
    while days:
        on += _DAY
        while ahead and not ahead[0].covers(on) and ahead[0].began_on <= on:
            ahead.pop(0)
        if ahead and ahead[0].covers(on):
            if ahead[0].ended_on is None:
                raise StandsStill(what, ahead[0])
        elif is_working_day(on, holidays):
            days -= 1
    return on
