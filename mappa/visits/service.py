"""Logging and ending visits, and the duties that follow from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.guard import add_many, add_new, together
from mappa.access.labels import RecordLabel, label_of
from mappa.access.reading import Seen, load, scope
from mappa.access.rights import Given, Named
from mappa.access.terms import Audience, Level, Reader
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty
from mappa.visits import concern, countersigning, queries, rules
from mappa.visits.commitment import following
from mappa.visits.commitment.following import NEXT_UNANNOUNCED as NEXT_UNANNOUNCED
from mappa.visits.commitment.following import NEXT_VISIT as NEXT_VISIT
from mappa.visits.commitment.rules import band_rule
from mappa.visits.entry import trying
from mappa.visits.models import Visit, VisitDuty, VisitOfficer
from mappa.visits.preparing.rules import WRITE_UP, turnout_faults
from mappa.visits.rules import (
    Attending,
    EndVisit,
    LogVisit,
    Present,
    Turnout,
    VisitState,
)


def log_visit(
    actor: Actor,
    person_id: UUID,
    made: LogVisit,
    *,
    now: datetime,
    known: people.Opened | None = None,
) -> Visit:
    """Record a visit that was made; it closes the duty it fulfils and opens the next.

    ``known`` is the person as this unit of work has read them already, with the policy's answer.
    Raises ``NotPermitted`` or ``FieldErrors``; then nothing is written.
    """
    _require_own(actor, Action.VISIT_LOG, person_id, known)
    refuse(rules.log_faults(made, now=now) | turnout_faults(made.turnout))
    visit = Visit(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        audience=Audience.AGREEMENT.value,
        handling_group_id=NOBODY,
        announced=made.announced,
        state=VisitState.MADE.value,
    )
    _write(visit, made, actor, now)
    say_turnout(visit, made.turnout)
    with together():
        add_new(visit)
        _follow(actor, visit, made, now, known)
    return visit


def log_outcome(
    actor: Actor,
    visit_id: UUID,
    made: LogVisit,
    *,
    now: datetime,
    known: people.Opened | None = None,
) -> Visit:
    """Record how a planned visit went. An unannounced one then follows the agreement.

    ``known`` is the person as this unit of work has read them already.
    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
    written.
    """
    visit = _open_plan(actor, visit_id, Action.VISIT_LOG, VisitState.MADE)
    made = replace(made, announced=visit.announced)
    planned_on = clock.day_of(visit.planned_at) if visit.planned_at else None
    refuse(rules.log_faults(made, now=now, planned_on=planned_on))
    visit.state = VisitState.MADE.value
    visit.audience = Audience.AGREEMENT.value
    _write(visit, made, actor, now)
    for each in officers_of(actor, visit, now):
        each.audience = visit.audience
    db.session.flush()
    reminders.close_deadlines(visit.id, now, kind=WRITE_UP)
    with together():
        _follow(actor, visit, made, now, known)
    return visit


def end_visit(actor: Actor, visit_id: UUID, ended: EndVisit, *, now: datetime) -> Visit:
    """Take a planned visit out of the plan, as withdrawn or missed. It stays with who knew of it.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    visit = _open_plan(actor, visit_id, Action.VISIT_PLAN, ended.state)
    if not ended.reason:
        raise RuleBroken("visit-end-needs-reason", "Say why", field="reason")
    rules.check_missed(ended.state, visit.window_from, now)
    visit.state = ended.state.value
    visit.end_reason = ended.reason
    visit.ended_by_id = actor.user_id
    visit.ended_at = now
    db.session.flush()
    reminders.close_deadlines(visit.id, now, kind=WRITE_UP)
    event = f"visit:{ended.state.value}"
    record(actor, log.Operation.ALTERATION, event, visit, now, ["state", "end_reason"])
    return visit


def _require_own(
    actor: Actor, action: Action, person_id: UUID, known: people.Opened | None
) -> None:
    """Ask the policy, unless it said with the person that the reader may."""
    if known and known.standing.person == person_id and known.standing.may(action):
        return
    require(actor, action, Target(person=person_id, owner=actor.agency_id))


def refuse(faults: rules.Faults) -> None:
    """Raise ``FieldErrors`` if anything stands against it."""
    if faults:
        raise FieldErrors(faults)


