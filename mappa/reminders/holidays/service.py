"""Adding and ending days that do not count. Open dates over such a day are then counted anew.

Raises ``NotPermitted``, ``NotFound``, ``FieldErrors`` or ``RuleBroken``; then nothing is written.
"""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.agencies.queries import jurisdiction_of
from mappa.audit import log
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.reminders.holidays import queries, rules
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import AddHoliday
from mappa.reminders.standards import recounting
from mappa.rules.levels import Jurisdiction


def add_holiday(actor: Actor, command: AddHoliday, *, now: datetime) -> BankHoliday:
    """Leave a day out of counts: in the actor's jurisdiction, or in the actor's area if local."""
    require(actor, Action.HOLIDAYS_ADMINISTER)
    jurisdiction = Jurisdiction(jurisdiction_of(actor.area_id))
    area = actor.area_id if command.kind == rules.LOCAL else ""
    fault = rules.fault_of(command.falls_on, day_of(now))
    if fault:
        raise FieldErrors({"falls_on": [fault]})
    _check_free(jurisdiction, area, command)
    added = BankHoliday(
        jurisdiction=jurisdiction.value,
        area_id=area,
        falls_on=command.falls_on,
        name=command.name,
        kind=command.kind,
        source=command.source,
        reason=command.reason,
        added_at=now,
        added_by_id=actor.user_id,
    )
    db.session.add(added)
    db.session.flush()
    queries.forget(jurisdiction)
    _count_anew("holiday:added", added, rules.added_words(added.name, added.falls_on), now)
    _record(actor, "holiday:added", added, now, basis=command.reason)
    return added


def _count_anew(event: str, day: BankHoliday, because: str, now: datetime) -> None:
    recounting.ask(
        event,
        day.id,
        Jurisdiction(day.jurisdiction),
        area=day.area_id,
        from_on=day.falls_on,
        because=because,
        now=now,
    )


def _check_free(jurisdiction: Jurisdiction, area: str, command: AddHoliday) -> None:
    held = db.session.scalars(
        sa.select(BankHoliday.name).where(
            BankHoliday.jurisdiction == jurisdiction.value,
            BankHoliday.area_id.in_(["", area]),
            BankHoliday.falls_on == command.falls_on,
            BankHoliday.ended_at.is_(None),
        )
    ).first()
    if held is not None:
        raise FieldErrors({"falls_on": [f"This day is in the list already: {held}"]})


def end_holiday(actor: Actor, holiday_id: UUID, reason: str, *, now: datetime) -> BankHoliday:
    """Count a day again from now on. It stays in the list of changes."""
    require(actor, Action.HOLIDAYS_ADMINISTER)
    jurisdiction = Jurisdiction(jurisdiction_of(actor.area_id))
    found = queries.day_off(jurisdiction, actor.area_id, holiday_id)
    if found.ended_at is not None:
        raise RuleBroken("holiday-live", "This day is counted again already")
    found.ended_at, found.ended_by_id, found.end_reason = now, actor.user_id, reason
    db.session.flush()
    queries.forget(jurisdiction)
    _count_anew("holiday:ended", found, rules.ended_words(found.name, found.falls_on), now)
    _record(actor, "holiday:ended", found, now, basis=reason)
    return found


def _record(actor: Actor, event: str, of: BankHoliday, now: datetime, *, basis: str) -> None:
    log.record(
        actor,
        log.Operation.ADMINISTRATION,
        event,
        [of.id],
        at=now,
        fields=("falls_on", "name", "kind", "source") if event == "holiday:added" else (),
        basis=basis,
    )
