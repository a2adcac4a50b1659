"""Where the pages of failed entries are, for the police who may open them."""

from uuid import UUID

from flask import url_for

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.visits.rules import Outcome, VisitState
from mappa.web.pages import standing_on


def is_police(actor: Actor) -> bool:
    """Whether the reader acts for the police."""
    return agencies.type_of(actor.agency_id) == "police"


def entries_href(actor: Actor, person_id: UUID) -> str:
    """The page of failed entries and warrants; empty for who has none."""
    sees = standing_on(person_id).at_least(Section.VISITS, Level.FULL)
    return url_for("visits.entries", person_id=person_id) if sees and is_police(actor) else ""


def question_href(actor: Actor, visit: Seen) -> str:
    """Where the police say what a failed visit of their own was for; empty for any other."""
    own = visit.full and visit.owner_agency_id == actor.agency_id
    if not own or visit.state != VisitState.MADE.value or not Outcome(visit.outcome).asks.failed:
        return ""
    if not is_police(actor):
        return ""
    return url_for("visits.entry", person_id=visit.person_id, visit_id=visit.id)
