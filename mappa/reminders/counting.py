"""From a rule and what is known of a case to a day, with the days off and the absences."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY
from mappa.reminders.holidays import queries as days_off
from mappa.reminders.holidays import rules as holiday_rules
from mappa.reminders.standards import queries as standards
from mappa.rules.away import Away, written
from mappa.rules.deadlines import Counted, DeadlineRule, Unit, due, of_case
from mappa.rules.levels import Jurisdiction

_WORKING_DAYS_A_YEAR = 200
"""Fewer than any year has, so that the holidays reach far enough."""


@dataclass(frozen=True)
class Reckoned:
    """A rule in the version of the day, what is counted, and the day that it gives."""

    rule: DeadlineRule
    starts_on: date
    set_on: date | None
    counted: Counted
    holidays: Mapping[date, str]
    away: tuple[Away, ...] = ()

    def columns(self) -> dict[str, Any]:
        """What a deadline keeps of it, so that the day can be explained and recomputed."""
        return {
            "rule_id": self.rule.id,
            "rule_version": self.rule.version,
            "jurisdiction": self.rule.jurisdiction.value,
            "starts_on": self.starts_on,
            "set_on": self.set_on,
            "due_on": self.counted.due_on,
            "away": written(self.away),
        }


def holidays_between(jurisdiction: Jurisdiction, first: int, last: int) -> Mapping[date, str]:
    """The bank holidays of the years from ``first`` to ``last``, as they stand in the table."""
    return days_off.between(jurisdiction, first, last)


def holidays_for(
    rule: DeadlineRule,
    starts_on: date,
    *,
    owed_by: UUID,
    known_at: datetime | None = None,
    away: Iterable[Away] = (),
) -> Mapping[date, str]:
    """The days off that a count from ``starts_on`` under the rule can meet.

    Local holidays of the area of ``owed_by`` count where the rule is a local standard. ``known_at``
    gives the days off as they stood then, so that a date set then can be explained.
    """
    years = 1
    if rule.unit is Unit.WORKING_DAYS:
        years += rule.amount // _WORKING_DAYS_A_YEAR
    area = agencies.area_of(owed_by) if holiday_rules.moves(rule, local=True) else ""
    # What is left out is made good after it.
    counts_on = max((each.ended_on for each in away if each.ended_on), default=starts_on)
    first, last = starts_on.year, max(starts_on, counts_on).year + years
    return days_off.between(rule.jurisdiction, first, last, area=area, known_at=known_at)


def reckon(
    rule_id: str,
    jurisdiction: str,
    starts_on: date,
    set_on: date | None = None,
    *,
    owed_by: UUID = NOBODY,
    away: Iterable[Away] = (),
    interval: str = "",
) -> Reckoned:
    """When a duty that started on ``starts_on`` falls due for the agency that owes it.

    The rule is that of the agency's area, with what the area has set as a local standard, or with
    the ``interval`` that was agreed for this case ("3 months").
    Raises ``UnknownRule`` if no version governs that day, ``DateNotSet`` or ``ValueError`` where
    ``set_on`` does not suit the rule, ``StandsStill`` in an absence that has not ended.
    """
    book = standards.book_for(Jurisdiction(jurisdiction), owed_by)
    rule = of_case(book.rule(rule_id, starts_on), interval)
    return count(rule, starts_on, set_on, owed_by=owed_by, away=away)


def count(
    rule: DeadlineRule,
    starts_on: date,
    set_on: date | None = None,
    *,
    owed_by: UUID,
    away: Iterable[Away] = (),
) -> Reckoned:
    """The same under a version of a rule that is known already; raises what ``due`` raises."""
    counts = Unit.WORKING_DAYS in (rule.unit, rule.ceiling and rule.ceiling.unit)
    # No day off moves a count in weeks or months, so the table is not read for it.
    minded = tuple(each for each in away if each.kind in rule.absences)
    holidays = holidays_for(rule, starts_on, owed_by=owed_by, away=minded) if counts else {}
    counted = due(rule, starts_on, holidays, set_on, minded)
    return Reckoned(rule, starts_on, set_on, counted, holidays, minded)
