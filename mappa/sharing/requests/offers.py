"""What the forms of requests offer to choose from, and what they begin with."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from config.lawful_bases import lawful_bases
from mappa.access import team_grid
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.terms import Role, Section
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.sharing import words
from mappa.sharing.requests import service
from mappa.sharing.requests.rules import State, Urgency
from mappa.sharing.requests.schemas import SECTIONS

SHARED_FOR = timedelta(days=91)
"""So long the form of an answer proposes to share; a local standard, and changed in the form."""


def basis_options(jurisdiction: str) -> dict[str, Any]:
    """The laws of a jurisdiction, and the conditions of each regime."""
    bases = lawful_bases()
    return {
        "statutes": [(each.id, each.name, each.says) for each in bases.statutes_in(jurisdiction)],
        "regimes": list(words.REGIMES.items()),
        "conditions": {
            regime: [(each.id, each.name) for each in bases.conditions_of(regime)]
            for regime in words.REGIMES
        },
    }


def ask_options(actor: Actor) -> dict[str, Any]:
    """What both forms of a request offer."""
    return {
        "sections": [(name, words.SECTIONS[section]) for name, section in SECTIONS.items()],
        "urgencies": [(each.value, each.words) for each in Urgency],
        **basis_options(agencies.jurisdiction_of(actor.area_id)),
    }


def owners(actor: Actor, lead: UUID) -> list[tuple[str, str, str]]:
    """The agencies that have somebody to answer, the lead first. Who holds what is not told."""
    area = [each for each in agencies.agencies_in(actor.area_id) if each.id != actor.agency_id]
    staff = agencies.staff_of([each.id for each in area])
    can = {each.agency_id for each in staff if each.role is Role.INFORMATION_OFFICER}
    asked = sorted((each for each in area if each.id in can), key=lambda each: each.id != lead)
    return [
        (str(each.id), each.name, "Leads the case" if each.id == lead else "") for each in asked
    ]


_SAYS = {
    State.SHARED: "The share is made at once, and the agency is told",
    State.NOT_RELEVANT: "You hold something that does not answer the question",
    State.NO_TRACE: "You hold nothing, or nothing that can be told",
    State.DISCUSSED: "The request stays open. Say below what is unclear",
    State.DECLINED: "Say why below. It is kept and counted",
}


def offered(state: State) -> tuple[str, str, str]:
    """An answer as the form offers it."""
    said = state.words if state is not State.DISCUSSED else "relevance unclear, discuss"
    return state.value, said[:1].upper() + said[1:], _SAYS[state]


def start(actor: Actor, seen: Seen, person: Seen, today: date) -> MultiDict[str, str]:
    """What the request says already of a share that would answer it."""
    agreed = team_grid.agreement(actor.area_id)
    last = day_of(agreed.until - timedelta(seconds=1)) if agreed else today + SHARED_FOR
    ends_on = min(today + SHARED_FOR, last)
    basis = service.basis_of(seen.basis)
    leads = person.owner_agency_id == actor.agency_id
    sections = list(seen.sections)
    if seen.unseen and leads and Section.IDENTITY.value not in sections:
        sections.insert(0, Section.IDENTITY.value)
    start: MultiDict[str, str] = MultiDict(
        {
            "level": "summary",
            "share_why": seen.why,
            "ends_on": _typed_day(ends_on),
            "review_on": _typed_day(today + (ends_on - today) / 2),
            "other": basis.other,
            "regime": basis.regime,
            basis.regime.replace("-", "_"): basis.condition,
        }
    )
    start.setlist("sections", sections)
    start.setlist("statutes", list(basis.statutes))
    return start


def _typed_day(on: date) -> str:
    return f"{on.day} {on.month} {on.year}"
