"""Handing cases on: proposing, answering, withdrawing. Nothing changes until the receiver accepts.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written. What is
handed over together is answered together or person by person.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from mappa.access import guard, passing, rights
from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require, standing
from mappa.access.labels import label_of
from mappa.access.passing import Hands
from mappa.access.reading import Seen, load
from mappa.access.rights import Given
from mappa.access.terms import PRACTITIONERS, Capacity, Level, Reader, Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import LONDON, day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.offenders import queries as people
from mappa.offenders.changes import record_change
from mappa.offenders.handover import queries, rules
from mappa.offenders.handover.models import Handover
from mappa.offenders.handover.rules import Answer, HandoverState, Propose, Stays
from mappa.offenders.models import Person
from mappa.offenders.periods import label_of_person
from mappa.reminders import service as reminders

PROPOSED, ACCEPTED = "handover:proposed", "handover:accepted"
DECLINED, WITHDRAWN = "handover:declined", "handover:withdrawn"

ANSWER = "handover"
"""The kind of the duty that every proposal is to the one who was asked."""

_OF_THE_MANAGER = ("offender_manager", "social_worker")
"""Whose duties are those of the manager, in the words of the rules."""
_OF_THE_OFFICER = (*_OF_THE_MANAGER, "protection_officer")
"""Within an agency the visits of the manager pass too; another agency keeps its own."""


@contextmanager
def writing_for(actor: Actor, owner: UUID) -> Iterator[None]:
    """What belongs to the case is written for its owner, whoever proposes or answers."""
    guard.writes_as(owner)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


def end_of(day: date) -> datetime:
    """The midnight after a London day, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON).astimezone(UTC)


# Proposing


def may_offer(actor: Actor, person: Seen) -> bool:
    """Whether the reader may hand this person over: the manager, or who answers for the manager.

    A co-ordinator where the lead agency has nobody for either.
    """
    target = Target(person=person.record, owner=person.owner_agency_id)
    if not decide(actor, Action.HANDOVER_OFFER, target).allowed:
        return False
    if actor.role is Role.COORDINATOR:
        return queries.is_left_alone(actor, person.record)
    return actor.role not in PRACTITIONERS or bool(person.manager_id == actor.user_id)


def propose(actor: Actor, command: Propose, *, now: datetime) -> list[Handover]:
    """Ask somebody to take people over. The receiver, the manager and the supervisors are told."""
    chosen = [_offered(actor, each) for each in dict.fromkeys(command.people)]
    other = any(each.owner_agency_id != command.to_agency for each in chosen)
    rules.check_proposal(command, today=day_of(now), other_agency=other)
    _check_receiver(command, chosen)
    batch = new_id()
    made = [_propose(actor, command, each, batch, now) for each in chosen]
    _tell_of_proposal(actor, made[0], now)
    return made


def _offered(actor: Actor, person_id: UUID) -> Seen:
    standing(actor, person_id)
    person = people.person(actor, person_id)
    target = Target(person=person_id, owner=person.owner_agency_id)
    require(actor, Action.HANDOVER_OFFER, target)
    if not may_offer(actor, person):
        raise NotPermitted("handover:offer: neither the manager nor a superior")
    if queries.is_proposed(actor, person_id):
        name = people.display_name(person)
        raise RuleBroken(
            "HANDOVER-ONCE",
            f"A handover of {name} waits for its answer. Withdraw it first",
            field="people",
        )
    return person


def _check_receiver(command: Propose, chosen: Sequence[Seen]) -> None:
    """The receiver may take each of them; for what reason not is not told."""
    receiver = agencies.acting_as(command.to_user, command.to_agency, queries.MANAGING)
    refused = [
        people.display_name(person)
        for person in chosen
        if receiver is None
        or not decide(
            receiver, Action.HANDOVER_ANSWER, Target(person=person.record, owner=command.to_agency)
        ).allowed
    ]
    if refused:
        raise RuleBroken(
            "HANDOVER-RECEIVER",
            f"This receiver cannot take over {', '.join(refused)}. Choose somebody who manages "
            "cases at an agency of the case team",
            field="receiver",
        )
    if all((each.manager_id, each.owner_agency_id) == (command.to_user, command.to_agency)
           for each in chosen):  # fmt: skip
        raise RuleBroken("HANDOVER-OTHER", "Choose another manager", field="receiver")


