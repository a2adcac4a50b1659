"""Pure rules of telling: how late a duty is, who is told at which step, and when to try again."""

from collections.abc import Collection
from datetime import date, timedelta

from mappa.rules.calendar import is_working_day
from mappa.rules.deadlines import DeadlineRule, Escalation

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
"""How long to wait after the first failed try, the second, and so on."""

MOST_TRIES = len(BACK_OFF) + 1
"""What failed so often is a dead letter."""

OF_DUTIES = "deadline:"
"""How every event begins that the sweep tells of."""
LATE = f"{OF_DUTIES}late-"

NEAR = ("supervisor", "agency_lead")
"""Who may learn of an unannounced visit: of the agency that owes it, and nobody beyond."""


def late_event(step: int) -> str:
    """The event of a step of the ladder, the first being 1."""
    return f"{LATE}{step}"


def step_of(event: str) -> int:
    """Which step of the ladder an event is, the first being 1; 0 if it is none."""
    return int(event.removeprefix(LATE)) if event.startswith(LATE) else 0


def wait_after(tries: int) -> timedelta:
    """How long a row rests after so many tries."""
    return BACK_OFF[min(max(tries, 1), len(BACK_OFF)) - 1]


def days_late(due_on: date, today: date, holidays: Collection[date]) -> int:
    """Working days that have passed since the day, today included; 0 while it is not over."""
    days = (due_on + timedelta(days=n) for n in range(1, (today - due_on).days + 1))
    return sum(is_working_day(day, holidays) for day in days)


def late_since(today: date, working_days: int, holidays: Collection[date]) -> date:
    """The last due day that is late by so many working days (at least one) today."""
    day, left = today, working_days
    while left > 0:
        left -= is_working_day(day, holidays)
        day -= timedelta(days=1)
    return day


def is_kept_near(kind: str, rule_id: str, *, named: bool) -> bool:
    """Whether a duty tells of an unannounced visit, or of a record for named readers only."""
    return named or "unannounced" in kind or rule_id.startswith("unannounced")


def ladder(rule: DeadlineRule, *, near: bool) -> tuple[tuple[int, Escalation], ...]:
    """The steps of a rule with their numbers; ``near`` leaves out who must not learn of it."""
    steps = enumerate(rule.escalation, start=1)
    return tuple((number, step) for number, step in steps if not near or step.to in NEAR)
