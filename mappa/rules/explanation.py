"""Why a date is what it is, in the words of the page "Why this date?"."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from mappa.rules.calendar import day_words, skipped_days, weekday_words
from mappa.rules.deadlines import (
    Confidence,
    Counted,
    Counting,
    DeadlineRule,
    Escalation,
    Step,
    Unit,
    due,
)

CONFIDENCE_WORDS: Mapping[Confidence, tuple[str, str]] = MappingProxyType(
    {
        Confidence.VERIFIED: ("Verified", "Read in the source."),
        Confidence.WEAK_SOURCE: (
            "Not yet verified",
            "Read in a copy of the guidance. The meaning is clear, the wording is not confirmed.",
        ),
        Confidence.AGREED_PLAN: ("Set by the agreed plan", "It holds for this person only."),
        Confidence.LOCAL_STANDARD: (
            "Local standard, not verified",
            "No national figure could be confirmed. The board of the area may set another.",
        ),
        Confidence.NOT_VERIFIED: (
            "Not verified",
            "Known from earlier guidance that has not been read again.",
        ),
    }
)

UNIT_WORDS: Mapping[Unit, tuple[str, str]] = MappingProxyType(
    {
        Unit.CALENDAR_DAYS: ("day", "days"),
        Unit.WORKING_DAYS: ("working day", "working days"),
        Unit.WEEKS: ("week", "weeks"),
        Unit.MONTHS: ("month", "months"),
        Unit.YEARS: ("year", "years"),
        Unit.SET_DATE: ("", ""),
    }
)

# Only the roles whose id, with spaces, is not what they are called.
_ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "coordinator": "MAPPA co-ordinator",
        "protection_officer": "public protection officer",
        "representative": "agency representative",
        "action_owner": "owner of the action",
    }
)


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One sentence, the count behind it, and the facts of the rule, ready to show.

    ``reckoning`` is the one line that replaces the calendar for rules in weeks, months and
    years; ``not_counted`` and ``warnings`` are sentences. Each is empty where there is nothing
    to say. ``facts`` are pairs of label and value in the order of the page.
    """

    heading: str
    question: str
    sentence: str
    reckoning: str
    steps: tuple[Step, ...]
    not_counted: tuple[str, ...]
    warnings: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    confidence: str
    confidence_note: str


def explain(
    rule: DeadlineRule, start: date, holidays: Collection[date], set_on: date | None = None
) -> Explanation:
    """Why a duty that started on ``start`` falls due when it does; raises what ``due`` raises."""
    counted = due(rule, start, holidays, set_on)
    tag, note = _confidence(rule, is_set=set_on is not None)
    return Explanation(
        heading=f"{rule.title} by {weekday_words(counted.due_on)}",
        question=f"Why {day_words(counted.due_on)}?",
        sentence=_sentence(rule, start, counted, is_set=set_on is not None),
        reckoning="" if set_on else _reckoning(rule, start, counted),
        steps=counted.steps,
        not_counted=() if set_on else _not_counted(rule, start, counted, holidays),
        warnings=_warnings(rule, counted),
        facts=_facts(rule, counted, tag),
        confidence=tag,
        confidence_note=note,
    )


def interval_words(amount: int, unit: Unit) -> str:
    """An interval in words: ``1 month``, ``20 working days``; empty for a set date."""
    if unit is Unit.SET_DATE:
        return ""
    one, many = UNIT_WORDS[unit]
    return f"{amount} {one if amount == 1 else many}"


def role_words(role: str) -> str:
    """Who must act, in running text, from the id of a role or "action_owner"."""
    return _ROLE_WORDS.get(role, role.replace("_", " "))


def _count_words(rule: DeadlineRule) -> str:
    link = "after" if rule.counting is Counting.AFTER else "beginning with the day"
    return f"{interval_words(rule.amount, rule.unit)} {link} {rule.trigger}"


def _sentence(rule: DeadlineRule, start: date, counted: Counted, *, is_set: bool) -> str:
    if not is_set:
        return f"{_count_words(rule)}, on {weekday_words(start)}."
    return f"{weekday_words(counted.due_on)} was set by {rule.set_by}."


def _reckoning(rule: DeadlineRule, start: date, counted: Counted) -> str:
    if rule.unit in (Unit.WORKING_DAYS, Unit.SET_DATE):
        return ""
    line = f"{day_words(start)} + {interval_words(rule.amount, rule.unit)}"
    if rule.counting is Counting.BEGINNING_WITH:
        return f"{line} = {day_words(counted.due_on)}. The day itself is day 1."
    return f"{line} = {day_words(counted.due_on)}"


def _not_counted(
    rule: DeadlineRule, start: date, counted: Counted, holidays: Collection[date]
) -> tuple[str, ...]:
    first: tuple[str, ...] = ()
    if rule.counting is Counting.AFTER:
        first = (f"The day it started, {weekday_words(start)}, is not counted.",)
    if rule.unit is not Unit.WORKING_DAYS:
        return first
    skipped = skipped_days(start, counted.due_on, holidays)
    return (*first, *skipped)


def _warnings(rule: DeadlineRule, counted: Counted) -> tuple[str, ...]:
    if rule.ceiling is None or counted.latest_on is None or not counted.is_late_choice:
        return ()
    return (
        f"This is later than {interval_words(*rule.ceiling)} after {rule.trigger}, "
        f"which would be {weekday_words(counted.latest_on)}.",
    )


def _confidence(rule: DeadlineRule, *, is_set: bool) -> tuple[str, str]:
    if is_set:
        return f"Set by {rule.set_by}", "It holds for this person only."
    return CONFIDENCE_WORDS[rule.confidence]


def _facts(rule: DeadlineRule, counted: Counted, tag: str) -> tuple[tuple[str, str], ...]:
    since = f"version {rule.version}, in force since {day_words(rule.in_force_from)}"
    facts = [("Rule", f"{rule.title}, {since}")]
    if counted.instead_of is not None:
        facts.append(("Instead of", f"{day_words(counted.instead_of)}, {_count_words(rule)}"))
    facts += [
        ("Where", rule.jurisdiction.words),
        ("Source", rule.source),
        ("How sure", tag),
        ("Who must act", _capitalised(role_words(rule.responsible))),
        ("If it is late", late_words(rule.escalation)),
    ]
    return tuple(facts)


def late_words(escalation: tuple[Escalation, ...]) -> str:
    """Who is told of a late duty and when, in one sentence."""
    if not escalation:
        return "It stays on the list of work; nobody else is told."
    first, *others = (
        (role_words(step.to), interval_words(step.after_working_days, Unit.WORKING_DAYS))
        for step in escalation
    )
    told = [f"The {first[0]} is told after {first[1]}"]
    told += [f"the {to} after {interval}" for to, interval in others]
    return ", ".join(told) + "."


def _capitalised(words: str) -> str:
    return words[0].upper() + words[1:]
