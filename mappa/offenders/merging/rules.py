"""What must hold before two records become one, and what a person must look at. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from mappa.kernel.errors import RuleBroken


@dataclass(frozen=True, kw_only=True)
class MergeRecords:
    """Why the two records are one person."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class AskToMerge:
    """Why the asker thinks that the two records are one person."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class UndoMerge:
    """Why the two records are not one person after all."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class DeclineRequest:
    """Why a request to merge is declined."""

    decision: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What decides about a record that is to be merged; an identifier unknown is empty."""

    jurisdiction: str
    areas: frozenset[str]
    born_on: date | None
    identifiers: dict[str, str]


def check_two(*, same: bool) -> None:
    """Raise ``RuleBroken`` where the two records are one person already."""
    if same:
        raise RuleBroken(
            "MERGE-SAME", "These two records are one person already. There is nothing to merge."
        )


def check_pair(survivor: Facts, loser: Facts) -> None:
    """Raise ``RuleBroken`` unless the law and the area that decide are the same for both."""
    if survivor.jurisdiction != loser.jurisdiction:
        raise RuleBroken(
            "MERGE-JURISDICTION",
            "One record is kept under the law of England and Wales, the other under that of "
            "Scotland. Transfer the case first, then merge the records.",
        )
    if not survivor.areas & loser.areas:
        raise RuleBroken(
            "MERGE-AREA",
            "The two records are kept in different areas. Ask the co-ordinators to bring the "
            "case into one area first, then merge the records.",
        )


def check_open(state: str) -> None:
    """Raise ``RuleBroken`` unless a request still waits for an answer."""
    if state != "open":
        raise RuleBroken("MERGE-REQUEST-OPEN", "This request has been answered already.")


def moved() -> RuleBroken:
    """What is said where somebody else merged or undid something at the same moment."""
    return RuleBroken(
        "MERGE-MOVED",
        "Somebody merged one of these records, or undid a merge, just now. Look at both again.",
    )


def check_stands(*, stands: bool) -> None:
    """Raise ``RuleBroken`` unless a merge can still be undone."""
    if not stands:
        raise RuleBroken("MERGE-STANDS", "This merge has been undone already.")


def clashes(survivor: Facts, loser: Facts) -> Iterator[str]:
    """What speaks against the two being one person: to be looked at, not a refusal."""
    if survivor.born_on and loser.born_on and survivor.born_on != loser.born_on:
        yield "The dates of birth differ."
    for name, value in survivor.identifiers.items():
        other = loser.identifiers.get(name, "")
        if value and other and value != other:
            yield f"The {name} numbers differ. Check that this is one person."
