"""The page of rules in words: every rule by subject, those to come and those replaced apart."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from mappa.reminders.presenters import COLOURS
from mappa.rules.calendar import capitalised, day_words
from mappa.rules.deadlines import Confidence, DeadlineRule, Kind, Subject
from mappa.rules.titles import first_sentence
from mappa.rules.wording import (
    CONFIDENCE_WORDS,
    SUBJECT_WORDS,
    late_words,
    pause_words,
    role_words,
    when_words,
)


@dataclass(frozen=True, kw_only=True)
class RuleLine:
    """A rule as the page of rules shows it; ``late``, ``pause`` and ``note`` may be empty.

    ``told_apart`` is what tells it from rules of the same name; empty where there are none.
    ``may_set`` says that the reader may set it otherwise for the own area.
    """

    rule_id: str
    title: str
    when: str
    pause: str
    who: str
    late: str
    source: str
    note: str
    confidence: str
    confidence_note: str
    colour: str
    version: str
    told_apart: str = ""
    may_set: bool = False


@dataclass(frozen=True, kw_only=True)
class RuleGroup:
    """The rules on one subject: a fragment of an address, the heading, the rules."""

    key: str
    heading: str
    lines: Sequence[RuleLine]


@dataclass(frozen=True, kw_only=True)
class RulesPage:
    """The page of rules: by subject, those to come and replaced apart, and how many are how sure.

    ``sureness`` is the tag, its colour, what it means, and how many rules in force have it.
    """

    groups: Sequence[RuleGroup]
    coming: Sequence[RuleLine]
    replaced: Sequence[RuleLine]
    sureness: Sequence[tuple[str, str, str, int]]


def rules_page(
    rules: Iterable[DeadlineRule], today: date, line: Callable[[DeadlineRule], RuleLine]
) -> RulesPage:
    """All rules of an area in words, each by ``line``."""
    every = tuple(rules)
    in_force = [rule for rule in every if rule.governs(today)]
    coming = [rule for rule in every if rule.in_force_from > today]
    replaced = [rule for rule in every if rule not in in_force and rule not in coming]
    sure = Counter(rule.confidence for rule in in_force)
    return RulesPage(
        groups=[
            RuleGroup(
                key=subject.value,
                heading=SUBJECT_WORDS[subject],
                lines=_lines([rule for rule in in_force if rule.subject is subject], line),
            )
            for subject in Subject
            if any(rule.subject is subject for rule in in_force)
        ],
        coming=_lines(coming, line),
        replaced=_lines(replaced, line),
        sureness=[
            (CONFIDENCE_WORDS[each][0], COLOURS[each], CONFIDENCE_WORDS[each][1], sure[each])
            for each in Confidence
            if sure[each]
        ],
    )


def _lines(
    rules: Sequence[DeadlineRule], line: Callable[[DeadlineRule], RuleLine]
) -> list[RuleLine]:
    shared = Counter(rule.title for rule in rules)
    return [
        replace(each, told_apart=f"{first_sentence(each.note)}.")
        if shared[each.title] > 1 and each.note
        else each
        for each in map(line, rules)
    ]


def rule_line(rule: DeadlineRule) -> RuleLine:
    """One version of a rule in words."""
    words, note = CONFIDENCE_WORDS[rule.confidence]
    return RuleLine(
        rule_id=rule.id,
        title=rule.title,
        when=when_words(rule),
        pause=pause_words(rule),
        who=capitalised(role_words(rule.responsible, rule.jurisdiction)),
        late=late_words(rule.escalation) if rule.kind is Kind.DEADLINE else "",
        source=rule.source,
        note=rule.note,
        confidence=words,
        confidence_note=note,
        colour=COLOURS[rule.confidence],
        version=_version(rule),
    )


def _version(rule: DeadlineRule) -> str:
    since = f"Version {rule.version}, from {day_words(rule.in_force_from)}"
    return since if rule.in_force_to is None else f"{since} to {day_words(rule.in_force_to)}"
