"""What an assessment of the risk of serious harm must say. Pure.

Source: MAPPA guidance, chapter on risk assessment: rated per group at risk, in the community and in
custody; the overall level is the highest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mappa.kernel.errors import RuleBroken
from mappa.rules.levels import RiskBand as Band
from mappa.rules.levels import overall_band

AT_RISK = (Band.MEDIUM, Band.HIGH, Band.VERY_HIGH)
"""Levels at which a group counts as at risk. Low means that nothing points to serious harm."""


class Group(StrEnum):
    """Whom the person may harm, in the order of the page."""

    CHILDREN = "children"
    KNOWN_ADULT = "known_adult"
    PUBLIC = "public"
    STAFF = "staff"
    ADULTS_AT_RISK = "adults_at_risk"
    PRISONERS = "prisoners"

    @property
    def words(self) -> str:
        """The group as pages name it."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True)
class Rating:
    """One group's two levels: in the community, and in custody as if release were imminent."""

    group: Group
    community: Band
    custody: Band


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What an assessment says."""

    ratings: tuple[Rating, ...]
    assessed_on: date
    raises: str
    lowers: str
    tool: str = ""
    tool_version: str = ""
    tool_result: str = ""


def overall(ratings: Iterable[Rating]) -> Band:
    """The highest level of any group in either place; not assessed if no group is."""
    return overall_band(level for each in ratings for level in (each.community, each.custody))


def check_findings(findings: Findings, *, today: date, last_on: date | None) -> None:
    """Raise ``RuleBroken`` unless this can be signed as the next assessment of the agency."""
    if findings.assessed_on > today:
        raise RuleBroken(
            "risk-not-in-the-future",
            "The day of the assessment cannot be in the future",
            field="assessed_on",
        )
    if last_on is not None and findings.assessed_on < last_on:
        raise RuleBroken(
            "risk-after-the-last",
            f"Enter {last_on.day} {last_on:%B} {last_on.year} or later: that is the day of your "
            "agency’s last assessment",
            field="assessed_on",
        )
    if overall(findings.ratings) is Band.NOT_ASSESSED:
        raise RuleBroken(
            "risk-of-one-group-at-least",
            "Choose a level for at least one group",
            field=f"{Group.CHILDREN.value}_community",
        )
    if findings.tool_result and not findings.tool:
        raise RuleBroken(
            "risk-tool-is-named", "Enter the name of the tool that gave the result", field="tool"
        )


def check_read(*, same: bool) -> None:
    """Raise ``RuleBroken`` if what is about to be signed is not what was read."""
    if not same:
        raise RuleBroken(
            "risk-read-before-signed",
            "The assessment has changed since you opened this page. Read it again below.",
        )


__all__ = [
    "AT_RISK",
    "Band",
    "Findings",
    "Group",
    "Rating",
    "check_findings",
    "check_read",
    "overall",
]
