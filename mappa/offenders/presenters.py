"""From what a reader sees to what a page prints."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.offenders import frame, queries, rules
from mappa.offenders.listing import COUNTED, Choices
from mappa.offenders.record.rules import GROUPS, KINDS, of_group
from mappa.offenders.rules import PeopleFilter
from mappa.offenders.search import Answer
from mappa.rules.levels import RiskBand
from mappa.web import words
from mappa.web.pages import Link


@dataclass(frozen=True)
class PersonRow:
    """One person of a list: a link, facts, and what stands at the right."""

    name: str
    href: str
    facts: Sequence[str]
    category: str
    agency: str
    shows_risk: bool
    risk: str | None = None
    reason: str = ""
    marks: Sequence[str] = ()


def overview(person_id: UUID) -> str:
    """Where the person's overview is."""
    return url_for("insight.overview", person_id=person_id)


def person_row(seen: Seen, **more: Any) -> PersonRow:
    """A person as lists show them: only what this reader may see."""
    return PersonRow(
        name=queries.display_name(seen),
        href=overview(seen.id),
        facts=tuple(_facts(seen)),
        category=frame.category_and_level(seen),
        agency=seen.lead_agency,
        shows_risk=seen.shows("risk_band"),
        risk=seen.get("risk_band"),
        **more,
    )


def _facts(seen: Seen) -> Sequence[str]:
    known = seen.born_on or seen.born_about
    facts = [f"Born {frame.born(seen)}" if known else "Date of birth not known"]
    if seen.died_on is not None:
        facts.append(f"Died {words.day(seen.died_on)}")
    if seen.get("crn"):
        facts.append(f"CRN {seen.crn}")
    if seen.lives.kind == "no_fixed_address":
        facts.append("No fixed address")
    elif seen.lives.district:
        facts.append(seen.lives.district)
    return facts


LEVELS = tuple((str(level), f"Level {level}") for level in (1, 2, 3))
CATEGORIES = tuple((str(number), f"Category {number}") for number in (1, 2, 3, 4))
BANDS = tuple((band.value, band.words) for band in RiskBand)


@dataclass(frozen=True)
class Filter:
    """One list to narrow the people by."""

    name: str
    label: str
    blank: str
    options: Sequence[tuple[str, str]]
    hint: str = ""


_MORE = "Those of your team first. For others, choose their team and show the list."


def filters(offered: Choices) -> list[Filter]:
    """What the list can be narrowed by; a list of nothing is left out."""
    every = (
        Filter("level", "Level", "All levels", LEVELS),
        Filter("category", "Category", "All categories", CATEGORIES),
        Filter("risk", "Risk of serious harm", "Any risk", BANDS),
        Filter("team_id", "Team", "All teams", offered.teams),
        Filter(
            "manager_id",
            "Manager",
            "All managers",
            offered.managers,
            _MORE if offered.more_managers else "",
        ),
    )
    return [each for each in every if each.options]


def narrowed(offered: Choices, chosen: PeopleFilter) -> str:
    """Say what the list is narrowed to: "level 2, high risk"; empty if to nothing."""
    values = chosen.chosen()
    chosen_words = (
        (each.label, dict(each.options)[values[each.name]])
        for each in filters(offered)
        if values.get(each.name) in dict(each.options)
    )
    # "Level 2" says what it is; "High" and a name do not.
    return ", ".join(
        said if said.startswith(label) else f"{label}: {said}" for label, said in chosen_words
    )


def how_many(total: int) -> str:
    """Say "1 person", "3 people" or "More than 100 people"."""
    if total > COUNTED:
        return f"More than {COUNTED} people"
    return "1 person" if total == 1 else f"{total} people"


@dataclass(frozen=True)
class FoundPeople:
    """What the results page says: how many, and who."""

    how_many: str
    rows: Sequence[PersonRow]


def answer(found: Answer) -> FoundPeople:
    """The results of a search; the count is of what is listed."""
    listed = [
        person_row(each.person, reason=each.match.reason, marks=each.match.marks)
        for each in found.found
    ]
    count = COUNTED + 1 if found.cut else len(listed)
    return FoundPeople(how_many(count), listed)


@dataclass(frozen=True)
class AddressRow:
    """An address as the reader's level shows it."""

    place: str
    kind: str
    since: str
    until: str
    note: str
    agency: str
    current: bool
    acts: Sequence[Link] = ()


def address_row(seen: Seen, *, own: UUID | None = None) -> AddressRow:
    """An address: lines and end for full readers, the district for readers of the summary.

    ``own`` is the agency whose addresses the reader may correct and end.
    """
    until = seen.get("until_on")
    return AddressRow(
        place=place_of(seen),
        kind=rules.ADDRESS_KINDS[seen.kind],
        since=words.day(seen.from_on),
        until=words.day(until) if until else "",
        note=seen.get("note", ""),
        agency=seen.agency_name,
        current=until is None,
        acts=list(_address_acts(seen, ended=until is not None))
        if seen.owner_agency_id == own
        else (),
    )


def _address_acts(seen: Seen, *, ended: bool) -> Iterator[Link]:
    ids = {"person_id": seen.person_id, "kind": "address", "record_id": seen.id}
    yield Link("Correct", url_for("record.correct", **ids))
    if not ended:
        yield Link("End", url_for("record.end", **ids))


def place_of(seen: Seen) -> str:
    """The address on one line, or its district alone."""
    if seen.kind == "no_fixed_address":
        return "No fixed address"
    if not seen.shows("lines"):
        return seen.district or "District not known"
    lines = ", ".join(line.strip() for line in seen.lines.split("\n") if line.strip())
    return f"{lines} {seen.postcode}".strip()


_ACTS = ("added", "corrected", "ended")

HISTORY_KINDS = {
    **{kind.key: tuple(f"{kind.key}:{act}" for act in _ACTS) for kind in KINDS.values()},
    "level": ("level:added", "level:corrected", "level:ended", "level:decided"),
    "person": ("person:added",),
    "team": ("lead:handed-over", "team:joined", "team:left"),
}
"""What one can filter the history by: a key to the kinds of changes."""

HISTORY_FILTERS = [
    *(
        (title, [(kind.key, kind.title) for kind in of_group(group)])
        for group, title in GROUPS.items()
    ),
    ("Who manages", [("team", "Lead, manager and case team")]),
]
"""The filter as the page offers it: heading, then value and words."""


def history_rows(changes: Sequence[Seen]) -> Sequence[tuple[str, str, str, str, str]]:
    """Changes as rows of a table: what, from, to, who and when, why."""
    return [
        (
            f"{each.what} {each.kind.partition(':')[2]}".strip(),
            each.before or "–",
            each.after or "–",
            f"{each.by_name or 'The platform'}, {each.agency_name}, {words.moment(each.at)}",
            each.why or "–",
        )
        for each in changes
    ]
