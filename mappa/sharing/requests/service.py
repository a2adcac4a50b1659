"""Asking for information, taking a request back, and answering as the owner.

Nothing that an asker does looks for a person or writes for an owner: what was asked is kept, and
the system takes it up in a unit of work of its own (``jobs``). So the answer to the asker, and the
work for it, are the same whether somebody is found or not. Each raises ``NotFound``,
``NotPermitted`` or ``RuleBroken``; then nothing is written.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from config.lawful_bases import lawful_bases
from mappa.access import guard, merged
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import RecordLabel
from mappa.access.reading import load
from mappa.access.terms import Role, Section
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.sharing.requests import asking, queries, rules
from mappa.sharing.requests.models import AskedRequest, RequestStep, ShareRequest
from mappa.sharing.requests.rules import Answer, Ask, AskUnseen, Sought, State, Urgency
from mappa.sharing.shares import service as shares
from mappa.sharing.shares.rules import Basis

DUTY = "share-request"
"""The kind of the duty that every request is to an information officer of the owner."""
ANSWERED = "request:answered"


def ask(actor: Actor, person_id: UUID, command: Ask, *, now: datetime) -> UUID:
    """Ask an owner about a person whom the actor sees; the id of the asker's request.

    An owner that cannot answer for the person gets nothing, and the asker no sign of that: who is
    on a case team is not for everybody.
    """
    require(actor, Action.REQUEST_ASK)
    kept = merged.survivors([person_id]).get(person_id, person_id)
    standing(actor, kept)
    lead = people.person(actor, kept).owner_agency_id
    owner = command.owner_agency_id
    rules.check_ask(command.sections, owner=owner, asker=actor.agency_id)
    _check_basis(actor, command.basis)
    _check_owner(actor, owner, lead)
    made = _keep(
        actor, now, sections=command.sections, what=command.what, why=command.why,
        urgency=command.urgency, basis=command.basis, person=kept, owner=owner,
    )  # fmt: skip
    log.record(
        actor, Operation.COLLECTION, "request:asked", [kept, made.id], at=now,
        basis=said(command.basis), recipients=[owner],
    )  # fmt: skip
    return made.id


def _check_basis(actor: Actor, basis: Basis) -> None:
    bases = lawful_bases()
    statutes = bases.statutes_in(agencies.jurisdiction_of(actor.area_id))
    conditions = bases.conditions_of(basis.regime)
    rules.check_basis(basis, [each.id for each in statutes], [each.id for each in conditions])


def _check_owner(actor: Actor, owner: UUID, lead: UUID) -> None:
    """An agency of the area, or the lead, with somebody who can answer. Raises ``NotFound``."""
    if owner != lead and owner not in {each.id for each in agencies.agencies_in(actor.area_id)}:
        raise NotFound
    found = agencies.agency(owner)
    staff = agencies.staff_of([owner])
    posted = any(each.role is Role.INFORMATION_OFFICER for each in staff)
    rules.check_officer(posted=posted, agency=found.name, phone=found.phone)


def ask_unseen(actor: Actor, command: AskUnseen, *, now: datetime) -> UUID:
    """Ask about somebody whom the actor does not see, if there is one; the request's id.

    Nobody is looked for here. The rate is that of the asker's own requests.
    """
    require(actor, Action.REQUEST_ASK)
    rules.check_ask(command.sections, owner=NOBODY, asker=actor.agency_id)
    _check_basis(actor, command.basis)
    rules.check_rate(asking.asked_before(actor), now)
    made = _keep(
        actor, now, sections=command.sections, what=command.what, why=command.why,
        urgency=command.urgency, basis=command.basis, typed=written(command.sought),
    )  # fmt: skip
    log.record(
        actor, Operation.COLLECTION, "request:asked-unseen", [made.id], at=now,
        basis=said(command.basis),
    )  # fmt: skip
    return made.id


def _keep(
    actor: Actor,
    now: datetime,
    *,
    sections: Sequence[Section],
    what: str,
    why: str,
    urgency: str,
    basis: Basis,
    person: UUID = NOBODY,
    owner: UUID = NOBODY,
    typed: str = "",
) -> AskedRequest:
    made = AskedRequest(
        asked_by_id=actor.user_id,
        agency_id=actor.agency_id,
        area_id=actor.area_id,
        person_id=person,
        owner_agency_id=owner,
        typed=typed,
        sections=[each.value for each in sections],
        what=what,
        why=why,
        urgency=Urgency(urgency).value,
        basis=asdict(basis),
        asked_at=now,
        answer_by=_answer_by(actor, Urgency(urgency), day_of(now)),
        state=State.OPEN.value,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _answer_by(actor: Actor, urgency: Urgency, today: date) -> date:
    """By the standards of the asker's own area: it hangs on nobody who may be found."""
    jurisdiction = agencies.jurisdiction_of(actor.area_id)
    reckoned = reminders.reckon(urgency.rule, jurisdiction, today, owed_by=actor.agency_id)
    return reckoned.counted.due_on


def written(sought: Sought) -> str:
    """By what a person is looked for, as text to be kept encrypted."""
    born = sought.born_on.isoformat() if sought.born_on else ""
    return json.dumps({**asdict(sought), "born_on": born})


