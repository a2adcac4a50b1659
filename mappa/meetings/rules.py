"""When a meeting may go on: its states, its agenda, what must be settled before sign-off. Pure.

Source: agenda and required decisions, MAPPA guidance chapter 13a and the Scottish meeting template
(docs of the field, section 9); disclosure considered at every level 2 and 3 meeting.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.rules.calendar import day_words
from mappa.rules.levels import Jurisdiction, MappaLevel, check_category_and_level

FURTHEST_AHEAD_DAYS = 730


class MeetingState(StrEnum):
    """The life of a meeting on one person."""

    PLANNED = "planned"
    OPEN = "open"
    SIGNED_OFF = "signed_off"
    CANCELLED = "cancelled"

    @property
    def words(self) -> str:
        """The state as lists show it."""
        return _STATE_WORDS[self]


_STATE_WORDS = {
    MeetingState.PLANNED: "To come",
    MeetingState.OPEN: "Open",
    MeetingState.SIGNED_OFF: "Signed off",
    MeetingState.CANCELLED: "Cancelled",
}

NEXT: Mapping[MeetingState, frozenset[MeetingState]] = MappingProxyType(
    {
        MeetingState.PLANNED: frozenset({MeetingState.OPEN, MeetingState.CANCELLED}),
        MeetingState.OPEN: frozenset({MeetingState.SIGNED_OFF}),
        MeetingState.SIGNED_OFF: frozenset(),
        MeetingState.CANCELLED: frozenset(),
    }
)
"""From each state, those that may follow."""

_CANNOT_CHANGE = {
    MeetingState.PLANNED: "This meeting has not begun. The chair opens it first.",
    MeetingState.OPEN: "This meeting has begun.",
    MeetingState.SIGNED_OFF: "The minutes are signed off. Nothing in this meeting can change.",
    MeetingState.CANCELLED: "This meeting was cancelled. Nothing in it can change.",
}


def check_move(state: MeetingState, to: MeetingState) -> None:
    """Raise ``RuleBroken`` unless the meeting may become ``to``."""
    if to not in NEXT[state]:
        raise RuleBroken("MEETING-STATE", _CANNOT_CHANGE[state])


def check_running(state: MeetingState) -> None:
    """Raise ``RuleBroken`` unless the meeting is open: only then is anything written in it."""
    if state is not MeetingState.OPEN:
        raise RuleBroken("MEETING-RUNNING", _CANNOT_CHANGE[state])


class Presence(StrEnum):
    """How an agency or a person took part."""

    PRESENT = "present"
    APOLOGIES = "apologies"
    REPORT = "report"

    @property
    def words(self) -> str:
        """As the attendance list says it."""
        return {"present": "Present", "apologies": "Apologies", "report": "Report in lieu"}[self]


@dataclass(frozen=True)
class Item:
    """One item of the agenda under the number that this reader counts."""

    key: str
    title: str
    number: int = 0
    closed: UUID | None = None


AGENDA: tuple[Item, ...] = (
    Item("confidentiality", "Confidentiality"),
    Item("attendance", "Who is here"),
    Item("previous-actions", "Previous actions"),
    Item("updates", "Agency updates"),
    Item("risk", "Risk"),
    Item("victims", "Victims, children, adults"),
    Item("housing", "Housing"),
    Item("disclosure", "Disclosure"),
    Item("media", "Media"),
    Item("plan", "Plan and contingency"),
    Item("level", "Level and category"),
    Item("actions", "Actions and next date"),
)
"""The items that everybody in the room sees; a closed item comes after the agency updates."""

_CLOSED_COMES_AFTER = "updates"
ITEM_KEYS = frozenset(item.key for item in AGENDA)


def agenda(closed: Sequence[UUID] = ()) -> tuple[Item, ...]:
    """The running order, numbered for a reader who may hear these closed items and no others."""
    order: list[Item] = []
    for item in AGENDA:
        order.append(item)
        if item.key == _CLOSED_COMES_AFTER:
            order += [Item(f"closed-{each}", "Closed item", closed=each) for each in closed]
    return tuple(
        Item(item.key, item.title, number, item.closed)
        for number, item in enumerate(order, start=1)
    )


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What the meeting has settled so far; empty texts and None are not settled.

    ``latest_on`` is the last day that the rule gives for the next meeting, None where the rule
    gives none.
    """

    confidentiality_read: bool
    chair_present: bool
    risk: str
    disclosure: str
    disclosure_reason: str
    level: int | None
    level_reason: str
    category: int | None
    next_on: date | None
    next_reason: str
    held_on: date
    latest_on: date | None


