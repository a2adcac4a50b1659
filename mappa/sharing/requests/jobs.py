"""Bringing what was asked to those who have to answer: the system's work, of which no asker hears.

Every request is taken up once, and marked so, whether there is anybody to bring it to or not.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access import merged, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, decide_reading
from mappa.access.labels import label_of
from mappa.access.models import Exclusion
from mappa.access.queries import live
from mappa.access.rights import Given
from mappa.access.terms import Audience, Level, Reader, Role, Section
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import exactly
from mappa.offenders.models import Person
from mappa.offenders.names import identifiers
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders
from mappa.sharing.requests import service
from mappa.sharing.requests.models import AskedRequest, ShareRequest
from mappa.sharing.requests.rules import OPEN, Sought, State, Urgency

MOST_AT_ONCE = 200
MOST_FOUND = 5
"""More people of one name and one birth are not told apart by anybody."""
ASKED, REACHED_NOBODY = "request:asked", "request:reached-nobody"


@dataclass(frozen=True)
class Delivered:
    """What a run did: requests taken up, and how many came to an owner."""

    taken_up: int
    delivered: int


def deliver(app: Flask) -> Delivered:
    """Take up every request that waits; one unit of work each, safe to run twice."""
    with app.app_context():
        return deliver_here()


def deliver_here() -> Delivered:
    """The same inside an application context, outside any unit of work."""
    taken_up = delivered = 0
    for asked_id in _waiting():
        with unit_of_work(Kind.WRITE, system="requests") as unit:
            asked = db.session.get_one(AskedRequest, asked_id, with_for_update=True)
            if asked.looked_at is None:
                taken_up, delivered = taken_up + 1, delivered + _take_up(asked, unit.at)
                asked.looked_at = unit.at
                db.session.flush()
    return Delivered(taken_up, delivered)


def _waiting() -> list[UUID]:
    table = AskedRequest.__table__.c
    first = sa.select(table.id).where(table.looked_at.is_(None))
    with unit_of_work(Kind.READ, system="requests"):
        ordered = first.order_by(table.asked_at, table.id).limit(MOST_AT_ONCE)
        return list(db.session.execute(ordered).scalars())


def _take_up(asked: AskedRequest, now: datetime) -> int:
    if asked.state == State.WITHDRAWN.value:
        return _end(asked, now)
    people = _people(asked)
    if not people:
        log.record(
            None, Operation.CONSULTATION, "request:nobody-found", [asked.id], at=now,
            outcome="refused",
        )  # fmt: skip
    return sum(_bring(asked, person, now) for person in people)


def _people(asked: AskedRequest) -> list[Person]:
    ids = [asked.person_id] if not asked.unseen else _found_by(service.read(asked.typed))
    kept = merged.survivors(ids)
    survivors = list(dict.fromkeys(kept.get(each, each) for each in ids))
    return [_person(each) for each in survivors]


def _person(person_id: UUID) -> Person:
    return db.session.scalars(sa.select(Person).where(Person.id == person_id)).one()


def _found_by(sought: Sought) -> list[UUID]:
    """Whoever is meant exactly; 5 at most."""
    if sought.kind:
        value = identifiers.standard(sought.kind, sought.value)
        found = exactly.by_number(value, (sought.kind,))
    else:
        found = exactly.by_name_and_birth(sought.name, sought.born_on)
    return sorted(found)[:MOST_FOUND]


def _bring(asked: AskedRequest, person: Person, now: datetime) -> bool:
    """Give it to the owner as a duty; False where it goes nowhere."""
    owner = person.owner_agency_id if asked.unseen else asked.owner_agency_id
    able = officers(owner, person)
    kept_out = owner == asked.agency_id or _is_kept_out(asked, person.id, now)
    if kept_out or not able:
        if not kept_out:
            _tell_coordinators(asked, person, now)
        log.record(
            None, Operation.CONSULTATION, "request:not-delivered", [person.id, asked.id], at=now,
            outcome="refused",
        )  # fmt: skip
        return False
    made = _write_for(owner, asked, person, now)
    # The next officer in turn: which one it is says nothing, any of them may answer.
    officer = able[asked.id.int % len(able)]
    reminders.open_deadline(
        Urgency(asked.urgency).rule, label_of(made), kind=service.DUTY,
        starts_on=day_of(asked.asked_at), jurisdiction=person.jurisdiction,
        owner_user=officer.user_id, owner_team=officer.team_id, owner_agency=owner, now=now,
    )  # fmt: skip
    for each in able:
        reminders.tell(
            each.user_id, label_of(made), event=ASKED, text_key="", now=now, agency=owner
        )
    log.record(
        None, Operation.DISCLOSURE, "request:delivered", [person.id, made.id, asked.id], at=now,
        recipients=[owner],
    )  # fmt: skip
    return True


def _tell_coordinators(asked: AskedRequest, person: Person, now: datetime) -> None:
    """An owner without anybody who answers: whoever can have somebody posted is told of it."""
    area = agencies.area_of(person.owner_agency_id)
    staff = agencies.staff_of([each.id for each in agencies.agencies_in(area)])
    for each in staff:
        if each.role is Role.COORDINATOR:
            reminders.tell(
                each.user_id, label_of_person(person), event=REACHED_NOBODY,
                text_key=asked.id.hex, now=now, agency=each.agency_id,
            )  # fmt: skip


def officers(owner: UUID, person: Person) -> list[Actor]:
    """The owner's information officers who see the person and may answer, by name."""
    posted = (
        agencies.acting_as(each.user_id, owner, (Role.INFORMATION_OFFICER,))
        for each in agencies.staff_of([owner])
        if each.role is Role.INFORMATION_OFFICER
    )
    return [each for each in posted if each is not None and _may_answer(each, owner, person)]


