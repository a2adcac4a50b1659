"""Why a date is what it is, in the words of the page "Why this date?"."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from mappa.rules.away import Away, Stretch
from mappa.rules.calendar import capitalised, day_words, skipped_days, weekday_words
from mappa.rules.deadlines import Counted, due, due_at
from mappa.rules.rule import Counting, DeadlineRule, Kind, Unit
from mappa.rules.steps import Step
from mappa.rules.wording import (
    CONFIDENCE_WORDS,
    UNIT_WORDS,
    count_words,
    interval_words,
    late_words,
    length_words,
    role_words,
)

__all__ = [
    "CONFIDENCE_WORDS",
    "UNIT_WORDS",
    "Explanation",
    "explain",
    "explain_at",
    "interval_words",
    "late_words",
    "role_words",
]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """One sentence, the count behind it, and the facts of the rule, ready to show.

    ``reckoning`` is the one line that replaces the calendar for rules in weeks, months and
    years; ``not_counted`` and ``warnings`` are sentences, ``extension`` is what made it end later
    than the count alone. Each is empty where there is nothing to say. ``facts`` are pairs of label
    and value in the order of the page.
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
    due_on: date
    extension: str = ""


def explain(
    rule: DeadlineRule,
    start: date,
    holidays: Collection[date],
    set_on: date | None = None,
    away: Iterable[Away] = (),
    *,
    known_on: date | None = None,
) -> Explanation:
    """Why a duty that started on ``start`` falls due when it does; raises what ``due`` raises."""
    counted = due(rule, start, holidays, set_on, away, known_on=known_on)
    is_set = set_on is not None
    tag, note = _confidence(rule, is_set=is_set)
    return Explanation(
        heading=f"{rule.title} {_link(rule)} {weekday_words(counted.due_on)}",
        question=f"Why {day_words(counted.due_on)}?",
        sentence=_sentence(rule, start, counted, is_set=is_set),
        reckoning="" if is_set else _reckoning(rule, start, counted),
        steps=counted.steps,
        not_counted=() if is_set else _not_counted(rule, start, counted, holidays),
        warnings=_warnings(rule, counted),
        facts=_facts(rule, counted, tag),
        confidence=tag,
        confidence_note=note,
        due_on=counted.due_on,
        extension=_extension(rule, counted),
    )


def explain_at(rule: DeadlineRule, at: datetime) -> Explanation:
    """Why a duty in hours must be met by a moment; raises what ``due_at`` raises."""
    by = due_at(rule, at)
    tag, note = _confidence(rule, is_set=False)
    counted = Counted(due_on=by.date(), steps=())
    return Explanation(
        heading=f"{rule.title} by {_moment_words(by)}",
        question=f"Why {_moment_words(by)}?",
        sentence=f"{capitalised(count_words(rule))}, at {_moment_words(at)}.",
        reckoning="" if at.utcoffset() == by.utcoffset() else _CLOCKS_CHANGED,
        steps=(),
        not_counted=(),
        warnings=(),
        facts=_facts(rule, counted, tag),
        confidence=tag,
        confidence_note=note,
        due_on=by.date(),
    )


_CLOCKS_CHANGED = "The clocks change in between; the hours that pass are counted."


def _moment_words(at: datetime) -> str:
    return f"{at.hour}:{at.minute:02} on {weekday_words(at.date())}"


def _link(rule: DeadlineRule) -> str:
    return "until" if rule.kind is Kind.DURATION else "by"


def _sentence(rule: DeadlineRule, start: date, counted: Counted, *, is_set: bool) -> str:
    if not is_set:
        return f"{capitalised(count_words(rule))}, on {weekday_words(start)}."
    return f"{weekday_words(counted.due_on)} was set by {rule.set_by}."


def _reckoning(rule: DeadlineRule, start: date, counted: Counted) -> str:
    if rule.unit in (Unit.WORKING_DAYS, Unit.SET_DATE):
        return ""
    plain = counted.due_on if counted.would_end_on is None else counted.would_end_on
    sign = "−" if rule.counting is Counting.BEFORE else "+"
    length = length_words(rule).removeprefix("at least ").removeprefix("at most ")
    line = f"{day_words(start)} {sign} {length} = {day_words(plain)}"
    if rule.counting is Counting.BEGINNING_WITH:
        line += ". The day itself is day 1."
    if plain == counted.due_on:
        return line
    return f"{line.rstrip('.')}. Moved to {day_words(counted.due_on)}."


def _extension(rule: DeadlineRule, counted: Counted) -> str:
    if counted.would_end_on is None:
        return ""
    ended = day_words(counted.would_end_on)
    if not counted.left_out and counted.ran_on is None:
        return f"Counted back it was {ended}, before it was known, so it is due at once."
    said = []
    if counted.left_out:
        said.append(f"If every day were counted, it would have ended on {ended}.")
    if counted.ran_on is not None:
        said.append(_ran_on_words(rule, counted.ran_on, "" if counted.left_out else ended))
    return " ".join(said)


def _ran_on_words(rule: DeadlineRule, stretch: Stretch, ended: str) -> str:
    assert rule.run_on is not None
    assert stretch.ended_on is not None
    when = f" on {ended}," if ended else ""
    link = "after" if rule.run_on.counting is Counting.AFTER else "beginning with"
    return (
        f"It would have ended{when} {stretch.words} (since {day_words(stretch.began_on)}), so it "
        f"runs on to the end of {interval_words(rule.run_on.amount, Unit.CALENDAR_DAYS)} {link} "
        f"{day_words(stretch.ended_on)}, the day that ended."
    )


def _not_counted(
    rule: DeadlineRule, start: date, counted: Counted, holidays: Collection[date]
) -> tuple[str, ...]:
    first: tuple[str, ...] = ()
    if rule.counting is Counting.AFTER:
        first = (f"The day it started, {weekday_words(start)}, is not counted.",)
    elif rule.counting is Counting.BEFORE:
        first = (f"The day itself, {weekday_words(start)}, is not counted.",)
    absent = tuple(_left_out_words(each) for each in counted.left_out)
    if rule.unit is not Unit.WORKING_DAYS:
        return (*first, *absent)
    ends = sorted((start, counted.due_on))
    return (*first, *absent, *skipped_days(ends[0], ends[1], holidays))


def _left_out_words(stretch: Stretch) -> str:
    last = stretch.last_on or stretch.began_on
    if last == stretch.began_on:
        return f"{weekday_words(last)} is not counted: {stretch.words}."
    span = f"{day_words(stretch.began_on)} to {day_words(last)}"
    days = interval_words((last - stretch.began_on + timedelta(days=1)).days, Unit.CALENDAR_DAYS)
    return f"{span} is not counted ({days}): {stretch.words}."


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
        facts.append(("Instead of", f"{day_words(counted.instead_of)}, {count_words(rule)}"))
    facts += [
        ("Where", rule.jurisdiction.words),
        ("Source", rule.source),
        ("How sure", tag),
        ("Who must act", capitalised(role_words(rule.responsible, rule.jurisdiction))),
        ("If it is late", late_words(rule.escalation)),
    ]
    return tuple(facts)
