"""When a request for information may be made and answered, and what its asker is told. Pure.

*Who* may is for ``access``. Whether anybody was found by what was asked is no part of these rules:
what an asker is told follows from the asker's own request and from what an owner chose to say.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from mappa.access.terms import Section
from mappa.kernel.errors import RuleBroken
from mappa.sharing.shares.rules import NOT_SHARED, Basis, MakeShare

MOST_IN_AN_HOUR = 10
MOST_IN_A_DAY = 30
"""So often one user may ask for a person whom that user does not see."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class State(StrEnum):
    """How a request stands. The first two are open: the owner still owes an answer."""

    OPEN = "open"
    DISCUSSED = "discussed"
    NO_TRACE = "no-trace"
    NOT_RELEVANT = "not-relevant"
    SHARED = "shared"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """As the pages say it."""
        return _WORDS[self]

    @property
    def is_open(self) -> bool:
        """Whether the owner still owes an answer."""
        return self in OPEN


OPEN = (State.OPEN, State.DISCUSSED)

_WORDS = {
    State.OPEN: "waiting for an answer",
    State.DISCUSSED: "relevance unclear, being discussed",
    State.NO_TRACE: "no trace",
    State.NOT_RELEVANT: "trace, not relevant",
    State.SHARED: "shared",
    State.DECLINED: "declined",
    State.WITHDRAWN: "withdrawn",
}

_ANSWERS = frozenset(
    {State.NO_TRACE, State.NOT_RELEVANT, State.SHARED, State.DECLINED, State.DISCUSSED}
)
_ENDS: frozenset[State] = frozenset()

NEXT: Mapping[State, frozenset[State]] = {
    State.OPEN: _ANSWERS | {State.WITHDRAWN},
    State.DISCUSSED: _ANSWERS | {State.WITHDRAWN},
    State.NO_TRACE: _ENDS,
    State.NOT_RELEVANT: _ENDS,
    State.SHARED: _ENDS,
    State.DECLINED: _ENDS,
    State.WITHDRAWN: _ENDS,
}

ANSWERS = (
    State.SHARED, State.NOT_RELEVANT, State.NO_TRACE, State.DISCUSSED, State.DECLINED,
)  # fmt: skip
"""What an owner may answer, in the order in which it is offered."""

NEEDS_WORDS = frozenset({State.DISCUSSED, State.DECLINED})


class Stands(StrEnum):
    """What the lists of requests are narrowed to."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"


class Urgency(StrEnum):
    """By when the asker needs the answer."""

    TODAY = "today"
    FIVE_DAYS = "five-days"
    ROUTINE = "routine"

    @property
    def words(self) -> str:
        """As the form offers it."""
        return _URGENCY[self]

    @property
    def rule(self) -> str:
        """The rule of the answer's deadline."""
        return _RULES[self]


_URGENCY = {
    Urgency.TODAY: "By the next working day: somebody may come to harm",
    Urgency.FIVE_DAYS: "Within 5 working days",
    Urgency.ROUTINE: "Routine, within 20 working days",
}
_RULES = {
    Urgency.TODAY: "share-request-answer-today",
    Urgency.FIVE_DAYS: "share-request-answer-five-days",
    Urgency.ROUTINE: "share-request-answer",
}


