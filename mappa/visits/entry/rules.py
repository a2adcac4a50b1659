"""When failed entries may lead to a warrant, and what a warrant goes through. Pure.

Source: Sexual Offences Act 2003 s96B (England and Wales) and s96A (Scotland): a constable sought
entry to the same premises, so as to search them and assess the risk, on two occasions, and could
not; the premises are the last notified home or where the person is regularly found; not while the
person is in custody, in hospital or outside the United Kingdom.

Neither section says what an occasion is. Until a source says otherwise two attempts on one day with
an officer in common are one: the reading that raises less.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.rules.away import Absence, Away

SUBJECT_CATEGORY = 1
"""Subject to notification (MAPPA guidance: category 1 is, while the requirements last)."""
PREMISES_KINDS = frozenset({"home", "regular"})
"""Kinds of address that a warrant can be for: where somebody lives, or is regularly found."""


class WhyNot(StrEnum):
    """Why an attempt does not count."""

    NOT_POLICE = "not_police"
    NOT_SOUGHT = "not_sought"
    NOT_ANSWERED = "not_answered"
    OTHER_PREMISES = "other_premises"
    AWAY = "away"
    SEEN_SINCE = "seen_since"
    USED = "used"

    @property
    def words(self) -> str:
        """The reason as pages say it."""
        return _WHY_NOT[self]


_WHY_NOT = {
    WhyNot.NOT_POLICE: "not made by the police",
    WhyNot.NOT_SOUGHT: "entry was not sought to search and assess the risk",
    WhyNot.NOT_ANSWERED: "nobody has said whether entry was sought to search",
    WhyNot.OTHER_PREMISES: "not at an address that stands as home or regularly used",
    WhyNot.AWAY: "made while in custody, in hospital or abroad",
    WhyNot.SEEN_SINCE: "seen since then",
    WhyNot.USED: "a decision on a warrant was made since then",
}


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """A visit without entry. ``sought`` is None until somebody says whether it was to search.

    ``premises`` is the address on record at which it was; None for elsewhere.
    """

    visit_id: UUID
    at: datetime
    on: date
    police: bool
    sought: bool | None
    premises: UUID | None = None
    officers: frozenset[str] = frozenset()
    reason: str = ""
    place: str = ""
    """As the visit says it."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What else bears on it: the law, not the attempts.

    ``premises`` are the addresses that stand, ``seen_on`` is when the police last saw the person,
    ``decided`` when a warrant for each premises was last decided on or refused.
    """

    subject: bool
    premises: Collection[UUID]
    today: date
    needed: int
    away: Sequence[Away] = ()
    seen_on: date | None = None
    decided: Mapping[UUID, datetime] | None = None

    def away_on(self, on: date) -> Absence | None:
        """Why the person was not to be found at home on a day."""
        kinds = (Absence.CUSTODY, Absence.HOSPITAL, Absence.ABROAD)
        found = (each.kind for each in self.away if each.kind in kinds and each.covers(on))
        return next(found, None)


@dataclass(frozen=True)
class AtPremises:
    """The attempts that count at one address, by occasion, and what follows from them."""

    premises: UUID
    occasions: tuple[tuple[Attempt, ...], ...]
    consider: bool


@dataclass(frozen=True)
class Found:
    """What the attempts amount to; ``holds_off`` is why nothing is raised whatever they are."""

    at: tuple[AtPremises, ...]
    left_out: tuple[tuple[Attempt, WhyNot], ...]
    holds_off: str = ""


def weigh(attempts: Iterable[Attempt], around: Around) -> Found:
    """Sort attempts by premises and occasion, and say where a warrant is to be considered."""
    counted: dict[UUID, list[Attempt]] = {}
    left_out = []
    for each in sorted(attempts, key=lambda one: (one.at, one.visit_id)):
        why_not = _why_not(each, around)
        if why_not is not None:
            left_out.append((each, why_not))
        elif each.premises is not None:
            counted.setdefault(each.premises, []).append(each)
    holds_off = _holds_off(around)
    at = []
    for premises, made in counted.items():
        occasions = _occasions(made)
        enough = len(occasions) >= around.needed
        at.append(AtPremises(premises, occasions, enough and not holds_off))
    return Found(tuple(at), tuple(left_out), holds_off)


def _holds_off(around: Around) -> str:
    if not around.subject:
        return "Not subject to notification: no warrant can be asked for"
    away = around.away_on(around.today)
    return f"No warrant can be asked for while {away.words}" if away else ""


def _why_not(each: Attempt, around: Around) -> WhyNot | None:
    """The first reason why an attempt does not count; None if it does."""
    decided = (around.decided or {}).get(each.premises) if each.premises else None
    reasons = (
        (not each.police, WhyNot.NOT_POLICE),
        (each.sought is None, WhyNot.NOT_ANSWERED),
        (each.sought is False, WhyNot.NOT_SOUGHT),
        (each.premises not in around.premises, WhyNot.OTHER_PREMISES),
        (around.away_on(each.on) is not None, WhyNot.AWAY),
        (around.seen_on is not None and around.seen_on >= each.on, WhyNot.SEEN_SINCE),
        (decided is not None and decided >= each.at, WhyNot.USED),
    )
    return next((why for holds, why in reasons if holds), None)


def _occasions(made: Sequence[Attempt]) -> tuple[tuple[Attempt, ...], ...]:
    """Attempts of one day with an officer in common, in a chain, are one occasion."""
    found: list[list[Attempt]] = []
    for each in made:
        same = [
            group
            for group in found
            if any(one.on == each.on and _share(one, each) for one in group)
        ]
        joined = [one for group in same for one in group]
        found = [group for group in found if group not in same]
        found.append([*joined, each])
    return tuple(tuple(group) for group in sorted(found, key=lambda group: group[0].at))


def _share(one: Attempt, other: Attempt) -> bool:
    """An officer in common; where nobody is named nothing says that they were others."""
    return bool(one.officers & other.officers) or not (one.officers and other.officers)


class Step(StrEnum):
    """What becomes of a warrant: each but the first, in which it is raised, is a row of its own."""

    RAISED = "raised"
    ASKED = "asked"
    NOT_ASKED = "not_asked"
    GRANTED = "granted"
    REFUSED = "refused"
    EXECUTED = "executed"
    LAPSED = "lapsed"

    @property
    def words(self) -> str:
        """The step as pages say it."""
        return _STEP_WORDS[self]


_STEP_WORDS = {
    Step.RAISED: "To be considered",
    Step.ASKED: "Asked for",
    Step.NOT_ASKED: "Not asked for",
    Step.GRANTED: "Granted",
    Step.REFUSED: "Refused",
    Step.EXECUTED: "Executed",
    Step.LAPSED: "Ran out unused",
}
NEXT: Mapping[Step, frozenset[Step]] = {
    Step.RAISED: frozenset({Step.ASKED, Step.NOT_ASKED}),
    Step.ASKED: frozenset({Step.GRANTED, Step.REFUSED}),
    Step.NOT_ASKED: frozenset(),
    Step.GRANTED: frozenset({Step.EXECUTED, Step.LAPSED}),
    Step.REFUSED: frozenset(),
    Step.EXECUTED: frozenset({Step.EXECUTED, Step.LAPSED}),
    Step.LAPSED: frozenset(),
}
DECIDED_BY_SENIOR = frozenset({Step.ASKED, Step.NOT_ASKED})


class Rank(StrEnum):
    """Superintendent or above: who may apply (s96A(1) and s96B(10))."""

    SUPERINTENDENT = "superintendent"
    CHIEF_SUPERINTENDENT = "chief_superintendent"
    ASSISTANT_CHIEF_CONSTABLE = "assistant_chief_constable"
    DEPUTY_CHIEF_CONSTABLE = "deputy_chief_constable"
    CHIEF_CONSTABLE = "chief_constable"

    @property
    def words(self) -> str:
        """The rank as pages say it."""
        return self.value.replace("_", " ").capitalize()


@dataclass(frozen=True, kw_only=True)
class SayEntry:
    """Whether entry was sought so as to search and assess the risk, and at which address."""

    sought: bool
    address_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class TakeStep:
    """What was decided, or what became of it, on which day and by whom."""

    step: Step
    on: date
    reason: str
    senior: str = ""
    rank: Rank | None = None
    valid_until: date | None = None
    entries: int | None = None


@dataclass(frozen=True)
class Terms:
    """How long a warrant holds and for how many entries; None where the warrant itself says."""

    last_day: date | None = None
    entries: int | None = None


def check_place(logged: str, premises: str) -> None:
    """The visit was made at these premises, as far as it says where. Raises ``FieldErrors``.

    One address may be written shorter than the other: the first line of either must be in the
    other.
    """
    one, other = _plain(logged), _plain(premises)
    begins = [_plain(each.split(",")[0]) for each in (logged, premises)]
    if one and begins[0] not in other and begins[1] not in one:
        said = f"The visit was logged at “{logged}”. Choose that address, or correct the visit"
        raise FieldErrors({"address_id": [said]})


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def check_say(command: SayEntry, offered: Collection[UUID]) -> None:
    """Raise ``FieldErrors`` for an address that does not stand on the record."""
    if command.address_id is not None and command.address_id not in offered:
        raise FieldErrors({"address_id": ["Choose an address from the list"]})


def is_open(last: Step, used: int, entries: int | None) -> bool:
    """Whether anything can still come of it: ``used`` entries of ``entries``, if they are limited.

    A warrant without a number is for one entry until it says otherwise.
    """
    if last is Step.EXECUTED:
        return used < (entries or 1)
    return bool(NEXT[last])


def check_step(
    command: TakeStep,
    last: Step,
    *,
    today: date,
    since: date,
    terms: Terms,
    still_open: bool,
) -> None:
    """Raise ``RuleBroken`` for a step that cannot follow, ``FieldErrors`` for what is missing."""
    if not still_open or command.step not in NEXT[last]:
        said = f"The warrant stands at: {last.words.lower()}. Open the page again"
        raise RuleBroken("WARRANT-STEP", said, field="step")
    faults: dict[str, list[str]] = {}
    if not since <= command.on <= today:
        faults["on"] = ["Enter a day from when it was raised, or last dealt with, until today"]
    if not command.reason:
        faults["reason"] = ["Say why, or what came of it"]
    if command.step in DECIDED_BY_SENIOR and not (command.senior and command.rank):
        faults["senior"] = ["Name the superintendent, or officer above, who decided"]
    if command.step is Step.GRANTED:
        faults |= _term_faults(command, terms)
    if faults:
        raise FieldErrors(faults)


def _term_faults(command: TakeStep, terms: Terms) -> dict[str, list[str]]:
    faults = {}
    if terms.last_day is None and (command.valid_until is None or command.valid_until < command.on):
        faults["valid_until"] = ["Enter the last day of the warrant, as the warrant says"]
    if terms.entries is None and not command.entries:
        faults["entries"] = ["Enter for how many entries the warrant is, as it says"]
    return faults
