"""What the forms of requests offer to choose from, and what they begin with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict

from mappa.access import team_grid
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.terms import Role, Section
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.sharing import words
from mappa.sharing.requests import service
from mappa.sharing.requests.rules import ANSWERS, State, Urgency
from mappa.sharing.requests.schemas import SECTIONS
from mappa.sharing.shares import choosing, facts
from mappa.sharing.shares.rules import ONE_BY_ONE

SHARED_FOR = timedelta(days=91)
"""So long the form of an answer proposes to share; a local standard, and changed in the form."""


def ask_options(actor: Actor) -> dict[str, Any]:
    """What both forms of a request offer."""
    return {
        "sections": [(name, words.SECTIONS[section]) for name, section in SECTIONS.items()],
        "urgencies": [(each.value, each.words) for each in Urgency],
        **words.basis_options(agencies.jurisdiction_of(actor.area_id)),
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


@dataclass(frozen=True, kw_only=True)
class Held:
    """What the reader's agency can share of a person: sections, and single records, in words.

    ``lacks`` names what was asked for and in which the reader sees nothing of it.
    """

    sections: Sequence[tuple[str, str]]
    records: Sequence[tuple[str, str]]
    lacks: Sequence[str]

    def answers(self) -> list[tuple[str, str, str]]:
        """The answers that are offered: "shared" only where there is something to share."""
        shares = bool(self.sections or self.records)
        return [offered(each) for each in ANSWERS if shares or each is not State.SHARED]


NOTHING = Held(sections=(), records=(), lacks=())


def held(actor: Actor, seen: Seen) -> Held:
    """What of the person of a request is the own agency's, by which alone it can answer."""
    owned = facts.owned(actor, seen.person_id)
    own = {section for section, names in owned.items() if actor.agency_name in names}
    asked = [Section(each) for each in seen.sections]
    return Held(
        sections=[
            (name, words.SECTIONS[section])
            for name, section in SECTIONS.items()
            if section in own - ONE_BY_ONE
        ],
        records=choosing.records(actor, seen.person_id),
        lacks=[words.IN_SENTENCE[each] for each in asked if each not in own],
    )


def start(actor: Actor, seen: Seen, person: Seen, own: Held, today: date) -> MultiDict[str, str]:
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
    can = {name for name, _ in own.sections}
    start.setlist("sections", [each for each in sections if each in can])
    start.setlist("statutes", list(basis.statutes))
    return start


def _typed_day(on: date) -> str:
    return f"{on.day} {on.month} {on.year}"
