"""Which visits are owed, counted slowly from everything that ever happened to a person.

It knows nothing of duties, rules or jobs: it goes through the facts each time, and counts day by
day. Days off are those that GOV.UK publishes, and those that were proclaimed meanwhile.
"""

import calendar
from dataclasses import dataclass, field
from datetime import date, timedelta

from config.bank_holidays import bank_holidays
from mappa.rules.levels import Jurisdiction

BY_BAND = {"": (3, 6), "low": (12, 12), "medium": (6, 12), "high": (3, 6), "very_high": (1, 3)}
"""Months until the next visit and the next unannounced one, where nothing was set."""
VISIT, UNANNOUNCED = "visit", "visit-unannounced"
AGAIN, NOT_SET = "visit-try-again", "visit-commitment"
OWED = (VISIT, UNANNOUNCED, AGAIN, NOT_SET)
WORKING_DAYS = {AGAIN: 5, NOT_SET: 10}
SATURDAY = 5
DAY = timedelta(days=1)


def later(start: date, interval: str) -> date:
    """So much later, month by month and day by day."""
    amount, unit = interval.split()
    if unit == "weeks":
        return date.fromordinal(start.toordinal() + sum(7 for _ in range(int(amount))))
    year, month = start.year, start.month
    for _ in range(int(amount)):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


@dataclass
class Told:
    """Everything that happened to somebody in a nation, and the visits that follow from it.

    Time in custody, in hospital or abroad is not among it: no source lets it move a visit, and a
    visit that is owed stays owed until it is made.
    """

    nation: str
    seen: list[tuple[date, bool]] = field(default_factory=list)
    failed: list[date] = field(default_factory=list)
    sets: list[tuple[date, str, str]] = field(default_factory=list)
    bands: list[tuple[date, str]] = field(default_factory=list)
    days_off: set[date] = field(default_factory=set)
    reactive: bool = False
    back_on: date | None = None
    """When reactive management last ended."""
    missed_since: date | None = None
    """Since when it is known that nothing says how often."""

    @property
    def band(self) -> str:
        """As assessed last."""
        return self.bands[-1][1] if self.bands else ""

    def sees(self, on: date, announced: bool, today: date) -> None:
        """The person was seen; it is said today."""
        self.seen.append((on, announced))
        self._look(today)

    def fails(self, on: date) -> None:
        """Nobody answered, or entry was refused."""
        self.failed.append(on)

    def is_set(self, on: date, every: str, unannounced: str) -> None:
        """A commitment was set, or, with nothing, ended."""
        self.sets.append((on, every, unannounced))
        self._look(on)

    def assesses(self, band: str, on: date) -> None:
        """The risk was assessed; more than low ends reactive management."""
        self.bands.append((on, band))
        if self.reactive and band != "low":
            self.ends(on)
        if self.says_how_often:
            self.missed_since = None

    def may_begin(self, today: date) -> bool:
        """Whether nobody needs to visit as a matter of routine: low for three years."""
        low = [on for on, _ in self.bands]
        for place, (_, band) in enumerate(self.bands):
            if band != "low":
                low = [on for on, _ in self.bands[place + 1 :]]
        long = bool(low) and later(low[0], "36 months") <= today
        return self.nation == "england-wales" and long and not self.reactive

    def begins(self) -> None:
        """Reactive management was approved."""
        self.reactive, self.missed_since = True, None

    def ends(self, today: date) -> None:
        """It ended: visits come back."""
        self.reactive, self.back_on = False, today

    @property
    def says_how_often(self) -> bool:
        """Whether anything says how often: a commitment, or the usual default of the band."""
        committed = bool(self.sets and self.sets[-1][1])
        usual = self.nation == "england-wales" and bool(self.band)
        return committed or usual or self.reactive

    def _look(self, today: date) -> None:
        if self.says_how_often:
            self.missed_since = None
        else:
            self.missed_since = self.missed_since or today

    def due(self) -> dict[str, tuple[date, date]]:
        """Kind to the day it counts from and the day by which it is due."""
        found = {} if self.reactive else self._routine()
        for kind, start in ((AGAIN, self._try_again()), (NOT_SET, self.missed_since)):
            if start is not None:
                found[kind] = (start, self.working_days(start, WORKING_DAYS[kind]))
        return found

    def _routine(self) -> dict[str, tuple[date, date]]:
        found = {}
        for place, kind in enumerate((VISIT, UNANNOUNCED)):
            start, interval = self.start(kind), self.interval(kind)
            if start is not None and interval is not None:
                by_band = f"{BY_BAND[self.band][place]} months"
                found[kind] = (start, later(start, interval or by_band))
        return found

    def interval(self, kind: str) -> str | None:
        """What is asked; empty if by the band, None if no such visit is."""
        if not self.sets or not self.sets[-1][1]:
            return ""
        return self.sets[-1][1] if kind == VISIT else self.sets[-1][2] or None

    def start(self, kind: str) -> date | None:
        """The day on which the person was last seen, else on which somebody was first asked to."""
        made = [on for on, announced in self.seen if kind == VISIT or not announced]
        if made:
            return max(made)
        first = None
        for on, every, unannounced in self.sets:
            if every if kind == VISIT else unannounced:
                first = first or on
            elif every:
                first = None
        asked = [on for on in (first, self.back_on if kind == VISIT else None) if on]
        return min(asked, default=None)

    def _try_again(self) -> date | None:
        """The last attempt that failed, if the person was not seen on that day or later."""
        last = max(self.failed, default=date.min)
        seen = max((on for on, _ in self.seen), default=date.min)
        return last if last > seen else None

    def working_days(self, start: date, amount: int) -> date:
        """So many working days after a day: one by one."""
        on = start
        while amount:
            on += DAY
            off = on in self.days_off or on in bank_holidays(Jurisdiction(self.nation), [on.year])
            amount -= on.weekday() < SATURDAY and not off
        return on
