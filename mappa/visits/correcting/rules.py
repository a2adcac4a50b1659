"""When a logged visit is corrected, countersigned or withdrawn, and what must be said. Pure.

Source: a supervisor's review is among what is recorded of a visit (domain.md section 7); that an
author corrects freely for 24 hours, and which visits are countersigned, are local standards.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.visits.rules import LogVisit, VisitState

FREELY = timedelta(hours=24)
"""How long its author corrects a visit without a reason. Source: local standard."""


@dataclass(frozen=True)
class Correct:
    """A visit as its author now tells it, and why; ``why`` may be empty on the first day."""

    made: LogVisit
    why: str


@dataclass(frozen=True)
class Withdraw:
    """Why a visit that was logged does not count."""

    reason: str


@dataclass(frozen=True)
class Sign:
    """A supervisor's signature, with what the supervisor says to it."""

    note: str


def is_late(written_at: datetime, *, now: datetime) -> bool:
    """Whether the author's own day is over, counted from the first logging."""
    return now - written_at >= FREELY


def check_made(state: str) -> None:
    """Raise ``RuleBroken`` unless the visit stands as made."""
    if state != VisitState.MADE.value:
        said = f"This visit cannot be changed any more: {VisitState(state).words.lower()}"
        raise RuleBroken("visit-not-made", said)


def check_reason(why: str, *, late: bool) -> None:
    """Raise ``RuleBroken`` for a correction after the author's day that has no reason."""
    if late and not why:
        said = "Say why you correct it. Your supervisor is told, as 24 hours have passed"
        raise RuleBroken("visit-late-correction-needs-reason", said, field="why")


def check_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise ``RuleBroken`` if nothing is different."""
    if all(before[name] == after[name] for name in before):
        said = "Nothing was changed. Change something, or go back"
        raise RuleBroken("visit-nothing-changed", said)


def check_withdrawal(reason: str) -> None:
    """Raise ``RuleBroken`` without a reason."""
    if not reason:
        raise RuleBroken("visit-end-needs-reason", "Say why it does not count", field="reason")


def check_signature(*, author: UUID, signer: UUID, signed: bool) -> None:
    """Raise ``RuleBroken`` for the visit's own author, or if this version is signed already."""
    if author == signer:
        said = "You wrote this visit, so another supervisor countersigns it"
        raise RuleBroken("visit-countersigned-by-another", said)
    if signed:
        raise RuleBroken("visit-countersigned-once", "This visit is countersigned already")
