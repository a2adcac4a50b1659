"""Accepting a referral for a meeting: the first meeting is owed from then on, until one is opened.

The duty is the record of it, under the label of the person's own facts; each act stands in the
history too. Who may plan the meeting may do all of it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from uuid import UUID

from mappa.access import guard
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import RecordLabel
from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.meetings.referring import rules
from mappa.meetings.referring.rules import KIND, AcceptReferral, SentBack, Withdraw
from mappa.offenders import queries as offenders
from mappa.offenders.changes import record_change
from mappa.reminders import absences, queries
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty
from mappa.reminders.standards import queries as standards
from mappa.rules.away import Absence, Away, read
from mappa.rules.deadlines import DeadlineRule
from mappa.rules.levels import Jurisdiction

ACCEPTED, SENT_BACK, WITHDRAWN = "referral:accepted", "referral:sent-back", "referral:withdrawn"
WHAT = "Referral for a meeting"


def rule(actor: Actor, person: Seen, level: int, on: date) -> DeadlineRule:
    """The rule for a first meeting of this person, as the actor's area has it."""
    book = standards.book_for(Jurisdiction(person.jurisdiction), actor.agency_id)
    return book.rule(rules.rule_of(level), on)


def standing(actor: Actor, person_id: UUID) -> Seen | None:
    """The first meeting that the actor's agency owes on a person."""
    found = queries.for_person(actor, person_id)
    own = (each for each in found if each.owed_by_agency_id == actor.agency_id)
    return next((each for each in own if each.kind == KIND), None)


def waits(duty: Seen) -> bool:
    """Whether the clock of this duty waits while the referral is with its sender."""
    book = standards.book_for(Jurisdiction(duty.jurisdiction), duty.owed_by_agency_id)
    of = book.version(duty.rule_id, duty.rule_version)
    return Absence.REFERRAL_RETURNED in of.disregards and duty.set_on is None


def may(actor: Actor, person_id: UUID) -> Seen:
    """The person, for whoever may plan a meeting. Raises ``NotFound``, ``NotPermitted``."""
    person = offenders.person(actor, person_id)
    require(actor, Action.MEETING_OPEN, Target(person=person_id, owner=person.owner_agency_id))
    return person


def accept(actor: Actor, person_id: UUID, command: AcceptReferral, *, now: datetime) -> None:
    """Let the actor owe the first meeting. Raises besides ``FieldErrors`` or ``RuleBroken``."""
    person = may(actor, person_id)
    rules.check_none_stands(stands=standing(actor, person_id) is not None)
    rules.check_day(command, day_of(now))
    governing = rule(actor, person, command.level, command.accepted_on)
    sets_day = bool(governing.set_by)
    rules.check_accepted(command, sets_day=sets_day)
    label = _label(person)
    with _writing_for(actor, person.owner_agency_id):
        reminders.open_deadline(
            governing.id,
            label,
            kind=KIND,
            starts_on=command.accepted_on,
            set_on=command.first_by if sets_day else None,
            jurisdiction=person.jurisdiction,
            owner_user=actor.user_id,
            owner_team=actor.team_id,
            owner_agency=actor.agency_id,
            now=now,
        )
        _keep(actor, label, ACCEPTED, f"Accepted for level {command.level}", now=now)


def sent_back(actor: Actor, person_id: UUID, command: SentBack, *, now: datetime) -> bool:
    """Leave the days at the sender out of the count; whether the date moved.

    Raises ``NotFound`` without an accepted referral whose clock waits, besides ``FieldErrors``.
    """
    person, found = _accepted(actor, person_id)
    if not waits(found):
        raise NotFound
    rules.check_sent_back(command, found.starts_on, day_of(now))
    label = _label(person)
    away = Away(Absence.REFERRAL_RETURNED, command.from_on, command.until_on)
    duty = Duty(
        rule=found.rule_id,
        label=label,
        kind=KIND,
        starts_on=found.starts_on,
        jurisdiction=found.jurisdiction,
        owner_user=found.owner_user_id,
        owner_team=found.owner_team_id,
        owner_agency=found.owed_by_agency_id,
        title=found.title,
        about=found.about_id,
        away=(*read(found.away), away),
    )
    because = rules.back_words(command)
    with _writing_for(actor, person.owner_agency_id):
        moved = absences.count_anew(duty, because=because, now=now)
        _keep(actor, label, SENT_BACK, because[:1].upper() + because[1:], now=now)
    return moved


def withdraw(actor: Actor, person_id: UUID, command: Withdraw, *, now: datetime) -> None:
    """End the duty, with the reason in the history. Raises ``NotFound`` if none stands."""
    person, found = _accepted(actor, person_id)
    with _writing_for(actor, person.owner_agency_id):
        reminders.close_for_person(found.person_id, KIND, now, actor.agency_id)
        _keep(actor, _label(person), WITHDRAWN, "Withdrawn", why=command.reason, now=now)


def _accepted(actor: Actor, person_id: UUID) -> tuple[Seen, Seen]:
    person = may(actor, person_id)
    found = standing(actor, person_id)
    if found is None:
        raise NotFound
    return person, found


def _label(person: Seen) -> RecordLabel:
    return RecordLabel(
        person=person.record,
        owner=person.owner_agency_id,
        section=Section.IDENTITY,
        record=person.record,
    )


@contextmanager
def _writing_for(actor: Actor, agency: UUID) -> Iterator[None]:
    # A person's own facts are the lead agency's; the co-ordinator accepts for the whole area.
    guard.writes_as(agency)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


def _keep(
    actor: Actor, label: RecordLabel, event: str, after: str, *, why: str = "", now: datetime
) -> None:
    record_change(actor, label, kind=event, what=WHAT, after=after, why=why, now=now)
    log.record(actor, Operation.ALTERATION, event, [label.person], at=now, fields=["referral"])
