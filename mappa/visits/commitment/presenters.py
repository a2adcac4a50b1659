"""From commitments and windows to what this reader's page shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.access.reading import Seen
from mappa.rules.calendar import capitalised
from mappa.visits.commitment.queries import NEXT_UNANNOUNCED, NEXT_VISIT
from mappa.visits.commitment.rules import (
    Basis,
    Governing,
    Manner,
    Source,
    Times,
    interval_of,
    window,
)
from mappa.web import words

_BANDS = {"very_high": "very high", "high": "high", "medium": "medium", "low": "low"}


@dataclass(frozen=True)
class WindowLine:
    """When the next visit of a kind is due: from, until, how late, and which duty explains it."""

    label: str
    words: str
    late: str
    duty: UUID


@dataclass(frozen=True)
class Card:
    """The commitment of one agency as its reader sees it."""

    agency_id: UUID
    agency: str
    how_often: str
    tag: str
    colour: str
    not_set: bool
    reactive: bool
    facts: Sequence[tuple[str, str]]
    windows: Sequence[WindowLine]
    own: bool


def card(
    agency: tuple[UUID, str],
    held: Governing,
    last: Seen | None,
    standing: Sequence[Seen],
    *,
    band: str | None,
    today: date,
    own: bool,
) -> Card:
    """What an agency has committed itself to, where that comes from, and what is due by it."""
    tag, colour = _tag(held, last, band)
    return Card(
        agency_id=agency[0],
        agency=agency[1],
        how_often=_often(held),
        tag=tag,
        colour=colour,
        not_set=held.source is Source.NOT_SET,
        reactive=held.source is Source.REACTIVE,
        facts=list(facts(last)) if held.source is Source.SET and last is not None else [],
        windows=[_window(each, today) for each in sorted(standing, key=lambda each: each.kind)],
        own=own,
    )


def _often(held: Governing) -> str:
    if held.every:
        return capitalised(held.every.words)
    return "No routine visits" if held.source is Source.REACTIVE else "Not set"


def _tag(held: Governing, last: Seen | None, band: str | None) -> tuple[str, str]:
    match held.source:
        case Source.REACTIVE:
            return "Reactive management", "purple"
        case Source.SET:
            assert last is not None
            plan = last.basis == Basis.PLAN.value
            return ("From the plan", "green") if plan else ("Decided by a supervisor", "blue")
        case Source.AREA:
            return "Local standard of the area", "yellow"
        case Source.DEFAULT:
            return f"Default for {_BANDS[band or '']} risk", "grey"
        case _:
            return "Alarm", "red"


def facts(row: Seen) -> Iterator[tuple[str, str]]:
    """What a commitment says beyond how often: nothing, for a reader of the summary."""
    if not row.full or not row.every:
        return
    unannounced = interval_of(row.unannounced)
    times = [Times(each).words for each in row.times.split()]
    yield "Unannounced", f"At least {unannounced.words}" if unannounced else "None asked for"
    yield "Kinds of time", ", ".join(times)
    yield "Who goes", Manner(row.manner).words
    if row.agencies:
        yield "With", row.agencies
    yield "Devices to check", row.devices or "None named"
    yield "Rests on", basis_words(row)


def basis_words(row: Seen) -> str:
    """What a commitment rests on, with the version of the plan."""
    if row.reactive_id is not None:
        return "Reactive management"
    basis = Basis(row.basis)
    number = row.get("plan_number")
    return f"{basis.words}, version {number}" if number else basis.words


_LABELS = {NEXT_VISIT: "Next visit", NEXT_UNANNOUNCED: "Next unannounced visit"}


def _window(duty: Seen, today: date) -> WindowLine:
    open_on = window(duty.starts_on, duty.due_on)
    span = f"{words.day(open_on.from_on)} to {words.day(open_on.until_on)}"
    late = words.age_of(duty.due_on, today) if open_on.is_overdue(today) else ""
    return WindowLine(_LABELS[duty.kind], span, late, duty.id)


def commitment_rows(found: Sequence[Seen]) -> list[tuple[str, ...]]:
    """The history of commitments: day, agency, how often, what it rests on, by whom and why."""
    return [_commitment_row(each) for each in found]


def _commitment_row(row: Seen) -> tuple[str, ...]:
    every = interval_of(row.every)
    under = row.reactive_id is not None
    often = capitalised(every.words) if every else "No routine visits" if under else "Ended"
    said = [f"{label}: {text}" for label, text in facts(row) if label != "Rests on"]
    if row.get("reason"):
        said.append(f"Why: {row.reason}")
    by = (row.by_name or "By itself") if row.full else ""
    return words.day(row.set_on), row.agency_name, often, basis_words(row), by, "\n".join(said)


def window_rows(found: Sequence[Seen], today: date) -> list[tuple[str, ...]]:
    """The history of windows: kind, agency, from and until, and what became of it."""
    return [
        (_LABELS[each.kind], each.agency_name, _window(each, today).words, _ended(each, today))
        for each in found
    ]


def _ended(duty: Seen, today: date) -> str:
    if duty.closed_at is None:
        late = duty.due_on < today
        return capitalised(words.age_of(duty.due_on, today)) if late else "Stands"
    moved = f", moved from {words.day(duty.moved_from)}" if duty.moved_from else ""
    return f"Ended on {words.day(duty.closed_at)}{moved}"
