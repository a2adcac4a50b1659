"""Setting and ending a commitment; what is due next follows at once."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import Seen
from mappa.access.terms import SUPERVISORS
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.reminders.models import DutyState
from mappa.reminders.service import Duty
from mappa.visits import queries as visits
from mappa.visits.commitment import following, queries, rules
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.queries import KINDS, NEXT_UNANNOUNCED, NEXT_VISIT
from mappa.visits.commitment.rules import Basis, EndCommitment, Manner, SetCommitment
from mappa.visits.rules import Attending
from mappa.visits.service import name_readers, owe_unannounced

LESS_OFTEN = "commitment:less-often"


def action_of(basis: Basis) -> Action:
    """What one must be allowed to do to set a commitment on this basis."""
    return Action.VISIT_COMMIT if basis is Basis.PLAN else Action.VISIT_COMMIT_DECIDE


def set_commitment(
    actor: Actor, person_id: UUID, command: SetCommitment, *, now: datetime
) -> VisitCommitment:
    """Set how the own agency visits a person; the next visits are counted anew from it.

    Raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
    written.
    """
    target = Target(person=person_id, owner=actor.agency_id)
    require(actor, action_of(command.basis), target)
    rules.check_agency(agencies.type_of(actor.agency_id))
    found = rules.faults(command)
    if found:
        raise FieldErrors(found)
    rules.check_not_reactive(queries.is_reactive(queries.last_own(actor, person_id)))
    plan = queries.agreed_plan(actor, person_id)
    rules.check_plan(command.basis, plan)
    person = people.person(actor, person_id)
    until_now = _until_now(actor, person, day_of(now))
    rules.check_less(command, until_now, day_of(now))
    made = VisitCommitment(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        every=command.every.code,
        basis=command.basis.value,
        plan_number=plan if command.basis is Basis.PLAN else None,
        unannounced=command.unannounced.code if command.unannounced else "",
        times=" ".join(each.value for each in rules.Times if each in command.times),
        manner=command.manner.value,
        agencies=command.agencies if command.manner is Manner.JOINT else "",
        devices=command.devices,
        reason=command.reason,
        **_by(actor, now),
    )
    _keep(actor, made, "commitment:set", now)
    _follow(actor, person, made, now)
    if rules.visits_less(command, until_now):
        _tell_above(actor, made, now)
    return made


def end_commitment(
    actor: Actor, person_id: UUID, command: EndCommitment, *, now: datetime
) -> VisitCommitment:
    """End the own agency's commitment: the default holds again, or it is not set.

    Raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    require(actor, Action.VISIT_COMMIT_DECIDE, Target(person=person_id, owner=actor.agency_id))
    last = queries.last_own(actor, person_id)
    rules.check_not_reactive(queries.is_reactive(last))
    rules.check_stands(last.every if last else "")
    made = VisitCommitment(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        every="",
        basis=Basis.SUPERVISOR.value,
        manner=Manner.SINGLE.value,
        reason=command.reason,
        **_by(actor, now),
    )
    _keep(actor, made, "commitment:ended", now)
    person = people.person(actor, person_id)
    stood = following.follow_commitment(actor, person, {}, now)
    opening = _Opening(actor, person, made, _who_goes(actor, person), now)
    reminders.open_on_new(opening.of_past(set(KINDS) - stood), now)
    following.ask_if_not_set(actor, person, label_of(made), now)
    return made


def _until_now(actor: Actor, person: Seen, today: date) -> rules.Now:
    """How the own agency visits until now, as far as the reader sees it."""
    last = queries.last_own(actor, person.record)
    kind = agencies.type_of(actor.agency_id)
    governs = queries.governs(person, actor.agency_id, kind, last, today)
    unannounced = last.get("unannounced") if last is not None and last.every else ""
    late = [
        (each.kind, each.starts_on)
        for each in queries.windows(actor, person.record)
        if each.owed_by_agency_id == actor.agency_id
        and each.state == DutyState.OPEN.value
        and each.due_on < today
    ]
    return rules.Now(
        every=governs.every,
        unannounced=rules.interval_of(unannounced or ""),
        overdue=[start for of, start in late if of == NEXT_VISIT],
        overdue_unannounced=[start for of, start in late if of == NEXT_UNANNOUNCED],
    )


