"""When the shared record may change: states and checks. Pure; *who* may is for ``access``."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.rules.levels import Jurisdiction, RiskBand, check_category_and_level

ADDRESS_KINDS = {
    "home": "Lives there",
    "regular": "Stays there regularly",
    "no_fixed_address": "No fixed address",
}
"""Kind of address to its words."""

PLACES_LIVED_IN = ("home", "no_fixed_address")
"""Kinds of which a person has one at a time."""

SERIOUS = {1: "Caution", 2: "Serious", 3: "Danger to life"}
"""How serious a warning is; the most serious stands first."""

DANGER_TO_LIFE = 3

OFFICERS = {1: "One may go alone", 2: "Two or more"}
"""How many officers must go, as a warning says."""


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """A person to be added. ``lead_agency_id`` is only for a co-ordinator; else the adder's."""

    given_name: str
    family_name: str
    category: int
    level: int
    born_on: date | None = None
    born_about: int | None = None
    died_on: date | None = None
    crn: str = ""
    pnc: str = ""
    visor: str = ""
    prison_number: str = ""
    aliases: tuple[str, ...] = ()
    manager_id: UUID | None = None
    lead_agency_id: UUID | None = None
    transferred_in_from: str = ""


@dataclass(frozen=True, kw_only=True)
class AddAddress:
    """Where the person lives or stays, since when; an earlier one with its last day."""

    kind: str
    from_on: date
    until_on: date | None = None
    lines: str = ""
    postcode: str = ""
    district: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddWarning:
    """What staff must know before they go there."""

    headline: str
    serious: int
    review_on: date
    detail: str = ""
    officers: int = 1
    """How many officers must go: 1, or 2."""
    lone_working: str = ""


@dataclass(frozen=True, kw_only=True)
class EndWarning:
    """Why a warning no longer stands."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class PeopleFilter:
    """What a list of people is narrowed to; None is everybody.

    ``manager_id`` and ``team_id`` are of the reader's own agency; ``lead_agency_id`` is any.
    """

    level: int | None = None
    category: int | None = None
    risk: RiskBand | None = None
    team_id: UUID | None = None
    manager_id: UUID | None = None
    lead_agency_id: UUID | None = None

    def chosen(self) -> dict[str, str]:
        """What is narrowed, as text: to keep, and to fill the form with."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}


def check_person(command: AddPerson, jurisdiction: str, *, today: date) -> None:
    """Category and level go together, and nobody is born or dies in the future."""
    broken = check_category_and_level(Jurisdiction(jurisdiction), command.category, command.level)
    if broken is not None:
        raise RuleBroken(broken.rule_id, broken.sentence, field="level")
    if command.born_on is not None and command.born_on > today:
        raise RuleBroken(
            "BORN-IN-PAST", "The date of birth cannot be in the future", field="born_on"
        )
    if not (command.given_name or command.family_name):
        raise RuleBroken("PERSON-NAMED", "Enter a name", field="family_name")


def check_address(command: AddAddress, *, today: date) -> None:
    """An address has its lines, unless there is none, and it has begun."""
    if command.from_on > today:
        raise RuleBroken("ADDRESS-BEGUN", "The date cannot be in the future", field="from_on")
    if command.until_on is not None and command.until_on > today:
        raise RuleBroken("ADDRESS-BEGUN", "The date cannot be in the future", field="until_on")
    if command.until_on is not None and command.until_on < command.from_on:
        raise RuleBroken(
            "RECORD-ENDS-AFTER", "It cannot end before it began. Check both dates", field="until_on"
        )
    if command.kind != "no_fixed_address" and not command.lines:
        raise RuleBroken("ADDRESS-LINES", "Enter the address", field="lines")


def check_follows(from_on: date, earlier_from: date, said: str) -> None:
    """A new home begins on or after the day the earlier one began, unless it has ended itself."""
    if from_on < earlier_from:
        raise RuleBroken(
            "ADDRESS-ORDER",
            f"Enter a date on or after {said}, when the current address began, or until when the "
            "person lived there",
            field="from_on",
        )


def check_warning(command: AddWarning, *, today: date) -> None:
    """A warning is reviewed, and later than today."""
    if command.review_on <= today:
        raise RuleBroken("WARNING-REVIEW", "The review must be after today", field="review_on")


def check_not_ended(*, ended: bool) -> None:
    """A warning ends once."""
    if ended:
        raise RuleBroken("WARNING-ENDED", "This warning has already ended")
