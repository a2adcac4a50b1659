"""What is to be told on a day: for each event the condition under which a duty reaches it.

The days of a ladder are turned into due days once a run (a step of so many working days is the
due days up to one), so that the database compares dates and counts nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import sqlalchemy as sa

from mappa.agencies import queries as agencies
from mappa.reminders.holidays import queries as days_off
from mappa.reminders.holidays import rules as holiday_rules
from mappa.reminders.models import Deadline, DutyState, Event
from mappa.reminders.standards import queries as standards
from mappa.reminders.telling.rules import late_event, late_since
from mappa.rules.levels import Jurisdiction

_DUTY = Deadline.__table__.c

Clause = sa.ColumnElement[bool]
Of = dict[tuple[Jurisdiction, int, str, int, bool], list[tuple[str, int]]]


@dataclass(frozen=True)
class Wave:
    """One event, the role of its step (empty: the owner), and which open duties have reached it."""

    event: str
    to: str
    last: date
    """The last due day that reaches it."""
    conditions: tuple[Clause, ...] = field(compare=False)

    @property
    def words(self) -> str:
        """The event in words, for whoever runs the command."""
        if not self.to:
            return "due today" if self.event == Event.DUE.value else "overdue"
        return f"late, {self.to.replace('_', ' ')}"


def is_open() -> Clause:
    """The duty is not met yet; written into the SQL."""
    return _DUTY.state == DutyState.OPEN.value


def waves(today: date) -> Iterator[Wave]:
    """What is to be told on a day, the owners first."""
    yield Wave(Event.DUE.value, "", today, (_DUTY.due_on == today,))
    yield Wave(Event.OVERDUE.value, "", today, (_DUTY.due_on < today,))
    for (jurisdiction, step, to, after, local), versions in _steps().items():
        of_rules = (
            _DUTY.jurisdiction == jurisdiction.value,
            sa.tuple_(_DUTY.rule_id, _DUTY.rule_version).in_(versions),
        )
        areas = _areas_with_own_days(jurisdiction) if local else ()
        for area in areas:
            last = last_late(jurisdiction, today, after, area)
            owed = _DUTY.owed_by_agency_id.in_(agencies.ids_in((area,)))
            yield Wave(late_event(step), to, last, (*of_rules, _DUTY.due_on <= last, owed))
        last = last_late(jurisdiction, today, after)
        elsewhere = [_DUTY.owed_by_agency_id.not_in(agencies.ids_in(areas))] if areas else []
        yield Wave(late_event(step), to, last, (*of_rules, _DUTY.due_on <= last, *elsewhere))


def last_late(jurisdiction: Jurisdiction, today: date, after: int, area: str = "") -> date:
    """The last due day that is late by so many working days of a jurisdiction (and area) today."""
    holidays = days_off.between(jurisdiction, today.year - 1, today.year, area=area)
    return late_since(today, after, holidays)


def _steps() -> Of:
    """The rule versions that have a step alike: the same place, role and number of days."""
    found: Of = defaultdict(list)
    for jurisdiction in Jurisdiction:
        for rule in standards.every_version(jurisdiction).versions():
            local = holiday_rules.moves(rule, local=True)
            for number, step in enumerate(rule.escalation, start=1):
                alike = (jurisdiction, number, step.to, step.after_working_days, local)
                found[alike].append((rule.id, rule.version))
    return found


def _areas_with_own_days(jurisdiction: Jurisdiction) -> tuple[str, ...]:
    return tuple(sorted({e.area_id for e in days_off.days_off(jurisdiction) if e.area_id}))
