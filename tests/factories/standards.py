"""Local standards of an area, set or only written down, and the recount that follows."""

from datetime import date, datetime, timedelta

from mappa.access.terms import Section
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.reminders.holidays import service as holidays
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.holidays.rules import AddHoliday
from mappa.reminders.models import Deadline
from mappa.reminders.standards import recounting, service
from mappa.reminders.standards.models import LocalStandard
from mappa.reminders.standards.recounting import Recounted
from mappa.reminders.standards.rules import EndStandard, SetStandard
from mappa.rules.deadlines import Unit
from tests.factories.reminders import duty, label
from tests.factories.world import NOW, World

MINUTES = "minutes-circulation-level-2"
"""A local standard of 10 working days, on duties that a co-ordinator sees."""


def minutes_duty(world: World, person: object, starts_on: date, **how: object) -> Deadline:
    """Minutes that carl has to circulate, from a meeting held on a day."""
    named = bool(how.pop("named", False))
    of = label(world, person, section=Section.MEETINGS, named=named)
    return duty(world, of, "carl", rule=MINUTES, kind="minutes", starts_on=starts_on, **how)


def written_down(
    world: World, amount: int | None, from_on: date, *, who: str = "carl", rule: str = MINUTES,
    unit: Unit = Unit.WORKING_DAYS,
) -> LocalStandard:  # fmt: skip
    """A proposal: so much from a day on, or (without an amount) the end of what was set."""
    same = {"from_on": from_on, "reason": "Backlog", "source": "Board, minute 4"}
    with world.as_reader(who, Kind.WRITE) as actor:
        if amount is None:
            return service.propose_end(actor, rule, EndStandard(**same), now=NOW)
        wanted = SetStandard(amount=amount, unit=unit, **same)
        return service.propose(actor, rule, wanted, now=NOW)


def set_standard(
    world: World, amount: int | None, from_on: date, *, who: str = "carl", rule: str = MINUTES
) -> LocalStandard:
    """A standard that holds."""
    made = written_down(world, amount, from_on, who=who, rule=rule)
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.confirm(actor, made.id, now=NOW)


def recounted(world: World, *, at: datetime = NOW + timedelta(minutes=5)) -> Recounted:
    """Run the recount when every request of before has ended."""
    with clock.at(at):
        return recounting.recount(world.app)


MOURNING = date(2026, 11, 25)


def mourning(world: World, kind: str = "proclaimed") -> BankHoliday:
    """A day off that rosa adds."""
    given = {
        "falls_on": MOURNING, "name": "Day of mourning", "kind": kind,
        "source": "Proclamation", "reason": "Proclaimed",
    }  # fmt: skip
    with world.as_reader("rosa", Kind.WRITE) as actor:
        return holidays.add_holiday(actor, AddHoliday(**given), now=NOW)
