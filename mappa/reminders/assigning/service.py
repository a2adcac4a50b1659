"""Putting duties off, taking them up again, and giving them to a colleague.

Each raises ``NotFound``, ``NotPermitted`` or ``RuleBroken``; then nothing is written. None of it
moves a date, and none of it is looked at by the sweep.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config.work import snooze_limits
from mappa.access import guard, rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.labels import label_of
from mappa.access.queries import team_of
from mappa.access.reading import Seen, load
from mappa.access.rights import Given
from mappa.access.terms import CASE_ROLES, Level, Reader
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.reminders import service as reminders
from mappa.reminders.assigning import queries, rules
from mappa.reminders.assigning.models import DutyPassed, Snooze
from mappa.reminders.assigning.queries import Colleague
from mappa.reminders.assigning.rules import Assign, Chosen, Limits, Standing
from mappa.reminders.models import Deadline, DutyState
from mappa.reminders.standards import queries as standards
from mappa.rules.deadlines import Confidence
from mappa.rules.levels import Jurisdiction

PASSED = "duty:handed-over"
"""The event of which the new owner is told."""

Follower = Callable[[Actor, UUID, UUID, datetime], None]

_followers: dict[str, Follower] = {}


def on(kind: str, follower: Follower) -> None:
    """Call ``follower(actor, what it is done on, new owner, now)`` when such a duty passes.

    For features that keep the owner on a record of their own. Registered once by ``app``.
    """
    _followers[kind] = follower


@contextmanager
def _writing_for(actor: Actor, owner: UUID) -> Iterator[None]:
    """What is made from a record is written for the record's owner, whoever puts the duty off."""
    guard.writes_as(owner)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


# Putting off


def limits() -> Limits:
    """For how long and how often a duty without a national date may be put off."""
    return Limits(**vars(snooze_limits()))


def confidence_of(duty: Seen | Deadline) -> Confidence:
    """How sure the rule of a duty is, in the version under which it was opened."""
    book = standards.every_version(Jurisdiction(duty.jurisdiction))
    return book.version(duty.rule_id, duty.rule_version).confidence


def standing(actor: Actor, duty: Seen | Deadline, now: datetime) -> Standing | None:
    """What the rules look at before a duty is put off; None for who may do nothing about it."""
    by = queries.place_of(actor, duty)
    if by is None or duty.state != DutyState.OPEN.value:
        return None
    return Standing(
        due_on=duty.due_on,
        confidence=confidence_of(duty),
        before=queries.how_often(actor, duty),
        by=by,
        today=clock.day_of(now),
    )


def snooze(actor: Actor, duty_id: UUID, command: rules.Snooze, *, now: datetime) -> Snooze:
    """Put a duty off, as its owner, as their deputy, or as who answers for them."""
    require(actor, Action.DUTY_SNOOZE)
    duty = _open_duty(actor, duty_id)
    found = standing(actor, duty, now)
    if found is None:
        raise NotPermitted("duty:snooze: neither the owner, a deputy nor a superior")
    rules.check_snooze(command, found, limits())
    made = Snooze(
        **label_of(duty).columns(),
        duty_id=duty.id,
        owner_user_id=duty.owner_user_id,
        agency_id=duty.owed_by_agency_id,
        due_on=duty.due_on,
        from_on=found.today,
        until_on=command.until_on,
        why=command.why,
        by_id=actor.user_id,
        at=now,
    )
    with _writing_for(actor, duty.owner_agency_id):
        db.session.add(made)
        db.session.flush()
    _record(actor, "duty:snoozed", duty, now, ["until_on"], command.why)
    return made


def take_up(actor: Actor, duty_id: UUID, *, now: datetime) -> None:
    """Let a duty that was put off stand in its owner's list again."""
    require(actor, Action.DUTY_SNOOZE)
    duty = _open_duty(actor, duty_id)
    if queries.place_of(actor, duty) is None:
        raise NotPermitted("duty:snooze: neither the owner, a deputy nor a superior")
    found = queries.snoozes_standing(actor, duty, clock.day_of(now))
    if not found:
        raise RuleBroken("SNOOZE-ENDED", "This duty is back in the list already")
    for each in found:
        load(actor, Snooze, each.id, need=Level.SUM).ended_at = now
    db.session.flush()
    _record(actor, "duty:taken-up", duty, now, ["ended_at"])


def _open_duty(actor: Actor, duty_id: UUID) -> Deadline:
    duty = queries.to_pass(actor, [duty_id]).get(duty_id)
    if duty is None:
        raise NotFound
    if duty.state != DutyState.OPEN.value:
        raise RuleBroken("DUTY-OPEN", "This duty is done, or another date has taken its place")
    return duty


def _record(
    actor: Actor, event: str, duty: Deadline, now: datetime, fields: Sequence[str], why: str = ""
) -> None:
    records = [duty.person_id, duty.id, duty.owner_user_id]
    log.record(actor, Operation.ALTERATION, event, records, at=now, fields=fields, basis=why)


# Giving to a colleague


@dataclass(frozen=True)
class Assigned:
    """What became of the duties that were chosen.

    ``stale`` were done or had changed meanwhile; ``kept`` may not pass to this colleague.
    """

    moved: tuple[UUID, ...]
    stale: tuple[UUID, ...]
    kept: tuple[UUID, ...]