def read(typed: str) -> Sought:
    """What ``written`` wrote."""
    said: dict[str, Any] = json.loads(typed)
    born = date.fromisoformat(said["born_on"]) if said["born_on"] else None
    return Sought(kind=said["kind"], value=said["value"], name=said["name"], born_on=born)


def said(basis: Basis) -> str:
    """A lawful basis on one line, for the audit."""
    laws = [*basis.statutes, basis.other, basis.regime, basis.condition]
    return ", ".join(each for each in laws if each)


def basis_of(kept: dict[str, Any]) -> Basis:
    """A lawful basis as it was kept with a request."""
    return Basis(**{**kept, "statutes": tuple(kept["statutes"])})


# Taking it back


def withdraw(actor: Actor, asked_id: UUID, why: str, *, now: datetime) -> None:
    """Take one's own request back. The system ends what an owner has of it, if there is one."""
    require(actor, Action.REQUEST_ASK)
    asked = asking.own(actor, asked_id)
    rules.check_step(State(asked.state), State.WITHDRAWN)
    asked.state, asked.told_at = State.WITHDRAWN.value, now
    asked.looked_at = None
    _step(actor, asked, State.WITHDRAWN, why, now)
    log.record(
        actor, Operation.ALTERATION, "request:withdrawn", subjects(asked), at=now,
        fields=["state"],
    )  # fmt: skip


def subjects(asked: AskedRequest) -> list[UUID]:
    """What an audit entry about a request names: the person only where the asker knew."""
    return [asked.id] if asked.unseen else [asked.person_id, asked.id]


# Answering


def answer(actor: Actor, request_id: UUID, command: Answer, *, now: datetime) -> None:
    """Answer for the owner agency; sharing makes the share in the same act.

    Whoever asked is told, but for "no trace" about somebody whom the asker does not see: that is
    known on its day, as if nobody had been found.
    """
    seen = queries.to_us(actor, request_id)
    answering = Target(person=seen.person_id, owner=seen.owner_agency_id)
    require(actor, Action.REQUEST_ANSWER, answering)
    # The asker's row first, as whoever ends what was withdrawn does: so nobody waits in a ring.
    asked = db.session.get_one(AskedRequest, seen.asked_id, with_for_update=True)
    found = load(actor, ShareRequest, request_id)
    rules.check_answerer(asked_it=found.asked_by_id == actor.user_id, owner=actor.agency_name)
    withdrawn = asked.state == State.WITHDRAWN.value
    rules.check_step(State.WITHDRAWN if withdrawn else State(found.state), command.state)
    rules.check_answer(command.state, command.why, shares=command.share is not None)
    if command.share is not None:
        terms = replace(command.share, agency_id=found.asker_agency_id)
        shares.make(actor, found.person_id, terms, now=now, request=found.id)
    _settle(actor, found, command, now)
    if rules.is_told(command.state, State(asked.state), unseen=found.unseen):
        _tell(actor, found, asked, command, now)


def _settle(actor: Actor, found: ShareRequest, command: Answer, now: datetime) -> None:
    found.state, found.answer = command.state.value, command.why
    found.answered_by_id, found.answered_at = actor.user_id, now
    db.session.flush()
    if not command.state.is_open:
        reminders.close_deadlines(found.id, now, kind=DUTY)
    log.record(
        actor, Operation.ALTERATION, f"request:{command.state.value}", [found.person_id, found.id],
        at=now, fields=["state", "answer"], recipients=[found.asker_agency_id],
    )  # fmt: skip


def _tell(
    actor: Actor, found: ShareRequest, asked: AskedRequest, command: Answer, now: datetime
) -> None:
    """Let the asker know, in the asker's own request and by a notice without personal data."""
    asked.state, asked.told_at = command.state.value, now
    step = _step(actor, asked, command.state, command.why, now)
    lead = people.person(actor, found.person_id).owner_agency_id
    label = RecordLabel(
        person=found.person_id, owner=lead, section=Section.IDENTITY, record=found.person_id
    )
    # The notice is one on the person: it shows to its reader only who may see the person.
    guard.writes_as(lead)
    try:
        reminders.tell(
            asked.asked_by_id, label, event=ANSWERED, text_key=step.id.hex, now=now,
            about=asked.id, agency=asked.agency_id,
        )  # fmt: skip
    finally:
        guard.writes_as(actor.agency_id)


def _step(
    actor: Actor, asked: AskedRequest, state: State, words: str, now: datetime
) -> RequestStep:
    step = RequestStep(
        id=new_id(), asked_id=asked.id, at=now, by_id=actor.user_id, agency_id=actor.agency_id,
        state=state.value, said=words,
    )  # fmt: skip
    db.session.add(step)
    db.session.flush()
    return step


def reply(actor: Actor, asked_id: UUID, words: str, *, now: datetime) -> None:
    """Say more, as the asker, to an owner who wants to discuss the request."""
    require(actor, Action.REQUEST_ASK)
    asked = asking.own(actor, asked_id)
    rules.check_reply(State(asked.state))
    _step(actor, asked, State.DISCUSSED, words, now)
    log.record(actor, Operation.ALTERATION, "request:replied", subjects(asked), at=now)
