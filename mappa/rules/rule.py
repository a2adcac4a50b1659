"""A rule as data: what starts it, how much of what, how it is counted, where it is written."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from mappa.rules.away import Absence
from mappa.rules.levels import Jurisdiction


class Kind(StrEnum):
    """What a rule says: by when, for how long, how many, or only that something is done."""

    DEADLINE = "deadline"
    DURATION = "duration"
    COUNT = "count"
    DUTY = "duty"


class Subject(StrEnum):
    """What a rule is about, in the order of the page of rules."""

    NOTIFICATION = "notification"
    VISITS = "visits"
    REVIEWS = "reviews"
    MEETINGS = "meetings"
    SHARING = "sharing"
    ORDERS = "orders"
    RECORDS = "records"


class Unit(StrEnum):
    """In what a rule counts.

    ``SET_DATE`` means that people set the day, ``WITHOUT_END`` that there is none, ``TIMES`` that
    occurrences are counted, ``NONE`` that nothing is.
    """

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"
    MONTHS = "months"
    YEARS = "years"
    TIMES = "times"
    SET_DATE = "set_date"
    WITHOUT_END = "without_end"
    NONE = "none"


IN_DAYS = (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
"""The units that give a day."""


class Counting(StrEnum):
    """Whether the day of the trigger is day 0 ("after"), day 1, or comes after the count."""

    AFTER = "after"
    BEGINNING_WITH = "beginning_with"
    BEFORE = "before"


class Bound(StrEnum):
    """Whether an amount is the one that holds, the least, or the most that is allowed."""

    EXACTLY = "exactly"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


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
    """An interval: the longest a set date should leave, or that in which occurrences count.

    A set date beyond it is warned of, not refused.
    """

    amount: int
    unit: Unit


class RunOn(NamedTuple):
    """A period that would end in an absence ends so many calendar days after the absence.

    Absences of the kinds in ``disregards`` are left out of those days in turn.
    Source: Sexual Offences Act 2003 s85(3).
    """

    kinds: tuple[Absence, ...]
    amount: int
    counting: Counting
    disregards: tuple[Absence, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DeadlineRule:
    """``amount`` of ``unit`` after, beginning with, or before the trigger, and where that stands.

    ``in_force_to`` is the last day, None while in force. ``set_by`` names who may set the day
    instead; empty if nobody may. ``trigger`` is a clause that follows "after", "beginning with
    the day", "before", or for a duty "when", or says what is counted; ``start_word`` marks the
    first day in a calendar. ``and_days`` come on top of months. ``disregards`` are absences whose
    days are not counted, ``run_on`` what happens to a period that would end in one. A day that
    lies before a thing is never due before it was ``known`` where ``at_once_if_past``.
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
    kind: Kind = Kind.DEADLINE
    subject: Subject = Subject.RECORDS
    bound: Bound = Bound.EXACTLY
    within: Ceiling | None = None
    and_days: int = 0
    disregards: tuple[Absence, ...] = ()
    run_on: RunOn | None = None
    halved_under_18: bool = False
    at_once_if_past: bool = False

    @property
    def absences(self) -> tuple[Absence, ...]:
        """The kinds of absence that change what the rule gives."""
        return (
            *self.disregards,
            *(self.run_on.kinds if self.run_on else ()),
            *(self.run_on.disregards if self.run_on else ()),
        )

    def governs(self, on: date) -> bool:
        """Whether a duty that started on this day falls under this version."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


def for_under_18(rule: DeadlineRule) -> DeadlineRule:
    """The rule for somebody under 18 on the relevant date: half of the period, in months.

    The rule itself where it does not say so. Source: Sexual Offences Act 2003 s82(2).
    """
    if not rule.halved_under_18:
        return rule
    months = rule.amount * 12 if rule.unit is Unit.YEARS else rule.amount
    return replace(rule, amount=months // 2, unit=Unit.MONTHS, halved_under_18=False)


def set_in_plan(rule: DeadlineRule, amount: int, unit: Unit, source: str) -> DeadlineRule:
    """The rule with the interval that a case's own plan has set; ``source`` names the plan.

    Raises ``ValueError`` if nobody may set another interval under the rule.
    """
    if not rule.set_by:
        raise ValueError(f"{rule.id}: nobody may set another interval under this rule")
    return replace(rule, amount=amount, unit=unit, source=source, confidence=Confidence.AGREED_PLAN)


def of_case(rule: DeadlineRule, interval: str) -> DeadlineRule:
    """The rule with the interval that a duty keeps for its own case ("3 months"), if it keeps one.

    Raises ``ValueError`` for an interval that is none, or if nobody may set another.
    """
    if not interval:
        return rule
    amount, unit = interval.split(" ")
    return set_in_plan(rule, int(amount), Unit(unit), OWN_COMMITMENT)


OWN_COMMITMENT = "What was agreed for this person, as the record says"
"""The source of an interval that holds for one person only."""
