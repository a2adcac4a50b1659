"""Requests in the words of the pages. What is shown is already gated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.kernel.clock import day_of
from mappa.offenders.models import full_name
from mappa.reminders.presenters import working_days_since
from mappa.sharing import words
from mappa.sharing.requests import service
from mappa.sharing.requests.asking import Mine, Step
from mappa.sharing.requests.queries import Card
from mappa.sharing.requests.rules import State, Urgency
from mappa.sharing.requests.schemas import NUMBERS
from mappa.web.words import day, moment

COLOURS = {
    State.OPEN: "blue",
    State.DISCUSSED: "yellow",
    State.NO_TRACE: "grey",
    State.NOT_RELEVANT: "grey",
    State.SHARED: "green",
    State.DECLINED: "red",
    State.WITHDRAWN: "grey",
}
NOBODY_SAID = (
    "No trace, or nothing that can be told to you. If somebody is in danger, ring the duty officer "
    "of the police. For people of your own agency ask your information officer."
)
"""The one sentence about somebody unseen, whoever was or was not found."""

UNSEEN = "Somebody you do not see"


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request in a list."""

    href: str
    name: str
    person_href: str | None
    what: str
    who: str
    asked: str
    state: str
    colour: str


@dataclass(frozen=True)
class Page:
    """A request as one side reads it."""

    row: Row
    facts: Sequence[tuple[str, str]]
    steps: Sequence[tuple[str, str, str]]
    """When and by whom, how it stood then, and what was said."""
    open: bool


def sections(named: Sequence[str]) -> str:
    """Sections within a sentence."""
    return ", ".join(words.IN_SENTENCE[Section(each)] for each in named)


def _age(asked_at: datetime, state: State, today: date, jurisdiction: str) -> str:
    asked = f"Asked {day(asked_at)}"
    if not state.is_open:
        return asked
    waited = working_days_since(day_of(asked_at), today, jurisdiction)
    return f"{asked}. {waited}, no answer yet" if waited != "Today" else f"{asked}, today"


def asked_row(mine: Mine, today: date, jurisdiction: str) -> Row:
    """What the own agency asked."""
    seen = None if mine.unseen else url_for("insight.overview", person_id=mine.person_id)
    of = f"Of {mine.owner}" if mine.owner else "Of whoever holds a record, if anybody does"
    return Row(
        href=url_for("requests.show", asked_id=mine.id),
        # Several of the kind are told apart by when they were asked: nobody unseen is named.
        name=f"{UNSEEN}, asked {moment(mine.asked_at)}" if mine.unseen else mine.person_name,
        person_href=seen,
        what=f"Asked for {sections(mine.sections)}",
        who=f"{of}. Asked by {mine.asked_by}. {Urgency(mine.urgency).words}",
        asked=_age(mine.asked_at, mine.state, today, jurisdiction),
        state=_capital(mine.state.words),
        colour=COLOURS[mine.state],
    )


def to_us_row(seen: Seen, today: date, jurisdiction: str) -> Row:
    """What the own agency is asked."""
    state = State(seen.state)
    return Row(
        href=url_for("requests.answer", share_request_id=seen.record),
        name=full_name(seen.given_name, seen.family_name),
        person_href=url_for("insight.overview", person_id=seen.person_id),
        what=f"Asks for {sections(seen.sections)}",
        who=f"{seen.asked_by}, {seen.asker}",
        asked=_age(seen.asked_at, state, today, jurisdiction),
        state=_capital(state.words),
        colour=COLOURS[state],
    )


