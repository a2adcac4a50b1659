"""Which days do not count. Read once in a unit of work; a change counts from the next act on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa

from config.read import bank_holidays
from mappa.agencies.models import Area, User
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import LISTED, LOCAL
from mappa.rules.levels import Jurisdiction

_KEPT = "bank-holidays:"


@dataclass(frozen=True)
class DayOff:
    """A stored day, live or ended."""

    id: UUID
    area_id: str
    falls_on: date
    name: str
    kind: str
    source: str
    added_at: datetime
    ended_at: datetime | None

    def counts(self, known_at: datetime | None) -> bool:
        """Whether it was in force at a moment; without one, whether it is now."""
        if known_at is None:
            return self.ended_at is None
        return self.added_at <= known_at and (self.ended_at is None or known_at < self.ended_at)


@cache
def _statement() -> Query:
    table = BankHoliday.__table__
    names = ("id", "area_id", "falls_on", "name", "kind", "source", "added_at", "ended_at")
    return (
        sa.select(*(table.c[name] for name in names))
        .where(table.c.jurisdiction == sa.bindparam("jurisdiction"))
        .order_by(table.c.falls_on, table.c.area_id, table.c.added_at, table.c.id)
    )


def days_off(jurisdiction: Jurisdiction) -> Sequence[DayOff]:
    """Every stored day of a jurisdiction and its areas, in their order; one query a unit."""
    kept = uow.current().kept
    key = _KEPT + jurisdiction.value
    if key not in kept:
        found = db.session.execute(_statement(), {"jurisdiction": jurisdiction.value})
        kept[key] = [DayOff(*row) for row in found]
    return kept[key]


def forget(jurisdiction: Jurisdiction) -> None:
    """Read the days again at the next question: one was added or ended."""
    uow.current().kept.pop(_KEPT + jurisdiction.value, None)


def between(
    jurisdiction: Jurisdiction,
    first: int,
    last: int,
    *,
    area: str = "",
    known_at: datetime | None = None,
) -> Mapping[date, str]:
    """Days and names of what is not counted in the years from ``first`` to ``last``.

    ``area`` adds its local holidays. ``known_at`` gives them as they stood at a moment. A year that
    the table does not reach is taken from the published calendar as the code knows it.
    """
    stored = days_off(jurisdiction)
    found = {
        each.falls_on: each.name
        for each in stored
        if first <= each.falls_on.year <= last
        and each.area_id in ("", area)
        and each.counts(known_at)
    }
    reached = {each.falls_on.year for each in stored if each.kind == LISTED}
    missing = tuple(year for year in range(first, last + 1) if year not in reached)
    if missing:
        found = {**_calendar(jurisdiction, missing), **found}
    return MappingProxyType(dict(sorted(found.items())))


@cache
def _calendar(jurisdiction: Jurisdiction, years: tuple[int, ...]) -> Mapping[date, str]:
    return bank_holidays(jurisdiction, years)


def in_year(jurisdiction: Jurisdiction, area: str, year: int) -> list[DayOff]:
    """The live days of a year that count in an area."""
    return [
        each
        for each in days_off(jurisdiction)
        if each.falls_on.year == year and each.area_id in ("", area) and each.counts(None)
    ]


def changed(jurisdiction: Jurisdiction, area: str) -> list[DayOff]:
    """What was added to the published list or taken from it, the latest day first."""
    found = [
        each
        for each in days_off(jurisdiction)
        if each.area_id in ("", area) and (each.kind != LISTED or each.ended_at)
    ]
    return found[::-1]


def day_off(jurisdiction: Jurisdiction, area: str, holiday_id: UUID) -> BankHoliday:
    """One day, live or ended. Raises ``NotFound`` for one of elsewhere."""
    found = db.session.get(BankHoliday, holiday_id)
    if found is None or found.jurisdiction != jurisdiction.value or found.area_id not in ("", area):
        raise NotFound
    return found


def names_of(users: Iterable[UUID]) -> dict[UUID, str]:
    """Who added and ended it, by account."""
    found = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(list(users))))
    return {row.id: row.name for row in found}


def area_name(area: str) -> str:
    """What the area is called."""
    return db.session.get_one(Area, area).name


def is_local(holiday: BankHoliday) -> bool:
    """Whether it counts in one area only."""
    return holiday.kind == LOCAL
