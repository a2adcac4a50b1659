"""What an administrator does about dead letters, and how late a duty is."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.kernel.db import db
from mappa.reminders.holidays import queries as days_off
from mappa.reminders.holidays import rules as holiday_rules
from mappa.reminders.standards import queries as standards
from mappa.reminders.telling.models import OUTBOX, OutboxState
from mappa.reminders.telling.rules import days_late
from mappa.rules.levels import Jurisdiction

_ROW = OUTBOX.c


def try_again(actor: Actor, letters: Sequence[UUID], *, now: datetime) -> int:
    """Let the next delivery try dead letters again, each alone; how many. Others do nothing."""
    require(actor, Action.DELIVERY_RETRY)
    revived = (
        sa.update(OUTBOX)
        .where(_ROW.id.in_(list(letters)), _ROW.state == OutboxState.DEAD.value)
        .values(state=OutboxState.WAITING.value, tries=1, term=0, next_at=now)
        .returning(_ROW.id)
    )
    found = list(db.session.execute(revived).scalars())
    if found:
        log.record(actor, log.Operation.ADMINISTRATION, "delivery:tried-again", found, at=now)
    return len(found)


def working_days_late(
    rule_id: str, version: int, jurisdiction: str, owed_by: UUID, due_on: date, today: date
) -> int:
    """By how many working days a duty is late, as the ladder counts. Raises ``UnknownRule``.

    Local holidays of the area count where the rule is a local standard.
    """
    of = Jurisdiction(jurisdiction)
    rule = standards.every_version(of).version(rule_id, version)
    area = agencies.area_of(owed_by) if holiday_rules.moves(rule, local=True) else ""
    return days_late(due_on, today, days_off.between(of, due_on.year, today.year, area=area))
