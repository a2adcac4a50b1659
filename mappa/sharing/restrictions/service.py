"""Keeping a user or an agency out of a person's record, and ending that.

It beats every other right from the commit on; nothing tells the one who is kept out. Each raises
``NotFound``, ``NotPermitted``, ``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from datetime import date, datetime
from uuid import UUID

from mappa.access import restricting, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import RecordLabel
from mappa.access.models import Exclusion
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.terms import Audience, Level, Reader, Section
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import FOREVER, day_of, end_of, start_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders import queries as people
from mappa.offenders.handover import service as handovers
from mappa.offenders.handover.queries import MANAGING
from mappa.offenders.models import Person
from mappa.reminders import service as reminders
from mappa.sharing.restrictions import queries, rules
from mappa.sharing.restrictions.models import ExclusionRecord, ExclusionReview
from mappa.sharing.restrictions.rules import Exclude, Review

SET, REVIEWED, ENDED = "exclusion:set", "exclusion:reviewed", "exclusion:ended"
REVIEW = "exclusion-review"
"""The kind of the duty, and its rule."""


def exclude(actor: Actor, person_id: UUID, command: Exclude, *, now: datetime) -> Exclusion:
    """Keep somebody out, now or from a day on. A manager's case passes to another in this step."""
    queries.check_administers(actor, person_id)
    require(actor, Action.EXCLUDE, Target(person=person_id))
    wrong = rules.faults(command, actor.role, today=day_of(now))
    if wrong:
        raise FieldErrors(wrong)
    person = load(actor, Person, person_id, need=Level.SUM)
    if command.user is not None:
        _check_user(actor, command, person, now)
    else:
        _check_agency(actor, command, person)
    _check_new(person_id, command)
    made = _write(actor, person_id, command, now)
    _owe_review(actor, person_id, made.id, command.review_on, now)
    return made


def _check_user(actor: Actor, command: Exclude, person: Person, now: datetime) -> None:
    if not any(each.user_id == command.user for each in agencies.staff_of([actor.agency_id])):
        raise FieldErrors({"user": ["Choose somebody of your agency from the list"]})
    leads = person.owner_agency_id == actor.agency_id
    manages = leads and person.manager_id == command.user
    rules.check_user(command, me=actor.user_id, manages=manages, role=actor.role)
    if not manages:
        return
    named = command.manager
    to = agencies.acting_as(named, actor.agency_id, MANAGING) if named else None
    if to is None:
        raise FieldErrors({"manager": ["Choose somebody who manages cases from the list"]})
    handovers.pass_within(actor, person, to, "another manager was named", now=now)


def _check_agency(actor: Actor, command: Exclude, person: Person) -> None:
    if command.agency not in {each.id for each in agencies.agencies_in(actor.area_id)}:
        raise FieldErrors({"agency": ["Choose an agency from the list"]})
    rules.check_agency(command, mine=actor.agency_id, lead=person.owner_agency_id)


def _check_new(person_id: UUID, command: Exclude) -> None:
    whom = (command.user or NOBODY, command.agency or NOBODY)
    if any((each.user_id, each.agency_id) == whom for each in restricting.exclusions_of(person_id)):
        raise RuleBroken(
            "EXCLUDE-ONCE",
            "They are kept out already, or will be. End that first to change it",
            field="user" if command.user else "agency",
        )


def _write(actor: Actor, person_id: UUID, command: Exclude, now: datetime) -> Exclusion:
    later = command.from_on is not None and command.from_on > day_of(now)
    given = Given(
        at=now,
        by=actor.user_id,
        reason=command.reason,
        starts_at=start_of(command.from_on) if later and command.from_on else now,
        ends_at=end_of(command.until_on) if command.until_on else FOREVER,
    )
    made = rights.exclude(
        person_id, given, user=command.user or NOBODY, agency=command.agency or NOBODY
    )
    db.session.add(ExclusionRecord(id=made.id, review_on=command.review_on))
    db.session.flush()
    _record(actor, SET, person_id, made, now)
    return made


def _owe_review(
    actor: Actor, person_id: UUID, exclusion_id: UUID, on: date | None, now: datetime
) -> None:
    """Let the actor owe the next look, if there is a day for one; nobody but who answers sees it.

    Colleagues who read the same record are not to learn that somebody is kept out of it.
    """
    if on is None:
        return
    label = _label(actor.agency_id, person_id, exclusion_id)
    show_review(actor, exclusion_id, now)
    reminders.open_deadline(
        REVIEW, label, kind=REVIEW, starts_on=day_of(now), set_on=on,
        jurisdiction=people.person(actor, person_id).jurisdiction, owner_user=actor.user_id,
        owner_team=actor.team_id, owner_agency=actor.agency_id, now=now,
    )  # fmt: skip


def _label(agency: UUID, person_id: UUID, exclusion_id: UUID) -> RecordLabel:
    return RecordLabel(
        person=person_id, owner=agency, section=Section.SHARING, record=exclusion_id,
        audience=Audience.NAMED.value,
    )  # fmt: skip


def show_review(to: Actor, exclusion_id: UUID, now: datetime) -> None:
    """Let somebody, and who supervises them, see the duty of the next look."""
    given = Given(at=now, by=to.user_id, reason="looks at the exclusion again")
    named = restricting.named_users(exclusion_id)
    if to.user_id not in named:
        rights.name_reader(exclusion_id, Reader.USER, to.agency_id, given, user=to.user_id)
        rights.name_reader(
            exclusion_id, Reader.TEAM_SUPERVISORS, to.agency_id, given, team=to.team_id
        )


def review(
    actor: Actor, person_id: UUID, exclusion_id: UUID, command: Review, *, now: datetime
) -> None:
    """Let an exclusion stand that was looked at; whoever looked owes the next look."""
    found = queries.exclusion(actor, person_id, exclusion_id)
    require(actor, Action.EXCLUDE, Target(person=person_id))
    rules.check_review(command, today=day_of(now), until_on=found.until_on)
    db.session.add(
        ExclusionReview(
            exclusion_id=exclusion_id, at=now, by_id=actor.user_id, found=command.found,
            next_on=command.next_on,
        )
    )  # fmt: skip
    db.session.flush()
    reminders.close_deadlines(exclusion_id, now, kind=REVIEW)
    _owe_review(actor, person_id, exclusion_id, command.next_on, now)
    log.record(
        actor, Operation.ALTERATION, REVIEWED, [person_id, exclusion_id], at=now,
        fields=["review_on"],
    )  # fmt: skip


def end(actor: Actor, person_id: UUID, exclusion_id: UUID, why: str, *, now: datetime) -> None:
    """Let somebody in again, as far as their other rights go. Raises ``NotFound``."""
    queries.exclusion(actor, person_id, exclusion_id)
    require(actor, Action.EXCLUDE, Target(person=person_id))
    found = restricting.exclusion_to_end(exclusion_id)
    if found is None:
        raise NotFound
    rights.end([found], at=now, by=actor.user_id, reason=why)
    reminders.close_deadlines(exclusion_id, now, kind=REVIEW)
    _record(actor, ENDED, person_id, found, now)


def _record(actor: Actor, event: str, person_id: UUID, right: Exclusion, now: datetime) -> None:
    log.record(
        actor, Operation.ALTERATION, event, [person_id, right.id], at=now,
        fields=["state", "starts_at", "ends_at"],
    )  # fmt: skip
