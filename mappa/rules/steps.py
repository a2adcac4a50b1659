"""A count day by day, as the page "Why this date?" shows it."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from mappa.rules.away import Stretch
from mappa.rules.calendar import (
    capitalised,
    days_between,
    holiday_name,
    is_weekend,
    is_working_day,
)
from mappa.rules.rule import Counting, DeadlineRule, Unit


class Step(NamedTuple):
    """One day of the count and what it is in it."""

    on: date
    note: str
    counted: bool


def in_order(*steps: Step) -> tuple[Step, ...]:
    """The steps by day."""
    return tuple(sorted(steps, key=lambda step: step.on))


def steps_of(
    rule: DeadlineRule,
    start: date,
    due_on: date,
    holidays: Collection[date],
    left_out: tuple[Stretch, ...],
) -> Iterator[Step]:
    """Each day from the start to the due day in order; in weeks and longer only those two."""
    counts_start = rule.counting is Counting.BEGINNING_WITH
    if rule.unit not in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        yield from in_order(Step(start, rule.start_word, counts_start), Step(due_on, "Due", True))
    elif rule.counting is Counting.BEFORE:
        yield from _steps_back(rule, start, due_on, holidays)
    else:
        working = rule.unit is Unit.WORKING_DAYS
        yield from day_steps(
            start, due_on, holidays, left_out, counts_start, rule.start_word, working=working
        )


def day_steps(
    start: date,
    due_on: date,
    holidays: Collection[date],
    left_out: tuple[Stretch, ...],
    counts_start: bool,
    start_word: str,
    *,
    working: bool,
) -> Iterator[Step]:
    """Each day of a count in days, and what it is: left out, off, or which day of the count."""
    number = 0
    for on in days_between(start, due_on):
        absent = next((each for each in left_out if each.covers(on)), None)
        if on == start and not counts_start:
            yield Step(on, start_word, False)
        elif absent is not None:
            yield Step(on, capitalised(absent.words), False)
        elif working and not is_working_day(on, holidays):
            yield Step(on, _day_off(on, holidays), False)
        else:
            number += 1
            yield Step(on, f"Day {number}" + (", due" if on == due_on else ""), True)


def _steps_back(
    rule: DeadlineRule, start: date, due_on: date, holidays: Collection[date]
) -> Iterator[Step]:
    working = rule.unit is Unit.WORKING_DAYS
    number = rule.amount
    for on in days_between(due_on, start):
        if on == start:
            yield Step(on, rule.start_word, False)
        elif working and not is_working_day(on, holidays):
            yield Step(on, _day_off(on, holidays), False)
        else:
            yield Step(on, f"{number} before" + (", due" if on == due_on else ""), True)
            number -= 1


def _day_off(on: date, holidays: Collection[date]) -> str:
    return "–" if is_weekend(on) else holiday_name(on, holidays)
