"""From counts to figures that open their lists."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from mappa.access.reading import Seen
from mappa.offenders import queries as people
from mappa.visits.backlog.rules import Age, Backlog
from mappa.visits.rules import Outcome, VisitState
from mappa.web import words

BAND_WORDS = {
    "very_high": "Very high",
    "high": "High",
    "medium": "Medium",
    "low": "Low",
    "not_assessed": "Not assessed",
    "unknown": "Not known to you",
}

Href = Callable[..., str]


@dataclass(frozen=True)
class Figure:
    """A number and the list it opens; none for nothing."""

    number: int
    href: str
    of: str


@dataclass(frozen=True)
class BandRow:
    """A line of the table: the band, its figures by age, all of them, and the oldest."""

    band: str
    words: str
    figures: Sequence[Figure]
    all: Figure
    oldest: str


def lead(found: Backlog, more: bool) -> tuple[str, str]:
    """How much is late, in strong words, and what of it matters most."""
    least = "More than " if more else ""
    several = f"{least}{found.all} visits are overdue." if found.all != 1 else "1 visit is overdue."
    if not found.all:
        return "No visit is overdue.", ""
    oldest = words.days(max(found.oldest.values()))
    link = "is" if found.serious == 1 else "are"
    serious = f"{found.serious} {link} for people at high or very high risk."
    return several, f"{serious} The oldest is {oldest} overdue."


def oldest_words(due_on: date, today: date) -> str:
    """How late the oldest is, counted and said as its list does."""
    age = words.age_of(due_on, today)
    return f"The oldest is {age}." if due_on < today else f"The oldest is due {age.lower()}."


def table(found: Backlog, href: Href) -> list[BandRow]:
    """The backlog by band and age."""
    return [_row(found, band, href) for band in found.bands]


def _row(found: Backlog, band: str, href: Href) -> BandRow:
    said = BAND_WORDS[band]
    return BandRow(
        band,
        said,
        [
            Figure(
                found.counts[band, age],
                href(band=band, age=age.value),
                f"{said}, {age.words.lower()}",
            )
            for age in Age
        ],
        Figure(found.of_band(band), href(band=band), said),
        f"{words.days(found.oldest[band])} overdue" if band in found.oldest else "",
    )


def totals(found: Backlog, href: Href) -> list[Figure]:
    """The last line of the table."""
    ages = [Figure(found.of_age(age), href(age=age.value), age.words.lower()) for age in Age]
    return [*ages, Figure(found.all, href(), "all")]


@dataclass(frozen=True)
class Kept:
    """What became of the visits of the last 90 days."""

    made: int
    planned: int
    missed: int
    withdrawn: int
    unannounced: int
    outcomes: Sequence[tuple[Outcome, int]]

    @property
    def share(self) -> str:
        """How many of those made were unannounced."""
        return f"{round(100 * self.unannounced / self.made)} %" if self.made else "None was made"

    @property
    def of_planned(self) -> str:
        """How many of those planned were made; withdrawn ones were not to be made any more."""
        wanted = self.planned + self.missed
        return f"{self.planned} of {wanted}" if wanted else "None was planned"


def kept(visits: Sequence[Any]) -> Kept:
    """What was made, what was not, and why nobody was seen: rows with how many ``several`` are."""
    made = [each for each in visits if each.state == VisitState.MADE.value]
    outcomes: Counter[Outcome] = Counter()
    states: Counter[str] = Counter()
    for each in visits:
        states[each.state] += each.several
    for each in made:
        outcomes[Outcome(each.outcome)] += each.several
    return Kept(
        made=states[VisitState.MADE.value],
        planned=sum(each.several for each in made if each.planned),
        missed=states[VisitState.MISSED.value],
        withdrawn=states[VisitState.WITHDRAWN.value],
        unannounced=sum(each.several for each in made if not each.announced),
        outcomes=[each for each in outcomes.most_common() if not each[0].asks.seen],
    )


def kept_rows(found: Kept, href: Href) -> list[tuple[str, ...]]:
    """What became of the visits, each with its list."""
    return [
        ("Made of those planned", found.of_planned, href(show="made", which="planned"), "List"),
        ("Made in all", str(found.made), href(show="made"), "List"),
        ("Unannounced", found.share, href(show="made", which="unannounced"), "List"),
        ("Missed", str(found.missed), href(show="missed"), "List"),
        ("Withdrawn", str(found.withdrawn), href(show="withdrawn"), "List"),
    ]


def reason_rows(found: Kept, href: Href) -> list[tuple[str, ...]]:
    """Why nobody was seen, each with its list."""
    rows: list[tuple[str, ...]] = [
        (outcome.words, str(several), href(show="made", which=outcome.value), "List")
        for outcome, several in found.outcomes
    ]
    if found.missed:
        rows.append(("Planned, and missed", str(found.missed), href(show="missed"), "Reasons"))
    return rows


def duty_row(duty: Seen, today: date, why_href: str, person_href: str) -> dict[str, Any]:
    """A duty of a list, as lists of what is due show it."""
    late = duty.due_on < today
    band = duty.get("band")
    return {
        "state": "overdue" if late else "soon",
        "title": duty.title,
        "person_name": people.display_name(duty),
        "person_href": person_href,
        "age": words.age_of(duty.due_on, today),
        "due": f"Due {words.day(duty.due_on)}. {duty.owner_name}"
        + (f". Risk: {BAND_WORDS[band].lower()}" if band else ""),
        "why_href": why_href,
        "act_href": person_href,
        "act_label": "Open the visits",
    }