@dataclass(frozen=True)
class Check:
    """One thing that must be settled: its label, whether it is, and what to do if not."""

    key: str
    label: str
    problem: str = ""

    @property
    def done(self) -> bool:
        """Whether nothing is missing."""
        return not self.problem


def checks(settled: Settled, jurisdiction: Jurisdiction) -> tuple[Check, ...]:
    """Everything that must be settled before sign-off, all at once, in the order of the agenda."""
    return (
        Check(
            "confidentiality",
            "Confidentiality read",
            "" if settled.confidentiality_read else "Record that confidentiality was read",
        ),
        Check(
            "attendance",
            "The chair is here",
            "" if settled.chair_present else "Record that the chair is present",
        ),
        Check(
            "risk",
            "Risk to each group",
            "" if settled.risk else "Say what the risk to each group is",
        ),
        Check("disclosure", "Disclosure: yes or no, with reason", _disclosure_problem(settled)),
        Check("level", "Level, with reason", _level_problem(settled, jurisdiction)),
        Check("next-date", "Next date", next_date_problem(settled)),
    )


def missing(settled: Settled, jurisdiction: Jurisdiction) -> tuple[Check, ...]:
    """What stands against the sign-off."""
    return tuple(check for check in checks(settled, jurisdiction) if not check.done)


def check_sign_off(settled: Settled, jurisdiction: Jurisdiction) -> None:
    """Raise ``RuleBroken`` with everything that is missing."""
    problems = [check.problem for check in missing(settled, jurisdiction)]
    if problems:
        raise RuleBroken("MINUTES-COMPLETE", *problems)


def _disclosure_problem(settled: Settled) -> str:
    if settled.disclosure not in ("yes", "no"):
        return "Decide about disclosure: yes or no, with the reason"
    return "" if settled.disclosure_reason else "Give the reason for the decision on disclosure"


def _level_problem(settled: Settled, jurisdiction: Jurisdiction) -> str:
    if settled.level is None:
        return "Decide the level, with the reason"
    if not settled.level_reason:
        return "Give the reason for the level"
    if settled.category is None:
        return "Decide the category"
    broken = check_category_and_level(jurisdiction, settled.category, settled.level)
    return broken.sentence if broken else ""


def next_date_problem(settled: Settled) -> str:
    """What is wrong with the next date; empty if nothing, or if level 1 needs no meeting."""
    if settled.level == MappaLevel.ONE:
        return ""
    if settled.next_on is None:
        return "Set the date of the next meeting"
    if settled.next_on <= settled.held_on:
        return f"Enter a date after {day_words(settled.held_on)}, the day of this meeting"
    late = settled.latest_on is not None and settled.next_on > settled.latest_on
    if late and not settled.next_reason:
        return late_sentence(settled.latest_on)
    return ""


def late_sentence(latest_on: date | None) -> str:
    """That the date is beyond the rule."""
    assert latest_on is not None
    return (
        f"{day_words(latest_on)} is the latest by the rule. "
        "Choose an earlier date, or give a reason."
    )


def check_next_date(next_on: date, reason: str, held_on: date, latest_on: date | None) -> None:
    """Raise ``FieldErrors`` unless the date follows the meeting and the rule, or says why not."""
    if next_on <= held_on:
        raise FieldErrors(
            {"next_on": [f"Enter a date after {day_words(held_on)}, the day of this meeting"]}
        )
    if next_on > held_on + timedelta(days=FURTHEST_AHEAD_DAYS):
        raise FieldErrors({"next_on": ["Enter a date within two years of this meeting"]})
    if latest_on is not None and next_on > latest_on and not reason:
        raise FieldErrors({"next_on": [late_sentence(latest_on)]})


def check_planned_day(held_on: date, today: date) -> None:
    """Raise ``FieldErrors`` unless the day of a meeting being planned lies ahead."""
    if held_on < today:
        raise FieldErrors({"held_on": ["Enter today or a later day"]})
    if held_on > today + timedelta(days=FURTHEST_AHEAD_DAYS):
        raise FieldErrors({"held_on": ["Enter a day within the next two years"]})


def check_level(jurisdiction: Jurisdiction, category: int, level: int) -> None:
    """Raise ``RuleBroken`` where the category is not managed at this level."""
    broken = check_category_and_level(jurisdiction, category, level)
    if broken:
        raise RuleBroken(broken.rule_id, broken.sentence, field="level")
