"""What the boards have set: a standard that holds and moved dates, and one that waits."""

from datetime import datetime, timedelta

from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.reminders.standards import service
from mappa.reminders.standards.rules import SetStandard
from mappa.rules.deadlines import Unit

COORDINATOR, ADMINISTRATOR = "carl.estover", "rosa.quill"


def set_standards(stage: Stage, *, now: datetime) -> None:
    """Northmoor circulates minutes sooner; that plans be reviewed more often is written down."""
    at = now - timedelta(hours=2)
    sooner = SetStandard(
        amount=8,
        unit=Unit.WORKING_DAYS,
        from_on=day_of(now) - timedelta(days=60),
        reason="Agencies asked for the minutes before their own team meetings",
        source="Strategic management board, minute 7.2",
    )
    oftener = SetStandard(
        amount=5,
        unit=Unit.MONTHS,
        from_on=day_of(now) - timedelta(days=45),
        reason="Plans were found out of date at the last audit",
        source="Strategic management board, draft minute 9.1",
    )
    with stage.act(COORDINATOR, at) as actor:
        made = service.propose(actor, "minutes-circulation-level-2", sooner, now=at)
    with stage.act(COORDINATOR, at + timedelta(minutes=1)) as actor:
        service.confirm(actor, made.id, now=at + timedelta(minutes=1))
    with stage.act(ADMINISTRATOR, at) as actor:
        service.propose(actor, "plan-review", oftener, now=at)
