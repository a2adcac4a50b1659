"""Whether visits could be guessed: where they cluster, how likely chance makes it, in words. Pure.

Visits that are to be unpredictable are asked four questions: do they fall on one weekday and part
of the day, on one weekday, in office hours, or at one distance from each other? For each the number
of visits in the fullest place is set against visits that were drawn evenly. The likelihoods are
exact or too high, never too low, so a pattern is never called one that is not.

Source: visits vary in days and times and include evenings and weekends (College of Policing,
Authorised Professional Practice, home visits). The threshold is a local choice.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum
from itertools import pairwise
from math import comb, log
from statistics import median

LOOKED_AT = 24
"""So many visits, the newest, are looked at."""
FEWEST = 5
"""Of fewer nothing is said."""
UNLIKELY = 0.05
"""A pattern that an even draw would show less often than this can be guessed."""

_SPAN = 6
"""Distances from one visit to the next that differ by so many days or fewer are alike."""


class Part(StrEnum):
    """Part of a day by the clock in London."""

    MORNING = "morning"
    AFTERNOON = "afternoon"
    EVENING = "evening"

    @property
    def hours(self) -> tuple[time, time]:
        """From and until, as a window for a visit."""
        return _HOURS[self]

    @property
    def words(self) -> str:
        """Like "evening, 5pm to 9pm"."""
        return f"{self.value}, {_HOURS_WORDS[self]}"


_HOURS = {
    Part.MORNING: (time(8), time(12)),
    Part.AFTERNOON: (time(12), time(17)),
    Part.EVENING: (time(17), time(21)),
}
_HOURS_WORDS = {
    Part.MORNING: "8am to noon",
    Part.AFTERNOON: "noon to 5pm",
    Part.EVENING: "5pm to 9pm",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SLOTS = len(WEEKDAYS) * len(Part)
_OFFICE_SLOTS = 5 * 2


def part_of(at: time) -> Part:
    """The part of the day of a time of arrival; before noon, before 5pm, later."""
    if at < time(12):
        return Part.MORNING
    return Part.AFTERNOON if at < time(17) else Part.EVENING


@dataclass(frozen=True, order=True)
class Made:
    """When a visit was made, by the calendar and the clock in London."""

    on: date
    part: Part

    @property
    def weekday(self) -> str:
        """Name of the day."""
        return WEEKDAYS[self.on.weekday()]

    @property
    def in_office_hours(self) -> bool:
        """Whether it was on a weekday before the evening."""
        return self.on.weekday() < 5 and self.part is not Part.EVENING


@dataclass(frozen=True)
class Habit:
    """What some of the visits have in common: how many, how likely by chance, in words."""

    count: int
    of: int
    likelihood: float
    words: str

    @property
    def sentence(self) -> str:
        """Like "7 of the last 8 were on a Tuesday morning"."""
        some = f"All of the last {self.of}" if self.count == self.of else ""
        return f"{some or f'{self.count} of the last {self.of}'} {self.words}"


@dataclass(frozen=True)
class Pattern:
    """What the newest visits look like.

    ``by_slot`` counts them by weekday and part of the day; ``habits`` are all that were looked for,
    the least likely by chance first; ``evenness`` is 0 if all fell into one slot and 1 if they
    could not be spread more evenly (entropy over the greatest that so many visits can have).
    """

    of: int
    by_slot: dict[tuple[str, Part], int]
    apart: tuple[int, ...]
    evenness: float
    habits: tuple[Habit, ...]

    @property
    def enough(self) -> bool:
        """Whether there are enough visits to say anything."""
        return self.of >= FEWEST

    @property
    def guessable(self) -> tuple[Habit, ...]:
        """What could be guessed, the clearest first.

        Four questions are asked, so each gets a quarter of the threshold.
        """
        if not self.enough:
            return ()
        return tuple(each for each in self.habits if each.likelihood * len(_ASKED) < UNLIKELY)


def pattern(visits: Iterable[Made]) -> Pattern:
    """What the newest ``LOOKED_AT`` of these visits look like."""
    newest = sorted(visits)[-LOOKED_AT:]
    slots = Counter((each.weekday, each.part) for each in newest)
    apart = tuple((after.on - before.on).days for before, after in pairwise(newest))
    found = (ask(newest) for ask in _ASKED) if newest else ()
    habits = sorted((each for each in found if each), key=lambda each: each.likelihood)
    return Pattern(len(newest), dict(slots), apart, _evenness(slots), tuple(habits))


def could_be_expected(found: Pattern, on: date, part: Part) -> Habit | None:
    """The habit that a visit on that day, at that part of it, would continue, if any."""
    wanted = Made(on, part)
    for habit in found.guessable:
        if habit.words in (_slot_words(wanted), _day_words(wanted)):
            return habit
        if habit.words == _OFFICE and wanted.in_office_hours:
            return habit
    return None


def _slot_words(visit: Made) -> str:
    return f"were on a {visit.weekday} {visit.part}"


def _day_words(visit: Made) -> str:
    return f"were on a {visit.weekday}"


_OFFICE = "were on a weekday before 5pm"


def _by_slot(visits: Sequence[Made]) -> Habit | None:
    return _fullest([_slot_words(each) for each in visits], _SLOTS)


def _by_day(visits: Sequence[Made]) -> Habit | None:
    return _fullest([_day_words(each) for each in visits], len(WEEKDAYS))


def _by_office(visits: Sequence[Made]) -> Habit | None:
    count = sum(each.in_office_hours for each in visits)
    likelihood = at_least(count, len(visits), _OFFICE_SLOTS / _SLOTS)
    return Habit(count, len(visits), likelihood, _OFFICE)


def _by_distance(visits: Sequence[Made]) -> Habit | None:
    """Distances that are alike, against distances drawn evenly up to twice the usual one.

    The likelihood is at most that of any one of them having so many others near it.
    """
    apart = sorted((after.on - before.on).days for before, after in pairwise(visits))
    if not apart:
        return None
    runs = [[each for each in apart if low <= each <= low + _SPAN] for low in apart]
    alike = max(runs, key=len)
    reach = max(1, round(2 * median(apart)))
    near = min(1.0, (_SPAN + 1) / reach)
    likelihood = min(1.0, len(apart) * at_least(len(alike) - 1, len(apart) - 1, near))
    shortest, longest = alike[0], alike[-1]
    days = f"{shortest} to {longest} days" if shortest != longest else f"{shortest} days"
    return Habit(len(alike), len(apart), likelihood, f"came {days} after the one before")


_ASKED = (_by_slot, _by_day, _by_office, _by_distance)


def _fullest(places: Sequence[str], number: int) -> Habit:
    words, count = max(Counter(places).items(), key=lambda each: (each[1], each[0]))
    return Habit(count, len(places), fullest_at_least(count, len(places), number), words)


def at_least(count: int, of: int, chance: float) -> float:
    """How likely ``count`` or more of ``of`` independent tries succeed."""
    return sum(
        comb(of, each) * chance**each * (1 - chance) ** (of - each)
        for each in range(max(count, 0), of + 1)
    )


def fullest_at_least(count: int, of: int, places: int) -> float:
    """How likely the fullest of ``places`` holds ``count`` or more of ``of`` that fall evenly.

    Exact: the ways in which no place holds as many, counted place by place, over all ways.
    """
    ways = [1] + [0] * of
    for _ in range(places):
        ways = [
            sum(comb(total, here) * ways[total - here] for here in range(min(total, count - 1) + 1))
            for total in range(of + 1)
        ]
    return float(1 - ways[of] / places**of) if count > 0 else 1.0


def _evenness(slots: Counter[tuple[str, Part]]) -> float:
    total = sum(slots.values())
    most = log(min(total, _SLOTS)) if total > 1 else 0.0
    if not most:
        return 1.0
    return -sum(each / total * log(each / total) for each in slots.values()) / most


DRAWN_WITHIN = timedelta(days=28)
"""How far ahead a day is drawn where no duty says by when the visit is due."""
OVERDUE_WITHIN = timedelta(days=7)
"""And where it is overdue."""


@dataclass(frozen=True)
class Suggested:
    """A day and a part of it that were drawn, and the first and last day they were drawn from."""

    on: date
    part: Part
    first_on: date
    last_on: date

    @property
    def days(self) -> int:
        """How many days could have come up."""
        return (self.last_on - self.first_on).days + 1


def window(today: date, due_on: date | None) -> tuple[date, date]:
    """The days from which one is drawn: from tomorrow until the visit is due.

    A visit that is due today or overdue is drawn from the next week, one without a duty from the
    next four.
    """
    first = today + timedelta(days=1)
    if due_on is None:
        return first, today + DRAWN_WITHIN
    return first, due_on if due_on >= first else today + OVERDUE_WITHIN


def suggested(first_on: date, last_on: date, drawn: int) -> Suggested:
    """The day and part of day for a number drawn evenly from ``choices(first_on, last_on)``.

    Each day and each part of it comes up equally often: earlier visits do not shape it, so nothing
    can be learnt from it, and nobody who knows them guesses better. Raises ``ValueError`` for a
    window that ends before it begins, or a number outside the choices.
    """
    if not 0 <= drawn < choices(first_on, last_on):
        raise ValueError("the number is not one of the choices")
    days, part = divmod(drawn, len(Part))
    return Suggested(first_on + timedelta(days=days), tuple(Part)[part], first_on, last_on)


def choices(first_on: date, last_on: date) -> int:
    """How many suggestions there are from the first to the last day, both included."""
    if last_on < first_on:
        raise ValueError("the window ends before it begins")
    return ((last_on - first_on).days + 1) * len(Part)