def _propose(actor: Actor, command: Propose, person: Seen, batch: UUID, now: datetime) -> Handover:
    lead = person.owner_agency_id
    leaves = command.to_agency != lead
    made = Handover(
        person_id=person.record,
        owner_agency_id=lead,
        batch_id=batch,
        from_user_id=person.manager_id,
        to_user_id=command.to_user,
        to_agency_id=command.to_agency,
        why=command.why,
        overlap_until=command.overlap_until,
        stays=command.stays.value if leaves and command.stays else "",
        state=HandoverState.PROPOSED.value,
        proposed_by_id=actor.user_id,
        proposed_at=now,
        last_day=rules.lapses_on(day_of(now)),
    )
    with writing_for(actor, lead):
        db.session.add(made)
        db.session.flush()
        reminders.open_deadline(
            "handover-answer", label_of(made), kind=ANSWER, starts_on=day_of(now),
            jurisdiction=person.jurisdiction, owner_user=made.to_user_id,
            owner_agency=made.to_agency_id, now=now,
        )  # fmt: skip
    fields = ["to_user_id", "to_agency_id", "overlap_until", "stays"]
    records = [person.record, made.id]
    log.record(actor, Operation.COLLECTION, PROPOSED, records, at=now, fields=fields)
    return made


def _tell_of_proposal(actor: Actor, first: Handover, now: datetime) -> None:
    """One notice for all that is handed over together: its page lists them."""
    receiver_team = teams.team_of(first.to_user_id, first.to_agency_id) or NOBODY
    tell(actor, first, first.to_user_id, first.to_agency_id, PROPOSED, now)
    for user, agency in _others_concerned(first, receiver_team):
        tell(actor, first, user, agency, "handover:to-know", now)


def _others_concerned(made: Handover, receiver_team: UUID) -> list[tuple[UUID, UUID]]:
    """The old manager, who proposed it, and the supervisors on both sides, with their agency."""
    lead = made.owner_agency_id
    sender_team = teams.team_of(made.from_user_id, lead) or NOBODY
    concerned = [(user, lead) for user in (made.from_user_id, made.proposed_by_id)]
    concerned += [(user, lead) for user in teams.supervisors_of(lead, sender_team)]
    concerned += [
        (user, made.to_agency_id) for user in teams.supervisors_of(made.to_agency_id, receiver_team)
    ]
    return [each for each in dict.fromkeys(concerned) if each[0] != NOBODY]


def tell(actor: Actor, made: Handover, user: UUID, agency: UUID, event: str, now: datetime) -> None:
    """Tell somebody of a handover, unless it is their own act."""
    if user == actor.user_id:
        return
    with writing_for(actor, made.owner_agency_id):
        reminders.tell(
            user, label_of(made), event=event, text_key=made.batch_id.hex, now=now,
            about=made.id, agency=agency,
        )  # fmt: skip


# Answering


def answer(actor: Actor, command: Answer, *, now: datetime) -> list[Handover]:
    """Take over or decline, as the one who was asked. All of it happens or nothing."""
    rules.check_answer(command)
    answered = []
    for each in dict.fromkeys(command.handovers):
        found = _asked(actor, each)
        to = HandoverState.ACCEPTED if command.accept else HandoverState.DECLINED
        _step(actor, found, to, command.why, now)
        if command.accept:
            _take_over(actor, found, now)
        answered.append(found)
    _tell_of_answer(actor, answered[0], ACCEPTED if command.accept else DECLINED, now)
    return answered


def _asked(actor: Actor, handover_id: UUID) -> Handover:
    found = load(actor, Handover, handover_id, need=Level.SUM)
    if (found.to_user_id, found.to_agency_id) != (actor.user_id, actor.agency_id):
        raise NotPermitted("handover:answer: somebody else was asked")
    target = Target(person=found.person_id, owner=actor.agency_id)
    require(actor, Action.HANDOVER_ANSWER, target)
    return found


def _step(actor: Actor, found: Handover, to: HandoverState, why: str, now: datetime) -> None:
    state = rules.state_on(HandoverState(found.state), found.last_day, day_of(now))
    rules.check_step(state, to)
    found.state, found.answer = to.value, why
    found.answered_by_id, found.answered_at = actor.user_id, now
    db.session.flush()
    reminders.close_deadlines(found.id, now, kind=ANSWER)
    log.record(
        actor, Operation.ALTERATION, f"handover:{to.value}", [found.person_id, found.id], at=now,
        fields=["state", "answer"],
    )  # fmt: skip


def _take_over(actor: Actor, found: Handover, now: datetime) -> None:
    """The case passes: rights, identity where the lead changes, duties, history."""
    person = load(actor, Person, found.person_id, need=Level.SUM)
    same = (person.owner_agency_id, person.manager_id) == (
        found.owner_agency_id,
        found.from_user_id,
    )
    rules.check_unchanged(same_hands=same)
    old = _hands(found.from_user_id, found.owner_agency_id)
    new = Hands(user=actor.user_id, agency=actor.agency_id, team=actor.team_id)
    before = _said(old)
    _pass_rights(actor, person, found, old, new, now)
    person.owner_agency_id, person.manager_id = new.agency, new.user
    db.session.flush()
    if old.agency != new.agency:
        passing.pass_identity(person.id, old.agency, new.agency)
    pass_duties(actor, person, old, new, now)
    record_change(
        actor, label_of_person(person), kind="lead:handed-over",
        what="Lead agency and manager" if old.agency != new.agency else "Manager",
        before=before, after=_said(new), why=found.why, now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.ALTERATION, "person:handed-over", [person.id, found.id], at=now,
        fields=["owner_agency_id", "manager_id", "case_team"],
    )  # fmt: skip


