"""Deadline rules as data, when a duty falls due under them, and which version governs a case."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from mappa.rules.calendar import (
    add_months,
    add_working_days,
    days_between,
    holiday_name,
    is_weekend,
    is_working_day,
)
from mappa.rules.levels import Jurisdiction


class Unit(StrEnum):
    """In what a rule counts; ``SET_DATE`` means that people set the day."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    SET_DATE = "set_date"


class Counting(StrEnum):
    """Whether the day of the trigger is day 0 ("after") or day 1 ("beginning with")."""

    AFTER = "after"
    BEGINNING_WITH = "beginning_with"


class Confidence(StrEnum):
    """How sure we are of a rule's number."""

    VERIFIED = "verified"
    WEAK_SOURCE = "weak_source"
    AGREED_PLAN = "agreed_plan"
    LOCAL_STANDARD = "local_standard"
    NOT_VERIFIED = "not_verified"


class Escalation(NamedTuple):
    """Who is told when a duty is late by so many working days."""

    to: str
    after_working_days: int


class Ceiling(NamedTuple):
    """The longest interval a set date should leave; beyond it there is a warning, no refusal."""

    amount: int
    unit: Unit


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """``amount`` of ``unit`` after, or beginning with, the trigger; ``source`` is where it stands.

    ``in_force_to`` is the last day, None while in force. ``set_by`` names who may set the day
    instead; empty if nobody may. ``trigger`` is a clause that follows "after" or "beginning
    with"; ``start_word`` marks the first day in a calendar.
    """

    id: str
    version: int
    jurisdiction: Jurisdiction
    title: str
    trigger: str
    start_word: str
    amount: int
    unit: Unit
    counting: Counting
    responsible: str
    escalation: tuple[Escalation, ...]
    source: str
    confidence: Confidence
    in_force_from: date
    in_force_to: date | None = None
    set_by: str = ""
    ceiling: Ceiling | None = None
    note: str = ""

    def governs(self, on: date) -> bool:
        """Whether a duty that started on this day falls under this version."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


class UnknownRule(LookupError):
    """No rule of that id is in force on that day; never read as "no deadline"."""


class DateNotSet(ValueError):
    """People must set the day under this rule, and nobody has."""


class Step(NamedTuple):
    """One day of the count and what it is in it."""

    on: date
    note: str
    counted: bool


@dataclass(frozen=True, kw_only=True)
class Counted:
    """The due day and how it was reached.

    ``instead_of`` is the day the rule alone would give, where people set another; ``latest_on``
    the day a set date should not pass. Both None where there is none.
    """

    due_on: date
    steps: tuple[Step, ...]
    instead_of: date | None = None
    latest_on: date | None = None

    @property
    def is_late_choice(self) -> bool:
        """Whether the day that was set is beyond the rule's longest interval."""
        return self.latest_on is not None and self.due_on > self.latest_on


def due(
    rule: DeadlineRule, start: date, holidays: Collection[date], set_on: date | None = None
) -> Counted:
    """Last day on which a duty that started on ``start`` can still be met.

    ``set_on`` is the day that those named in ``rule.set_by`` have set; a rule in set dates
    without one raises ``DateNotSet``, and one that nobody may set, or that lies before
    ``start``, raises ``ValueError``.
    """
    if set_on is not None:
        return _as_set(rule, start, holidays, set_on)
    if rule.unit is Unit.SET_DATE:
        raise DateNotSet(f"{rule.id}: the day is set by {rule.set_by}, and has not been")
    due_on = _reckon(start, rule.amount, rule.unit, rule.counting, holidays)
    return Counted(due_on=due_on, steps=_steps(rule, start, due_on, holidays))


def _as_set(rule: DeadlineRule, start: date, holidays: Collection[date], set_on: date) -> Counted:
    if not rule.set_by:
        raise ValueError(f"{rule.id}: nobody may set another day under this rule")
    if set_on < start:
        raise ValueError(f"{rule.id}: {set_on} is before the count starts, on {start}")
    instead_of = latest_on = None
    if rule.unit is not Unit.SET_DATE:
        instead_of = _reckon(start, rule.amount, rule.unit, rule.counting, holidays)
    if rule.ceiling is not None:
        latest_on = _reckon(start, *rule.ceiling, Counting.AFTER, holidays)
    return Counted(
        due_on=set_on,
        steps=(Step(start, rule.start_word, False), Step(set_on, f"Set by {rule.set_by}", True)),
        instead_of=instead_of,
        latest_on=latest_on,
    )


