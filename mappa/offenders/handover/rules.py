"""When a case may be handed on and how long somebody stands in. Pure; *who* is for ``access``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken

ANSWERED_WITHIN = timedelta(days=14)
"""After that a proposal lapses. A local standard: no act or guidance sets it."""
LONGEST_OVERLAP = timedelta(days=92)
LONGEST_COVER = timedelta(days=366)
MOST_AT_ONCE = 200


class HandoverState(StrEnum):
    """Nothing changes until the receiver accepts."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def words(self) -> str:
        """As the pages say it."""
        return self.value


NEXT: Mapping[HandoverState, frozenset[HandoverState]] = {
    HandoverState.PROPOSED: frozenset(
        {
            HandoverState.ACCEPTED,
            HandoverState.DECLINED,
            HandoverState.WITHDRAWN,
            HandoverState.LAPSED,
        }
    ),
    HandoverState.ACCEPTED: frozenset(),
    HandoverState.DECLINED: frozenset(),
    HandoverState.WITHDRAWN: frozenset(),
    HandoverState.LAPSED: frozenset(),
}


class Stays(StrEnum):
    """What becomes of the old lead agency when another takes the lead."""

    RESPONSIBLE = "responsible"
    LEAVES = "leaves"

    @property
    def words(self) -> str:
        """As the form offers it."""
        return _STAYS[self]


_STAYS = {
    Stays.RESPONSIBLE: "It stays on the case team as a responsible authority",
    Stays.LEAVES: "It leaves the case team when the overlap ends",
}


@dataclass(frozen=True, kw_only=True)
class Propose:
    """Whom to hand over to whom, why, and until when both work together."""

    people: tuple[UUID, ...]
    to_user: UUID
    to_agency: UUID
    why: str
    overlap_until: date | None = None
    stays: Stays | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Which proposals the receiver takes or declines; ``why`` is needed to decline."""

    handovers: tuple[UUID, ...]
    accept: bool
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class NameDeputy:
    """Who stands in for a manager, from a day until a day, both included."""

    deputy: UUID
    from_on: date
    until_on: date
    why: str


def check_proposal(command: Propose, *, today: date, other_agency: bool) -> None:
    """Somebody is handed over, the overlap is to come and short, the old lead's place is said."""
    if not command.people:
        raise RuleBroken("HANDOVER-PEOPLE", "Choose at least one person", field="people")
    if len(command.people) > MOST_AT_ONCE:
        raise RuleBroken(
            "HANDOVER-PEOPLE", f"Hand over at most {MOST_AT_ONCE} people at once", field="people"
        )
    until = command.overlap_until
    if until is not None and until < today:
        raise RuleBroken(
            "HANDOVER-OVERLAP",
            "The last day of working together cannot be in the past",
            field="overlap_until",
        )
    if until is not None and until - today > LONGEST_OVERLAP:
        raise RuleBroken(
            "HANDOVER-OVERLAP",
            f"Work together for at most {LONGEST_OVERLAP.days} days",
            field="overlap_until",
        )
    if other_agency and command.stays is None:
        raise RuleBroken(
            "HANDOVER-OLD-LEAD", "Say what becomes of your agency on the case team", field="stays"
        )


def lapses_on(proposed_on: date) -> date:
    """The last day on which a proposal can be answered."""
    return proposed_on + ANSWERED_WITHIN


def state_on(state: HandoverState, last_day: date, today: date) -> HandoverState:
    """The state as of a day: what nobody answered in time has lapsed, job or no job."""
    if state is HandoverState.PROPOSED and today > last_day:
        return HandoverState.LAPSED
    return state


def check_step(state: HandoverState, to: HandoverState) -> None:
    """A proposal is answered once."""
    if to not in NEXT[state]:
        raise RuleBroken("HANDOVER-OPEN", f"This handover was {_ENDED[state]} already")


_ENDED = {
    HandoverState.ACCEPTED: "accepted",
    HandoverState.DECLINED: "declined",
    HandoverState.WITHDRAWN: "withdrawn",
    HandoverState.LAPSED: "not answered in time and has lapsed",
}


def check_answer(command: Answer) -> None:
    """Something is answered, and declining has its reason."""
    if not command.handovers:
        raise RuleBroken("HANDOVER-PEOPLE", "Choose at least one person", field="handover")
    if not command.accept and not command.why:
        raise RuleBroken("HANDOVER-DECLINED", "Say why you decline", field="why")


def check_unchanged(*, same_hands: bool) -> None:
    """The case is still where it was when the handover was proposed."""
    if not same_hands:
        raise RuleBroken(
            "HANDOVER-CHANGED",
            "The case has passed to somebody else since. Ask for a new handover",
        )


def check_cover(command: NameDeputy, *, manager: UUID, today: date) -> None:
    """Somebody else stands in, for a time that is to come and ends."""
    if command.deputy == manager:
        raise RuleBroken("DEPUTY-OTHER", "Choose somebody else as deputy", field="deputy")
    if command.from_on < today:
        raise RuleBroken("DEPUTY-TO-COME", "The first day cannot be in the past", field="from_on")
    if command.until_on < command.from_on:
        raise RuleBroken(
            "DEPUTY-ORDER", "The last day must be the first day or later", field="until_on"
        )
    if command.until_on - command.from_on > LONGEST_COVER:
        raise RuleBroken(
            "DEPUTY-LONG",
            "A deputy stands in for a year at most. Hand the people over instead",
            field="until_on",
        )
