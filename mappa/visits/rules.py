"""What a visit can be and become, what must be said of it, and in which words. Pure.

Source: what is recorded of a visit, domain.md section 7 (College of Policing, home visits).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken

Faults = dict[str, list[str]]
"""Field name to sentences."""


class VisitState(StrEnum):
    """Where a visit stands: still to come, or one of three ends."""

    PLANNED = "planned"
    MADE = "made"
    MISSED = "missed"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as pages show it."""
        return self.value.capitalize()


NEXT: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.PLANNED: frozenset({VisitState.MADE, VisitState.MISSED, VisitState.WITHDRAWN}),
    VisitState.MADE: frozenset({VisitState.WITHDRAWN}),
    VisitState.MISSED: frozenset(),
    VisitState.WITHDRAWN: frozenset(),
}


class Outcome(StrEnum):
    """What happened at the visit."""

    SEEN_AND_SPOKEN_TO = "seen_and_spoken_to"
    SEEN_NOT_SPOKEN_TO = "seen_not_spoken_to"
    NO_REPLY = "no_reply"
    ENTRY_REFUSED = "entry_refused"
    NOT_LIVING_THERE = "not_living_there"
    IN_CUSTODY = "in_custody"
    LEFT_EARLY_FOR_SAFETY = "left_early_for_safety"

    @property
    def asks(self) -> "Asks":
        """What has to be said of a visit with this outcome."""
        return ASKS[self]

    @property
    def words(self) -> str:
        """The outcome as pages show it."""
        return self.asks.words


@dataclass(frozen=True, kw_only=True)
class Asks:
    """What an outcome is called and what it asks for.

    ``account`` is the question that must be answered in words, empty if there is none.
    """

    words: str
    present: bool = False
    concerns: bool = False
    told_next: bool = False
    account: str = ""
    account_missing: str = ""
    seen: bool = False
    failed: bool = False


_TRIED = {"account": "What did you try?", "account_missing": "Say what you tried", "failed": True}

ASKS: Mapping[Outcome, Asks] = {
    Outcome.SEEN_AND_SPOKEN_TO: Asks(
        words="Seen and spoken to", present=True, concerns=True, told_next=True, seen=True
    ),
    Outcome.SEEN_NOT_SPOKEN_TO: Asks(
        words="Seen, not spoken to", present=True, concerns=True, seen=True
    ),
    Outcome.NO_REPLY: Asks(words="No reply", **_TRIED),  # type: ignore[arg-type]
    Outcome.ENTRY_REFUSED: Asks(words="Entry refused", **_TRIED),  # type: ignore[arg-type]
    Outcome.NOT_LIVING_THERE: Asks(
        words="Not living there",
        account="How do you know?",
        account_missing="Say how you know",
    ),
    Outcome.IN_CUSTODY: Asks(
        words="In custody",
        account="Where, and how do you know?",
        account_missing="Say where, and how you know",
    ),
    Outcome.LEFT_EARLY_FOR_SAFETY: Asks(
        words="Left early for safety",
        present=True,
        concerns=True,
        account="What made it unsafe?",
        account_missing="Say what made it unsafe",
    ),
}


class Present(StrEnum):
    """Who else was there."""

    ADULT = "adult"
    CHILD = "child"
    NOBODY = "nobody"


@dataclass(frozen=True)
class Attending:
    """An officer who attended or will attend: an account, or a name and agency as typed."""

    name: str
    agency: str
    user_id: UUID | None = None
    agency_id: UUID | None = None
    team_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class LogVisit:
    """A visit that was made, as its author tells it. Times are aware.

    ``concern``, ``concern_child`` and ``told_next`` are None where the outcome does not ask.
    """

    announced: bool
    outcome: Outcome
    made_on: date
    arrived_at: datetime
    left_at: datetime
    place: str
    officers: tuple[Attending, ...]
    present: frozenset[Present] = frozenset()
    adults: str = ""
    children: str = ""
    concern: bool | None = None
    concerns: str = ""
    concern_child: bool | None = None
    told_next: bool | None = None
    account: str = ""
    next_step: str = ""
    warnings_read: frozenset[UUID] = frozenset()
    turnout: "Turnout | None" = None
    """How the police went, of a visit that nobody planned, if it is said."""


