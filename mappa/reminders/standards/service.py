"""Setting and ending local standards of the actor's area: written down first, then confirmed.

Raises ``NotPermitted``, ``NotFound``, ``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from config.read import rule_book
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.agencies.queries import jurisdiction_of
from mappa.audit import log
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.reminders.standards import queries, recounting, rules
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.rules import EndStandard, SetStandard
from mappa.rules.deadlines import DeadlineRule, UnknownRule
from mappa.rules.levels import Jurisdiction

SET_AND_ENDED = ("standard:set", "standard:ended")


def rule_to_set(actor: Actor, rule_id: str, *, now: datetime) -> DeadlineRule:
    """The rule as it holds today in the actor's area, to be set otherwise.

    Raises ``NotFound`` where there is none, or where its number is not the area's to set.
    """
    require(actor, Action.RULES_SET)
    book = queries.book_of(Jurisdiction(jurisdiction_of(actor.area_id)), actor.area_id)
    try:
        found = book.rule(rule_id, day_of(now))
    except UnknownRule:
        raise NotFound from None
    if not rules.settable(found):
        raise NotFound
    return found


def propose(actor: Actor, rule_id: str, wanted: SetStandard, *, now: datetime) -> LocalStandard:
    """Write a standard down, so that its effect can be looked at. It moves nothing yet."""
    rule_to_set(actor, rule_id, now=now)
    jurisdiction = Jurisdiction(jurisdiction_of(actor.area_id))
    file = rule_book(jurisdiction)
    faults = rules.faults_of(wanted, file, rule_id, day_of(now))
    if faults:
        raise FieldErrors({name: [said] for name, said in faults.items()})
    base = file.rule(rule_id, wanted.from_on)
    return _write_down(
        actor,
        jurisdiction,
        base,
        wanted,
        {"amount": wanted.amount, "unit": wanted.unit.value},
        now=now,
    )


def propose_end(actor: Actor, rule_id: str, wanted: EndStandard, *, now: datetime) -> LocalStandard:
    """Write down that the rule of the file is to hold again. It moves nothing yet."""
    rule_to_set(actor, rule_id, now=now)
    jurisdiction = Jurisdiction(jurisdiction_of(actor.area_id))
    if fault := rules.fault_of_day(wanted.from_on, day_of(now)):
        raise FieldErrors({"from_on": [fault]})
    set_here = [
        each for each in queries.in_area(jurisdiction, actor.area_id) if each.rule_id == rule_id
    ]
    if fault := rules.fault_of_end(wanted.from_on, set_here):
        raise FieldErrors({"from_on": [fault]})
    base = rule_book(jurisdiction).rule(rule_id, day_of(now))
    return _write_down(actor, jurisdiction, base, wanted, {"amount": None, "unit": None}, now=now)


def _write_down(
    actor: Actor,
    jurisdiction: Jurisdiction,
    base: DeadlineRule,
    wanted: SetStandard | EndStandard,
    count: dict[str, int | str | None],
    *,
    now: datetime,
) -> LocalStandard:
    made = LocalStandard(
        **count,
        jurisdiction=jurisdiction.value,
        area_id=actor.area_id,
        rule_id=base.id,
        of_version=base.version,
        from_on=wanted.from_on,
        reason=wanted.reason,
        source=wanted.source,
        proposed_at=now,
        proposed_by_id=actor.user_id,
    )
    db.session.add(made)
    db.session.flush()
    _record(actor, "standard:proposed", made, now)
    return made


def confirm(actor: Actor, standard_id: UUID, *, now: datetime) -> LocalStandard:
    """Let what was written down hold, and have the open dates concerned counted anew."""
    require(actor, Action.RULES_SET)
    found = queries.proposal(actor.area_id, standard_id)
    if found.version is not None:
        raise RuleBroken("standard-proposed", "This was confirmed already")
    jurisdiction = Jurisdiction(found.jurisdiction)
    rule_to_set(actor, found.rule_id, now=now)
    _nothing_since(found)
    found.version, found.set_at, found.set_by_id = _next_version(found), now, actor.user_id
    db.session.flush()
    queries.forget(jurisdiction)
    event = SET_AND_ENDED[found.amount is None]
    recounting.ask(
        event,
        found.id,
        jurisdiction,
        area=found.area_id,
        rule_id=found.rule_id,
        from_on=found.from_on,
        because=rules.words_of(queries.as_standard(found, found.version)),
        now=now,
    )
    _record(actor, event, found, now)
    return found


def _of_the_rule(found: LocalStandard) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        LocalStandard.jurisdiction == found.jurisdiction,
        LocalStandard.rule_id == found.rule_id,
    )


def _nothing_since(found: LocalStandard) -> None:
    """What was looked at is still what would happen."""
    later = sa.select(LocalStandard.id).where(
        *_of_the_rule(found),
        LocalStandard.area_id == found.area_id,
        LocalStandard.set_at > found.proposed_at,
    )
    if db.session.execute(later.limit(1)).first() is not None:
        raise RuleBroken(
            "standard-effect-seen",
            "This rule was set otherwise in the meantime. Go back, check what you typed and look at"
            " the effect again",
        )


def _next_version(found: LocalStandard) -> int:
    highest = sa.select(sa.func.max(LocalStandard.version)).where(*_of_the_rule(found))
    last: int | None = db.session.execute(highest).scalar()
    return rules.FIRST_VERSION if last is None else last + 1


def _record(actor: Actor, event: str, of: LocalStandard, now: datetime) -> None:
    log.record(
        actor,
        log.Operation.ADMINISTRATION,
        event,
        [of.id],
        at=now,
        fields=("amount", "unit", "from_on", "source"),
        basis=of.reason,
    )
