"""Who may come on to a case team and leave it, and in what capacity. Pure; *who* is for access."""

from dataclasses import dataclass
from uuid import UUID

from mappa.access.terms import Capacity, Part
from mappa.kernel.errors import RuleBroken
from mappa.kernel.ids import NOBODY

RESTRICTED = frozenset({"health", "mental-health"})
"""In Scotland a health board is a responsible authority for restricted patients only."""


@dataclass(frozen=True, kw_only=True)
class BringOn:
    """Which agency comes on to the case team, why, and who works on it there (or ``NOBODY``)."""

    why: str
    worker: UUID = NOBODY
    restricted: bool = False


@dataclass(frozen=True, kw_only=True)
class NameWorker:
    """Who is named on the case team, of which agency, and why."""

    user: UUID
    agency: UUID
    why: str


def may_be_restricted(agency_type: str, jurisdiction: str) -> bool:
    """Whether an agency of this kind answers for restricted patients."""
    return jurisdiction == "scotland" and agency_type in RESTRICTED


def capacity(usual: str, *, restricted: bool, may_be: bool) -> Capacity:
    """In what capacity an agency comes on: the usual one of its kind, or for restricted patients.

    Raises ``RuleBroken`` where its kind has nothing to do with restricted patients.
    """
    if not restricted:
        return Capacity(usual)
    if not may_be:
        raise RuleBroken(
            "TEAM-RESTRICTED",
            "Only a health board answers for restricted patients, in Scotland. Leave the box empty",
            field="restricted",
        )
    return Capacity.RESPONSIBLE


def check_new(*, on_team: bool) -> None:
    """An agency comes on once."""
    if on_team:
        raise RuleBroken(
            "TEAM-ONCE", "This agency is on the case team already. Choose another", field="agency"
        )


def check_leaves(what: str) -> None:
    """The lead and the manager are handed over, a deputy's cover ends; nobody just leaves them."""
    if what == Capacity.LEAD:
        raise RuleBroken(
            "TEAM-LEAD", "The lead agency cannot leave. Hand the case over to another agency first"
        )
    if what == Part.MANAGER:
        raise RuleBroken(
            "TEAM-MANAGER", "The manager cannot leave. Hand the case over to another manager"
        )
    if what == Part.DEPUTY:
        raise RuleBroken(
            "TEAM-DEPUTY", "A deputy leaves when the cover ends. End it on the caseload page"
        )


def check_worker(*, staff: bool, named: bool, oneself: bool) -> None:
    """Somebody else of that agency who works on cases, and who is not named yet."""
    if oneself:
        raise RuleBroken(
            "TEAM-ONESELF",
            "You cannot name yourself. Ask a supervisor, or the manager of the case",
            field="user",
        )
    if not staff:
        raise RuleBroken("TEAM-WORKER", "Choose somebody from the list", field="user")
    if named:
        raise RuleBroken("TEAM-NAMED", "They are on the case team already", field="user")
