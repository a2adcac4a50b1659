"""Saying what a failed entry was for, raising a warrant, and recording what becomes of it.

That a warrant is to be considered is raised by what this user sees, for the police agency alone.
"""

from datetime import datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen, load
from mappa.access.rights import Given, Named
from mappa.access.terms import Audience, Reader
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.visits import queries as visits
from mappa.visits.entry import queries, rules
from mappa.visits.entry.models import EntryAttempt, WarrantCase, WarrantStep
from mappa.visits.entry.queries import Case
from mappa.visits.entry.rules import AtPremises, SayEntry, Step, TakeStep
from mappa.visits.models import Visit
from mappa.visits.rules import Outcome, VisitState

SAID, RAISED = "entry:said", "warrant:raised"
DECISION = "entry-warrant-decision"
"""The rule and the kind of what is owed from the attempt that raised it until it is decided."""


def failed_visit(actor: Actor, person_id: UUID, visit_id: UUID) -> Seen:
    """A visit without entry of which this actor may say what it was for.

    Raises ``NotFound``, also for a visit of another outcome, or ``NotPermitted``.
    """
    visit = visits.visit(actor, person_id, visit_id)
    made = visit.full and visit.state == VisitState.MADE.value
    if not made or not Outcome(visit.outcome).asks.failed:
        raise NotFound
    target = Target(person=person_id, owner=visit.owner_agency_id, record=visit.id)
    require(actor, Action.ENTRY_SAY, target)
    return visit


def say(
    actor: Actor, person_id: UUID, visit_id: UUID, command: SayEntry, *, now: datetime
) -> list[WarrantCase]:
    """Say what a failed entry was for; the warrants that are to be considered by it.

    What was said before stays on record. Raises ``NotFound``, ``NotPermitted`` or ``FieldErrors``;
    then nothing is written.
    """
    logged = failed_visit(actor, person_id, visit_id)
    standing = {each.id: each for each in queries.premises(actor, person_id)}
    rules.check_say(command, standing)
    if command.sought and command.address_id is not None:
        rules.check_place(logged.place, queries.place_words(standing[command.address_id]))
    visit = load(actor, Visit, visit_id)
    before = queries.said(actor, person_id).get(visit_id, [])
    said = EntryAttempt(
        **label_of(visit).columns(),
        number=len(before) + 1,
        sought=command.sought,
        address_id=(command.address_id if command.sought else None) or NOBODY,
        said_by_id=actor.user_id,
        said_at=now,
    )
    db.session.add(said)
    db.session.flush()
    log.record(
        actor, Operation.COLLECTION, SAID, [visit.person_id, visit.id], at=now,
        fields=["sought", "address_id"],
    )  # fmt: skip
    return _raise(actor, person_id, standing, now)


def _raise(
    actor: Actor, person_id: UUID, standing: dict[UUID, Seen], now: datetime
) -> list[WarrantCase]:
    """Open what is to be considered and is not considered already."""
    person = people.person(actor, person_id)
    known = queries.cases(actor, person_id)
    considered = {each.case.address_id for each in known if each.still_open}
    found = queries.found(actor, person, today=day_of(now), standing=standing, known=known)
    return [
        _open(actor, person, each, queries.place_words(standing[each.premises]), now)
        for each in found.at
        if each.consider and each.premises not in considered
    ]


def _open(actor: Actor, person: Seen, at: AtPremises, place: str, now: datetime) -> WarrantCase:
    last = at.occasions[-1][-1]
    made = WarrantCase(
        person_id=person.record,
        owner_agency_id=actor.agency_id,
        audience=Audience.NAMED.value,
        address_id=at.premises,
        place=place,
        occasions=len(at.occasions),
        raised_on=last.on,
        raised_at=now,
    )
    db.session.add(made)
    db.session.flush()
    given = Given(at=now, by=actor.user_id, reason="warrant to be considered")
    named = Named(kind=Reader.AGENCY, agency=actor.agency_id)
    rights.name_readers_of_new(made.id, [named], given)
    reminders.open_deadline(
        DECISION,
        label_of(made),
        kind=DECISION,
        starts_on=last.on,
        jurisdiction=person.jurisdiction,
        owner_user=_who_decides(actor),
        owner_team=actor.team_id,
        owner_agency=actor.agency_id,
        now=now,
    )
    log.record(actor, Operation.COLLECTION, RAISED, [made.person_id, made.id], at=now)
    return made


def _who_decides(actor: Actor) -> UUID:
    """A supervisor of the officer's team, or a lead of the force; without either the officer."""
    above = teams.supervisors_of(actor.agency_id, actor.team_id)
    return above[0] if above else actor.user_id


def open_case(actor: Actor, person_id: UUID, case_id: UUID) -> Case:
    """A warrant of which this actor may record what becomes.

    Raises ``NotFound`` or ``NotPermitted``.
    """
    known = queries.case(actor, person_id, case_id)
    of = known.case
    target = Target(person=of.person_id, owner=of.owner_agency_id, record=of.id)
    require(actor, Action.WARRANT_RECORD, target)
    return known


def take_step(
    actor: Actor, person_id: UUID, case_id: UUID, command: TakeStep, *, now: datetime
) -> WarrantStep:
    """Record a decision on a warrant, or what became of it; the decision ends what was owed.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
    written.
    """
    known = open_case(actor, person_id, case_id)
    case = load(actor, WarrantCase, case_id)
    terms = queries.terms(actor, people.person(actor, person_id), command.on)
    rules.check_step(
        command, known.last, today=day_of(now), since=known.since, terms=terms,
        still_open=known.still_open,
    )  # fmt: skip
    granted = command.step is Step.GRANTED
    made = WarrantStep(
        **label_of(case).columns(),
        number=len(known.steps) + 1,
        step=command.step.value,
        done_on=command.on,
        reason=command.reason,
        senior=command.senior if command.step in rules.DECIDED_BY_SENIOR else "",
        rank=command.rank.value if command.rank and command.senior else "",
        valid_until=(terms.last_day or command.valid_until) if granted else None,
        entries=(terms.entries or command.entries) if granted else None,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    reminders.close_deadlines(case.id, now, kind=DECISION)
    event = f"warrant:{command.step.value}"
    log.record(actor, Operation.ALTERATION, event, [case.person_id, case.id], at=now)
    return made
