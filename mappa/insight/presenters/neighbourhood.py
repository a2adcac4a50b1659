"""The sheet for officers of a neighbourhood, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mappa.access.reading import Seen
from mappa.insight.queries.neighbourhood import Sheet
from mappa.offenders import frame, queries
from mappa.offenders.presenters import place_of
from mappa.web.words import day


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One person of the sheet."""

    name: str
    born: str
    addresses: Sequence[str]
    warnings: Sequence[tuple[str, str]]
    orders: Sequence[str]
    tell: str


def entries(found: Sheet, today: date) -> list[Entry]:
    """The people of a sheet, by name; what has run out by ``today`` is left out."""
    return [_entry(found, each, today) for each in found.people]


def _entry(found: Sheet, seen: Seen, today: date) -> Entry:
    orders = [each for each in found.orders.get(seen.record, ()) if _runs(each, today)]
    conditions = [each for each in found.conditions.get(seen.record, ()) if _runs(each, today)]
    return Entry(
        name=queries.display_name(seen),
        born=frame.born(seen),
        addresses=[place_of(each) for each in found.addresses.get(seen.record, ())],
        warnings=[
            (each.headline, each.detail or "") for each in found.warnings.get(seen.record, ())
        ],
        orders=[
            *(f"{each.name}{_until(each)}" for each in orders),
            *(f"{each.text}{_until(each)}" for each in conditions),
        ],
        tell=_tell(seen),
    )


def _runs(seen: Seen, today: date) -> bool:
    ends = seen.get("ends_on")
    return ends is None or ends >= today


def _until(seen: Seen) -> str:
    ends = seen.get("ends_on")
    return f" (until {day(ends)})" if ends else ""


def _tell(seen: Seen) -> str:
    named = [seen.get("manager"), seen.get("lead_agency"), seen.get("lead_phone")]
    return ", ".join(each for each in named if each)
