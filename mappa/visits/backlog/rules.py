"""Counting visits that are late, and what was made of those that were planned. Pure.

Source: domain.md section 7: inspectors hold about 50 people to be what one officer can manage.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

MOST_PEOPLE = 50
"""So many people are said to be what one officer can manage."""
MONTHS = 6
"""So many month ends are compared."""
LOOKED_BACK = timedelta(days=90)
"""How far what was planned is compared with what was made."""

BANDS = ("very_high", "high", "medium", "low", "not_assessed")
SERIOUS = ("very_high", "high")
UNKNOWN = "unknown"
"""The band of people whose risk the reader does not get."""


class Age(StrEnum):
    """How long a visit has been late."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    LONGER = "longer"

    @property
    def words(self) -> str:
        """As pages show it."""
        return _AGES[self]


_AGES = {
    Age.WEEK: "Up to 7 days",
    Age.MONTH: "8 to 30 days",
    Age.QUARTER: "31 to 90 days",
    Age.LONGER: "Over 90 days",
}
_LAST = {Age.WEEK: 7, Age.MONTH: 30, Age.QUARTER: 90}


def age_of(late: int) -> Age:
    """The age of what is so many days late, at least one."""
    return next((age for age, last in _LAST.items() if late <= last), Age.LONGER)


def due_between(age: Age | None, today: date) -> tuple[date, date]:
    """The first and the last due day of what is of an age; of all that is late without one."""
    if age is None:
        return date.min, today - timedelta(days=1)
    ages = list(Age)
    before = 0 if age is Age.WEEK else _LAST[ages[ages.index(age) - 1]]
    last = _LAST.get(age)
    first = today - timedelta(days=last) if last else date.min
    return first, today - timedelta(days=before + 1)


@dataclass(frozen=True)
class Backlog:
    """How much is late, by band and age, and how long the oldest of each band has waited."""

    counts: Counter[tuple[str, Age]]
    oldest: dict[str, int]

    def of_band(self, band: str) -> int:
        """How much is late of a band."""
        return sum(self.counts[band, age] for age in Age)

    def of_age(self, age: Age) -> int:
        """How much is so late."""
        return sum(self.counts[band, age] for band in (*BANDS, UNKNOWN))

    @property
    def all(self) -> int:
        """How much is late."""
        return self.counts.total()

    @property
    def serious(self) -> int:
        """How much of it is at high or very high risk."""
        return sum(self.of_band(band) for band in SERIOUS)

    @property
    def bands(self) -> list[str]:
        """The bands to show: that nobody's is unknown needs no line."""
        return [*BANDS, *([UNKNOWN] if self.of_band(UNKNOWN) else [])]


def month_ends(today: date, several: int = MONTHS) -> list[date]:
    """The last days of the months before this one, and today."""
    found, first = [today], today.replace(day=1)
    while len(found) < several:
        found.append(first - timedelta(days=1))
        first = found[-1].replace(day=1)
    return found[::-1]


@dataclass(frozen=True)
class Bar:
    """A part of a bar of the picture, in its units."""

    x: float
    width: float
    step: int
    count: int

    @property
    def shows(self) -> bool:
        """Whether the number has room in it."""
        return self.width >= 9 * len(str(self.count)) + 4


def bars(found: Backlog, width: float) -> dict[str, list[Bar]]:
    """The bars of the bands, the longest as wide as ``width``."""
    longest = max((found.of_band(band) for band in found.bands), default=0) or 1
    drawn: dict[str, list[Bar]] = {}
    for band in found.bands:
        x, parts = 0.0, []
        for step, age in enumerate(Age, start=1):
            count = found.counts[band, age]
            if count:
                part = width * count / longest
                parts.append(Bar(round(x, 1), round(part, 1), step, count))
                x += part
        drawn[band] = parts
    return drawn


@dataclass(frozen=True)
class Point:
    """A month end of the picture: where it is, and how much was late."""

    x: float
    y: float
    on: date
    count: int


def points(counts: Sequence[tuple[date, int]], width: float, height: float) -> list[Point]:
    """The line of the trend; the most stands at the top."""
    most = max((count for _, count in counts), default=0) or 1
    apart = width / max(len(counts) - 1, 1)
    return [
        Point(round(place * apart, 1), round(height * (1 - count / most), 1), on, count)
        for place, (on, count) in enumerate(counts)
    ]