def _hands(user: UUID, agency: UUID) -> Hands:
    return Hands(user=user, agency=agency, team=teams.team_of(user, agency) or NOBODY)


def _said(hands: Hands) -> str:
    name = agencies.user_names([hands.user]).get(hands.user, "Nobody")
    return f"{name}, {agencies.agency(hands.agency).name}"


def _pass_rights(
    actor: Actor, person: Person, found: Handover, old: Hands, new: Hands, now: datetime
) -> None:
    until = max(now, end_of(found.overlap_until)) if found.overlap_until else now
    given = Given(at=now, by=actor.user_id, reason="handed over", ends_at=until)
    passing.pass_manager(person.id, old, new, given)
    if old.agency != new.agency:
        stays = Capacity.RESPONSIBLE if found.stays == Stays.RESPONSIBLE else None
        passing.pass_lead(
            person.id, old.agency, new.agency, actor.area_id, person.sort_name, given,
            stays_as=stays,
        )  # fmt: skip


def pass_duties(actor: Actor, person: Person, old: Hands, new: Hands, now: datetime) -> None:
    """Deadlines of the manager pass; actions stay with those who were given them.

    Within an agency whoever takes an unannounced visit over becomes a named reader of it.
    """
    if old.user == NOBODY:
        return
    within = old.agency == new.agency
    kept = reminders.pass_on(
        person.id,
        reminders.Owes(user=old.user, team=old.team, agency=old.agency),
        reminders.Owes(user=new.user, team=new.team, agency=new.agency),
        _OF_THE_OFFICER if within else _OF_THE_MANAGER,
        now,
    )
    given = Given(at=now, by=actor.user_id, reason="handed over")
    for record in kept if within else ():
        rights.name_reader(record, Reader.USER, new.agency, given, user=new.user)
        rights.name_reader(record, Reader.TEAM_SUPERVISORS, new.agency, given, team=new.team)


def _tell_of_answer(actor: Actor, first: Handover, event: str, now: datetime) -> None:
    for user, agency in _others_concerned(first, actor.team_id):
        tell(actor, first, user, agency, event, now)


# Without being asked


def pass_within(actor: Actor, person: Person, to: Actor, why: str, *, now: datetime) -> None:
    """Give a case of the own agency to another manager of it at once, whoever had it.

    For a conflict of interest, which cannot wait for an answer; the caller has asked who may.
    Raises ``RuleBroken`` for somebody who may not take it.
    """
    lead = person.owner_agency_id
    target = Target(person=person.id, owner=lead)
    if to.agency_id != lead or not decide(to, Action.HANDOVER_ANSWER, target).allowed:
        raise RuleBroken("HANDOVER-RECEIVER", "Choose somebody who manages cases", field="manager")
    old = _hands(person.manager_id, lead)
    new = Hands(user=to.user_id, agency=lead, team=to.team_id)
    given = Given(at=now, by=actor.user_id, reason=why, ends_at=now)
    passing.pass_manager(person.id, old, new, given)
    person.manager_id = new.user
    db.session.flush()
    pass_duties(actor, person, old, new, now)
    record_change(
        actor, label_of_person(person), kind="lead:handed-over", what="Manager",
        before=_said(old), after=_said(new), now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.ALTERATION, "person:handed-over", [person.id], at=now,
        fields=["manager_id", "case_team"],
    )  # fmt: skip


# Withdrawing


def may_withdraw(actor: Actor, seen: Seen) -> bool:
    """Whether the reader may take a proposal back: who made it, and who could make it now."""
    if seen.proposed_by_id == actor.user_id:
        return True
    return may_offer(actor, people.person(actor, seen.person_id))


def withdraw(actor: Actor, handover_id: UUID, why: str, *, now: datetime) -> Handover:
    """Take a proposal back. The receiver is told."""
    seen = queries.handover(actor, handover_id)
    if not may_withdraw(actor, seen):
        raise NotPermitted("handover:offer: neither who proposed it nor a superior")
    found = load(actor, Handover, handover_id, need=Level.SUM)
    _step(actor, found, HandoverState.WITHDRAWN, why, now)
    tell(actor, found, found.to_user_id, found.to_agency_id, WITHDRAWN, now)
    return found