def _open_plan(actor: Actor, visit_id: UUID, action: Action, wanted: VisitState) -> Visit:
    visit = load(actor, Visit, visit_id)
    target = Target(person=visit.person_id, owner=visit.owner_agency_id, record=visit.id)
    require(actor, action, target)
    planned = visit.state == VisitState.PLANNED.value
    if not planned or not rules.may_become(visit.state, wanted):
        said = f"This visit is not waiting any more: {VisitState(visit.state).words.lower()}"
        raise RuleBroken("visit-not-planned", said)
    return visit


def _write(visit: Visit, made: LogVisit, actor: Actor, now: datetime) -> None:
    say(visit, made)
    visit.warnings_read_before = kept_ids(made.warnings_read)
    visit.written_by_id = actor.user_id
    visit.written_at = now


def say_turnout(visit: Visit, turnout: Turnout | None) -> None:
    """Let a visit keep how the police go, if it is said."""
    if turnout is not None:
        visit.plain_clothes = turnout.plain_clothes
        visit.marked_car = turnout.marked_car
        visit.accredited = turnout.accredited
        visit.turnout_reason = "" if turnout.as_expected else turnout.reason


def kept_ids(ids: Collection[UUID]) -> str:
    """Ids as a visit keeps them."""
    return " ".join(sorted(str(each) for each in ids))


def say(visit: Visit, made: LogVisit) -> None:
    """Let a visit say what was told of it, in place of what it said before."""
    asks = made.outcome.asks
    visit.outcome = made.outcome.value
    visit.made_on = made.made_on
    visit.arrived_at = made.arrived_at
    visit.left_at = made.left_at
    visit.place = made.place
    visit.account = made.account if asks.account else ""
    visit.next_step = made.next_step
    visit.told_next = made.told_next if asks.told_next else None
    visit.present_adult = Present.ADULT in made.present if asks.present else None
    visit.present_child = Present.CHILD in made.present if asks.present else None
    visit.adults = made.adults if visit.present_adult else ""
    visit.children = made.children if visit.present_child else ""
    visit.concerns = made.concerns if asks.concerns and made.concern else ""
    visit.concern_child = bool(made.concern and made.concern_child) if asks.concerns else None


LOGGED = (
    "outcome",
    "made_on",
    "arrived_at",
    "left_at",
    "place",
    "officers",
    "present",
    "concerns",
    "concern_child",
    "told_next",
    "next_step",
)


def _follow(
    actor: Actor, visit: Visit, made: LogVisit, now: datetime, known: people.Opened | None
) -> None:
    """Add to a visit just made what comes with it: officers, duties, the audit row."""
    same = known is not None and known.person.record == visit.person_id
    person = known.person if known and same else people.person(actor, visit.person_id)
    concern.tell(actor, visit, now)
    signature = countersigning.duties(visit, person, now, team=actor.team_id)
    add_officers(visit, made.officers, attended=True)
    _open_next(actor, visit, made, now, person, signature)
    record(actor, log.Operation.COLLECTION, "visit:logged", visit, now, LOGGED)


def record(
    actor: Actor,
    operation: log.Operation,
    event: str,
    visit: Visit,
    now: datetime,
    fields: tuple[str, ...] | list[str],
) -> None:
    """Let the audit say what was done to a visit."""
    log.record(actor, operation, event, [visit.person_id, visit.id], at=now, fields=fields)


def add_officers(visit: Visit, officers: tuple[Attending, ...], *, attended: bool) -> None:
    """Add who went or will go, under the visit's label."""
    label = label_of(visit).columns()
    rows = [
        {
            **label,
            "user_id": each.user_id or NOBODY,
            "name": each.name,
            "agency": each.agency,
            "attended": attended,
            "place_in_list": place,
        }
        for place, each in enumerate(officers)
    ]
    add_many(VisitOfficer, rows)


def officers_of(actor: Actor, visit: Visit, now: datetime) -> list[VisitOfficer]:
    """Who was to go and who went, as rows."""
    statement = sa.select(VisitOfficer).where(
        VisitOfficer.subject_id == visit.id, scope(VisitOfficer, need=Level.FULL)
    )
    return list(db.session.scalars(statement, actor.binds(now)))