def asked_page(mine: Mine, said: Sequence[Step], today: date, jurisdiction: str) -> Page:
    """A request as its asker reads it."""
    facts = [
        ("About", sought(mine.typed) if mine.unseen else mine.person_name),
        ("Asked of", mine.owner or "Whoever holds a record, if anybody does"),
        ("Asked for", _capital(sections(mine.sections))),
        ("What", mine.what),
        ("Why", mine.why),
        ("How urgent", Urgency(mine.urgency).words),
        ("Lawful basis", _basis(mine.basis)),
        ("Asked by", f"{mine.asked_by}, {moment(mine.asked_at)}"),
        ("Answer expected", f"By {day(mine.answer_by, weekday=True)}"),
    ]
    told = _told(said)
    if mine.unseen and mine.state is State.NO_TRACE and not said:
        told = [("", _capital(mine.state.words), NOBODY_SAID)]
    if not mine.unseen and mine.state.is_open and today > mine.answer_by:
        facts.append(("No answer came", f"Ring {mine.owner}, {mine.owner_phone}"))
    return Page(asked_row(mine, today, jurisdiction), facts, told, mine.state.is_open)


def to_us_page(seen: Seen, said: Sequence[Step], today: date, jurisdiction: str) -> Page:
    """A request as the owner reads it."""
    facts = [
        ("About", full_name(seen.given_name, seen.family_name)),
        ("Asked by", f"{seen.asked_by}, {seen.asker}, {moment(seen.asked_at)}"),
        ("Telephone", seen.asker_phone or "Not known"),
        ("Asks for", _capital(sections(seen.sections))),
        ("What", seen.what),
        ("Why", seen.why),
        ("How urgent", Urgency(seen.urgency).words),
        ("Lawful basis", _basis(seen.basis)),
    ]
    state = State(seen.state)
    told = _told(said)
    if not state.is_open and state is not State.WITHDRAWN and not said:
        told = [(moment(seen.answered_at), _capital(state.words), seen.answer)]
    return Page(to_us_row(seen, today, jurisdiction), facts, told, state.is_open)


def _basis(kept: dict[str, Any]) -> str:
    return "; ".join(words.basis_words(service.basis_of(kept)))


def _told(said: Sequence[Step]) -> list[tuple[str, str, str]]:
    return [
        (f"{moment(each.at)}, {each.by}, {each.agency}", _capital(each.state.words), each.said)
        for each in said
    ]


def sought(typed: str) -> str:
    """By what somebody unseen was looked for, as the asker typed it."""
    by = service.read(typed)
    if by.kind:
        return f"{NUMBERS[by.kind][0]} {by.value}"
    return f"{by.name}, born {day(by.born_on)}" if by.born_on else by.name


@dataclass(frozen=True)
class CardLines:
    """The card "Requests and refusals": what is open or was refused, and how often."""

    lines: Sequence[tuple[str, str, str | None]]
    """What happened, when, and the page of it for those who may open it."""
    refused: str


def card(found: Card, today: date, jurisdiction: str, *, me: UUID, office: bool) -> CardLines:
    """The card of a person, for the reader's own side alone."""
    lines = [
        (
            f"{_capital(sections(each.sections))}: {_asked_words(each.state)} {each.owner}",
            _age(each.asked_at, each.state, today, jurisdiction),
            url_for("requests.show", asked_id=each.id)
            if office or each.asked_by_id == me
            else None,
        )
        for each in found.asked
    ]
    lines += [
        (
            f"{each.asker} asked for {sections(each.sections)}: {State(each.state).words}",
            _age(each.asked_at, State(each.state), today, jurisdiction),
            url_for("requests.answer", share_request_id=each.record),
        )
        for each in found.to_us
    ]
    counts = [
        (found.declined_to_us, "refused to your agency"),
        (found.declined_by_us, "refused by your agency"),
    ]
    refused = ", ".join(f"{number} {said}" for number, said in counts if number)
    return CardLines(lines, _capital(refused))


def _asked_words(state: State) -> str:
    if state.is_open:
        return "asked of"
    return "declined by" if state is State.DECLINED else f"{state.words}, said"


def count_rows(found: Mapping[str, Mapping[State, int]]) -> list[list[str]]:
    """Of each other agency: how many are open, answered and declined."""
    return [
        [
            agency or UNSEEN,
            str(sum(number for state, number in of.items() if state.is_open)),
            str(sum(of.values()) - of.get(State.DECLINED, 0)
                - sum(number for state, number in of.items() if state.is_open)),
            str(of.get(State.DECLINED, 0)),
        ]
        for agency, of in sorted(found.items())
    ]  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
