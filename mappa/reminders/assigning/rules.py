"""When a duty may be put off, and which may pass to somebody else. Pure; *who* is for ``access``.

Putting off hides a row from its owner's list. It moves no date, and no notice waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.rules.deadlines import Confidence

NATIONAL = frozenset({Confidence.VERIFIED, Confidence.WEAK_SOURCE, Confidence.NOT_VERIFIED})
"""Rules that stand in an act or in guidance, however well we could read it."""

MOST_AT_ONCE = 100


class By(StrEnum):
    """In what place somebody stands to a duty."""

    OWNER = "owner"
    DEPUTY = "deputy"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """For how many days and how often a duty without a national date may be put off."""

    longest_days: int
    by_the_owner: int
    by_a_supervisor: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What the rules look at: the duty's date, how sure its rule is, and how often it was put off.

    ``before`` counts every time it was put off since this owner has it under this date.
    """

    due_on: date
    confidence: Confidence
    before: int
    by: By
    today: date


@dataclass(frozen=True, kw_only=True)
class Snooze:
    """Put a duty off until a day, on which it stands in the list again."""

    until_on: date
    why: str


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A duty as it stood on the page where it was chosen."""

    id: UUID
    owner: UUID
    due_on: date


@dataclass(frozen=True, kw_only=True)
class Assign:
    """Give duties to a colleague."""

    chosen: tuple[Chosen, ...]
    to: UUID
    why: str


def last_day(standing: Standing, limits: Limits) -> date:
    """The last day until which a duty may be put off; today if it may not be any more.

    Never past the date of a national rule, whoever asks; a date under a local standard or one that
    people set may be overrun by a few days, while its reminders go on.
    """
    if standing.confidence in NATIONAL:
        return max(standing.due_on, standing.today)
    if standing.before >= _how_often(standing.by, limits):
        return standing.today
    return standing.today + timedelta(days=limits.longest_days)


def _how_often(by: By, limits: Limits) -> int:
    more = limits.by_a_supervisor if by is By.SUPERVISOR else 0
    return limits.by_the_owner + more


def check_snooze(command: Snooze, standing: Standing, limits: Limits) -> None:
    """The day is to come and not past the last one. Raises ``RuleBroken`` on ``until_on``."""
    last = last_day(standing, limits)
    if last <= standing.today:
        raise RuleBroken("SNOOZE-NO-MORE", why_not(standing, limits), field="until_on")
    if command.until_on <= standing.today:
        raise RuleBroken(
            "SNOOZE-TO-COME", "Choose a day after today: the duty is back on it", field="until_on"
        )
    if command.until_on > last:
        raise RuleBroken("SNOOZE-LAST-DAY", _too_late(standing, limits, last), field="until_on")


def why_not(standing: Standing, limits: Limits) -> str:
    """Why a duty cannot be put off at all now, and what to do; empty if it can."""
    if last_day(standing, limits) > standing.today:
        return ""
    if standing.confidence in NATIONAL:
        late = standing.due_on < standing.today
        said = "is overdue" if late else "is due today"
        return (
            f"This duty {said} under a national rule, so it cannot be put off. "
            "Do it now, or hand it over"
        )
    if standing.by is By.SUPERVISOR or standing.before > limits.by_the_owner:
        return "This duty was put off as often as it may be. Do it now, or hand it over"
    return "You have put this duty off already. Your supervisor may do so once more"


def _too_late(standing: Standing, limits: Limits, last: date) -> str:
    said = f"{last.day} {last:%B %Y}"
    if standing.confidence in NATIONAL:
        return f"It is due on {said} under a national rule: choose that day or an earlier one"
    return f"Choose {said} or an earlier day: {limits.longest_days} days at most"


STAYS: Mapping[str, str] = {
    "visit-countersign": "A visit is countersigned by a supervisor, and never by its author",
    "minutes": "Minutes are sent out by whoever prepares the meeting",
    "meeting-review": "The next meeting is held by whoever chairs the case",
    "handover": "Only the one who was asked can answer",
    "approval": "Only those who may approve it can answer",
    "share-request": "Any information officer of the agency can answer it as it is",
    "share-ending": "An agency’s information officers answer for what it shares",
    "share-review": "An agency’s information officers answer for what it shares",
    "share-reauthorise": "An agency’s information officers answer for what it shares",
    "exclusion-review": "Only those who may end it can look at it again",
    "emergency-review": "Emergency access is reviewed by an information officer or co-ordinator",
}
"""Kinds of duty that go with a seat or a person, and why they pass to nobody."""


def check_assign(command: Assign, *, me: UUID) -> None:
    """Something is chosen, not too much, and it goes to somebody. Raises ``RuleBroken``."""
    if not command.chosen:
        raise RuleBroken("ASSIGN-CHOSEN", "Choose at least one duty", field="duty")
    if len(command.chosen) > MOST_AT_ONCE:
        raise RuleBroken(
            "ASSIGN-MANY", f"Choose at most {MOST_AT_ONCE} duties at once", field="duty"
        )
    if all(each.owner == command.to for each in command.chosen):
        words = "You have it already" if command.to == me else "They have it already"
        raise RuleBroken("ASSIGN-OTHER", f"{words}. Choose somebody else", field="to")
