"""The blueprint, and what every page of a plan asks first."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint

from mappa.access.actions import Action
from mappa.access.asking import Target, decide
from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.plans import service
from mappa.plans.service import Writing
from mappa.web.flow import current_actor
from mappa.web.pages import standing_on

bp = Blueprint("plans", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


def open_section(person_id: UUID) -> None:
    """Raise ``NotFound`` unless the reader has a page of the plan at all."""
    if not standing_on(person_id).opens(Section.PLAN):
        raise NotFound


def writing(person_id: UUID) -> Writing:
    """Who writes here; raises what ``service.writing`` raises."""
    open_section(person_id)
    return service.writing(current_actor(), person_id, now=current().at)


def may_write(person: Seen) -> bool:
    """Whether the page offers writing: to those of the lead agency who may."""
    actor = current_actor()
    if person.owner_agency_id != actor.agency_id:
        return False
    target = Target(person=person.record, owner=actor.agency_id)
    return decide(actor, Action.PLAN_WRITE, target).allowed
