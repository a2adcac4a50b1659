"""The open duties whose owner may have left, and who hears of those that nobody takes."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.asking import Target, decide_reading
from mappa.access.models import Exclusion
from mappa.access.queries import live
from mappa.access.terms import Level, Role, Section
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.kernel.db import db
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline, DutyState
from mappa.sharing.passing.kinds import Passing

AT_ONCE = 500
"""Duties of one owner that one run looks at; the next run goes on."""

_open = sa.select(Deadline).where(Deadline.state == DutyState.OPEN.value)


def to_look_at(what: Passing) -> Iterator[Deadline]:
    """Duties of these kinds whose owner may not be there for them, each once, by day."""
    asked = _open.where(Deadline.kind.in_(what.kinds))
    chosen = [asked] if what.each else [*_of_leavers(asked, what), asked.where(_is_kept_out())]
    seen: set[UUID] = set()
    for statement in chosen:
        ordered = statement.order_by(Deadline.due_on, Deadline.id).limit(AT_ONCE).with_for_update()
        for duty in db.session.scalars(ordered, {"at": uow.current().at}).all():
            if duty.id not in seen:
                seen.add(duty.id)
                yield duty


def _of_leavers(asked: sa.Select[Deadline], what: Passing) -> Iterator[sa.Select[Deadline]]:
    for user, agency in reminders.owners_of(what.kinds):
        if agencies.acting_as(user, agency, what.roles) is None:
            yield asked.where(Deadline.owner_user_id == user, Deadline.owed_by_agency_id == agency)


def _is_kept_out() -> sa.ColumnElement[bool]:
    """The owner, or the agency, is excluded from the person: they see nothing of the duty."""
    return (
        sa.select(Exclusion.id)
        .where(
            Exclusion.person_id == Deadline.person_id,
            sa.or_(
                Exclusion.user_id == Deadline.owner_user_id,
                Exclusion.agency_id == Deadline.owed_by_agency_id,
            ),
            live(Exclusion),
        )
        .correlate_except(Exclusion)
        .exists()
    )


def person_of(duty: Deadline) -> Person:
    """Whom a duty is about. For the system's work."""
    return db.session.scalars(sa.select(Person).where(Person.id == duty.person_id)).one()


def sees(actor: Actor, person: Person) -> bool:
    """Whether somebody sees a person."""
    own = label_of_person(person)
    target = Target(person=own.person, owner=own.owner, record=own.record)
    return decide_reading(actor, Section.IDENTITY, Level.SUM, target).allowed


def above(duty: Deadline) -> Sequence[Actor]:
    """The leads of the agency that owes a duty; its area's co-ordinators where none sees it."""
    person, agency = person_of(duty), duty.owed_by_agency_id
    leads = agencies.posted(Role.AGENCY_LEAD, agency=agency)
    found = [each for each in leads if sees(each, person)]
    if not found:
        office = agencies.posted(Role.COORDINATOR, area=agencies.area_of(agency))
        found = [each for each in office if sees(each, person)]
    return found
