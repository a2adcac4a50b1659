"""From what a reader sees of possible duplicates to what the pages print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import current_app, url_for

from mappa.access.reading import Seen
from mappa.offenders import candidates, frame, presenters, queries
from mappa.offenders.matching.queries import Pair
from mappa.offenders.matching.rules import NUMBERS, Candidate, Strength
from mappa.offenders.matching.service import PossibleMatch
from mappa.offenders.presenters import PersonRow
from mappa.web import words

STRENGTHS = {
    Strength.SAME: ("Same number", "red"),
    Strength.LIKELY: ("Likely the same person", "orange"),
    Strength.POSSIBLE: ("Possibly the same person", "blue"),
}
"""How much speaks for one person, in words and in the colour of the tag."""

NUMBER_LABELS = {
    "crn": "CRN",
    "pnc": "PNC number",
    "visor": "ViSOR",
    "prison_number": "Prison number",
}
NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class MatchRow:
    """Somebody who may be the person, and why."""

    person: PersonRow
    strength: str
    colour: str
    why: str


def match_row(match: PossibleMatch) -> MatchRow:
    """One possible match."""
    said, colour = STRENGTHS[match.strength]
    return MatchRow(presenters.person_row(match.person), said, colour, why(match.reasons))


def why(reasons: Sequence[str]) -> str:
    """The reasons as one line."""
    return ". ".join(reasons)


def candidate_rows(candidate: Candidate) -> list[tuple[str, str]]:
    """Who is to be added, as labels and values; what was not given is left out."""
    born = words.day(candidate.born_on) if candidate.born_on else ""
    if candidate.born_about:
        born = f"About {candidate.born_about}"
    numbers = ((label, getattr(candidate, kind)) for kind, label in NUMBER_LABELS.items())
    every = (
        ("Name", candidate.names[0]),
        ("Also known as", ", ".join(candidate.aliases)),
        ("Born", born),
        *numbers,
    )
    return [(label, value) for label, value in every if value]


@dataclass(frozen=True)
class QueueRow:
    """One clash of the queue."""

    href: str
    names: tuple[str, str]
    why: str
    since: str


def queue_row(pair: Pair) -> QueueRow:
    """A clash as a line of the queue."""
    reasons = pair.likeness.reasons if pair.likeness else ()
    names = (queries.display_name(pair.person), queries.display_name(pair.other))
    return QueueRow(
        url_for("matching.pair", match_id=pair.id), names, why(reasons), words.day(pair.found_at)
    )


def sides(pair: Pair) -> list[tuple[str, str, str]]:
    """Both people line by line, as far as the reader sees them."""
    one, other = dict(_lines(pair.person)), dict(_lines(pair.other))
    return [(label, one[label], other.get(label, NOT_KNOWN)) for label in one]


def _lines(seen: Seen) -> Iterator[tuple[str, str]]:
    name, *others = candidates.names_of(seen)
    yield "Name", name
    yield "Also known as", ", ".join(others) or NOT_KNOWN
    yield "Born", frame.born(seen) if seen.born_on or seen.born_about else NOT_KNOWN
    for kind in NUMBERS:
        if seen.shows(kind):
            yield NUMBER_LABELS[kind], seen.get(kind) or NOT_KNOWN
    yield "Managed as", frame.category_and_level(seen)
    yield "Lead agency", seen.lead_agency
    yield "Manager", seen.manager or NOT_KNOWN


def merge_href(person: UUID, other: UUID) -> str | None:
    """Where two records are merged; None while there is no such page."""
    for endpoint in ("merging.preview", "merging.compare"):
        if endpoint in current_app.view_functions:
            return url_for(endpoint, person_id=person, other_id=other)
    return None


def answers(
    details: Mapping[str, str], labels: Mapping[str, Mapping[str, str]], href: str
) -> list[tuple[str, str, str]]:
    """What was answered on the second page, each with the way back to it."""
    asked = {
        "category": "Category",
        "level": "Level",
        "lead_agency_id": "Lead agency",
        "manager_id": "Manager",
        "transferred_in_from": "Transferred in from",
    }
    return [
        (label, labels.get(name, {}).get(details[name], details[name]), href)
        for name, label in asked.items()
        if details.get(name)
    ]