class ToldHow(StrEnum):
    """How a person was told of a visit."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    LETTER = "letter"
    MESSAGE = "message"
    THROUGH_OTHERS = "through_others"

    @property
    def words(self) -> str:
        """As pages show it."""
        return {
            ToldHow.TELEPHONE: "By telephone",
            ToldHow.IN_PERSON: "In person",
            ToldHow.LETTER: "By letter",
            ToldHow.MESSAGE: "By a message or e-mail",
            ToldHow.THROUGH_OTHERS: "Through somebody else",
        }[self]


@dataclass(frozen=True, kw_only=True)
class Turnout:
    """How police officers go, and why if not as expected: plain clothes, no marked car, accredited.

    Source: IOPC recommendation of March 2022 on what the College of Policing asks for.
    """

    plain_clothes: bool
    marked_car: bool
    accredited: bool
    reason: str = ""

    @property
    def as_expected(self) -> bool:
        """Whether nothing needs a reason."""
        return self.plain_clothes and not self.marked_car and self.accredited


@dataclass(frozen=True, kw_only=True)
class PlanVisit:
    """A visit to come: a scheduled one with its time, an unannounced one with its window."""

    announced: bool
    window_from: datetime
    window_to: datetime
    officers: tuple[Attending, ...]
    told_by: str = ""
    told_how: ToldHow | None = None
    place: str = ""
    warnings_read: frozenset[UUID] = frozenset()
    alone_reason: str = ""
    """Why fewer officers go than a warning to staff asks for."""
    turnout: Turnout | None = None


@dataclass(frozen=True)
class EndVisit:
    """A planned visit that is taken out of the plan: withdrawn, or missed."""

    state: VisitState
    reason: str


@dataclass
class _Found:
    """Faults in the order in which they were found, but for fields that are settled elsewhere."""

    faults: Faults = field(default_factory=dict)
    settled: Collection[str] = ()

    def check(self, holds: bool, name: str, sentence: str) -> None:
        """Note the sentence for the field unless the claim holds or the field has one already."""
        if not holds and name not in self.faults and name not in self.settled:
            self.faults[name] = [sentence]


def log_faults(
    visit: LogVisit,
    *,
    now: datetime,
    planned_on: date | None = None,
    settled: Collection[str] = (),
) -> Faults:
    """All that stands against logging this visit; empty if nothing does.

    ``planned_on`` is the London day on which the visit was planned, if it was. ``settled`` are the
    fields that could not be understood: nothing is said of them, nor by them of others.
    """
    found = _Found(settled=settled)
    _check_times(found, visit, now, planned_on)
    found.check(bool(visit.place), "place", "Say where the visit was")
    found.check(bool(visit.officers), "officers", "Choose at least one officer who attended")
    asks = visit.outcome.asks
    if asks.account:
        found.check(bool(visit.account), "account", asks.account_missing)
    if asks.present:
        _check_present(found, visit)
    if asks.concerns:
        _check_concerns(found, visit)
    if asks.told_next:
        said = visit.told_next is not None
        found.check(said, "told_next", "Choose whether you said when the next visit is")
    return found.faults


LONGEST_AGO = timedelta(days=3652)


def _check_times(found: _Found, visit: LogVisit, now: datetime, planned_on: date | None) -> None:
    arrived, left = visit.arrived_at, visit.left_at
    old = now - arrived > LONGEST_AGO
    found.check(not old, "made_on", "The visit must be in the last 10 years")
    tomorrow = visit.made_on > (now + timedelta(days=1)).date()
    found.check(not tomorrow, "made_on", "The day of the visit cannot be in the future")
    if "made_on" in found.faults or "made_on" in found.settled:
        return
    after = "The time you left must be after the time you arrived"
    known = not {"arrived", "overnight"} & set(found.settled)
    found.check(left > arrived or not known, "left", after)
    found.check(arrived <= now, "arrived", "The time you arrived cannot be in the future")
    found.check(left <= now or arrived > now, "left", "The time you left cannot be in the future")
    if planned_on is not None:
        earlier = "This visit was planned after that day. Log the earlier visit as one of its own"
        found.check(visit.made_on >= planned_on, "made_on", earlier)


def _check_present(found: _Found, visit: LogVisit) -> None:
    some = "Choose “Nobody else”, or say who was there"
    found.check(bool(visit.present), "present", some)
    alone = Present.NOBODY not in visit.present or len(visit.present) == 1
    found.check(alone, "present", some)


def _check_concerns(found: _Found, visit: LogVisit) -> None:
    found.check(visit.concern is not None, "concern", "Choose whether there were concerns")
    if visit.concern:
        found.check(bool(visit.concerns), "concerns", "Say what the concern is")
        child = "Choose whether the concern is for a child"
        found.check(visit.concern_child is not None, "concern_child", child)


LONGEST_WINDOW = timedelta(days=366)


def plan_faults(visit: PlanVisit, *, now: datetime) -> Faults:
    """All that stands against planning this visit; empty if nothing does."""
    found = _Found()
    begins, ends = ("on", "on") if visit.announced else ("from_on", "until_on")
    over = "The visit must be still to come" if visit.announced else "The window is already over"
    found.check(visit.window_to >= visit.window_from, ends, "The window must end after it starts")
    found.check(visit.window_to > now, ends, over)
    long = visit.window_to - visit.window_from > LONGEST_WINDOW
    found.check(not long, ends, "The window can be a year at most")
    found.check(visit.window_from - now < 3 * LONGEST_WINDOW, begins, "Choose an earlier day")
    if visit.announced:
        found.check(bool(visit.told_by), "told_by", "Say who told of the visit")
        found.check(visit.told_how is not None, "told_how", "Choose how it was told")
    found.check(bool(visit.officers), "officers", "Choose at least one officer who will go")
    return found.faults


def may_become(state: str, wanted: VisitState) -> bool:
    """Whether a visit in ``state`` can still become ``wanted``."""
    return wanted in NEXT[VisitState(state)]


def check_missed(state: VisitState, window_from: datetime | None, now: datetime) -> None:
    """Only what should have been made by now can be missed. Raises ``RuleBroken``."""
    if state is VisitState.MISSED and window_from is not None and window_from > now:
        raise RuleBroken(
            "visit-missed-early", "Its time has not come yet. Say that it will not be made",
            field="state",
        )  # fmt: skip


def attempt_words(attempt: int, *, warrant: bool) -> str:
    """How a visit without entry ends; ``warrant`` if a second one may lead to one."""
    words = f"This is failed attempt {attempt}."
    return f"{words} Your supervisor may consider a warrant." if warrant and attempt > 1 else words


def warrant_possible(agency_type: str, category: int | None) -> bool:
    """Whether failed attempts count towards a warrant: police, and a person who must notify.

    Source: s96B Sexual Offences Act 2003 (England and Wales), s96A (Scotland).
    """
    return agency_type == "police" and category == 1


VISITING = frozenset({"police", "probation", "justice-social-work"})
"""Types of agency whose made visits start the clock for the next one."""


def kind_words(announced: bool) -> str:
    """How pages call the kind of a visit."""
    return "Scheduled" if announced else "Unannounced"
