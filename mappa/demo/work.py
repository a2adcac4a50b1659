"""Duties that were put off, taken up again, and handed on in the demo."""

from collections.abc import Callable
from datetime import datetime, timedelta

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.reminders import queries as duties
from mappa.reminders.assigning import queries, rules, service
from mappa.reminders.assigning.rules import STAYS, Assign, Chosen, Snooze

_SNOOZERS = (
    ("priya.sandhurst", "Waits for the report of the programme", False),
    ("owen.marsh", "Away on a course until then; the duty desk knows", False),
    ("grace.ilford", "Agreed in supervision", False),
    ("isla.kerrigan", "The appointment was moved by the court", False),
    ("priya.sandhurst", "Waits for the tenancy to be signed", True),
)
"""Who puts the last duty off that may be, why, and whether it was taken up again.

The last, as the first are what a newcomer to the demo is shown to do."""
_PASSES = (
    ("grace.ilford", "Priya is at court all week"),
    ("naomi.pell", "The teams’ visits are shared out anew"),
)


def arrange(stage: Stage, *, now: datetime) -> None:
    """Tell what was done about duties since yesterday."""
    yesterday = now - timedelta(days=1)
    for who, why in _PASSES:
        if who in stage.actors:
            _pass_one(stage, who, why, yesterday)
    for who, why, taken_up in _SNOOZERS:
        if who in stage.actors:
            _snooze_one(stage, who, why, now, taken_up=taken_up)


def _last(found: list[Seen], suits: Callable[[Seen], bool]) -> Seen | None:
    return next((each for each in reversed(found) if suits(each)), None)


def _snooze_one(stage: Stage, who: str, why: str, now: datetime, *, taken_up: bool) -> None:
    with stage.act(who, now) as actor:
        today = day_of(now)

        def can(duty: Seen) -> bool:
            standing = service.standing(actor, duty, now)
            if standing is None or queries.snoozes_standing(actor, duty, today):
                return False
            return rules.last_day(standing, service.limits()) >= today + timedelta(days=3)

        duty = _last(duties.my_open(actor), can) or _last(duties.team_open(actor), can)
        if duty is None:
            return
        command = Snooze(until_on=today + timedelta(days=3), why=why)
        service.snooze(actor, duty.id, command, now=now)
        if taken_up:
            service.take_up(actor, duty.id, now=now)


def _pass_one(stage: Stage, who: str, why: str, now: datetime) -> None:
    with stage.act(who, now) as actor:
        open_duties = [each for each in duties.team_open(actor) if each.kind not in STAYS]
        for duty in reversed(open_duties):
            if _passed(actor, duty, why, now):
                return


def _passed(actor: Actor, duty: Seen, why: str, now: datetime) -> bool:
    chosen = Chosen(id=duty.id, owner=duty.owner_user_id, due_on=duty.due_on)
    for colleague in queries.colleagues(actor, [duty]):
        if service.preview(actor, colleague.user_id, [duty.id]):
            command = Assign(chosen=(chosen,), to=colleague.user_id, why=why)
            service.assign(actor, command, now=now)
            return True
    return False