def _tell_above(actor: Actor, made: VisitCommitment, now: datetime) -> None:
    """Tell the supervisors of who set it that the person is to be visited less often."""
    for user in teams.supervisors_of(actor.agency_id, actor.team_id):
        if user != actor.user_id:
            reminders.tell(
                user, label_of(made), event=LESS_OFTEN, text_key=made.id.hex, now=now,
                about=made.person_id, agency=actor.agency_id,
            )  # fmt: skip


def _by(actor: Actor, now: datetime) -> dict[str, object]:
    return {"set_on": day_of(now), "set_at": now, "set_by_id": actor.user_id}


def _keep(actor: Actor, made: VisitCommitment, event: str, now: datetime) -> None:
    db.session.add(made)
    db.session.flush()
    fields = ["every", "unannounced", "times", "manner", "agencies", "devices", "reason"]
    operation = log.Operation.COLLECTION
    log.record(actor, operation, event, [made.person_id, made.id], at=now, fields=fields)


def _follow(actor: Actor, person: Seen, made: VisitCommitment, now: datetime) -> None:
    """Count anew what stands, and open what did not: it counts from today, or the last visit."""
    intervals = {NEXT_VISIT: made.every}
    if made.unannounced:
        intervals[NEXT_UNANNOUNCED] = made.unannounced
    stood = following.follow_commitment(actor, person, intervals, now)
    missing = [kind for kind in KINDS if kind in intervals and kind not in stood]
    if missing:
        opening = _Opening(actor, person, made, _who_goes(actor, person), now)
        duties = [opening.duty(kind, intervals[kind]) for kind in missing]
        reminders.open_on_new(duties, now)
    reminders.close_for_person(person.record, rules.KIND, now, actor.agency_id)


@dataclass(frozen=True)
class _Opening:
    """Opening what a commitment asks for and what did not stand yet."""

    actor: Actor
    person: Seen
    made: VisitCommitment
    goes: Attending
    now: datetime

    def duty(self, kind: str, interval: str) -> Duty:
        """The next visit of a kind: it counts from the last one, or from today."""
        label, starts_on = label_of(self.made), self._since(kind)
        if kind == NEXT_UNANNOUNCED:
            label = owe_unannounced(label, starts_on)
            name_readers(self.actor, label.record, (self.goes,), self.now)
        assert self.goes.user_id is not None
        return Duty(
            rule=rules.band_rule(kind, self.person.get("risk_band")),
            interval=interval,
            label=label,
            kind=kind,
            starts_on=starts_on,
            jurisdiction=self.person.jurisdiction,
            owner_user=self.goes.user_id,
            owner_agency=self.actor.agency_id,
            about=self.person.record,
        )

    def of_past(self, kinds: Collection[str]) -> list[Duty]:
        """The next visits of these kinds by the band, as far as one was ever made."""
        return [self.duty(kind, "") for kind in KINDS if kind in kinds and self._last(kind)]

    def _since(self, kind: str) -> date:
        return self._last(kind) or day_of(self.now)

    def _last(self, kind: str) -> date | None:
        unannounced = kind == NEXT_UNANNOUNCED
        last = visits.last_seen_by_own(self.actor, self.person.record, unannounced=unannounced)
        return last.made_on if last is not None else None


def _who_goes(actor: Actor, person: Seen) -> Attending:
    """Who of the own agency visits: the manager, else a worker on the case team, else the actor."""
    mine, *others = visits.may_attend(actor, person.record)
    own = [each for each in (*others, mine) if each.agency_id == actor.agency_id]
    manager = [each for each in own if each.user_id == person.manager_id != NOBODY]
    if manager:
        return manager[0]
    return own[0] if actor.role in SUPERVISORS else mine
