"""Who may come under reactive management, what a proposal goes through, what news asks. Pure.

Source: domain.md section 7, by NPCC (June 2017) and HMICFRS: low risk for at least three years;
home visits stop, while yearly notification and monitoring stay; any intelligence or change has the
risk looked at anew. England and Wales only. What counts as recent intelligence is a local standard.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.visits.entry.rules import SUBJECT_CATEGORY

LOW = "low"


class ReactiveState(StrEnum):
    """What a proposal is, from the day it was made."""

    PROPOSED = "proposed"
    STANDING = "standing"
    DECLINED = "declined"
    ENDED = "ended"

    @property
    def words(self) -> str:
        """The state as pages say it."""
        return _STATE_WORDS[self]


_STATE_WORDS = {
    ReactiveState.PROPOSED: "Proposed",
    ReactiveState.STANDING: "Under reactive management",
    ReactiveState.DECLINED: "Declined",
    ReactiveState.ENDED: "Ended",
}
NEXT: Mapping[ReactiveState, frozenset[ReactiveState]] = {
    ReactiveState.PROPOSED: frozenset({ReactiveState.STANDING, ReactiveState.DECLINED}),
    ReactiveState.STANDING: frozenset({ReactiveState.ENDED}),
    ReactiveState.DECLINED: frozenset(),
    ReactiveState.ENDED: frozenset(),
}
OPEN = (ReactiveState.PROPOSED, ReactiveState.STANDING)


@dataclass(frozen=True)
class Assessed:
    """That an agency assessed the risk in a band on a day."""

    agency: UUID
    band: str
    on: date


def low_since(history: Iterable[Assessed]) -> date | None:
    """Since when what stands of every agency's assessments is low; None if it is not.

    ``history`` is in the order in which it was written, the oldest first. The newest assessment of
    an agency stands in place of its earlier ones.
    """
    standing: dict[UUID, str] = {}
    since: date | None = None
    for each in history:
        standing[each.agency] = each.band
        if any(band != LOW for band in standing.values()):
            since = None
        elif since is None:
            since = each.on
    return since


@dataclass(frozen=True, kw_only=True)
class Known:
    """What somebody knows of a person: as far as that reader sees, and not further.

    ``eligible_on`` is the day on which the risk was low for long enough; None if it is not low.
    ``low_for`` is how long that is in words, as the rule has it ("3 years").
    ``recent`` names the last intelligence, if it is recent; ``recent_until`` is how long it is.
    """

    jurisdiction: str
    category: int | None
    band: str | None
    low_since: date | None
    eligible_on: date | None
    low_for: str
    recent: str = ""
    recent_until: date | None = None


@dataclass(frozen=True)
class Condition:
    """Something that must hold: in words, and whether it does."""

    words: str
    holds: bool


def conditions(known: Known, today: date) -> Sequence[Condition]:
    """What must hold, each with whether it does on what is known."""
    long_enough = known.eligible_on is not None and known.eligible_on <= today
    return (
        Condition("The case is in England and Wales", known.jurisdiction == "england-wales"),
        Condition("Subject to notification, which goes on", known.category == SUBJECT_CATEGORY),
        Condition("The risk of serious harm is low", known.band == LOW),
        Condition(f"It has been low for at least {known.low_for}", long_enough),
        Condition("No recent intelligence that you may read", not known.recent),
    )


def check_eligible(known: Known, today: date) -> None:
    """Raise ``RuleBroken`` with all that does not hold."""
    missing = [each.words for each in conditions(known, today) if not each.holds]
    if missing:
        said = (f"Reactive management needs this, which does not hold: {each}" for each in missing)
        raise RuleBroken("reactive-eligible", *said)


def check_next(state: str, following: ReactiveState) -> None:
    """Raise ``RuleBroken`` for what cannot follow."""
    if following not in NEXT[ReactiveState(state)]:
        said = ReactiveState(state).words.lower()
        raise RuleBroken("reactive-state", f"This has been dealt with: {said}. Open the page again")


class Verdict(StrEnum):
    """What a supervisor says to a proposal."""

    APPROVE = "approve"
    DECLINE = "decline"

    @property
    def words(self) -> str:
        """As the form says it."""
        return _VERDICT_WORDS[self]


_VERDICT_WORDS = {
    Verdict.APPROVE: "Approve: routine visits stop",
    Verdict.DECLINE: "Decline: visits go on as they are",
}


class Answer(StrEnum):
    """What somebody decides on a change: the police about the visits, others about telling them."""

    KEPT = "kept"
    ENDED = "ended"
    TOLD = "told"
    NOT_TOLD = "not_told"

    @property
    def words(self) -> str:
        """As the form says it."""
        return _ANSWER_WORDS[self]


_ANSWER_WORDS = {
    Answer.KEPT: "Reactive management goes on",
    Answer.ENDED: "Reactive management ends, and visits begin again",
    Answer.TOLD: "The police were told what they need to know",
    Answer.NOT_TOLD: "Nothing is to be passed on",
}
OF_POLICE = (Answer.KEPT, Answer.ENDED)
OF_OTHERS = (Answer.TOLD, Answer.NOT_TOLD)


@dataclass(frozen=True, kw_only=True)
class Propose:
    """Why nobody should have to visit as a matter of routine."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Decide:
    """What a supervisor says to it, and why."""

    verdict: Verdict
    reason: str


@dataclass(frozen=True, kw_only=True)
class EndReactive:
    """Why visits begin again."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class Reconsider:
    """What is decided on a change, and why."""

    answer: Answer
    reason: str


def check_answer(given: Answer, offered: Sequence[Answer]) -> None:
    """Raise ``RuleBroken`` for an answer that is not this reader's to give."""
    if given not in offered:
        raise RuleBroken("reactive-answer", "Choose from the list", field="answer")
