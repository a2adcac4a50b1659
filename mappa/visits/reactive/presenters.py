"""Reactive management in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.access.reading import Seen
from mappa.kernel.db import NOBODY
from mappa.reminders.standards.rules import LocalRule
from mappa.rules.rule import Bound, Confidence, DeadlineRule
from mappa.rules.wording import CONFIDENCE_WORDS, interval_words
from mappa.visits.reactive.rules import Condition, Known, ReactiveState, conditions
from mappa.web import words


@dataclass(frozen=True)
class Block:
    """A proposal with what became of it, the latest last."""

    title: str
    state: str
    colour: str
    steps: list[tuple[str, str]]


_COLOURS = {
    ReactiveState.PROPOSED: "yellow",
    ReactiveState.STANDING: "purple",
    ReactiveState.DECLINED: "grey",
    ReactiveState.ENDED: "grey",
}


def block(found: Seen, by: Mapping[UUID, str], agency: str) -> Block:
    """A proposal as readers of the whole section see it."""
    state = ReactiveState(found.state)
    proposed = f"Proposed by {by.get(found.proposed_by_id, '')}, {words.moment(found.proposed_at)}"
    steps = [(proposed, found.reason)]
    if found.decided_at:
        what = "Declined" if state is ReactiveState.DECLINED else "Approved"
        who = by.get(found.decided_by_id, "")
        steps.append((f"{what} by {who}, {words.moment(found.decided_at)}", found.decision))
    if found.ended_at:
        itself = found.ended_by_id == NOBODY
        who = "itself" if itself else by.get(found.ended_by_id, "")
        steps.append((f"Ended by {who}, {words.moment(found.ended_at)}", found.ending))
    return Block(agency, state.words, _COLOURS[state], steps)


def condition_lines(known: Known, today: date) -> list[tuple[str, str, bool]]:
    """What must hold, how it stands with the reader's own knowledge, and whether it holds."""
    return [(each.words, _detail(each, known), each.holds) for each in conditions(known, today)]


def _detail(of: Condition, known: Known) -> str:
    if of.words.startswith("It has been low"):
        if known.low_since is None or known.eligible_on is None:
            return "It is not low in the assessments that you may read"
        since, on = words.day(known.low_since), words.day(known.eligible_on)
        return f"Low since {since}, so {known.low_for} {'ended' if of.holds else 'end'} on {on}"
    if known.recent and known.recent_until and of.words.startswith("No recent"):
        return f"{known.recent}, recent until {words.day(known.recent_until)}"
    return ""


def why_rows(found: Seen, rules: Sequence[DeadlineRule]) -> list[tuple[str, str]]:
    """Why no visit is due: since when, by which rules, from which sources, and how sure that is."""
    assert found.decided_at is not None
    rows = [
        ("Next routine visit", "None is due, so there is no date"),
        ("Since", words.day(found.decided_at)),
        ("Low risk since", words.day(found.low_since)),
    ]
    rows += standard_rows(rules)
    rows.append(
        ("Ends", "When a supervisor ends it, or by itself when the risk is not low any more")
    )
    return rows


def standard_rows(rules: Sequence[DeadlineRule]) -> list[tuple[str, str]]:
    """The figures that are applied: how much, how sure that is, and where it stands."""
    return [(each.title, _standard(each)) for each in rules]


def _standard(rule: DeadlineRule) -> str:
    least = "At least " if rule.bound is Bound.AT_LEAST else ""
    figure = f"{least}{interval_words(rule.amount, rule.unit)}"
    source = rule.source.rstrip(".")
    if isinstance(rule, LocalRule):
        return f"{figure}. Local standard, set by {rule.area_name}. {source}"
    if rule.confidence is Confidence.LOCAL_STANDARD:
        return f"{figure}. {source}"
    return f"{figure}. {source}. {CONFIDENCE_WORDS[rule.confidence][0]}"


def change_rows(change: Seen) -> list[tuple[str, str]]:
    """What changed, for who may see it."""
    return [
        ("What", change.what),
        ("When", words.moment(change.at)),
        ("Before", change.before),
        ("After", change.after),
        ("Why", change.why),
    ]
