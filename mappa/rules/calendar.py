"""Counting days: working days, months that end early, and saying which days were skipped.

``holidays`` is any collection of days; where it maps each day to its name, the name is said.
"""

import calendar
from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_SATURDAY = 5
_MONTHS_IN_A_YEAR = 12


def day_words(on: date) -> str:
    """The day as pages write it: ``8 December 2026``; independent of the server's locale."""
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def weekday_words(on: date) -> str:
    """The day with its weekday: ``Tuesday 8 December 2026``."""
    return f"{WEEKDAYS[on.weekday()]} {day_words(on)}"


def capitalised(words: str) -> str:
    """The words with a capital at the start and the rest as it was."""
    return words[0].upper() + words[1:]


def is_weekend(on: date) -> bool:
    """Whether the day is a Saturday or a Sunday."""
    return on.weekday() >= _SATURDAY


def is_working_day(on: date, holidays: Collection[date]) -> bool:
    """Whether the day is neither at a weekend nor a bank holiday."""
    return not is_weekend(on) and on not in holidays


def days_between(first: date, last: date) -> Iterator[date]:
    """Each day from ``first`` to ``last``, both included."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """Day on which ``days`` working days after ``start`` have passed; ``start`` is not counted.

    ``days`` must not be negative; 0 gives ``start`` itself, whatever day it is.
    """
    if days < 0:
        raise ValueError(f"working days are counted forwards only, not {days}")
    on = start
    while days:
        on += timedelta(days=1)
        if is_working_day(on, holidays):
            days -= 1
    return on


def take_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """Day from which ``days`` working days pass before ``start``; ``start`` is not counted."""
    if days < 0:
        raise ValueError(f"working days are counted one way only, not {days}")
    on = start
    while days:
        on -= timedelta(days=1)
        if is_working_day(on, holidays):
            days -= 1
    return on


def add_months(start: date, months: int) -> date:
    """Same day of the month ``months`` later, or the last day of a month that is too short.

    Negative months go back. 31 January and one month is 28 or 29 February; 29 February and
    twelve months is 28 February.
    """
    years, month = divmod(start.month - 1 + months, _MONTHS_IN_A_YEAR)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def holiday_name(on: date, holidays: Collection[date]) -> str:
    """Name of a bank holiday, or "Bank holiday" where only the days are known."""
    return holidays[on] if isinstance(holidays, Mapping) else "Bank holiday"


def skipped_days(first: date, last: date, holidays: Collection[date]) -> list[str]:
    """Sentences that say which days from ``first`` to ``last`` are not counted, and why.

    Empty when all are counted. A holiday at a weekend is said as part of the weekend.
    """
    days = list(days_between(first, last))
    sentences = []
    weekend_days = sum(is_weekend(on) for on in days)
    if weekend_days:
        sentences.append(f"Saturdays and Sundays are not counted: {weekend_days} in all.")
    sentences.extend(
        f"{weekday_words(on)} is not counted: {holiday_name(on, holidays)}."
        for on in days
        if not is_weekend(on) and on in holidays
    )
    return sentences
