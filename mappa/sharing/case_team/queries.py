"""Reads of the case team, for readers of team and sharing in full. All ask the policy first."""

from uuid import UUID

from config import read
from mappa.access import teaming
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, standing
from mappa.access.reading import Seen
from mappa.access.teaming import Place
from mappa.access.terms import CASE_ROLES, Level, Part, Section
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency
from mappa.agencies.queries import StaffMember
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.rules.levels import Jurisdiction
from mappa.sharing.case_team import rules


def places(actor: Actor, person_id: UUID) -> list[Place]:
    """Every place there is or was. Raises ``NotFound`` for readers of their own line only."""
    if not standing(actor, person_id).at_least(Section.SHARING, Level.FULL):
        raise NotFound
    return teaming.places(person_id)


def place(actor: Actor, person_id: UUID, place_id: UUID) -> Place:
    """One place that stands. Raises ``NotFound``."""
    found = [each for each in places(actor, person_id) if each.id == place_id and each.stands]
    if not found:
        raise NotFound
    return found[0]


def may_set(actor: Actor, person: Seen) -> bool:
    """Whether the reader says which agencies are on the case team: the lead's manager or senior."""
    target = Target(person=person.record, owner=person.owner_agency_id)
    return decide(actor, Action.TEAM_SET, target).allowed


def may_name(actor: Actor, person: Seen, agency: UUID) -> bool:
    """Whether the reader names workers of an agency: who sets the team, and each for the own."""
    if may_set(actor, person):
        return True
    target = Target(person=person.record, owner=actor.agency_id)
    return agency == actor.agency_id and decide(actor, Action.TEAM_NAME, target).allowed


def agencies_to_bring(actor: Actor, person_id: UUID) -> list[Agency]:
    """The agencies of the area that are not on the case team, by name."""
    on_team = {each.agency for each in _agencies_on(actor, person_id)}
    return [
        each
        for each in agencies.agencies_in(actor.area_id)
        if each.id not in on_team and usual_capacity(each)
    ]


def usual_capacity(agency: Agency) -> str:
    """In what capacity a kind of agency is on case teams; empty for one that never is."""
    kind = read.agency_types().get(agency.type)
    jurisdiction = Jurisdiction(agencies.jurisdiction_of(agency.area_id))
    return (kind.capacity_in(jurisdiction) if kind else None) or ""


def may_be_restricted(agency: Agency) -> bool:
    """Whether the agency answers for restricted patients."""
    return rules.may_be_restricted(agency.type, agencies.jurisdiction_of(agency.area_id))


def workers_to_name(actor: Actor, person: Seen) -> list[StaffMember]:
    """Who may be named by this reader: staff of the agencies on the team who are not on it."""
    on_team = _agencies_on(actor, person.record)
    naming = [each.agency for each in on_team if may_name(actor, person, each.agency)]
    named = {(each.user, each.agency) for each in _named(actor, person.record)}
    return [
        each
        for each in workers_at(naming)
        if (each.user_id, each.agency_id) not in named and each.user_id != actor.user_id
    ]


def workers_at(agency_ids: list[UUID]) -> list[StaffMember]:
    """Who works on cases at these agencies, each once."""
    staff = agencies.staff_of(agency_ids) if agency_ids else []
    found = {(x.user_id, x.agency_id): x for x in staff if x.role in CASE_ROLES}
    return list(found.values())


def takes_over(actor: Actor, person: Seen, leaving: Place) -> Place | None:
    """Who takes over the duties of a worker who leaves: of the same agency, the manager first."""
    stay = [
        each
        for each in _named(actor, person.record)
        if each.agency == leaving.agency and each.user != leaving.user
    ]
    return next(iter(sorted(stay, key=lambda each: each.what != Part.MANAGER)), None)


def _named(actor: Actor, person_id: UUID) -> list[Place]:
    return [each for each in places(actor, person_id) if each.stands and each.user != NOBODY]


def _agencies_on(actor: Actor, person_id: UUID) -> list[Place]:
    return [each for each in places(actor, person_id) if each.stands and each.user == NOBODY]


def person(actor: Actor, person_id: UUID) -> Seen:
    """The person, for whoever may read the team in full. Raises ``NotFound``."""
    if not standing(actor, person_id).at_least(Section.SHARING, Level.FULL):
        raise NotFound
    return people.person(actor, person_id)
