"""Giving an action that follows from a visit, to somebody of the own agency."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import load
from mappa.actions import service as actions
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import FieldErrors, NotPermitted
from mappa.offenders import queries as people
from mappa.visits import queries
from mappa.visits.cards.service import ADVICE, may_add
from mappa.visits.correcting.rules import check_made
from mappa.visits.models import Visit
from mappa.visits.rules import Attending


@dataclass(frozen=True)
class FollowUp:
    """What is to be done after a visit, by whom, and by which day."""

    what: str
    who: UUID | None
    due_on: date


def owners(actor: Actor, person_id: UUID) -> list[Attending]:
    """Who may be given an action: the reader, and the own agency's people of the case team.

    Nobody of another agency: whoever has an action reads it, whatever else of the visit they may.
    """
    found = queries.may_attend(actor, person_id)
    return [each for each in found if each.agency_id == actor.agency_id]


def add_follow_up(actor: Actor, visit_id: UUID, command: FollowUp, *, now: datetime) -> UUID:
    """Give an action under the visit's label; its owner is told, and owes it.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
    written.
    """
    visit = load(actor, Visit, visit_id)
    target = Target(person=visit.person_id, owner=visit.owner_agency_id, record=visit.id)
    require(actor, Action.VISIT_CORRECT, target)
    if not may_add(actor, visit):
        raise NotPermitted("visit:follow-up: not_author", advice=ADVICE)
    check_made(visit.state)
    offered = owners(actor, visit.person_id)
    owner = next((each for each in offered if each.user_id == command.who), None)
    if owner is None or owner.user_id is None:
        raise FieldErrors({"who": ["Choose who does it from the list"]})
    given = actions.add_action(
        actor,
        label_of(visit),
        what=command.what,
        owner_user=owner.user_id,
        owner_agency=actor.agency_id,
        owner_team=teams.team_of(owner.user_id, actor.agency_id) or NOBODY,
        due_on=command.due_on,
        jurisdiction=people.person(actor, visit.person_id).jurisdiction,
        now=now,
    )
    return given.id
