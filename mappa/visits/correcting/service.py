"""Correcting, withdrawing and countersigning a visit that was logged.

Every act raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then nothing is
written.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
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
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted
from mappa.offenders import queries as people
from mappa.reminders import closing
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty
from mappa.visits import concern, countersigning
from mappa.visits import queries as of_visits
from mappa.visits import rules as visits
from mappa.visits import service as logging
from mappa.visits.commitment import following
from mappa.visits.correcting import queries, rules
from mappa.visits.correcting.rules import Correct, Sign, Withdraw
from mappa.visits.countersigning import COUNTERSIGN
from mappa.visits.models import Visit, VisitOfficer, VisitSignature, VisitVersion
from mappa.visits.preparing.rules import turnout_faults
from mappa.visits.rules import Attending, LogVisit, VisitState

CORRECTED_LATE = "visit:corrected-late"
WITHDRAWN = "visit:withdrawn-after"
_SAID = (
    "announced",
    "outcome",
    "made_on",
    "arrived_at",
    "left_at",
    "place",
    "present_adult",
    "present_child",
    "adults",
    "children",
    "concerns",
    "concern_child",
    "account",
    "told_next",
    "next_step",
    "plain_clothes",
    "marked_car",
    "accredited",
    "turnout_reason",
)


def may_correct(actor: Actor, visit: Seen | Visit) -> bool:
    """Whether this is the visit's author, who may correct it."""
    return visit.written_by_id == actor.user_id and _may(actor, Action.VISIT_CORRECT, visit)


def may_withdraw(actor: Actor, visit: Seen | Visit) -> bool:
    """Whether this is the visit's author, or a supervisor of the agency that made it."""
    return may_correct(actor, visit) or _may(actor, Action.VISIT_COUNTERSIGN, visit)


def may_sign(actor: Actor, visit: Seen | Visit) -> bool:
    """Whether this is a supervisor of the agency that made the visit, and not its author."""
    others = visit.written_by_id != actor.user_id
    return others and _may(actor, Action.VISIT_COUNTERSIGN, visit)


def correct_visit(actor: Actor, visit_id: UUID, command: Correct, *, now: datetime) -> Visit:
    """Let a visit say something else; what it said until now stays as a version of it.

    After the author's day it takes a reason, and the supervisors are told. The next visit is
    reckoned anew where it hangs on what was corrected, and a countersigned visit is signed again.
    """
    visit = load(actor, Visit, visit_id)
    require(actor, Action.VISIT_CORRECT, _target(visit))
    if visit.written_by_id != actor.user_id:
        said = "Only who wrote a visit corrects it. Ask its author, or add your own account"
        raise NotPermitted("visit:correct: not_author", advice=said)
    rules.check_made(visit.state)
    made = _as_logged(visit, command.made, now)
    assert visit.written_at is not None
    late = rules.is_late(visit.written_at, now=now)
    rules.check_reason(command.why, late=late)
    went = [each for each in logging.officers_of(actor, visit, now) if each.attended]
    before = _said(visit) | {"officers": _words(went)}
    logging.say(visit, made)
    logging.say_turnout(visit, made.turnout)
    visit.announced = made.announced
    after = _said(visit) | {"officers": _words(made.officers)}
    rules.check_changed(before, after)
    number = _keep(actor, visit, before, command.why, late=late, now=now)
    if before["officers"] != after["officers"]:
        _replace_officers(visit, went, made.officers)
    db.session.flush()
    if any(before[each] != after[each] for each in ("outcome", "made_on", "announced")):
        _recount(actor, visit, now)
    concern.tell(actor, visit, now)
    _sign_again(actor, visit, now)
    if late:
        _tell(actor, visit, CORRECTED_LATE, number, now)
    changed = [name for name in before if before[name] != after[name]]
    _record(actor, Operation.ALTERATION, "visit:corrected", visit, now, changed)
    return visit


def _as_logged(visit: Visit, made: LogVisit, now: datetime) -> LogVisit:
    """The visit as told anew; of a plan the kind stays. Raises ``FieldErrors``."""
    planned_on = None
    if visit.planned_at is not None:
        made = replace(made, announced=visit.announced)
        planned_on = clock.day_of(visit.planned_at)
    faults = visits.log_faults(made, now=now, planned_on=planned_on)
    logging.refuse(faults | turnout_faults(made.turnout))
    return made


def withdraw_visit(actor: Actor, visit_id: UUID, command: Withdraw, *, now: datetime) -> Visit:
    """Let a visit that was logged count as none; it stays on record, with the reason.

    Its author may, and a supervisor; the other is told.
    """
    visit = load(actor, Visit, visit_id)
    require(actor, Action.VISIT_CORRECT, _target(visit))
    if not may_withdraw(actor, visit):
        said = "Only its author and their supervisor withdraw a visit. Ask one of them"
        raise NotPermitted("visit:withdraw: not_author", advice=said)
    rules.check_made(visit.state)
    rules.check_withdrawal(command.reason)
    visit.state = VisitState.WITHDRAWN.value
    visit.end_reason = command.reason
    visit.ended_by_id = actor.user_id
    visit.ended_at = now
    db.session.flush()
    reminders.close_deadlines(visit.id, now, kind=COUNTERSIGN)
    _recount(actor, visit, now)
    _tell(actor, visit, WITHDRAWN, 0, now)
    _record(actor, Operation.ALTERATION, WITHDRAWN, visit, now, ["state", "end_reason"])
    return visit


