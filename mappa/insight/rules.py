"""How the list of work is narrowed: whose, what, of which risk and level, and how urgent. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from mappa.access.terms import Role
from mappa.kernel.errors import RuleBroken
from mappa.rules.levels import RiskBand


class Whose(StrEnum):
    """Whose duties are listed."""

    MINE = "mine"
    TEAM = "team"
    AGENCY = "agency"

    @property
    def words(self) -> str:
        """As the filter offers it."""
        return _WHOSE[self]


_WHOSE = {Whose.MINE: "Your own", Whose.TEAM: "Your team", Whose.AGENCY: "Your agency"}


class Urgency(StrEnum):
    """When a duty is due, or that it was put off."""

    OVERDUE = "overdue"
    WEEK = "week"
    LATER = "later"
    SNOOZED = "snoozed"

    @property
    def words(self) -> str:
        """As the filter offers it."""
        return _URGENCY[self]


_URGENCY = {
    Urgency.OVERDUE: "Overdue",
    Urgency.WEEK: "Next 7 days",
    Urgency.LATER: "Later",
    Urgency.SNOOZED: "Snoozed",
}


class Lateness(StrEnum):
    """For how long a duty is late."""

    WEEK = "week"
    MONTH = "month"
    LONGER = "longer"

    @property
    def words(self) -> str:
        """As the list of an agency says it."""
        return _LATENESS[self]


_LATENESS = {
    Lateness.WEEK: "up to 7 days",
    Lateness.MONTH: "8 to 30 days",
    Lateness.LONGER: "longer than 30 days",
}

KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "visits": (
        "Visits",
        (
            "visit",
            "visit-unannounced",
            "visit-commitment",
            "visit-try-again",
            "entry-warrant-decision",
        ),
    ),
    "write-ups": ("Write-ups", ("visit-write-up",)),
    "countersigning": ("Visits to countersign", ("visit-countersign",)),
    "plans": ("Reviews of the plan", ("plan-review", "plan-review-olr")),
    "risk": ("Reviews of the risk", ("risk-review",)),
    "levels": ("Reviews of level 1, 2 and 3", ("meeting-review", "level-review", "first-meeting")),
    "minutes": ("Minutes", ("minutes",)),
    "actions": ("Actions", ("action",)),
    "handovers": ("Handovers to answer", ("handover",)),
    "requests": ("Requests for information", ("share-request",)),
    "emergencies": ("Reviews of emergency access", ("emergency-review",)),
}
"""What the filter offers: the words, and the kinds of duty meant."""


@dataclass(frozen=True, kw_only=True)
class WorkFilter:
    """What the list of work is narrowed to; None is everything."""

    whose: Whose | None = None
    kind: str | None = None
    risk: RiskBand | None = None
    level: int | None = None
    state: Urgency | None = None

    def chosen(self) -> dict[str, str]:
        """What is narrowed, as text: to keep, and to fill the form with."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}

    @property
    def narrows(self) -> bool:
        """Whether anything but whose is chosen."""
        return bool(self.chosen().keys() - {"whose"})


def whose_of(role: Role, *, has_team: bool) -> tuple[Whose, ...]:
    """Whose work a role may list, what it sees at first in front."""
    if role is Role.AGENCY_LEAD:
        return (Whose.AGENCY, Whose.MINE)
    if role is Role.SUPERVISOR and has_team:
        return (Whose.TEAM, Whose.MINE)
    return (Whose.MINE,)


def understood(kept: Mapping[str, str]) -> WorkFilter:
    """The filter that was kept, without what is not offered any more."""
    level = kept.get("level", "")
    whose, risk, state = (kept.get(name, "") for name in ("whose", "risk", "state"))
    return WorkFilter(
        whose=Whose(whose) if whose in set(Whose) else None,
        kind=kept.get("kind") if kept.get("kind") in KINDS else None,
        risk=RiskBand(risk) if risk in set(RiskBand) else None,
        level=int(level) if level in ("1", "2", "3") else None,
        state=Urgency(state) if state in set(Urgency) else None,
    )


FIRST_DAY = date(2001, 4, 1)
"""Before it there were no arrangements. Source: CJCSA 2000 ss67-68, in force that day."""
_YEARS_ON = 10


def check_day(day: date, today: date) -> None:
    """It is a day on which something can have stood, or may."""
    last = today.year + _YEARS_ON
    if not day >= FIRST_DAY or day.year > last:
        raise RuleBroken(
            "LOOK-DAY", f"Choose a day from 1 April 2001 to 31 December {last}", field="day"
        )
