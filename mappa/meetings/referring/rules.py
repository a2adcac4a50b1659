"""What a referral for a meeting goes through, as far as the clock of the meeting minds it. Pure.

Source: MAPPA national guidance (Scotland) 2022, paragraph 5.63 (the count starts when referral and
plan are in); MAPPA in operation, Angus Council (an incomplete referral goes back, and its clock
waits).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.rules.calendar import day_words

KIND = "first-meeting"
"""The kind of duty that an accepted referral is owed."""
LONGEST_AGO = timedelta(days=366)


def rule_of(level: int) -> str:
    """The rule for the first meeting at a level."""
    return f"first-meeting-level-{level}"


@dataclass(frozen=True, kw_only=True)
class AcceptReferral:
    """At which level a meeting is to be, and since when everything for it was in.

    ``first_by`` is the day that the co-ordinator sets, where the rule leaves it to them.
    """

    level: int
    accepted_on: date
    first_by: date | None = None


@dataclass(frozen=True, kw_only=True)
class SentBack:
    """The days on which an accepted referral was with its sender, to be completed."""

    from_on: date
    until_on: date


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """Why there is to be no meeting after all."""

    reason: str


def check_day(command: AcceptReferral, today: date) -> None:
    """Raise ``FieldErrors`` for a day that no rule need be looked up for: to come, or long ago."""
    if command.accepted_on > today:
        raise FieldErrors(
            {"accepted_on": ["The day on which it was accepted cannot be in the future"]}
        )
    if today - command.accepted_on > LONGEST_AGO:
        raise FieldErrors({"accepted_on": ["Enter a day in the last year"]})


def check_accepted(command: AcceptReferral, *, sets_day: bool) -> None:
    """Raise ``FieldErrors`` unless the day by which the meeting is held fits."""
    faults: dict[str, list[str]] = {}
    if sets_day and command.first_by is None:
        faults["first_by"] = ["Enter the day by which the first meeting is held"]
    elif command.first_by is not None and command.first_by < command.accepted_on:
        faults["first_by"] = ["The meeting cannot be before the referral was accepted"]
    if faults:
        raise FieldErrors(faults)


def check_sent_back(command: SentBack, accepted_on: date, today: date) -> None:
    """Raise ``FieldErrors`` unless it can have been with its sender on these days."""
    faults: dict[str, list[str]] = {}
    if command.from_on < accepted_on:
        when = day_words(accepted_on)
        faults["from_on"] = [f"Enter a day on or after {when}, when it was accepted"]
    if command.until_on <= command.from_on:
        faults["until_on"] = ["It must come back after the day on which it went"]
    elif command.until_on > today:
        faults["until_on"] = ["Enter the day once it is back; until then its date stays as it is"]
    if faults:
        raise FieldErrors(faults)


def check_none_stands(*, stands: bool) -> None:
    """Raise ``RuleBroken`` if a referral is accepted already."""
    if stands:
        raise RuleBroken(
            "REFERRAL-ONCE",
            "A referral of this person is accepted already. Hold its meeting, or withdraw it first",
        )


def back_words(command: SentBack) -> str:
    """Why the date moved, in a clause that follows "because"."""
    return (
        f"the referral was with its sender from {day_words(command.from_on)} "
        f"and came back on {day_words(command.until_on)}"
    )