def _may_answer(officer: Actor, owner: UUID, person: Person) -> bool:
    answering = Target(person=person.id, owner=owner)
    itself = Target(person=person.id, owner=person.owner_agency_id, record=person.id)
    sees = decide_reading(officer, Section.IDENTITY, Level.SUM, itself)
    return sees.allowed and decide(officer, Action.REQUEST_ANSWER, answering).allowed


def _is_kept_out(asked: AskedRequest, person_id: UUID, now: datetime) -> bool:
    """Whether the asker, or the asker's agency, is excluded from the person."""
    statement = sa.select(Exclusion.id).where(
        Exclusion.person_id == person_id,
        sa.or_(Exclusion.user_id == asked.asked_by_id, Exclusion.agency_id == asked.agency_id),
        live(Exclusion),
    )
    found = db.session.execute(statement.limit(1), {"at": now})
    return found.scalar_one_or_none() is not None


def _write_for(owner: UUID, asked: AskedRequest, person: Person, now: datetime) -> ShareRequest:
    made = ShareRequest(
        id=new_id(),
        person_id=person.id,
        owner_agency_id=owner,
        audience=Audience.NAMED.value,
        asked_id=asked.id,
        asked_by_id=asked.asked_by_id,
        asker_agency_id=asked.agency_id,
        unseen=asked.unseen,
        sections=asked.sections,
        what=asked.what,
        why=asked.why,
        urgency=asked.urgency,
        basis=asked.basis,
        asked_at=asked.asked_at,
        state=State.OPEN.value,
    )
    db.session.add(made)
    db.session.flush()
    rights.name_reader(made.id, Reader.AGENCY, owner, Given(at=now, reason="asked of the agency"))
    return made


def _end(asked: AskedRequest, now: datetime) -> int:
    """End what an owner has of a request that was taken back."""
    still = sa.select(ShareRequest).where(
        ShareRequest.asked_id == asked.id, ShareRequest.state.in_([each.value for each in OPEN])
    )
    for made in db.session.scalars(still.order_by(ShareRequest.id).with_for_update()):
        made.state, made.answered_at = State.WITHDRAWN.value, now
        db.session.flush()
        reminders.close_deadlines(made.id, now, kind=service.DUTY)
        log.record(
            None, Operation.ALTERATION, "request:ended", [made.person_id, made.id], at=now,
            fields=["state"],
        )  # fmt: skip
    return 0
