"""Rules in words: how sure we are, how long, who, when, and who is told when it is late."""

from collections.abc import Mapping
from types import MappingProxyType

from mappa.rules.away import Absence
from mappa.rules.calendar import capitalised
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import (
    Bound,
    Confidence,
    Counting,
    DeadlineRule,
    Escalation,
    Kind,
    Subject,
    Unit,
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
        Unit.HOURS: ("hour", "hours"),
        Unit.CALENDAR_DAYS: ("day", "days"),
        Unit.WORKING_DAYS: ("working day", "working days"),
        Unit.WEEKS: ("week", "weeks"),
        Unit.MONTHS: ("month", "months"),
        Unit.YEARS: ("year", "years"),
        Unit.TIMES: ("time", "times"),
        Unit.SET_DATE: ("", ""),
        Unit.WITHOUT_END: ("", ""),
        Unit.NONE: ("", ""),
    }
)

SUBJECT_WORDS: Mapping[Subject, str] = MappingProxyType(
    {
        Subject.NOTIFICATION: "Notification",
        Subject.VISITS: "Visits and entry",
        Subject.REVIEWS: "Levels, plans and reviews",
        Subject.MEETINGS: "Referrals and meetings",
        Subject.SHARING: "Sharing and disclosure",
        Subject.ORDERS: "Orders and licences",
        Subject.RECORDS: "Records and statistics",
    }
)

_BOUND_WORDS: Mapping[Bound, str] = MappingProxyType(
    {Bound.EXACTLY: "", Bound.AT_LEAST: "at least ", Bound.AT_MOST: "at most "}
)

# Only the roles whose id, with spaces, is not what they are called.
_ROLE_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "coordinator": "MAPPA co-ordinator",
        "protection_officer": "public protection officer",
        "representative": "agency representative",
        "action_owner": "owner of the action",
        "strategic_board": "strategic board of the area",
    }
)


def interval_words(amount: int, unit: Unit) -> str:
    """An interval in words: ``1 month``, ``20 working days``; empty where none is counted."""
    one, many = UNIT_WORDS[unit]
    return f"{amount} {one if amount == 1 else many}" if one else ""


def role_words(role: str, jurisdiction: Jurisdiction | None = None) -> str:
    """Who must act, in running text, from the id of a role or of somebody outside.

    The person managed is called what the jurisdiction says.
    """
    if role == "subject":
        return jurisdiction.subject if jurisdiction else "person"
    return _ROLE_WORDS.get(role, role.replace("_", " "))


def length_words(rule: DeadlineRule) -> str:
    """How much the rule counts: ``20 working days``, ``at least 5 years``."""
    words = _BOUND_WORDS[rule.bound] + interval_words(rule.amount, rule.unit)
    if not rule.and_days:
        return words
    return f"{words} and {interval_words(rule.and_days, Unit.CALENDAR_DAYS)}"


def count_words(rule: DeadlineRule) -> str:
    """How much from when, in running text: ``3 days beginning with the day of release``."""
    if rule.counting is Counting.BEFORE:
        return f"{length_words(rule)} before {rule.trigger}"
    link = "after" if rule.counting is Counting.AFTER else "beginning with the day"
    return f"{length_words(rule)} {link} {rule.trigger}"


def when_words(rule: DeadlineRule) -> str:
    """The rule without its facts, in one phrase with a capital: what the page of rules shows."""
    if rule.kind is Kind.DUTY:
        return f"When {rule.trigger}"
    if rule.kind is Kind.COUNT:
        within = f", within {interval_words(*rule.within)}" if rule.within else ""
        return capitalised(f"{_BOUND_WORDS[rule.bound]}{rule.amount} {rule.trigger}{within}")
    if rule.unit is Unit.WITHOUT_END:
        return f"Without end, beginning with the day {rule.trigger}"
    if rule.unit is Unit.SET_DATE and rule.kind is Kind.DURATION:
        return f"As long as {rule.set_by} says"
    if rule.unit is Unit.SET_DATE:
        longest = f", at most {interval_words(*rule.ceiling)} ahead" if rule.ceiling else ""
        return f"On the day that {rule.set_by} sets{longest}"
    return capitalised(count_words(rule))


def pause_words(rule: DeadlineRule) -> str:
    """What the count leaves out or runs on after, in sentences; empty if nothing."""
    said = []
    if rule.disregards:
        said.append(f"Days are not counted while {_listed(rule.disregards)}.")
    if rule.run_on is not None:
        after = interval_words(rule.run_on.amount, Unit.CALENDAR_DAYS)
        said.append(
            f"If it would end while {_listed(rule.run_on.kinds)}, it runs on to the end of {after} "
            f"{'after' if rule.run_on.counting is Counting.AFTER else 'beginning with'} the day "
            "that ends."
        )
    if rule.halved_under_18:
        said.append("Half of it for somebody under 18 on the relevant date.")
    return " ".join(said)


def _listed(kinds: tuple[Absence, ...]) -> str:
    *others, last = (kind.words for kind in kinds)
    return f"{', '.join(others)} or {last}" if others else last


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