def _reckon(
    start: date, amount: int, unit: Unit, counting: Counting, holidays: Collection[date]
) -> date:
    # "Beginning with" makes the day itself day 1, so everything ends one day sooner
    # (Sexual Offences Act 2003 s83(1): 3 days beginning with the 1st end on the 3rd).
    origin = start if counting is Counting.AFTER else start - timedelta(days=1)
    match unit:
        case Unit.CALENDAR_DAYS:
            return origin + timedelta(days=amount)
        case Unit.WORKING_DAYS:
            return add_working_days(origin, amount, holidays)
        case Unit.WEEKS:
            return origin + timedelta(weeks=amount)
        case Unit.MONTHS | Unit.YEARS:
            months = amount if unit is Unit.MONTHS else amount * 12
            landed = add_months(start, months)
            # In a month too short for the corresponding date the period ends with the month,
            # whichever way it is counted.
            return landed if landed.day != start.day else landed - (start - origin)
        case _:
            raise DateNotSet("a set date cannot be counted")


def _steps(
    rule: DeadlineRule, start: date, due_on: date, holidays: Collection[date]
) -> tuple[Step, ...]:
    counts_start = rule.counting is Counting.BEGINNING_WITH
    if rule.unit not in (Unit.WORKING_DAYS, Unit.CALENDAR_DAYS):
        return (Step(start, rule.start_word, counts_start), Step(due_on, "Due", True))
    working = rule.unit is Unit.WORKING_DAYS
    steps, number = [], 0
    for on in days_between(start, due_on):
        if on == start and not counts_start:
            steps.append(Step(on, rule.start_word, False))
        elif working and not is_working_day(on, holidays):
            name = "–" if is_weekend(on) else holiday_name(on, holidays)
            steps.append(Step(on, name, False))
        else:
            number += 1
            steps.append(Step(on, f"Day {number}" + (", due" if on == due_on else ""), True))
    return tuple(steps)


def set_in_plan(rule: DeadlineRule, amount: int, unit: Unit, source: str) -> DeadlineRule:
    """The rule with the interval that a case's own plan has set; ``source`` names the plan.

    Raises ``ValueError`` if nobody may set another interval under the rule.
    """
    if not rule.set_by:
        raise ValueError(f"{rule.id}: nobody may set another interval under this rule")
    return replace(rule, amount=amount, unit=unit, source=source, confidence=Confidence.AGREED_PLAN)


def faults(rules: Iterable[DeadlineRule]) -> list[str]:
    """What is wrong with a set of rules as a whole: the same version twice, overlapping days."""
    found = []
    by_id: dict[str, list[DeadlineRule]] = {}
    for rule in rules:
        by_id.setdefault(rule.id, []).append(rule)
    for rule_id, versions in by_id.items():
        versions.sort(key=lambda rule: (rule.in_force_from, rule.version))
        numbers = [rule.version for rule in versions]
        if numbers != sorted(set(numbers)):
            found.append(f"{rule_id}: versions {numbers} do not rise with the day they begin")
        for earlier, later in zip(versions, versions[1:], strict=False):
            if earlier.governs(later.in_force_from):
                found.append(
                    f"{rule_id}: version {earlier.version} is still in force when "
                    f"version {later.version} begins, on {later.in_force_from}"
                )
    return found


class RuleBook:
    """The rules of one jurisdiction in all their versions; old cases keep the version of their day.

    Raises ``ValueError`` with all ``faults`` if versions repeat or overlap.
    """

    def __init__(self, rules: Iterable[DeadlineRule]) -> None:
        self._rules = tuple(rules)
        if found := faults(self._rules):
            raise ValueError("; ".join(found))

    def __iter__(self) -> Iterator[DeadlineRule]:
        return iter(self._rules)

    def rule(self, rule_id: str, on: date) -> DeadlineRule:
        """Version in force on the day the duty started; ``UnknownRule`` if there is none."""
        for rule in self._rules:
            if rule.id == rule_id and rule.governs(on):
                return rule
        raise UnknownRule(f"no rule {rule_id} is in force on {on}")

    def version(self, rule_id: str, version: int) -> DeadlineRule:
        """One version, as stored with a deadline; ``UnknownRule`` if there is none."""
        for rule in self._rules:
            if rule.id == rule_id and rule.version == version:
                return rule
        raise UnknownRule(f"there is no version {version} of rule {rule_id}")

    def in_force(self, on: date) -> tuple[DeadlineRule, ...]:
        """All rules in force on a day, one version of each."""
        return tuple(rule for rule in self._rules if rule.governs(on))
