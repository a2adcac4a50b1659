"""Local standards in the words of the pages. Pure: what is shown is already gated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from mappa.reminders import rule_lines
from mappa.reminders.rule_lines import RuleLine
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.preview import Preview
from mappa.reminders.standards.rules import LocalRule, Standard, settable, windows
from mappa.rules.calendar import day_words, weekday_words
from mappa.rules.deadlines import DeadlineRule, Unit
from mappa.rules.explanation import UNIT_WORDS, Explanation, interval_words
from mappa.web.words import day


def explained(said: Explanation, rule: DeadlineRule) -> Explanation:
    """The explanation, with who set the standard and why where an area did."""
    if not isinstance(rule, LocalRule) or said.confidence.startswith("Set by"):
        return said
    tag = f"Local standard, set by {rule.area_name}"
    facts = tuple((name, tag if name == "How sure" else value) for name, value in said.facts)
    return replace(said, confidence=tag, confidence_note=_why(rule), facts=facts)


def _why(rule: LocalRule) -> str:
    by = f" by {rule.decided_by}" if rule.decided_by else ""
    return f"Why: {rule.reason.rstrip('.')}. Entered{by} on {day(rule.decided_at)}."


def rule_line(rule: DeadlineRule, today: date, *, may_set: bool) -> RuleLine:
    """A version of a rule, with who has set it and whether the reader may set it otherwise."""
    line = rule_lines.rule_line(rule)
    if isinstance(rule, LocalRule):
        tag = f"Local standard, set by {rule.area_name}"
        line = replace(line, confidence=tag, confidence_note=_why(rule))
    is_past = rule.in_force_to is not None and rule.in_force_to < today
    return replace(line, may_set=may_set and not is_past and settable(rule))


def unit_options(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Units to choose from: value and words."""
    return [(unit.value, UNIT_WORDS[unit][1].capitalize()) for unit in units]


@dataclass(frozen=True, kw_only=True)
class StandardLine:
    """One thing that an area has set, as its history shows it."""

    title: str
    what: str
    holds: str
    reason: str
    source: str
    by: str


def history(
    found: Sequence[Standard], titles: Mapping[str, str], today: date
) -> list[StandardLine]:
    """Everything that was set, in the order given, each with the days on which it holds."""
    held = {
        (by.rule_id, by.version): _holds(first, last, today)
        for rule_id in {each.rule_id for each in found}
        for by, first, last in windows(each for each in found if each.rule_id == rule_id)
    }
    return [
        StandardLine(
            title=titles.get(each.rule_id, each.rule_id),
            what=_what(each.amount, each.unit),
            holds=held.get((each.rule_id, each.version), "Taken back before it held"),
            reason=each.reason,
            source=each.source,
            by=f"{each.set_by}, {day(each.set_at)}",
        )
        for each in found
    ]


def figures(proposed: Sequence[LocalStandard]) -> dict[UUID, str]:
    """What each proposal would set, by its id."""
    return {
        each.id: _what(each.amount, Unit(each.unit) if each.unit else None) for each in proposed
    }


def _what(amount: int | None, unit: Unit | None) -> str:
    if amount is None or unit is None:
        return "The platform’s own figure again"
    return interval_words(amount, unit).capitalize()


def _holds(first: date, last: date | None, today: date) -> str:
    days = f"From {day_words(first)}" + (f" to {day_words(last)}" if last else "")
    if last is not None and last < today:
        return f"{days} (past)"
    return f"{days} (still to come)" if first > today else days


@dataclass(frozen=True, kw_only=True)
class ProposalPage:
    """What would be set, instead of what, and what it moves."""

    title: str
    facts: Sequence[tuple[str, str]]
    is_end: bool
    numbers: Sequence[tuple[str, str]]
    """Labels and numbers; empty for a reader who gets none."""
    moved: int | None
    lines: Sequence[tuple[UUID, UUID, str, str, str]]
    """Duty, person, title, from and to."""


def proposal_page(
    of: LocalStandard, title: str, holds: DeadlineRule, file: DeadlineRule, found: Preview | None
) -> ProposalPage:
    """A proposal about the rule called ``title``.

    ``holds`` is the rule as it holds on its first day, ``file`` as we ship it.
    """
    unit = Unit(of.unit) if of.unit else None
    back = of.amount is None
    figure = (
        interval_words(file.amount, file.unit)
        if back
        else interval_words(of.amount or 0, unit or file.unit)
    )
    facts = [
        ("Instead of", _capital(interval_words(holds.amount, holds.unit))),
        ("From", f"{weekday_words(of.from_on)}, for what starts on that day or later"),
        ("Why", of.reason),
        ("Source", of.source),
    ]
    return ProposalPage(
        title=title,
        facts=[("New figure", _capital(figure)), *facts],
        is_end=back,
        numbers=_numbers(found) if found else (),
        moved=found.effect.moved if found else None,
        lines=[
            (each.duty_id, each.person_id, each.title, day(each.before), day(each.after))
            for each in (found.lines if found else ())
        ],
    )


def _numbers(found: Preview) -> list[tuple[str, str]]:
    effect = found.effect
    return [
        ("Dates that move", str(effect.moved)),
        ("Sooner", str(effect.sooner)),
        ("Later", str(effect.later)),
        ("Become overdue at once", str(effect.overdue)),
    ]


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
