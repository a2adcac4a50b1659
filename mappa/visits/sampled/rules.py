"""For whom of a drawn sample an unannounced visit can be planned in one step, and why not. Pure.

Who drew a sample for unannounced visits has their days drawn as well: nobody chooses one. What has
to be read or asked for is not skipped: such a person is planned for alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from mappa.visits.rules import Faults, Turnout

MOST_AT_ONCE = 50
"""So many people one step plans for. A local standard: what one look still takes in."""


class Stop(StrEnum):
    """Why no visit to somebody is planned in one step with others."""

    UNSEEN = "unseen"
    NOT_YOURS = "not_yours"
    PLANNED = "planned"
    WARNED = "warned"
    NO_ADDRESS = "no_address"

    @property
    def words(self) -> str:
        """As pages say it; empty where nothing may be said."""
        return _STOP_WORDS[self]

    @property
    def alone(self) -> bool:
        """Whether the visit is to be planned on the person's own page."""
        return self in (Stop.WARNED, Stop.NO_ADDRESS)


_STOP_WORDS = {
    Stop.UNSEEN: "",
    Stop.NOT_YOURS: "You may not plan visits to this person",
    Stop.PLANNED: "An unannounced visit is planned",
    Stop.WARNED: "Warnings to staff are to be read before a visit is planned",
    Stop.NO_ADDRESS: "You read no current address, so say where",
}


def stop(*, seen: bool, may_plan: bool, planned: bool, warned: bool, address: bool) -> Stop | None:
    """What stops a plan in one step, the first that does; None if nothing does."""
    found = {
        Stop.UNSEEN: not seen,
        Stop.NOT_YOURS: not may_plan,
        Stop.PLANNED: planned,
        Stop.WARNED: warned,
        Stop.NO_ADDRESS: not address,
    }
    return next((each for each, holds in found.items() if holds), None)


@dataclass(frozen=True, kw_only=True)
class Line:
    """One who was drawn, as far as this reader sees: whom to send where, and until when.

    ``officers`` are whom to choose from, account → name; ``officer`` is the offender manager, if
    the reader supervises them. ``due_on`` is None where no visit is owed that the reader sees.
    """

    place: int
    person_id: UUID
    name: str = ""
    stop: Stop | None = None
    address: str = ""
    due_on: date | None = None
    officers: Mapping[UUID, str]
    officer: UUID | None = None
    asks_turnout: bool = False


@dataclass(frozen=True, kw_only=True)
class PlanSample:
    """For whom a visit is planned, by place in the draw, and who goes; how the police go, if asked.

    ``everybody`` is for all for whom it can be planned now; else those of ``chosen``.
    """

    everybody: bool
    chosen: Sequence[int]
    officers: Mapping[int, UUID | None]
    turnout: Turnout | None = None


def at_once(lines: Sequence[Line]) -> list[Line]:
    """For whom one step can plan, the first of the draw first."""
    return [each for each in lines if each.stop is None][:MOST_AT_ONCE]


def wanted(lines: Sequence[Line], command: PlanSample) -> list[Line]:
    """For whom it is to plan, of those for whom it can."""
    can = at_once(lines)
    return can if command.everybody else [each for each in can if each.place in command.chosen]


def asked(lines: Collection[Line]) -> bool:
    """Whether it is to be said for any of them how the officers go."""
    return any(each.asks_turnout for each in lines)


def faults(lines: Sequence[Line], command: PlanSample) -> Faults:
    """What is wrong with who is to go, by the field of the place."""
    found = {
        f"officer_{each.place}": [f"Choose who goes to {each.name}"]
        for each in wanted(lines, command)
        if command.officers.get(each.place) not in each.officers
    }
    if not command.everybody and not command.chosen:
        found["chosen"] = ["Tick for whom a visit is to be planned"]
    return found
