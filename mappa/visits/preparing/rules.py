"""What stands in the way of a visit to come: warnings, too few officers, two at once. Pure.

Source: domain.md sections 7 and 14 (plain clothes and accredited officers: IOPC, March 2022). That
two officers go where a warning asks for it is a local standard: no national rule was found.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from mappa.offenders.rules import DANGER_TO_LIFE
from mappa.visits.rules import Faults, PlanVisit, Turnout

WRITE_UP = "visit-write-up"
"""The rule and the kind of what is owed from the planned day until the outcome is recorded."""

LASTS = timedelta(hours=1)
"""So long a visit takes its officer, with the way: a local standard."""


@dataclass(frozen=True)
class Warned:
    """A warning to staff that stands: how many officers it asks for, and how serious it is."""

    id: UUID
    officers: int = 1
    serious: int = 1


def unread(standing: Iterable[Warned], read: Collection[UUID]) -> list[Warned]:
    """The warnings that stand and were not read."""
    return [each for each in standing if each.id not in read]


def reading_faults(standing: Sequence[Warned], read: Collection[UUID]) -> Faults:
    """What stands against going on before each warning to staff was read."""
    missing = unread(standing, read)
    if not missing:
        return {}
    if set(read) & {each.id for each in standing}:
        return {"warnings_read": ["A warning to staff was added. Read it, and tick the box again"]}
    if len(standing) == 1:
        return {"warnings_read": ["Read the warning to staff, and tick the box"]}
    return {"warnings_read": [f"Read the {len(standing)} warnings to staff, and tick the box"]}


def too_few(going: int, reason: str, standing: Sequence[Warned]) -> Faults:
    """What stands against so few officers going: a reason helps, but not against danger to life."""
    asking = [each for each in standing if each.officers > going]
    if not asking or not going:
        return {}
    if any(each.serious >= DANGER_TO_LIFE for each in asking):
        said = "A warning of danger to life asks for two officers. Choose a second officer"
        return {"officers": [said]}
    if reason:
        return {}
    return {"alone_reason": ["A warning asks for two officers. Choose a second, or say why not"]}


def turnout_faults(turnout: Turnout | None) -> Faults:
    """What is to be said of how the police go, if it is not as expected."""
    if turnout is None or turnout.as_expected or turnout.reason:
        return {}
    return {"turnout_reason": ["Say why it is not made as expected"]}


def turnout_asked(agency_type: str, jurisdiction: str) -> bool:
    """Whether it is asked how officers go: of the police in England and Wales."""
    return agency_type == "police" and jurisdiction == "england-wales"


def faults(plan: PlanVisit, standing: Sequence[Warned]) -> Faults:
    """All that stands against preparing this visit in this way."""
    found = reading_faults(standing, plan.warnings_read)
    found |= too_few(len(plan.officers), plan.alone_reason, standing)
    return found | turnout_faults(plan.turnout)


def reason_counts(plan: PlanVisit, standing: Sequence[Warned]) -> bool:
    """Whether the reason to go alone answers a warning, and is kept."""
    return any(each.officers > len(plan.officers) for each in standing)


Window = tuple[datetime, datetime]
"""From when to when a visit may begin; of a scheduled one the same moment twice."""


def collide(one: Window, other: Window) -> bool:
    """Whether one officer cannot make both: however they are begun, they lie within an hour.

    A window of days leaves room for another visit, so only what has no room collides.
    """
    return max(one[1] - other[0], other[1] - one[0]) < LASTS
