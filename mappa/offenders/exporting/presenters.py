"""From the people of an export to the lines of its file."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.rules.levels import RiskBand
from mappa.web import words

MARKING = "OFFICIAL-SENSITIVE"
_NOT_SHOWN = ""

_DAY_FIELDS = ("born_on", "died_on", "level_since")
COLUMNS = {
    "family_name": "Family name",
    "given_name": "Given name",
    "born_on": "Date of birth",
    "born_about": "Year of birth",
    "died_on": "Date of death",
    "crn": "CRN",
    "pnc": "PNC",
    "visor": "ViSOR",
    "prison_number": "Prison number",
    "category": "Category",
    "level": "Level",
    "level_since": "At this level since",
    "lead_agency": "Lead agency",
    "manager": "Manager",
    "risk_band": "Risk of serious harm",
    "district": "District",
}
"""Field of the list to heading."""


def _day(value: date) -> str:
    return value.isoformat()


def _risk(value: str) -> str:
    return RiskBand(value).value.replace("_", " ").capitalize()


_SAID: dict[str, Callable[[Any], str]] = {
    **dict.fromkeys(_DAY_FIELDS, _day),
    "risk_band": _risk,
}


def cell(seen: Seen, name: str) -> str:
    """A field as the file has it; empty where the reader does not get it, or it is not known."""
    value = seen.get(name)
    if value is None:
        return _NOT_SHOWN
    return _SAID.get(name, str)(value)


def lines(
    actor: Actor, people: Sequence[Seen], *, more: bool, reference: str, what: str, at: datetime
) -> Iterator[Sequence[str]]:
    """The file: whose it is and what it holds, the people, and an end by which a cut is noticed."""
    yield (MARKING, f"Reference {reference}")
    yield (f"Exported by {actor.name}, {actor.role.words}, {actor.agency_name}",)
    yield (f"{words.moment(at)}. {what}",)
    yield ("What you may not see is left empty. Keep this file no longer than you need it.",)
    yield tuple(COLUMNS.values())
    for seen in people:
        yield tuple(cell(seen, name) for name in COLUMNS)
    ended = f"{len(people):,} people" if len(people) != 1 else "1 person"
    if more:
        ended = f"The first {ended}. There are more: narrow the list and export again"
    yield (MARKING, f"End of {reference}: {ended}")
