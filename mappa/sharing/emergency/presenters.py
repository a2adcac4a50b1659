"""Emergency access in the words of the pages. What is shown is already gated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import url_for

from config.emergency import emergency_reasons
from mappa.access.reading import Seen
from mappa.audit.queries import Answered, Consulted
from mappa.kernel import uow
from mappa.sharing.emergency import rules
from mappa.sharing.emergency.queries import End, Running
from mappa.sharing.emergency.rules import UseState
from mappa.web.slots import EmergencyBand
from mappa.web.words import hour, moment

_COLOURS = {UseState.OPEN: "yellow", UseState.JUSTIFIED: "green", UseState.NOT_JUSTIFIED: "red"}

_PAGES = {
    "person:read": "Overview and details",
    "timeline:read": "Timeline",
    "warning:read": "Warnings to staff",
    "address:read": "Addresses",
    "file:read": "Photographs and files",
    "record:read": "Details of the record",
    "risk:read": "Risk",
    "plan:read": "Plan",
    "visit:read": "Visits",
    "intelligence:read": "Intelligence",
    "meeting:read": "Meetings",
    "action:read": "Actions",
    "orders:read": "Orders and notification",
    "sharing:read": "Team and sharing",
    "history:read": "History",
    "person:list": "The list of people, with this person in it",
    "home:read": "Home or the work list, with this person in it",
    "emergency:open": "What is open in an emergency",
    "emergency:end": "End of the emergency access",
}


def page_words(event: str) -> str:
    """What a reading in the audit was of, as the review says it."""
    return _PAGES.get(event, event.partition(":")[0].replace("-", " ").capitalize())


def band(person_id: UUID, until: datetime) -> EmergencyBand:
    """The yellow band above every page of a person who is open in an emergency."""
    now = uow.current().at
    return EmergencyBand(
        left=rules.left_words(until, now),
        text=f"Until {hour(until)}. What you open is recorded. The lead agency has been told.",
        seconds=int((until - now).total_seconds()),
        end_href=url_for("emergency.end", person_id=person_id),
    )


@dataclass(frozen=True)
class RunningLine:
    """A record that is open, on the page of the door."""

    name: str
    href: str
    end_href: str
    text: str


def running_line(each: Running, now: datetime) -> RunningLine:
    """One record that is open."""
    return RunningLine(
        each.name,
        url_for("insight.overview", person_id=each.person_id),
        url_for("emergency.end", person_id=each.person_id),
        f"Until {hour(each.until)}, {rules.left_words(each.until, now)}",
    )


@dataclass(frozen=True)
class UseLine:
    """A use in a list."""

    who: str
    person: str
    when: str
    reason: str
    state: str
    colour: str
    href: str


def use_line(seen: Seen, names: dict[UUID, str]) -> UseLine:
    """One use in a list."""
    state = UseState(seen.state)
    return UseLine(
        who=f"{seen.user_name}, {seen.agency_name}",
        person=names.get(seen.person_id, "Somebody else"),
        when=moment(seen.opened_at),
        reason=reason_words(seen.reason),
        state=state.words,
        colour=_COLOURS[state],
        href=url_for("emergency.review", use_id=seen.id),
    )


def reason_words(code: str) -> str:
    """A reason in the words of the form; its code where the list has lost it."""
    return emergency_reasons().get(code, code)


class PageRead(NamedTuple):
    """A page that was opened: what, how often, when first and last, and how much it showed."""

    what: str
    times: str
    when: str
    shown: str


def pages_read(found: Sequence[Consulted]) -> list[PageRead]:
    """What was opened, page by page, in the order of the first time."""
    by_page: dict[str, list[Consulted]] = {}
    for each in found:
        by_page.setdefault(page_words(each.event), []).append(each)
    return [
        PageRead(
            what, "Once" if len(reads) == 1 else f"{len(reads)} times", _when(reads),
            _entries(max(each.records for each in reads)),
        )
        for what, reads in by_page.items()
    ]  # fmt: skip


def _entries(count: int) -> str:
    return "1 entry of the record" if count == 1 else f"{count} entries of the record"


def _when(reads: Sequence[Consulted]) -> str:
    first, last = hour(reads[0].at), hour(reads[-1].at)
    return first if first == last else f"{first} to {last}"


def facts(seen: Seen, end: End, now: datetime) -> list[tuple[str, str]]:
    """The use itself, line by line."""
    running = end.at > now
    ended = f"Ends {moment(end.at)}" if running else moment(end.at)
    if end.reason:
        ended += f": {end.reason}" + (f" ({end.by})" if end.by else "")
    elif not running:
        ended += ", by itself"
    said = [
        ("Opened by", f"{seen.user_name}, {seen.agency_name}"),
        ("Opened", moment(seen.opened_at)),
        ("Ended" if not running else "Still open", ended),
        ("Reason", reason_words(seen.reason)),
        ("What was happening", seen.what),
    ]
    return [*said, *_judgement(seen)]


def _judgement(seen: Seen) -> list[tuple[str, str]]:
    if seen.judged_at is None:
        return []
    said = [
        ("Judged", f"{UseState(seen.state).words}, by {seen.judge_name}, {moment(seen.judged_at)}"),
        ("Why", seen.why),
    ]
    return [*said, ("What follows", seen.follows)] if seen.follows else said


def counted(seen: Seen) -> list[str]:
    """How often it was used before, in sentences: of everybody, seen by the reader or not."""
    sentences = [
        f"{_times(seen.uses_by_user)} by {seen.user_name} in the 90 days before.",
        f"{_times(seen.uses_of_person)} on this person in the 90 days before.",
    ]
    if seen.empty_lookups:
        tries = "1 look-up" if seen.empty_lookups == 1 else f"{seen.empty_lookups} look-ups"
        sentences.append(f"{tries} that opened nothing.")
    return sentences


def _times(count: int) -> str:
    return {0: "Not used", 1: "Used once"}.get(count, f"Used {count} times")


def own_uses(found: Sequence[Answered]) -> list[tuple[str, str, str, str]]:
    """The reader's own uses: when, when judged, the state and its colour. Nobody is named."""
    return [_own_use(each) for each in found]


def _own_use(each: Answered) -> tuple[str, str, str, str]:
    state = UseState(each.basis) if each.answered_at is not None else UseState.OPEN
    reviewed = f"Reviewed {moment(each.answered_at)}" if each.answered_at else "Not reviewed yet"
    return f"Opened {moment(each.at)}", reviewed, state.words, _COLOURS[state]
