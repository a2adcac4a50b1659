"""The level and category of a person, as a meeting decides them.

They belong to the lead agency; the meeting that decides them may be chaired by another. So the
decision is applied here, under the person's own label, and the caller tells the lead manager.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from mappa.access import guard
from mappa.access.actor import Actor
from mappa.access.reading import load
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.offenders import periods
from mappa.offenders.changes import record_change
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person


def apply_meeting_level(
    actor: Actor, person_id: UUID, *, level: int, category: int, why: str, now: datetime
) -> Person | None:
    """Set what a meeting decided; the person if anything changed, else None.

    The caller has asked whether the actor may decide for the meeting. Raises ``NotFound`` if the
    actor does not see the person in full, ``RuleBroken`` where the two do not go together.
    """
    person = load(actor, Person, person_id)
    periods.check(person.jurisdiction, category, level)
    if (person.category, person.level) == (category, level):
        return None
    before = _said(person.category, person.level)
    if person.level != level:
        person.level_since = day_of(now)
    person.category, person.level = category, level
    db.session.flush()
    with _writing_for_the_lead(actor, person):
        periods.begin_period(actor, person, from_on=day_of(now), reason=why, now=now)
        record_change(
            actor,
            label_of_person(person),
            kind="level:decided",
            what="Category and level",
            before=before,
            after=_said(category, level),
            why=why,
            now=now,
        )
    fields = ["category", "level", "level_since"]
    log.record(actor, Operation.ALTERATION, "level:decided", [person.id], at=now, fields=fields)
    return person


def _said(category: int | None, level: int | None) -> str:
    parts = [f"category {category}"] if category else []
    parts += [f"level {level}"] if level else []
    return ", ".join(parts).capitalize() or "Not set"


@contextmanager
def _writing_for_the_lead(actor: Actor, person: Person) -> Iterator[None]:
    # The history of the person's own facts belongs to the lead, whoever chaired the meeting.
    guard.writes_as(person.owner_agency_id)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)