def sign_visit(actor: Actor, visit_id: UUID, command: Sign, *, now: datetime) -> None:
    """Countersign a visit as it stands; never by its author, and once for each version."""
    visit = load(actor, Visit, visit_id)
    require(actor, Action.VISIT_COUNTERSIGN, _target(visit))
    rules.check_made(visit.state)
    version = len(queries.versions(actor, visit.person_id, visit.id)) + 1
    signed = queries.signatures(actor, visit.person_id, visit.id)
    rules.check_signature(
        author=visit.written_by_id,
        signer=actor.user_id,
        signed=any(each.of_version == version for each in signed),
    )
    made = VisitSignature(
        **label_of(visit).columns(),
        of_version=version,
        note=command.note,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    reminders.close_deadlines(visit.id, now, kind=COUNTERSIGN)
    _record(actor, Operation.COLLECTION, "visit:countersigned", visit, now, ["of_version", "note"])


def _target(visit: Seen | Visit) -> Target:
    return Target(person=visit.person_id, owner=visit.owner_agency_id, record=visit.id)


def _may(actor: Actor, action: Action, visit: Seen | Visit) -> bool:
    return decide(actor, action, _target(visit)).allowed


def _said(visit: Visit) -> dict[str, Any]:
    return {name: getattr(visit, name) for name in _SAID}


def _words(officers: Sequence[VisitOfficer] | Sequence[Attending]) -> str:
    return "\n".join(f"{each.name}, {each.agency}" for each in officers)


def _keep(
    actor: Actor, visit: Visit, before: dict[str, Any], why: str, *, late: bool, now: datetime
) -> int:
    """Keep what the visit said until now as a version, and give its number."""
    number = len(queries.versions(actor, visit.person_id, visit.id)) + 1
    version = VisitVersion(
        **label_of(visit).columns(),
        **before,
        number=number,
        by_id=actor.user_id,
        at=now,
        why=why,
        late=late,
    )
    db.session.add(version)
    return number


def _replace_officers(
    visit: Visit, went: Sequence[VisitOfficer], officers: tuple[Attending, ...]
) -> None:
    """Their names stay in the version; the rows say who went, as far as is known today."""
    for each in went:
        db.session.delete(each)
    db.session.flush()
    logging.add_officers(visit, officers, attended=True)


def _recount(actor: Actor, visit: Visit, now: datetime) -> None:
    """Count what is due from the visits as they stand now; what stays the same is not touched."""
    if agencies.type_of(visit.owner_agency_id) not in visits.VISITING:
        return
    person = people.person(actor, visit.person_id)
    for kind, unannounced in ((logging.NEXT_VISIT, False), (logging.NEXT_UNANNOUNCED, True)):
        last = of_visits.last_seen_by_own(actor, visit.person_id, unannounced=unannounced)
        standing = closing.standing_on(visit.person_id, kind, visit.owner_agency_id)
        if last is None:
            reminders.close_for_person(visit.person_id, kind, now, visit.owner_agency_id)
        elif standing is None or standing.starts_on != last.made_on:
            stood = {kind: standing.interval} if standing else {}
            owed = following.owed(actor, visit.person_id, (kind,), stood)
            if kind in owed:
                counted = load(actor, Visit, last.id)
                duty = _due_after(actor, kind, owed, counted, person, now)
                reminders.renew_deadlines(visit.person_id, [duty], now)


def _due_after(
    actor: Actor, kind: str, owed: Mapping[str, str], last: Visit, person: Seen, now: datetime
) -> Duty:
    """The duty of a kind that counts from a visit."""
    if kind == logging.NEXT_VISIT:
        duty = logging.duty_of(actor, kind, owed, last, label_of(last), person)
        return _with_author(duty, last)
    assert last.made_on is not None
    label = logging.owe_unannounced(label_of(last), last.made_on)
    own = [
        Attending(each.name, each.agency, each.user_id, last.owner_agency_id)
        for each in logging.officers_of(actor, last, now)
        if each.attended and teams.team_of(each.user_id, last.owner_agency_id)
    ]
    logging.name_readers(actor, label.record, tuple(own), now)
    return _with_author(logging.duty_of(actor, kind, owed, last, label, person), last)


def _with_author(duty: Duty, last: Visit) -> Duty:
    """The visit's author owes it while the author works there still."""
    team = teams.team_of(last.written_by_id, last.owner_agency_id)
    return replace(duty, owner_user=last.written_by_id, owner_team=team) if team else duty


def _sign_again(actor: Actor, visit: Visit, now: datetime) -> None:
    """Whoever countersigned signed another version: the duty opens again."""
    if not queries.signatures(actor, visit.person_id, visit.id):
        return
    if closing.standing_on(visit.id, COUNTERSIGN, visit.owner_agency_id) is None:
        person = people.person(actor, visit.person_id)
        team = actor.team_id
        reminders.open_on_new(countersigning.duties(visit, person, now, team=team), now)


def _tell(actor: Actor, visit: Visit, event: str, number: int, now: datetime) -> None:
    """Tell the author's supervisors and the author, but for who does it. The text is read later."""
    team = teams.team_of(visit.written_by_id, visit.owner_agency_id) or NOBODY
    concerned = [*teams.supervisors_of(visit.owner_agency_id, team), visit.written_by_id]
    for user in dict.fromkeys(concerned):
        if user != actor.user_id:
            reminders.tell(
                user, label_of(visit), event=event, text_key=f"{visit.id.hex}:{number}", now=now,
                about=visit.id, agency=visit.owner_agency_id,
            )  # fmt: skip


def _record(
    actor: Actor,
    operation: Operation,
    event: str,
    visit: Visit,
    now: datetime,
    fields: Sequence[str],
) -> None:
    log.record(actor, operation, event, [visit.person_id, visit.id], at=now, fields=fields)
