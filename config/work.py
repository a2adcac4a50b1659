"""How duties are put off, and how many visits make a round: the numbers an operator may set."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from config.document import Document

WORK = Path(__file__).with_name("work.toml")


@dataclass(frozen=True, kw_only=True)
class SnoozeLimits:
    """For how many days, and how often, a duty without a national date may be put off."""

    longest_days: int
    by_the_owner: int
    by_a_supervisor: int


@cache
def snooze_limits() -> SnoozeLimits:
    """The limits in force. Raises ``ConfigurationError``."""
    return read_snooze_limits(WORK)


def read_snooze_limits(path: Path) -> SnoozeLimits:
    """The limits in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    table = document.table("snooze")
    table.only("longest_days", "by_the_owner", "by_a_supervisor")
    found = SnoozeLimits(
        longest_days=table.number("longest_days", 1),
        by_the_owner=table.number("by_the_owner", 0),
        by_a_supervisor=table.number("by_a_supervisor", 0),
    )
    document.finish()
    return found


@dataclass(frozen=True, kw_only=True)
class RoundLimits:
    """How many visits fit into a day, and from how many days before it is due one is offered."""

    most_visits: int
    days_ahead: int


@cache
def round_limits() -> RoundLimits:
    """The limits in force. Raises ``ConfigurationError``."""
    return read_round_limits(WORK)


def read_round_limits(path: Path) -> RoundLimits:
    """The limits in a file; raises ``ConfigurationError``."""
    document = Document.open(path)
    table = document.table("rounds")
    table.only("most_visits", "days_ahead")
    found = RoundLimits(
        most_visits=table.number("most_visits", 1), days_ahead=table.number("days_ahead", 0)
    )
    document.finish()
    return found
