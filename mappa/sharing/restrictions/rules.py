"""When somebody can be kept out of a record. Who may do it is decided in ``access``. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from mappa.access.terms import SUPERVISORS, Role
from mappa.kernel.errors import FieldErrors, RuleBroken

LONGEST_REVIEW = timedelta(days=366)
"""An exclusion without an end is looked at again within a year. Source: local standard."""


@dataclass(frozen=True, kw_only=True)
class Exclude:
    """Keep one user of the own agency out, or one agency; ``from_on`` None is now.

    ``until_on`` is the last day; without one, ``review_on`` says when it is looked at again.
    """

    reason: str
    user: UUID | None = None
    agency: UUID | None = None
    manager: UUID | None = None
    """Who manages the case from now on, where ``user`` did."""
    from_on: date | None = None
    until_on: date | None = None
    review_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Review:
    """An exclusion was looked at and stays; ``next_on`` None only where it has a last day."""

    found: str
    next_on: date | None


def keeps_out_users(role: Role) -> bool:
    """Whether a role keeps users of the own agency out: nobody else knows of their conflict."""
    return role in (*SUPERVISORS, Role.INFORMATION_OFFICER)


def keeps_out_agencies(role: Role) -> bool:
    """Whether a role keeps whole agencies out."""
    return role is Role.COORDINATOR


def faults(command: Exclude, role: Role, *, today: date) -> dict[str, list[str]]:
    """What is wrong by field: not one user or one agency, as the role may; days that cannot be."""
    return _faults_of_whom(command, role) | _faults_of_days(command, today)


def _faults_of_days(command: Exclude, today: date) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    first = command.from_on or today
    if first < today:
        errors["from_on"] = ["It begins today or later. Leave it empty to begin now"]
    if command.until_on and command.until_on < first:
        errors["until_on"] = ["The last day must not be before the first day"]
    if not command.until_on and not command.review_on:
        errors["review_on"] = ["Enter the day on which it is looked at again, or a last day"]
    if command.review_on and not first < command.review_on <= first + LONGEST_REVIEW:
        errors["review_on"] = ["Choose a day after the first day, and within a year of it"]
    elif command.review_on and command.until_on and command.review_on > command.until_on:
        errors["review_on"] = ["Choose the last day or an earlier one, or leave it empty"]
    return errors


def check_review(command: Review, *, today: date, until_on: date | None) -> None:
    """Raise ``FieldErrors`` unless the next look is to come, within a year and while it lasts."""
    said = None
    if command.next_on is None:
        said = None if until_on else "Enter the day on which it is looked at again"
    elif not today < command.next_on <= today + LONGEST_REVIEW:
        said = "Choose a day after today and within a year"
    elif until_on and command.next_on > until_on:
        said = "Choose the last day or an earlier one, or leave it empty"
    if said:
        raise FieldErrors({"next_on": [said]})


def _faults_of_whom(command: Exclude, role: Role) -> dict[str, list[str]]:
    if keeps_out_users(role) and (command.user is None or command.agency):
        return {"user": ["Choose who is kept out"]}
    if keeps_out_agencies(role) and (command.agency is None or command.user):
        return {"agency": ["Choose which agency is kept out"]}
    return {}


def check_user(command: Exclude, *, me: UUID, manages: bool, role: Role) -> None:
    """Raise ``RuleBroken`` for oneself, and for a manager in whose place nobody is named.

    Nobody is ever without a manager, so another one is named in the same step, and begins at once.
    """
    if command.user == me:
        raise RuleBroken(
            "EXCLUDE-SELF",
            "You cannot keep yourself out. Ask another supervisor, or the information officer",
            field="user",
        )
    if not manages:
        return
    if role not in SUPERVISORS:
        raise RuleBroken(
            "EXCLUDE-MANAGER",
            "They manage this case. Ask their supervisor, who names another manager with it",
            field="user",
        )
    if command.manager in (None, command.user):
        raise RuleBroken(
            "EXCLUDE-MANAGER", "They manage this case. Choose who manages it from now on",
            field="manager",
        )  # fmt: skip
    if command.from_on is not None:
        raise RuleBroken(
            "EXCLUDE-MANAGER",
            "The case passes at once, so the exclusion begins at once. Leave this empty",
            field="from_on",
        )


def check_agency(command: Exclude, *, mine: UUID, lead: UUID) -> None:
    """Raise ``RuleBroken`` for the own agency, and for the one that leads the case."""
    if command.agency == lead:
        raise RuleBroken(
            "EXCLUDE-LEAD",
            "This agency leads the case, which would be without a manager. Hand the case over to "
            "another agency first",
            field="agency",
        )
    if command.agency == mine:
        raise RuleBroken(
            "EXCLUDE-SELF", "You cannot keep your own agency out. Ask another co-ordinator",
            field="agency",
        )  # fmt: skip
