"""Pure rules of days that are not counted: which day may be added, and what it moves."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from mappa.rules.calendar import day_words, is_weekend, is_working_day, weekday_words
from mappa.rules.deadlines import Confidence, DeadlineRule, Kind, Unit, due
from mappa.rules.explanation import interval_words
from mappa.rules.titles import titles

LISTED, PROCLAIMED, LOCAL = "listed", "proclaimed", "local"
KINDS = {PROCLAIMED: "Proclaimed", LOCAL: "Local holiday"}
"""What an administrator may add."""
KIND_WORDS = {LISTED: "Published list", **KINDS}
YEARS_BACK, YEARS_AHEAD = 1, 10


@dataclass(frozen=True, kw_only=True)
class AddHoliday:
    """A day that is to be left out of counts in working days, from now on."""

    falls_on: date
    name: str
    kind: str
    source: str
    reason: str


@dataclass(frozen=True)
class Effect:
    """How a date moves by one day off: an example, counted from the last working day before."""

    title: str
    starts_on: date
    without: date
    with_it: date


def fault_of(on: date, today: date) -> str | None:
    """Why this day cannot be added, as a sentence, or None."""
    if is_weekend(on):
        return f"{day_words(on)} is at a weekend, which is never counted. Enter a weekday"
    if not today.year - YEARS_BACK <= on.year <= today.year + YEARS_AHEAD:
        first, last = today.year - YEARS_BACK, today.year + YEARS_AHEAD
        return f"Enter a day of the years {first} to {last}"
    return None


def added_words(name: str, on: date) -> str:
    """Why a date moved when a day was left out, in a clause that follows "because"."""
    return f"{weekday_words(on)} was added to the days that are not counted ({name})"


def ended_words(name: str, on: date) -> str:
    """Why a date moved when a day was counted again, in a clause that follows "because"."""
    return f"{weekday_words(on)} is counted again ({name})"


def moves(rule: DeadlineRule, *, local: bool) -> bool:
    """Whether a day off moves dates of this rule: a local one moves no date that a law sets."""
    counts = rule.kind is Kind.DEADLINE and rule.unit is Unit.WORKING_DAYS
    return counts and (not local or rule.confidence is Confidence.LOCAL_STANDARD)


def effects(
    rules: Iterable[DeadlineRule], on: date, others: Collection[date], *, local: bool
) -> list[Effect]:
    """What the day ``on`` moves, rule by rule; ``others`` are the days off beside it."""
    rules = tuple(rules)
    named = titles(rules)
    starts_on = _last_working_day_before(on, others)
    with_it = {*others, on}
    found = [
        Effect(
            f"{named[rule.id]}, {interval_words(rule.amount, rule.unit)}",
            starts_on,
            due(rule, starts_on, others).due_on,
            due(rule, starts_on, with_it).due_on,
        )
        for rule in rules
        if rule.governs(starts_on) and moves(rule, local=local)
    ]
    return [each for each in found if each.without != each.with_it]


def _last_working_day_before(on: date, others: Collection[date]) -> date:
    day = on - timedelta(days=1)
    while not is_working_day(day, others):
        day -= timedelta(days=1)
    return day
