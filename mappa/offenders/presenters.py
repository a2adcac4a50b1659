"""From what a reader sees to what a page prints."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.offenders import frame, queries
from mappa.web import words


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
    facts = [f"Born {frame.born(seen)}" if seen.born_on else "Date of birth not known"]
    if seen.died_on is not None:
        facts.append(f"Died {words.day(seen.died_on)}")
    if seen.get("crn"):
        facts.append(f"CRN {seen.crn}")
    if seen.address_kind == "no_fixed_address":
        facts.append("No fixed address")
    elif seen.district:
        facts.append(seen.district)
    return facts


def how_many(total: int) -> str:
    """Say "1 person", "3 people" or "More than 100 people"."""
    if total > queries.COUNTED:
        return f"More than {queries.COUNTED} people"
    return "1 person" if total == 1 else f"{total} people"
