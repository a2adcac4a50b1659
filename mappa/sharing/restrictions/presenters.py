"""Exclusions in the words of the pages. What is shown is already gated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import url_for

from mappa.sharing.restrictions.queries import Exclusion
from mappa.web.words import day

_SHOWN = 5
"""So many looks stand with an exclusion, the last first."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One who is kept out."""

    who: str
    state: str
    colour: str
    facts: Sequence[tuple[str, str]]
    end_href: str
    review_href: str


def row(found: Exclusion, person_id: UUID, today: date) -> Row:
    """An exclusion in words."""
    state, colour = ("Kept out", "red") if found.begun else ("Still to begin", "blue")
    if found.review_on is not None and found.review_on <= today:
        state, colour = "Kept out, to be looked at again", "yellow"
    facts = [
        ("Why", found.reason),
        ("From", day(found.starts_at)),
        ("Until", day(found.until_on) if found.until_on else "No end"),
    ]
    if found.review_on:
        facts.append(("Looked at again", day(found.review_on)))
    facts.append(("By", f"{found.made_by}, {day(found.made_at)}"))
    facts += [
        ("Looked at", f"{day(each.at)}, {each.by}: {each.found}") for each in found.reviews[:_SHOWN]
    ]
    return Row(
        who=found.who,
        state=state,
        colour=colour,
        facts=facts,
        end_href=url_for("restrictions.end", person_id=person_id, exclusion_id=found.id),
        review_href=url_for("restrictions.review", person_id=person_id, exclusion_id=found.id),
    )
