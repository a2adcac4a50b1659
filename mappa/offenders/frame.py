"""The frame above every page of a person: identity bar, warnings to staff, buttons.

Offered to the slots of ``web``; one statement each.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from flask import current_app, url_for

from mappa.access import merged
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.kernel import clock, uow
from mappa.offenders import queries
from mappa.offenders.rules import DANGER_TO_LIFE
from mappa.web import slots, words

Fact = tuple[str, str, str | None]

_IDENTIFIERS = (("CRN", "crn"), ("PNC", "pnc"), ("ViSOR", "visor"))


def today() -> date:
    """The day in London of this unit of work."""
    return clock.day_of(uow.current().at)


def identity(actor: Actor, person_id: UUID, standing: Standing) -> slots.Identity:
    """The identity bar: only what this reader may see. Raises ``NotFound`` if invisible."""
    seen = queries.person(actor, person_id)
    who = [*_who(seen), *_merged(actor, person_id)]
    return slots.Identity(
        name=queries.display_name(seen),
        facts=(tuple(who), tuple(_case(seen))),
        jurisdiction=seen.jurisdiction,
    )


def born(seen: Seen) -> str:
    """Say "14 March 1979 (47)", with the age at death; "about 1966", or "not known"."""
    if seen.born_on is None:
        return f"about {seen.born_about}" if seen.born_about else "not known"
    age = words.years_between(seen.born_on, seen.died_on or today())
    return f"{words.day(seen.born_on)} ({age})"


def category_and_level(seen: Seen) -> str:
    """Say "Category 1, level 2"; "Not set" where there is neither."""
    parts = [f"Category {seen.category}"] if seen.category else []
    level = seen.get("level")  # ``seen.level`` is how much the reader sees
    if level:
        parts.append(f"level {level}" if parts else f"Level {level}")
    return ", ".join(parts) or "Not set"


def _who(seen: Seen) -> Iterator[Fact]:
    yield "Born", born(seen), None
    if seen.died_on is not None:
        yield "Died", words.day(seen.died_on), None
    for label, field in _IDENTIFIERS:
        if seen.get(field):
            yield label, seen.get(field), None
    if seen.lives.kind == "no_fixed_address":
        yield "Address", "No fixed address", None


def _merged(actor: Actor, person_id: UUID) -> Iterator[Fact]:
    """The names of the records that were merged into this one; nothing for most people."""
    others = merged.people_of(person_id)[1:]
    if others:
        yield "Also recorded as", ", ".join(queries.names(actor, others).values()), None


def _case(seen: Seen) -> Iterator[Fact]:
    if seen.shows("risk_band"):
        yield "Risk of serious harm", "", seen.risk_band
    yield "MAPPA", category_and_level(seen), None
    yield "Lead", ", ".join(part for part in (seen.lead_agency, seen.manager) if part), None


def warnings(actor: Actor, person_id: UUID) -> Sequence[slots.StaffWarning]:
    """The live warnings to staff, most serious first."""
    return [
        slots.StaffWarning(
            headline=seen.headline,
            source=f"Set by {seen.agency_name}, {words.day(seen.added_at)}.",
            review=review_words(seen.review_on),
            href=url_for("people.warning", person_id=person_id, warning_id=seen.id),
            id=seen.id,
            officers=seen.officers,
            lone_working=seen.lone_working,
            danger_to_life=seen.serious >= DANGER_TO_LIFE,
        )
        for seen in queries.live_warnings(actor, person_id)
    ]


def review_words(review_on: date) -> str:
    """Say "Review by 2 January 2027." or "Review was due 2 January 2027."."""
    lead = "Review was due" if review_on < today() else "Review by"
    return f"{lead} {words.day(review_on)}."


_BUTTONS = (
    ("Log a visit", "visits.log", Action.VISIT_LOG, Section.VISITS),
    ("Report a change", "people.report_a_change", Action.ADDRESS_ADD, Section.IDENTITY),
)


def buttons(actor: Actor, person_id: UUID, standing: Standing) -> Sequence[tuple[str, str]]:
    """What this reader may do from every page of the person."""
    return [
        (label, url_for(endpoint, person_id=person_id))
        for label, endpoint, action, section in _BUTTONS
        if endpoint in current_app.view_functions
        and standing.may(action)
        and standing.opens(section)
    ]
