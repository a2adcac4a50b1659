"""From what a reader sees of a record to cards, forms and the fold of what has ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.kernel.clock import FOREVER
from mappa.kernel.db import NOBODY
from mappa.offenders.record.queries import Led
from mappa.offenders.record.rules import ADD, CORRECT, END, Field, Kind, Shape, spelled, told
from mappa.web import words
from mappa.web.pages import Link


@dataclass(frozen=True)
class Fact:
    """A label and what stands behind it; with ``href`` it is a link."""

    label: str
    value: str
    href: str | None = None


@dataclass(frozen=True)
class Item:
    """One record on a card."""

    name: str
    facts: Sequence[Fact]
    source: str
    acts: Sequence[Link]


@dataclass(frozen=True)
class Card:
    """Everything of one kind."""

    key: str
    title: str
    items: Sequence[Item]
    earlier: Sequence[Item]
    empty: str
    add: Link | None


@dataclass(frozen=True)
class Group:
    """The cards of a group under one heading, with the sealed lines of its section."""

    key: str
    title: str
    cards: Sequence[Card]
    held: Sequence[tuple[str, str]] = ()
    who_href: str | None = None
    notes: Sequence[Fact] = field(default_factory=tuple)


@dataclass(frozen=True)
class Reader:
    """What the cards need to know of their reader: agency, what may be written, the day."""

    agency_id: UUID
    writes: bool
    leads: bool
    today: date
    names: Mapping[UUID, str]


NOT_IN_SUMMARY = "Your agency has recorded nothing. What others record is not in your summary."
"""Said where others' records of a kind are not shown to this reader, be there any or not."""


def card(
    kind: Kind, person_id: UUID, found: Sequence[Seen], reader: Reader, *, reads: bool
) -> Card:
    """The card of a kind: what holds, and folded what has ended.

    ``reads`` says that the reader gets what others record of the kind.
    """
    items = [(each, _item(kind, person_id, each, reader)) for each in found]
    return Card(
        key=kind.key,
        title=kind.title,
        items=[item for seen, item in items if holds(kind, seen) and item.facts],
        earlier=[item for seen, item in items if not holds(kind, seen)],
        empty=kind.empty if reads else NOT_IN_SUMMARY,
        add=_add(kind, person_id) if reader.writes and (reader.leads or not kind.of_lead) else None,
    )


def facts_of(kind: Kind, seen: Seen, today: date) -> Sequence[Fact]:
    """A record as the page that ends it shows it."""
    return list(_facts(kind, seen, Reader(NOBODY, False, False, today, {})))


def holds(kind: Kind, seen: Seen) -> bool:
    """Whether a record holds today."""
    return seen.get(kind.until) is None


def _add(kind: Kind, person_id: UUID) -> Link | None:
    own = kind.pages.get(ADD)
    if own:
        return Link(f"Add {kind.article}", url_for(own, person_id=person_id))
    if ADD not in kind.ways:
        return None
    href = url_for("record.add", person_id=person_id, kind=kind.key)
    return Link(f"Add {kind.article}", href)


def _item(kind: Kind, person_id: UUID, seen: Seen, reader: Reader) -> Item:
    facts = list(_facts(kind, seen, reader))
    own = reader.writes and seen.owner_agency_id == reader.agency_id
    return Item(
        name=facts[0].value if facts else kind.one,
        facts=facts,
        source=_source(seen),
        acts=list(_acts(kind, person_id, seen)) if own else (),
    )


def _facts(kind: Kind, seen: Seen, reader: Reader) -> Iterator[Fact]:
    if kind.key == "associate" and seen.get("other_person_id", NOBODY) != NOBODY:
        other = seen.other_person_id
        href = url_for("insight.overview", person_id=other)
        yield Fact("Record here", reader.names.get(other, "A person on record"), href)
    for each in kind.fields:
        value = told(each, seen.get(each.name))
        if value:
            yield Fact(each.words, value)
    if kind.key == "child":
        yield from _age(seen, reader.today)


def _age(seen: Seen, today: date) -> Iterator[Fact]:
    born, about = seen.get("born_on"), seen.get("born_about")
    if born is not None:
        yield Fact("Age", str(words.years_between(born, today)))
    elif about is not None:
        yield Fact("Age", f"about {today.year - about}")


def _source(seen: Seen) -> str:
    at = seen.get("added_at")
    return f"{seen.agency_name}, {words.day(at)}" if at else str(seen.agency_name)


def _acts(kind: Kind, person_id: UUID, seen: Seen) -> Iterator[Link]:
    ids: dict[str, Any] = {"person_id": person_id, "kind": kind.key, "record_id": seen.id}
    if CORRECT in kind.ways:
        yield Link("Correct", url_for("record.correct", **ids))
    if not holds(kind, seen):
        return
    if END in kind.ways:
        yield Link("End", url_for("record.end", **ids))
    elif END in kind.pages:
        yield Link("End", url_for(kind.pages[END], person_id=person_id, warning_id=seen.id))


def led(found: Sequence[Led]) -> Card:
    """Who led and who managed, from when until when."""
    items = [
        (each.until_at == FOREVER, Item(each.name, list(_led_facts(each)), "", ()))
        for each in found
    ]
    return Card(
        key="led",
        title="Lead agency and manager",
        items=[item for now, item in items if now],
        earlier=[item for now, item in items if not now],
        empty="The lead agency and the manager will be listed here.",
        add=None,
    )


def _led_facts(each: Led) -> Iterator[Fact]:
    if each.manages:
        yield Fact("Manager", f"{each.name}, {each.agency}")
    else:
        yield Fact("Lead agency", each.name)
    yield Fact("From", words.day(each.since_at))
    if each.until_at != FOREVER:
        yield Fact("Until", words.day(each.until_at))


def typed_values(kind: Kind, values: Mapping[str, Any]) -> dict[str, str]:
    """What the form of a correction starts from."""
    return {
        each.name: spelled(each, values[each.name]) for each in kind.fields if each.name in values
    }


def one_lined(kind: Kind) -> tuple[str, ...]:
    """The fields that hold one choice or one line."""
    return tuple(each.name for each in kind.fields if each.shape is not Shape.TEXT)


def shown_fields(kind: Kind, way: str) -> Sequence[Field]:
    """The fields of a form."""
    return [each for each in kind.fields if way == ADD or not each.only_when_added]


def by_whom(change: Seen | None) -> dict[str, str]:
    """Whose text is saved, and when, for the page that shows both."""
    if change is None:
        return {"by": "Somebody else", "at_words": "an earlier time"}
    return {"by": change.by_name or "Somebody else", "at_words": words.moment(change.at)}
