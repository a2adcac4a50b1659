"""What can be asked of a dip sample, and what came of those who were drawn. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import FieldErrors
from mappa.rules.levels import RiskBand

MOST_DRAWN = 500


class Purpose(StrEnum):
    """What the drawn people are drawn for."""

    CHECKS = "checks"
    VISITS = "visits"

    @property
    def words(self) -> str:
        """The purpose as pages say it."""
        return {"checks": "A check of the record", "visits": "Unannounced visits"}[self.value]


class Frame(StrEnum):
    """What the people are drawn from: whom the drawer saw, or the register by its references."""

    SEEN = "seen"
    REGISTER = "register"


class Verdict(StrEnum):
    """What came of looking at somebody who was drawn."""

    IN_ORDER = "in_order"
    NOT_IN_ORDER = "not_in_order"
    COULD_NOT = "could_not"

    @property
    def words(self) -> str:
        """The verdict as pages say it."""
        return _VERDICT_WORDS[self]


_VERDICT_WORDS = {
    Verdict.IN_ORDER: "In order",
    Verdict.NOT_IN_ORDER: "Not in order",
    Verdict.COULD_NOT: "Could not be checked",
}


@dataclass(frozen=True, kw_only=True)
class FreezeSample:
    """Whom to draw from (nothing chosen is everybody), how many, for what and why."""

    purpose: Purpose
    wanted: int
    why: str
    risk: RiskBand | None = None
    lead_agency_id: UUID | None = None
    team_id: UUID | None = None
    manager_id: UUID | None = None


NARROWS = ("risk", "lead_agency_id", "team_id", "manager_id")
"""The fields that say from whom of those seen is drawn."""


@dataclass(frozen=True, kw_only=True)
class RecordResult:
    """What was found of one of them."""

    verdict: Verdict
    found: str = ""


@dataclass(frozen=True)
class Tally:
    """How far a sample is, and what came of it so far."""

    drawn: int
    in_order: int
    not_in_order: int
    could_not: int

    @property
    def looked(self) -> int:
        """How many could be checked."""
        return self.in_order + self.not_in_order

    @property
    def waiting(self) -> int:
        """How many have no result."""
        return self.drawn - self.looked - self.could_not

    @property
    def speaks(self) -> bool:
        """Whether a range may be given: who is looked at first may differ from who is left."""
        return not self.waiting and self.looked > 0


def tally(drawn: int, latest: Sequence[Verdict]) -> Tally:
    """The tally of the latest result of each place that has one."""
    return Tally(drawn, *(list(latest).count(each) for each in Verdict))


def check_size(wanted: int, size: int) -> None:
    """Raise ``FieldErrors`` unless that many can be drawn from ``size`` people."""
    if not size:
        raise FieldErrors({"risk": ["You may see nobody like that. Choose fewer conditions"]})
    if wanted > size:
        there = f"There are {size:,}" if size > 1 else "There is 1"
        raise FieldErrors({"wanted": [f"{there} to draw from. Draw {size:,} at most"]})


def check_frame(command: FreezeSample, frame: Frame) -> None:
    """Raise ``FieldErrors`` where the register is narrowed: its references say nothing to go by."""
    if frame is Frame.REGISTER and any(getattr(command, name) for name in NARROWS):
        said = "A sample of the register is drawn from all of it. Take the condition away"
        raise FieldErrors({"wanted": [said]})


def check_result(command: RecordResult, *, again: bool) -> None:
    """Raise ``FieldErrors`` unless what needs words has them; ``again`` where it is not first."""
    if again and not command.found:
        raise FieldErrors({"found": ["Say why what was recorded before does not count any more"]})
    if command.verdict is not Verdict.IN_ORDER and not command.found:
        said = {
            Verdict.NOT_IN_ORDER: "Say what was not in order",
            Verdict.COULD_NOT: "Say why it could not be checked",
        }
        raise FieldErrors({"found": [said[command.verdict]]})