def assign(actor: Actor, command: Assign, *, now: datetime) -> Assigned:
    """Give duties to a colleague of the own agency, all in one act.

    What was done or changed meanwhile, and what the colleague may not have, stays as it is and is
    said; the rest passes. Raises ``RuleBroken`` if nothing would.
    """
    require(actor, Action.DUTY_HAND_OVER)
    if len({each.id for each in command.chosen}) > 1:
        require(actor, Action.DUTY_ASSIGN)
    rules.check_assign(command, me=actor.user_id)
    found = queries.to_pass(actor, [each.id for each in command.chosen])
    kept = {each.id: found.get(each.id) for each in command.chosen if _as_it_was(found, each)}
    fresh = [each for each in kept.values() if each is not None]
    _must(actor, fresh)
    to, colleague = _receiver(actor, command.to, fresh or list(found.values()))
    moving = movable(to, colleague, fresh)
    for duty in moving:
        _pass(actor, duty, to, command.why, now)
    if moving:
        _tell(actor, moving, to, now)
    return _assigned(command, set(kept), {each.id for each in moving})


def _assigned(command: Assign, fresh: Collection[UUID], moved: Collection[UUID]) -> Assigned:
    asked = list(dict.fromkeys(each.id for each in command.chosen))
    return Assigned(
        moved=tuple(each for each in asked if each in moved),
        stale=tuple(each for each in asked if each not in fresh),
        kept=tuple(each for each in asked if each in fresh and each not in moved),
    )


def _as_it_was(found: Mapping[UUID, Deadline], chosen: Chosen) -> bool:
    """Nothing happened to the duty since the page was shown: open, same owner, same date."""
    duty = found.get(chosen.id)
    if duty is None or duty.state != DutyState.OPEN.value:
        return False
    return (duty.owner_user_id, duty.due_on) == (chosen.owner, chosen.due_on)


def _must(actor: Actor, duties: Sequence[Deadline]) -> None:
    if any(queries.place_of(actor, each) is None for each in duties):
        raise NotPermitted("duty:hand-over: neither the owner, a deputy nor a superior")


def _receiver(actor: Actor, user: UUID, duties: Sequence[Deadline]) -> tuple[Actor, Colleague]:
    to = agencies.acting_as(user, actor.agency_id, CASE_ROLES)
    for each in queries.colleagues(actor, duties):
        if to is not None and each.user_id == user:
            return to, each
    words = "Choose somebody of the team, or of the case team, from the list"
    raise RuleBroken("ASSIGN-COLLEAGUE", words, field="to")


def movable(to: Actor, colleague: Colleague, duties: Sequence[Deadline]) -> list[Deadline]:
    """Which of these duties may pass to a colleague: by kind, by team, and by the policy."""
    asked = [each for each in duties if colleague.suits(each) and queries.can_pass(each)]
    takes = queries.takes(to, asked)
    return [each for each in asked if each.id in takes]


def preview(actor: Actor, user: UUID, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these duties would pass to a colleague now. Raises ``RuleBroken`` as ``assign``."""
    duties = list(queries.as_rows(actor, ids).values())
    to, colleague = _receiver(actor, user, duties)
    return frozenset(each.id for each in movable(to, colleague, duties))


def _pass(actor: Actor, duty: Deadline, to: Actor, why: str, now: datetime) -> None:
    passed = DutyPassed(
        **label_of(duty).columns(),
        duty_id=duty.id,
        from_user_id=duty.owner_user_id,
        to_user_id=to.user_id,
        agency_id=duty.owed_by_agency_id,
        why=why,
        by_id=actor.user_id,
        at=now,
    )
    with _writing_for(actor, duty.owner_agency_id):
        db.session.add(passed)
        db.session.flush()
    if queries.is_opened_by_passing(duty):
        given = Given(at=now, by=actor.user_id, reason="handed over")
        rights.name_reader(duty.subject_id, Reader.USER, to.agency_id, given, user=to.user_id)
        supervisors = Reader.TEAM_SUPERVISORS
        rights.name_reader(duty.subject_id, supervisors, to.agency_id, given, team=_team(to))
    follower = _followers.get(duty.kind)
    if follower is not None:
        follower(actor, duty.about_id, to.user_id, now)
    records = [duty.person_id, duty.id, duty.owner_user_id, to.user_id]
    log.record(
        actor, Operation.ALTERATION, PASSED, records, at=now, fields=["owner_user_id"], basis=why
    )


def _team(to: Actor) -> UUID:
    return to.team_id if to.team_id != NOBODY else team_of(to.user_id, to.agency_id) or NOBODY


def _tell(actor: Actor, moving: Sequence[Deadline], to: Actor, now: datetime) -> None:
    """The new owner is told of each, unless they took it themselves; what the old one knew ends."""
    labels = {each.id: label_of(each) for each in moving}
    new = reminders.Owes(user=to.user_id, team=_team(to), agency=to.agency_id)
    reminders.pass_duties(list(labels), new, now)
    if to.user_id == actor.user_id:
        return
    for duty, label in labels.items():
        with _writing_for(actor, label.owner):
            reminders.tell(
                to.user_id, label, event=PASSED, text_key=duty.hex, now=now, about=duty,
                agency=to.agency_id, duty=duty,
            )  # fmt: skip