def name_readers(
    actor: Actor, record: UUID, officers: tuple[Attending, ...], now: datetime
) -> None:
    """Open a record to its officers, to whoever wrote it, and to the supervisors of their teams."""
    given = Given(at=now, by=actor.user_id, reason="unannounced visit")
    accounts = {each.user_id: each for each in (queries.reader(actor), *officers) if each.user_id}
    in_team = queries.teams_of(accounts.values())
    users, teams = [], set[tuple[UUID, UUID]]()
    for user, each in accounts.items():
        assert each.agency_id is not None
        users.append(Named(kind=Reader.USER, agency=each.agency_id, user=user))
        teams.add((each.agency_id, in_team.get(user, NOBODY)))
    supervisors = [
        Named(kind=Reader.TEAM_SUPERVISORS, agency=agency, team=team)
        for agency, team in sorted(teams)
    ]
    rights.name_readers_of_new(record, [*users, *supervisors], given)


def _open_next(
    actor: Actor,
    visit: Visit,
    made: LogVisit,
    now: datetime,
    person: Seen,
    beside: Sequence[Duty],
) -> None:
    """Close the duties that this visit fulfils and start the clock for the next ones.

    Only where the person was seen, and not for a visit older than one of its kind already logged.
    Duties ``beside`` it are opened in the same statement.
    """
    kinds = _counting(actor, visit, made, now)
    met = _met(visit, made, kinds, now)
    stood = reminders.end_kinds(visit.person_id, met, visit.owner_agency_id, now) if met else {}
    owed = following.owed(actor, visit.person_id, kinds, stood) if kinds else {}
    duties = list(beside)
    if NEXT_VISIT in owed:
        duties.append(duty_of(actor, NEXT_VISIT, owed, visit, label_of(visit), person))
    if NEXT_UNANNOUNCED in owed:
        label = owe_unannounced(label_of(visit), made.made_on)
        own = tuple(each for each in made.officers if each.agency_id == actor.agency_id)
        name_readers(actor, label.record, own, now)
        duties.append(duty_of(actor, NEXT_UNANNOUNCED, owed, visit, label, person))
    reminders.open_on_new(duties, now)
    if not made.outcome.asks.seen:
        trying.follow(actor, visit, made.outcome, person, now)
    elif kinds and NEXT_VISIT not in stood and not owed.get(NEXT_VISIT):
        following.ask_if_not_set(actor, person, label_of(visit), now)


def _met(visit: Visit, made: LogVisit, kinds: tuple[str, ...], now: datetime) -> tuple[str, ...]:
    """Which kinds of duty a visit ends: those of which it is the last, and to have tried again."""
    owner = visit.owner_agency_id
    again = kinds and trying.is_met(visit.person_id, made.made_on, owner, now)
    return (*kinds, trying.TRY_AGAIN) if again else kinds


def owe_unannounced(like: RecordLabel, since_on: date) -> RecordLabel:
    """That an unannounced visit is owed again: the label of the record of it."""
    label = replace(like, record=new_id(), audience=Audience.NAMED.value, handling=NOBODY)
    owed = {
        "id": label.record,
        "person_id": label.person,
        "owner_agency_id": label.owner,
        "audience": label.audience,
        "handling_group_id": label.handling,
        "since_on": since_on,
    }
    add_many(VisitDuty, [owed])
    return label


def _counting(actor: Actor, visit: Visit, made: LogVisit, now: datetime) -> tuple[str, ...]:
    """Of which kinds the visit is the last, so that the next of them counts from it."""
    visiting = agencies.type_of(actor.agency_id) in rules.VISITING
    if not visiting or not made.outcome.asks.seen:
        return ()
    kinds = (NEXT_VISIT,) if made.announced else following.KINDS
    if made.made_on >= clock.day_of(now):
        return kinds  # no visit is logged before its day

    def is_last(kind: str) -> bool:
        last = queries.last_seen_by_own(
            actor, visit.person_id, unannounced=kind == NEXT_UNANNOUNCED
        )
        return last is None or last.id == visit.id or last.made_on <= made.made_on

    return tuple(kind for kind in kinds if is_last(kind))


def duty_of(
    actor: Actor,
    kind: str,
    owed: Mapping[str, str],
    visit: Visit,
    label: RecordLabel,
    person: Seen,
) -> Duty:
    """The duty of a kind; it is done on the person, whatever visit it counts from."""
    assert visit.made_on is not None
    return Duty(
        rule=band_rule(kind, person.get("risk_band")),
        interval=owed[kind],
        label=label,
        kind=kind,
        starts_on=visit.made_on,
        jurisdiction=person.jurisdiction,
        owner_user=actor.user_id,
        owner_team=actor.team_id,
        owner_agency=visit.owner_agency_id,
        about=visit.person_id,
    )
