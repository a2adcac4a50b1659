"""The text of the minutes, in one fixed plain format, and its digest. Pure.

It holds what everybody who was invited may read; a closed item has a text of its own.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from mappa.kernel import clock
from mappa.meetings.rules import AGENDA, Presence
from mappa.rules.calendar import day_words


@dataclass(frozen=True, kw_only=True)
class Line:
    """What was said, by whom and when (UTC)."""

    item: str
    at: datetime
    said_by: str
    agency: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Attended:
    """Who took part and how."""

    name: str
    agency: str
    presence: Presence
    agreed: bool


@dataclass(frozen=True, kw_only=True)
class Given:
    """An action: what, who, by when."""

    what: str
    who: str
    agency: str
    due_on: date


@dataclass(frozen=True, kw_only=True)
class Minutes:
    """Everything that the text says."""

    person: str
    level: int
    held_at: datetime
    place: str
    chair: str
    confidentiality_read_at: datetime
    attended: Sequence[Attended]
    lines: Sequence[Line]
    risk: str
    disclosure: str
    disclosure_reason: str
    level_decided: int
    level_reason: str
    category: str
    next_on: date | None
    next_reason: str
    actions: Sequence[Given]
    signed_at: datetime


def digest_of(text: str) -> str:
    """The SHA-256 of a text in hexadecimal; by it anybody can tell that it did not change."""
    return hashlib.sha256(text.encode()).hexdigest()


def text_of(minutes: Minutes) -> str:
    """The minutes as plain text, item by item."""
    blocks = [_head(minutes)]
    for item in AGENDA:
        said = [_line(line) for line in minutes.lines if line.item == item.key]
        settled = _settled(minutes, item.key)
        blocks.append("\n".join([item.title.upper(), *(said + settled or ["Nothing recorded."])]))
    blocks.append(f"Signed off by {minutes.chair}, chair, {_moment(minutes.signed_at)}.")
    return "\n\n".join(blocks) + "\n"


def closed_text_of(
    level: int, held_at: datetime, agency: str, heard_by: Sequence[str], lines: Sequence[Line]
) -> str:
    """A closed item as plain text."""
    said = [_line(line) for line in lines] or ["Nothing recorded."]
    head = [
        "OFFICIAL-SENSITIVE. CLOSED ITEM",
        f"Level {level} meeting, {_moment(held_at)}. Closed item, {agency}.",
        f"Only {', '.join(heard_by)} and the chair may read it.",
    ]
    return "\n".join([*head, "", *said]) + "\n"


def _head(minutes: Minutes) -> str:
    return "\n".join(
        (
            "OFFICIAL-SENSITIVE",
            f"Minutes of the level {minutes.level} meeting on {minutes.person}",
            f"{_moment(minutes.held_at)}, {minutes.place}",
            f"Chair: {minutes.chair}",
        )
    )


def _settled(minutes: Minutes, item: str) -> list[str]:
    match item:
        case "confidentiality":
            return [f"Confidentiality was read, {_moment(minutes.confidentiality_read_at)}."]
        case "attendance":
            return [_attended(each) for each in minutes.attended]
        case "risk":
            return [f"Risk to each group: {minutes.risk}"]
        case "disclosure":
            return [f"Disclosure: {minutes.disclosure}. Reason: {minutes.disclosure_reason}"]
        case "level":
            return [
                f"Level decided: {minutes.level_decided}. Reason: {minutes.level_reason}",
                minutes.category,
            ]
        case "actions":
            return [*(_action(each) for each in minutes.actions), _next(minutes)]
    return []


def _attended(each: Attended) -> str:
    agreed = ""
    if each.presence is Presence.PRESENT:
        agreed = "; agreed to confidentiality" if each.agreed else "; agreement not recorded"
    return f"{each.presence.words}: {each.name}, {each.agency}{agreed}"


def _action(each: Given) -> str:
    return f"Action: {each.what} ({each.who}, {each.agency}, by {day_words(each.due_on)})"


def _next(minutes: Minutes) -> str:
    if minutes.next_on is None:
        return "Next meeting: none, level 1."
    reason = f" Reason for the later date: {minutes.next_reason}" if minutes.next_reason else ""
    return f"Next meeting: {day_words(minutes.next_on)}.{reason}"


def _line(line: Line) -> str:
    return f"{_hour(line.at)} {line.said_by}, {line.agency}: {line.text}"


def _hour(at: datetime) -> str:
    return f"{clock.local(at):%H:%M}"


def _moment(at: datetime) -> str:
    return f"{day_words(clock.day_of(at))}, {_hour(at)}"
