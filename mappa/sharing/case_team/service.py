"""Bringing agencies and workers on to a case team and letting them go. Nothing is overwritten.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access import rights, teaming
from mappa.access.actor import Actor
from mappa.access.passing import Hands
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.teaming import Place
from mappa.access.terms import Level, Part, Section
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import NOBODY
from mappa.kernel.errors import NotFound, NotPermitted
from mappa.offenders.changes import record_change
from mappa.offenders.handover.service import pass_duties, writing_for
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders
from mappa.sharing.case_team import presenters, queries, rules
from mappa.sharing.case_team.rules import BringOn, NameWorker

NAMED, BROUGHT, LEFT = "team:named", "team:brought", "team:left"
JOINED = "team:joined"
"""Of the history, which says the same of agencies and workers."""


def agency_to_bring(actor: Actor, person_id: UUID, agency_id: UUID) -> Agency:
    """An agency that this reader may bring on. Raises ``NotFound``, ``NotPermitted``."""
    person = queries.person(actor, person_id)
    if not queries.may_set(actor, person):
        raise NotPermitted("team:set: neither the manager nor a superior of the lead agency")
    found = {each.id: each for each in agencies.agencies_in(actor.area_id)}.get(agency_id)
    if found is None or not queries.usual_capacity(found):
        raise NotFound
    return found


def bring_on(
    actor: Actor, person_id: UUID, agency_id: UUID, command: BringOn, *, now: datetime
) -> None:
    """Put an agency on the case team; from now on it sees what the agreement gives it."""
    agency = agency_to_bring(actor, person_id, agency_id)
    on_team = {each.agency for each in queries.places(actor, person_id) if each.stands}
    rules.check_new(on_team=agency_id in on_team)
    capacity = rules.capacity(
        queries.usual_capacity(agency),
        restricted=command.restricted,
        may_be=queries.may_be_restricted(agency),
    )
    person = load(actor, Person, person_id, need=Level.SUM)
    given = _given(actor, command.why, now)
    place = rights.add_agency_to_team(
        person_id, agency_id, actor.area_id, capacity, person.sort_name, given
    )
    log.record(
        actor, Operation.DISCLOSURE, BROUGHT, [person_id], at=now, fields=["case_team"],
        recipients=[agency_id],
    )  # fmt: skip
    after = f"{agency.name}, {presenters.capacity_words(capacity).lower()}"
    _keep(actor, person, place.id, JOINED, after=after, why=command.why, now=now)
    for lead in teams.supervisors_of(agency_id, NOBODY):
        _tell(actor, person, lead, agency_id, BROUGHT, now)
    if command.worker != NOBODY:
        _name(
            actor, person, NameWorker(user=command.worker, agency=agency_id, why=command.why), now
        )


def name_worker(actor: Actor, person_id: UUID, command: NameWorker, *, now: datetime) -> None:
    """Name somebody on the case team: victims and health open to whoever is on it by name."""
    person = queries.person(actor, person_id)
    on_team = {each.agency for each in queries.places(actor, person_id) if each.stands}
    if command.agency not in on_team or not queries.may_name(actor, person, command.agency):
        raise NotPermitted("team:name: not of an agency whose workers this reader names")
    _name(actor, load(actor, Person, person_id, need=Level.SUM), command, now)


def _name(actor: Actor, person: Person, command: NameWorker, now: datetime) -> None:
    staff = {each.user_id for each in queries.workers_at([command.agency])}
    named = {(each.user, each.agency) for each in queries.places(actor, person.id) if each.stands}
    rules.check_worker(
        staff=command.user in staff,
        named=(command.user, command.agency) in named,
        oneself=command.user == actor.user_id,
    )
    place = rights.add_worker(
        person.id, command.agency, command.user, Part.WORKER, _given(actor, command.why, now),
        team=teams.team_of(command.user, command.agency) or NOBODY,
    )  # fmt: skip
    log.record(
        actor, Operation.ALTERATION, NAMED, [person.id, command.user], at=now,
        fields=["case_team"], recipients=[command.agency],
    )  # fmt: skip
    after = _called(command.user, command.agency)
    _keep(actor, person, place.id, JOINED, after=after, why=command.why, now=now)
    _tell(actor, person, command.user, command.agency, NAMED, now)


def to_let_go(actor: Actor, person_id: UUID, place_id: UUID) -> Place:
    """A place that this reader may end. Raises ``NotFound``, ``NotPermitted``, ``RuleBroken``."""
    person = queries.person(actor, person_id)
    found = queries.place(actor, person_id, place_id)
    is_worker = found.user != NOBODY
    may = (
        queries.may_name(actor, person, found.agency)
        if is_worker
        else queries.may_set(actor, person)
    )
    if not may:
        raise NotPermitted("team: neither of the lead agency nor a superior of that worker")
    rules.check_leaves(found.what)
    return found


def let_go(actor: Actor, person_id: UUID, place_id: UUID, why: str, *, now: datetime) -> Place:
    """Take an agency, with its workers, or one worker off the case team now."""
    found = to_let_go(actor, person_id, place_id)
    given = _given(actor, why, now)
    person = load(actor, Person, person_id, need=Level.SUM)
    if found.user == NOBODY:
        teaming.leave(person_id, found.agency, given)
        records = [person_id]
    else:
        _pass_duties(actor, person, found, now)
        teaming.end_worker(person_id, found.id, given)
        records = [person_id, found.user]
    log.record(
        actor, Operation.ALTERATION, LEFT, records, at=now, fields=["case_team"],
        recipients=[found.agency],
    )  # fmt: skip
    before = _called(found.user, found.agency)
    _keep(actor, person, found.id, LEFT, before=before, why=why, now=now)
    return found


def _pass_duties(actor: Actor, person: Person, leaving: Place, now: datetime) -> None:
    """What the worker still owes here passes to a colleague; without one it stays theirs."""
    to = queries.takes_over(actor, queries.person(actor, person.id), leaving)
    if to is None:
        return
    old = Hands(user=leaving.user, agency=leaving.agency, team=leaving.team)
    new = Hands(user=to.user, agency=to.agency, team=to.team)
    pass_duties(actor, person, old, new, now)


def _called(user: UUID, agency: UUID) -> str:
    """A worker with the agency, or the agency alone."""
    name = agencies.agency(agency).name
    return name if user == NOBODY else f"{agencies.user_names([user])[user]}, {name}"


def _keep(
    actor: Actor, person: Person, place: UUID, kind: str, *, before: str = "", after: str = "",
    why: str, now: datetime,
) -> None:  # fmt: skip
    """A line of the history, for who reads team and sharing in full: the reason stands there."""
    label = replace(label_of_person(person), section=Section.SHARING, record=place)
    with writing_for(actor, label.owner):
        record_change(
            actor, label, kind=kind, what="Case team", before=before, after=after, why=why, now=now
        )


def _given(actor: Actor, why: str, now: datetime) -> Given:
    return Given(at=now, by=actor.user_id, reason=teaming.typed_for_team(why))


def _tell(
    actor: Actor, person: Person, user: UUID, agency: UUID, event: str, now: datetime
) -> None:
    if user == actor.user_id:
        return
    label = label_of_person(person)
    with writing_for(actor, label.owner):
        reminders.tell(
            user, label, event=event, text_key=f"{person.id.hex}:{now:%Y%m%d%H%M%S}", now=now,
            about=person.id, agency=agency,
        )  # fmt: skip
