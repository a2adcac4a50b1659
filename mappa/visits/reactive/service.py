"""Proposing reactive management, deciding on it, ending it, and looking at it again."""

from datetime import date, datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen, load
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.visits import queries as visits
from mappa.visits.commitment import queries as commitments
from mappa.visits.commitment.queries import KINDS, NEXT_UNANNOUNCED
from mappa.visits.reactive import queries, rules, standing
from mappa.visits.reactive.models import ReactiveManagement, ReactiveReview
from mappa.visits.reactive.rules import (
    OF_OTHERS,
    OF_POLICE,
    Answer,
    Decide,
    EndReactive,
    Propose,
    ReactiveState,
    Reconsider,
    Verdict,
)
from mappa.visits.reactive.standing import Back

DECISION = "reactive-management-decision"
RECONSIDER = "reactive-management-reconsider"
"""Rules, and the kinds of what is owed: deciding on a proposal, and looking at a change."""


def propose(
    actor: Actor, person_id: UUID, command: Propose, *, now: datetime
) -> ReactiveManagement:
    """Propose that nobody of the own police agency visits as a matter of routine.

    A supervisor of the proposer's team owes the decision. Raises ``NotFound``, ``NotPermitted`` or
    ``RuleBroken``; then nothing is written.
    """
    require(actor, Action.REACTIVE_PROPOSE, Target(person=person_id, owner=actor.agency_id))
    person = people.person(actor, person_id)
    if any(map(queries.is_open, _own(actor, person_id))):
        raise RuleBroken("reactive-open", "It is proposed already, or stands. Open the page again")
    known = queries.known(actor, person, day_of(now))
    rules.check_eligible(known, day_of(now))
    made = ReactiveManagement(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        low_since=known.low_since,
        reason=command.reason,
        proposed_by_id=actor.user_id,
        proposed_at=now,
    )
    db.session.add(made)
    db.session.flush()
    reminders.open_deadline(
        DECISION,
        label_of(made),
        kind=DECISION,
        starts_on=day_of(now),
        jurisdiction=person.jurisdiction,
        owner_user=_who_decides(actor),
        owner_agency=actor.agency_id,
        now=now,
    )
    _record(actor, Operation.COLLECTION, "reactive:proposed", made, now)
    return made


def _own(actor: Actor, person_id: UUID) -> list[Seen]:
    found = queries.of_person(actor, person_id)
    return [each for each in found if each.owner_agency_id == actor.agency_id]


def _who_decides(actor: Actor) -> UUID:
    """A supervisor of the proposer's team, else a lead of the agency; never the proposer."""
    above = (teams.supervisors_of(actor.agency_id, team) for team in (actor.team_id, NOBODY))
    others = (each for found in above for each in found if each != actor.user_id)
    found = next(others, None)
    if found is None:
        said = "Nobody else of your agency can decide on it. Ask for a supervisor to be posted"
        raise RuleBroken("reactive-needs-another", said)
    return found


def _record(
    actor: Actor, operation: Operation, event: str, made: ReactiveManagement, now: datetime
) -> None:
    log.record(actor, operation, event, [made.person_id, made.id], at=now)


def to_decide(actor: Actor, person_id: UUID, reactive_id: UUID) -> Seen:
    """A proposal on which this actor may decide: never the own.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``.
    """
    found = _of_another(actor, person_id, reactive_id)
    rules.check_next(found.state, ReactiveState.STANDING)
    return found


def _of_another(actor: Actor, person_id: UUID, reactive_id: UUID) -> Seen:
    found = _answered_for(actor, person_id, reactive_id)
    if found.proposed_by_id == actor.user_id:
        said = "You proposed it yourself: another supervisor decides"
        raise NotPermitted("reactive:decide: own_proposal", advice=said)
    return found


def _answered_for(actor: Actor, person_id: UUID, reactive_id: UUID) -> Seen:
    found = queries.proposal(actor, person_id, reactive_id)
    target = Target(person=person_id, owner=found.owner_agency_id, record=found.id)
    require(actor, Action.REACTIVE_DECIDE, target)
    return found


