"""What the pages of a meeting show: the running order, the room, what is still open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access.reading import Seen
from mappa.meetings.rules import Check, Item, MeetingState, Presence
from mappa.rules.deadlines import DeadlineRule
from mappa.rules.explanation import CONFIDENCE_WORDS, interval_words
from mappa.web import words

CONFIDENTIALITY = (
    "What is said here is shared to protect the public, where the risk outweighs confidentiality. "
    "It is OFFICIAL-SENSITIVE. Nothing is copied or passed on without asking the chair; the chair "
    "decides by need to know. Keep it in the restricted part of your agency’s file.",
    "Everybody is treated fairly and with respect, whatever their background. Say so if a decision "
    "would treat anybody unfairly.",
)
"""The statement that is read at the start. Source: the guidance's confidentiality statement."""


@dataclass(frozen=True)
class Step:
    """An entry of the running order."""

    label: str
    href: str
    note: str
    state: str


@dataclass(frozen=True)
class Latest:
    """The last day for the next meeting, in words, and why."""

    on: date | None
    words: str
    title: str
    source: str
    confidence: str


def title(seen: Seen) -> str:
    """Say "Level 2 meeting"."""
    return f"Level {seen.at_level} meeting"


def done_items(seen: Seen) -> frozenset[str]:
    """The keys of the finished items that everybody hears."""
    return frozenset(seen.finished_items.split())


def item_done(item: Item, done: frozenset[str], closed: Sequence[Seen]) -> bool:
    """Whether an item is finished."""
    if item.closed is None:
        return item.key in done
    return any(each.id == item.closed and each.finished for each in closed)


def first_open(order: Sequence[Item], done: frozenset[str], closed: Sequence[Seen]) -> Item:
    """Where the meeting is: the first item that is not finished, else the last."""
    return next((item for item in order if not item_done(item, done, closed)), order[-1])


def note_of(item: Item, seen: Seen, finished: bool) -> str:
    """The small line under an entry of the running order."""
    if item.key == "confidentiality" and seen.confidentiality_read_at is not None:
        return f"Read, {words.hour(seen.confidentiality_read_at)}"
    return "Done" if finished else ""


def after(order: Sequence[Item], item: Item) -> Item | None:
    """The item that follows."""
    return order[item.number] if item.number < len(order) else None


def in_the_room(attendance: Sequence[Seen]) -> list[Seen]:
    """Who is present."""
    return [each for each in attendance if each.presence == Presence.PRESENT]


def elsewhere(attendance: Sequence[Seen]) -> list[str]:
    """Apologies and reports in lieu, one line each."""
    return [
        f"{Presence(each.presence).words}: {each.name}, {each.agency_name}"
        for each in attendance
        if each.presence != Presence.PRESENT
    ]


def asked_to_leave(attendance: Sequence[Seen], heard_by: Sequence[UUID], chair: UUID) -> list[str]:
    """Who is present and may not hear a closed item."""
    return [
        each.name
        for each in in_the_room(attendance)
        if each.agency_id not in heard_by and each.user_id != chair
    ]


def latest(rule: DeadlineRule, on: date | None) -> Latest:
    """The rule for the next date in words."""
    tag, _ = CONFIDENCE_WORDS[rule.confidence]
    interval = f"{interval_words(*rule.ceiling)} after this meeting, " if rule.ceiling else ""
    return Latest(on, f"{interval}{tag.lower()}", rule.title, rule.source, tag)


def weeks_words(next_on: date, held_on: date, latest_on: date | None) -> str:
    """Say "13 weeks. Wednesday, within the limit."."""
    weeks = (next_on - held_on).days // 7
    said = f"{weeks} week{'' if weeks == 1 else 's'}. {next_on:%A}"
    if latest_on is None:
        return f"{said}."
    return f"{said}, {'within the limit' if next_on <= latest_on else 'later than the rule'}."


ITEM_OF_CHECK = {
    "confidentiality": "confidentiality",
    "attendance": "attendance",
    "risk": "risk",
    "disclosure": "disclosure",
    "level": "level",
    "next-date": "actions",
}


def decision_of(item: str, seen: Seen) -> list[tuple[str, str]]:
    """What was decided under an item, as label and words; empty if nothing yet."""
    if item == "risk" and seen.risk:
        return [("Risk to each group", seen.risk)]
    if item == "disclosure" and seen.disclosure:
        return [("Disclosure", seen.disclosure.capitalize()), ("Reason", seen.disclosure_reason)]
    if item == "level" and seen.level_decided:
        return [
            ("Level", str(seen.level_decided)),
            ("Category", str(seen.category_decided)),
            ("Reason", seen.level_reason),
        ]
    if item == "actions" and seen.next_on:
        said = [("Next meeting", words.day(seen.next_on))]
        return said + ([("Why later", seen.next_reason)] if seen.next_reason else [])
    return []


@dataclass(frozen=True)
class Row:
    """A meeting in a list."""

    id: UUID
    title: str
    at: datetime
    place: str
    chair: str
    state: str
    person_id: UUID
    person: str


def row(seen: Seen) -> Row:
    """A meeting as lists show it."""
    name = f"{seen.get('given_name', '')} {seen.get('family_name', '')}".strip()
    return Row(
        seen.id,
        title(seen),
        seen.held_at,
        seen.get("place", ""),
        seen.chair,
        MeetingState(seen.state).words,
        seen.person_id,
        name,
    )


def check_rows(checks: Sequence[Check], href: Any) -> list[tuple[str, bool, str]]:
    """What must be settled: label, whether it is, and where to do it."""
    return [(each.label, each.done, href(ITEM_OF_CHECK[each.key])) for each in checks]
