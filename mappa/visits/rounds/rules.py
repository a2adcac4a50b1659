"""Which visits make a round of a day, and how a month lies in weeks. Pure.

A round is what lies in one postcode district. How many visits fit into a day is a local standard.
"""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

Window = tuple[datetime, datetime]

NOT_KNOWN = ""
"""The district of people whose address the reader does not get, or who have none."""

_URGENT = {"very_high": 0, "high": 1, "not_assessed": 2, None: 2, "medium": 3, "low": 4}
"""Risk band to its place; a risk that nobody knows stands before one that is known to be less."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """Somebody to be visited: why, and what decides about the order. Days are days in London.

    ``band`` is None where the reader does not get it, ``at`` the hour they were told to expect
    somebody on that day, ``due_on`` the earliest day by which a visit is due or planned.
    """

    person: UUID
    name: str
    due_on: date
    band: str | None = None
    district: str = NOT_KNOWN
    at: datetime | None = None
    reasons: tuple[str, ...] = ()
    records: tuple[UUID, ...] = ()
    """The visits and duties that the reasons tell of."""


@dataclass(frozen=True)
class Round:
    """The visits of one district that fit into a day, and those that do not."""

    district: str
    calls: Sequence[Call]
    left: Sequence[Call]


def urgency(band: str | None) -> int:
    """The place of a risk band: the smaller, the sooner somebody goes."""
    return _URGENT.get(band, _URGENT[None])


def _order(call: Call) -> tuple[object, ...]:
    """Who was promised an hour first, then the higher risk, then who has waited longest."""
    hour = call.at.isoformat() if call.at else ""
    return (call.at is None, hour, urgency(call.band), call.due_on, call.name, call.person.hex)


def rounds(calls: Iterable[Call], most: int) -> list[Round]:
    """A round for each district, the most urgent first; those without a known address last."""
    by_district: dict[str, list[Call]] = {}
    for call in sorted(calls, key=_order):
        by_district.setdefault(call.district, []).append(call)
    found = [
        Round(district, several[:most], several[most:]) for district, several in by_district.items()
    ]
    return sorted(found, key=lambda each: each.district == NOT_KNOWN)


def outward(postcode: str) -> str:
    """The outward code of a postcode: "NM1" of "NM1 4ZZ" or "nm14zz"; empty for none."""
    joined = "".join(postcode.upper().split())
    return joined[:-3]


def month_of(text: str | None, today: date) -> date:
    """The first day of the month written "2026-11"; of today's month for anything else."""
    parts = (text or "").split("-")
    whole = len(parts) == 2 and all(part.isascii() and part.isdigit() for part in parts)
    if whole and 2000 <= int(parts[0]) <= 2200 and 1 <= int(parts[1]) <= 12:
        return date(int(parts[0]), int(parts[1]), 1)
    return today.replace(day=1)


def month_words(first: date) -> str:
    """A month as its address says it: "2026-11"."""
    return f"{first.year:04d}-{first.month:02d}"


def months_beside(first: date) -> tuple[date, date]:
    """The first days of the month before and of the month after."""
    return (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)


def weeks(first: date) -> list[list[date]]:
    """The days of a month in weeks from Monday, filled up with the days around it."""
    return calendar.Calendar().monthdatescalendar(first.year, first.month)


def week_of(day: date) -> tuple[date, date]:
    """The Monday and the Sunday of a day's week."""
    monday = day - timedelta(days=day.weekday())
    return monday, monday + timedelta(days=6)