@dataclass(frozen=True, kw_only=True)
class Ask:
    """What is asked of one owner about a person whom the asker sees."""

    owner_agency_id: UUID
    sections: tuple[Section, ...]
    what: str
    why: str
    urgency: str
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Sought:
    """By what a person is looked for: one exact identifier, or a full name with date of birth."""

    kind: str = ""
    value: str = ""
    name: str = ""
    born_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AskUnseen:
    """What is asked about a person whom the asker does not see, if there is one."""

    sought: Sought
    sections: tuple[Section, ...]
    what: str
    why: str
    urgency: str
    basis: Basis


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the owner says. ``share`` goes with "shared" and with nothing else."""

    state: State
    why: str = ""
    share: MakeShare | None = None


def check_ask(sections: Sequence[Section], *, owner: UUID, asker: UUID) -> None:
    """Something is asked for, and of another agency."""
    if owner == asker:
        raise RuleBroken(
            "REQUEST-OWN",
            "Your own agency holds this. Ask its information officer or the lead manager; "
            "a request goes to another agency",
            field="owner",
        )
    if not sections or NOT_SHARED & set(sections):
        raise RuleBroken("REQUEST-SECTIONS", "Choose what you ask for", field="sections")


def check_basis(basis: Basis, statutes: Collection[str], conditions: Collection[str]) -> None:
    """A law of the jurisdiction and a condition of the regime are named. Consent is no basis."""
    if not basis.statutes and not basis.other:
        raise RuleBroken("REQUEST-BASIS", "Choose the law, or name another", field="statutes")
    if not set(basis.statutes) <= set(statutes):
        raise RuleBroken("REQUEST-BASIS", "Choose a law of this jurisdiction", field="statutes")
    if "consent" in basis.other.lower():
        raise RuleBroken(
            "REQUEST-CONSENT", "Consent is no basis here. Name the law that allows it",
            field="other",
        )  # fmt: skip
    if basis.condition not in conditions:
        raise RuleBroken(
            "REQUEST-CONDITION",
            "Choose the condition of this regime",
            field=basis.regime.replace("-", "_"),
        )


def check_officer(*, posted: bool, agency: str, phone: str) -> None:
    """Somebody at the owner can answer. Who works for an agency is known to all agencies."""
    if not posted:
        raise RuleBroken(
            "REQUEST-NOBODY",
            f"{agency} has no information officer who could answer. Ring {phone or agency}",
            field="owner",
        )


def check_rate(before: Sequence[datetime], now: datetime) -> None:
    """Not too many people are looked for. ``before`` is when this user asked, the newest first.

    Raises ``RuleBroken`` with the moment from which it is possible again, and nothing else.
    """
    again = try_again_at(before, now)
    if again is not None:
        raise RuleBroken(
            "REQUEST-RATE",
            "You have asked for many people whom you do not see. "
            f"You can ask again in {_minutes(again - now)}. If somebody is in danger, ring the "
            "duty officer of the police",
        )


def try_again_at(before: Sequence[datetime], now: datetime) -> datetime | None:
    """From when on this user may look for somebody again; None if now."""
    limits = ((MOST_IN_AN_HOUR, _HOUR), (MOST_IN_A_DAY, _DAY))
    waits = [before[most - 1] + span for most, span in limits if len(before) >= most]
    later = [moment for moment in waits if moment > now]
    return max(later, default=None)


def _minutes(span: timedelta) -> str:
    minutes = -(-span // timedelta(minutes=1))
    if minutes > 90:
        return f"{-(-minutes // 60)} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def check_step(state: State, to: State) -> None:
    """A request is answered once; only while it is discussed may more be said."""
    if to not in NEXT[state]:
        said = "withdrawn by the asker" if state is State.WITHDRAWN else f"answered: {state.words}"
        raise RuleBroken("REQUEST-OPEN", f"This request was {said}. Nothing has changed")


def check_reply(state: State) -> None:
    """The asker says more only where the owner has asked for it."""
    if state is not State.DISCUSSED:
        raise RuleBroken("REQUEST-REPLY", "Nothing is being discussed about this request now")


def check_answer(to: State, why: str, *, shares: bool) -> None:
    """The answer is one, has its words where it needs them, and its share if it is one."""
    if to not in ANSWERS:
        raise RuleBroken("REQUEST-ANSWER", "Choose an answer", field="answer")
    if to in NEEDS_WORDS and not why:
        said = "Say why you decline" if to is State.DECLINED else "Say what is to be discussed"
        raise RuleBroken("REQUEST-WHY", said, field="why")
    if shares != (to is State.SHARED):
        raise RuleBroken("REQUEST-SHARE", "Say what is shared, and until when", field="level")


def check_answerer(*, asked_it: bool, owner: str) -> None:
    """Nobody answers what they asked themselves, as whomever they asked it."""
    if asked_it:
        raise RuleBroken(
            "REQUEST-OWN-ANSWER",
            f"You asked this yourself. Another information officer of {owner} answers it",
        )


def is_told(to: State, told: State, *, unseen: bool) -> bool:
    """Whether an owner's answer reaches the asker when it is given.

    To somebody who does not see the person "no trace" says nothing: it is told on the day on which
    it is told to everybody for whom nobody was found.
    """
    return not (unseen and to is State.NO_TRACE and told is State.OPEN)


def state_told(told: State, answer_by: date, today: date, *, unseen: bool) -> State:
    """The state as its asker knows it on a day, job or no job.

    What was asked about somebody unseen and got no other answer is "no trace" after its day,
    whether nobody was found, nobody answered, or "no trace" was the answer.
    """
    if unseen and told is State.OPEN and today > answer_by:
        return State.NO_TRACE
    return told
