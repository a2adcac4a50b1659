"""What the boards have set: a standard that holds and moved dates, and one that waits."""

from datetime import datetime, timedelta

from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.reminders.standards import service
from mappa.reminders.standards.rules import SetStandard
from mappa.rules.deadlines import Unit

COORDINATOR, ADMINISTRATOR = "carl.estover", "rosa.quill"
RULE = "minutes-circulation-level-2"


def set_standards(stage: Stage, *, now: datetime) -> None:
    """Northmoor circulates minutes sooner; that it be done at once is written down."""
    at = now - timedelta(hours=2)
    sooner = SetStandard(
        amount=8,
        unit=Unit.WORKING_DAYS,
        from_on=day_of(now) - timedelta(days=60),
        reason="Agencies asked for the minutes before their own team meetings",
        source="Strategic management board, minute 7.2",
    )
    at_once = SetStandard(
        amount=2,
        unit=Unit.WORKING_DAYS,
        from_on=day_of(now) - timedelta(days=30),
        reason="Proposed by the police after a late action; to be discussed",
        source="Strategic management board, draft minute 9.1",
    )
    with stage.act(COORDINATOR, at) as actor:
        made = service.propose(actor, RULE, sooner, now=at)
        service.confirm(actor, made.id, now=at)
    with stage.act(ADMINISTRATOR, now) as actor:
        service.propose(actor, RULE, at_once, now=now)
