"""Standing in for a manager who is away: naming a deputy, and ending it before its time.

A deputy gets what a worker on these people gets, in the own role, and no more. It ends by itself.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, time
from uuid import UUID

from mappa.access import passing
from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.models import Deputy
from mappa.access.rights import Given
from mappa.access.terms import CASE_ROLES, PRACTITIONERS, Part, Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import LONDON, day_of
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.offenders import queries as people
from mappa.offenders.handover import queries, rules
from mappa.offenders.handover.rules import NameDeputy
from mappa.offenders.handover.service import end_of
from mappa.offenders.models import PersonChange


@dataclass(frozen=True)
class Named:
    """A deputy, and the people of the caseload with whom the deputy cannot stand in."""

    deputy: Deputy
    left_out: tuple[str, ...]


def may_name(actor: Actor, manager: UUID) -> bool:
    """Whether the reader may name a deputy for a manager: the manager, or who answers for them."""
    if not decide(actor, Action.DEPUTY_NAME).allowed:
        return False
    if manager == actor.user_id or actor.role in PRACTITIONERS:
        return manager == actor.user_id
    team = teams.team_of(manager, actor.agency_id)
    return team is not None and (actor.role is Role.AGENCY_LEAD or team == actor.team_id)


def name_deputy(actor: Actor, manager: UUID, command: NameDeputy, *, now: datetime) -> Named:
    """Let a colleague stand in for a manager, with the people managed now and given meanwhile."""
    _must(actor, manager)
    rules.check_cover(command, manager=manager, today=day_of(now))
    standing_in = agencies.acting_as(command.deputy, actor.agency_id, CASE_ROLES)
    if standing_in is None:
        raise RuleBroken(
            "DEPUTY-COLLEAGUE", "Choose somebody of your agency who works on cases", field="deputy"
        )
    begins = datetime.combine(command.from_on, time(), tzinfo=LONDON).astimezone(UTC)
    _check_alone(manager, actor.agency_id, max(now, begins), end_of(command.until_on))
    chosen, left_out = _whom(actor, manager, standing_in)
    given = Given(
        at=now, by=actor.user_id, reason=command.why, starts_at=max(now, begins),
        ends_at=end_of(command.until_on),
    )  # fmt: skip
    named = passing.name_deputy(manager, command.deputy, actor.agency_id, chosen, given)
    log.record(
        actor, Operation.ADMINISTRATION, "deputy:named", [named.id, manager, command.deputy],
        at=now, basis=command.why,
    )  # fmt: skip
    for person in chosen:
        log.record(actor, Operation.ALTERATION, "deputy:covers", [person, named.id], at=now)
    return Named(named, left_out)


def _must(actor: Actor, manager: UUID) -> None:
    require(actor, Action.DEPUTY_NAME)
    if not may_name(actor, manager):
        raise NotPermitted("deputy:name: neither the manager nor a superior")


def _check_alone(manager: UUID, agency: UUID, begins: datetime, ends: datetime) -> None:
    for each in teams.covers_of(manager, agency):
        if each.starts_at < ends and begins < each.ends_at:
            raise RuleBroken(
                "DEPUTY-ONE",
                "Somebody stands in at that time already. End that first, or choose other days",
                field="from_on",
            )


def _whom(actor: Actor, manager: UUID, deputy: Actor) -> tuple[list[UUID], tuple[str, ...]]:
    """Whom the deputy may stand in with, and the names of those for whom somebody else must."""
    chosen, left_out = [], []
    for seen in queries.managed_by(actor, manager):
        # PERSON_READ asks whether anything keeps the deputy out; why is not told.
        if decide(deputy, Action.PERSON_READ, Target(person=seen.record)).allowed:
            chosen.append(seen.record)
        else:
            left_out.append(people.display_name(seen))
    return chosen, tuple(left_out)


def cover_added(actor: Actor, change: PersonChange, now: datetime) -> None:
    """Let whoever stands in for a manager do so with a person whom the manager is given now."""
    for worker in teams.workers_of(change.person_id):
        if worker.part == Part.MANAGER:
            for deputy in teams.covers_of(worker.user_id, worker.agency_id):
                given = Given(at=now, by=actor.user_id, reason=deputy.reason)
                passing.cover(deputy, change.person_id, given)


def end_cover(actor: Actor, deputy_id: UUID, *, now: datetime) -> Deputy:
    """End a cover before its time: the manager, who answers for them, or the deputy."""
    found = db.session.get(Deputy, deputy_id, with_for_update=True)
    if found is None or found.agency_id != actor.agency_id:
        raise NotFound
    if actor.user_id != found.deputy_id:
        _must(actor, found.manager_id)
    if found.ends_at <= now or not found.state:
        raise RuleBroken("DEPUTY-ENDED", "This cover has ended already")
    given = Given(at=now, by=actor.user_id, reason="ended before its time")
    caseload = teams.caseload(found.manager_id, found.agency_id)
    passing.end_deputy(found, caseload, given)
    log.record(
        actor, Operation.ADMINISTRATION, "deputy:ended",
        [found.id, found.manager_id, found.deputy_id], at=now,
    )  # fmt: skip
    return found