def decide_on(
    actor: Actor, person_id: UUID, reactive_id: UUID, command: Decide, *, now: datetime
) -> ReactiveManagement:
    """Approve a proposal, on what the decider knows, and stop routine visits; or decline it.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    to_decide(actor, person_id, reactive_id)
    made = load(actor, ReactiveManagement, reactive_id)
    approved = command.verdict is Verdict.APPROVE
    if approved:
        person = people.person(actor, person_id)
        known = queries.known(actor, person, day_of(now))
        rules.check_eligible(known, day_of(now))
        assert known.low_since is not None
        made.low_since = known.low_since
    made.state = (ReactiveState.STANDING if approved else ReactiveState.DECLINED).value
    made.decision, made.decided_by_id, made.decided_at = command.reason, actor.user_id, now
    db.session.flush()
    reminders.close_deadlines(made.id, now, kind=DECISION)
    if approved:
        standing.stop(made, now)
    event = "reactive:approved" if approved else "reactive:declined"
    _record(actor, Operation.ALTERATION, event, made, now)
    return made


def to_end(actor: Actor, person_id: UUID, reactive_id: UUID) -> Seen:
    """What stands and may be ended by this actor.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``.
    """
    found = _answered_for(actor, person_id, reactive_id)
    rules.check_next(found.state, ReactiveState.ENDED)
    return found


def end(
    actor: Actor, person_id: UUID, reactive_id: UUID, command: EndReactive, *, now: datetime
) -> ReactiveManagement:
    """End it: the commitment stands as it did before, and visits are owed at once.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    to_end(actor, person_id, reactive_id)
    made = load(actor, ReactiveManagement, reactive_id)
    person = people.person(actor, person_id)
    close(made, command.reason, actor.user_id, now)
    back = Back(
        before=_before(actor, person_id),
        last={kind: _last(actor, person_id, kind) for kind in KINDS},
        band=person.get("risk_band"),
        jurisdiction=person.jurisdiction,
    )
    standing.begin_again(made, back, now)
    _record(actor, Operation.ALTERATION, "reactive:ended", made, now)
    return made


def close(made: ReactiveManagement, reason: str, by: UUID, now: datetime) -> None:
    """Say that it has ended; what was asked about it is not owed any more."""
    made.state, made.ending = ReactiveState.ENDED.value, reason
    made.ended_by_id, made.ended_at = by, now
    db.session.flush()
    reminders.close_for_person(made.person_id, RECONSIDER, now)


def _before(actor: Actor, person_id: UUID) -> dict[str, object]:
    """What the own agency's commitment said before; empty if none was set."""
    found = commitments.history(actor, person_id)
    own = (each for each in found if each.owner_agency_id == actor.agency_id)
    before = next((each for each in own if each.reactive_id is None), None)
    return before.fields() if before is not None else {}


def _last(actor: Actor, person_id: UUID, kind: str) -> date | None:
    unannounced = kind == NEXT_UNANNOUNCED
    seen = visits.last_seen_by_own(actor, person_id, unannounced=unannounced)
    if seen is None:
        return None
    made_on: date = seen.made_on
    return made_on


def to_reconsider(actor: Actor, person_id: UUID, review_id: UUID) -> tuple[Seen, Seen]:
    """A change on which this reader is asked, and what it is; only for who sees the change.

    Raises ``NotFound``, or ``RuleBroken`` where it was answered.
    """
    asked = queries.review(actor, person_id, review_id)
    change = people.change(actor, person_id, asked.change_id)
    if asked.answer:
        raise RuleBroken("reactive-asked", "This has been dealt with. Open the page again")
    return asked, change


def answers_of(actor: Actor, asked: Seen) -> tuple[Answer, ...]:
    """What this reader may answer: the police decide on visits, others on telling the police."""
    if agencies.type_of(asked.owner_agency_id) != "police":
        return OF_OTHERS
    target = Target(person=asked.person_id, owner=asked.owner_agency_id, record=asked.reactive_id)
    return OF_POLICE if decide(actor, Action.REACTIVE_DECIDE, target).allowed else ()


def reconsider(
    actor: Actor, person_id: UUID, review_id: UUID, command: Reconsider, *, now: datetime
) -> ReactiveReview:
    """Keep what is decided on a change; it may end reactive management.

    The reason stays with those who may see the change; an ending says only that it was decided.
    Raises ``NotFound`` or ``RuleBroken``; then nothing is written.
    """
    asked, _ = to_reconsider(actor, person_id, review_id)
    rules.check_answer(command.answer, answers_of(actor, asked))
    made = load(actor, ReactiveReview, review_id)
    made.answer, made.reason = command.answer.value, command.reason
    made.answered_by_id, made.answered_at = actor.user_id, now
    db.session.flush()
    reminders.close_deadlines(made.id, now, kind=RECONSIDER)
    records = [made.person_id, made.id]
    log.record(actor, Operation.ALTERATION, "reactive:reconsidered", records, at=now)
    if command.answer is Answer.ENDED:
        said = EndReactive(reason="Decided by a police supervisor")
        end(actor, person_id, made.reactive_id, said, now=now)
    return made
