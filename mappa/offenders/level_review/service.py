"""Reviewing level 1: the finding is kept with its reason, and the next review falls due."""

from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.reading import Seen, load
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.offenders.changes import record_change
from mappa.offenders.level_review import rules
from mappa.offenders.level_review.duties import REVIEWED
from mappa.offenders.level_review.rules import ReviewLevel
from mappa.offenders.models import Person, PersonChange
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders
from mappa.rules.levels import MappaLevel

ASKED = "level:meeting-asked"


def _target(person: Seen | Person, record: UUID) -> Target:
    return Target(person=record, owner=person.owner_agency_id, record=record)


def may_review(actor: Actor, person: Seen) -> bool:
    """Whether there is a level 1 review to do, and the reader may do it."""
    at_one = person.get("level") == MappaLevel.ONE
    target = _target(person, person.record)
    return at_one and decide(actor, Action.LEVEL_REVIEW, target).allowed


def review(actor: Actor, person_id: UUID, command: ReviewLevel, *, now: datetime) -> PersonChange:
    """Keep what the review found. Who asks for a meeting asks the area's co-ordinators.

    Raises ``NotFound``, ``NotPermitted``, and ``RuleBroken`` for somebody not at level 1.
    """
    person = load(actor, Person, person_id)
    require(actor, Action.LEVEL_REVIEW, _target(person, person.id))
    rules.check_level(person.level)
    change = record_change(
        actor,
        label_of_person(person),
        kind=REVIEWED,
        what="Level 1",
        after=command.finding.words,
        why=command.reason,
        now=now,
    )
    log.record(
        actor, Operation.ALTERATION, REVIEWED, [person.id], at=now, fields=["finding", "reason"]
    )
    if command.finding.asks:
        _ask_coordinators(actor, person, change, now)
    return change


def _ask_coordinators(actor: Actor, person: Person, change: PersonChange, now: datetime) -> None:
    label = label_of_person(person)
    staff = agencies.staff_of([each.id for each in agencies.agencies_in(actor.area_id)])
    for each in staff:
        if each.role is Role.COORDINATOR:
            reminders.tell(
                each.user_id, label, event=ASKED, text_key=change.id.hex, now=now,
                agency=each.agency_id,
            )  # fmt: skip
