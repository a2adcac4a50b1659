"""What a visit commitment says, which one governs, and the window it gives. Pure.

Source: domain.md section 7. By band: the frequency in use until June 2017, still the usual default
in England and Wales; since 29 June 2017 (NPCC) the plan of the person decides. No national table
was found for Scotland, so nothing is assumed there.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.visits.rules import VISITING, Faults

RULE = KIND = "visit-commitment"
"""The rule and the kind of the duty to set a commitment where there is none."""


@dataclass(frozen=True, order=True)
class Interval:
    """So many weeks or months from one visit to the next."""

    amount: int
    unit: str

    @property
    def code(self) -> str:
        """As a duty keeps it: "3 months"."""
        return f"{self.amount} {self.unit}"

    @property
    def words(self) -> str:
        """In running text: "every month", "every 3 months"."""
        several = self.unit.replace("calendar_", "").replace("_", " ")
        one = several.removesuffix("s")
        return f"every {one}" if self.amount == 1 else f"every {self.amount} {several}"

    @property
    def days(self) -> int:
        """About how long it is, to compare two of them."""
        return round(self.amount * _DAYS[self.unit])


_DAYS = {
    "calendar_days": 1.0,
    "working_days": 1.4,
    "weeks": 7.0,
    "months": 30.4375,
    "years": 365.25,
}


def interval_of(code: str) -> Interval | None:
    """What ``code`` made; None for nothing."""
    if not code:
        return None
    amount, unit = code.split(" ")
    return Interval(int(amount), unit)


_OFFERED = (
    Interval(1, "weeks"),
    Interval(2, "weeks"),
    Interval(4, "weeks"),
    *(Interval(months, "months") for months in (1, 2, 3, 4, 6, 12)),
)
INTERVALS: Mapping[str, Interval] = {each.code: each for each in _OFFERED}
"""What can be chosen, the shortest first."""

DEFAULTS: Mapping[str, Interval] = {
    "very_high": Interval(1, "months"),
    "high": Interval(3, "months"),
    "medium": Interval(6, "months"),
    "low": Interval(12, "months"),
}
"""By risk band: for visits by police in England and Wales to people of category 1."""


class Basis(StrEnum):
    """What a commitment that was set rests on."""

    PLAN = "plan"
    SUPERVISOR = "supervisor"

    @property
    def words(self) -> str:
        """As pages show it."""
        return {Basis.PLAN: "The agreed plan", Basis.SUPERVISOR: "A supervisor’s decision"}[self]


class Times(StrEnum):
    """Kinds of time at which visits are to be made."""

    WEEKDAY = "weekday"
    EVENING = "evening"
    WEEKEND = "weekend"

    @property
    def words(self) -> str:
        """As pages show it."""
        return {
            Times.WEEKDAY: "Weekdays before 5pm",
            Times.EVENING: "Evenings",
            Times.WEEKEND: "Weekends",
        }[self]


class Manner(StrEnum):
    """Who goes."""

    SINGLE = "single"
    TWO = "two"
    JOINT = "joint"

    @property
    def words(self) -> str:
        """As pages show it."""
        return {
            Manner.SINGLE: "One officer",
            Manner.TWO: "Two officers",
            Manner.JOINT: "Together with another agency",
        }[self]


@dataclass(frozen=True, kw_only=True)
class SetCommitment:
    """How an agency is to visit somebody. ``unannounced`` is None if none has to be."""

    basis: Basis
    every: Interval
    unannounced: Interval | None
    times: Collection[Times] = ()
    manner: Manner
    agencies: str = ""
    devices: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EndCommitment:
    """That a commitment does not stand any more, and why."""

    reason: str


def faults(command: SetCommitment) -> Faults:
    """What is wrong with a commitment, by field; empty if nothing is."""
    found: Faults = {}
    if command.unannounced is not None and command.unannounced.days < command.every.days:
        found["unannounced"] = ["Unannounced visits cannot be more frequent than all visits"]
    if not command.times:
        found["times"] = ["Choose at least one kind of time"]
    if command.manner is Manner.JOINT and not command.agencies:
        found["agencies"] = ["Say which agency goes too, and how often"]
    if command.basis is Basis.SUPERVISOR and not command.reason:
        found["reason"] = ["Say why, without a plan that says so"]
    return found


def check_agency(agency_type: str) -> None:
    """Only agencies that visit commit themselves. Raises ``RuleBroken``."""
    if agency_type not in VISITING:
        raise RuleBroken("commitment-of-visitors", "Your agency does not visit people at home here")


def check_plan(basis: Basis, agreed: int | None) -> None:
    """What rests on the plan needs an agreed one. Raises ``RuleBroken``."""
    if basis is Basis.PLAN and agreed is None:
        raise RuleBroken(
            "commitment-needs-plan",
            "No plan is agreed that you can read. Have one agreed, or let a supervisor decide",
            field="basis",
        )


@dataclass(frozen=True)
class Now:
    """How the agency visits until now, and from which days its overdue visits are counted.

    ``every`` and ``unannounced`` are None where nothing says how often.
    """

    every: Interval | None
    unannounced: Interval | None
    overdue: Collection[date] = ()
    overdue_unannounced: Collection[date] = ()


def check_less(command: SetCommitment, until_now: Now, today: date) -> None:
    """Fewer visits have their reason, and none that is overdue disappears by the way.

    Raises ``FieldErrors`` without a reason, ``RuleBroken`` where a visit is overdue and it is not a
    supervisor who decides.
    """
    gone = _clears(command.every, until_now.overdue, today) or _clears(
        command.unannounced, until_now.overdue_unannounced, today
    )
    if gone and command.basis is not Basis.SUPERVISOR:
        raise RuleBroken(
            "commitment-overdue",
            "A visit is overdue. Make it first, or let a supervisor decide to visit less often",
            field="every",
        )
    if (gone or visits_less(command, until_now)) and not command.reason:
        raise FieldErrors({"reason": ["Say why the person is to be visited less often"]})


def _clears(every: Interval | None, counted_from: Collection[date], today: date) -> bool:
    """Whether a visit that is overdue would not be by this interval."""
    latest = today - timedelta(days=every.days) if every else date.min
    return any(each >= latest for each in counted_from)


def visits_less(command: SetCommitment, until_now: Now) -> bool:
    """Whether there would be fewer visits than until now, or fewer that are unannounced."""
    fewer = until_now.every is not None and command.every.days > until_now.every.days
    before, after = until_now.unannounced, command.unannounced
    if before is None:
        return fewer
    return fewer or after is None or after.days > before.days


def check_stands(every: str) -> None:
    """Only what stands can be ended. Raises ``RuleBroken``."""
    if not every:
        raise RuleBroken("commitment-stands", "No commitment is set, so there is none to end")


def check_not_reactive(reactive: bool) -> None:
    """Under reactive management no commitment is set or ended. Raises ``RuleBroken``."""
    if reactive:
        raise RuleBroken(
            "commitment-reactive", "Under reactive management nobody visits. End that first"
        )


# Which commitment governs


class Source(StrEnum):
    """Where a frequency comes from."""

    REACTIVE = "reactive"
    SET = "set"
    AREA = "area"
    DEFAULT = "default"
    NOT_SET = "not_set"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the default hangs on. ``band`` is None where nobody assessed it."""

    jurisdiction: str
    agency_type: str
    category: int | None
    band: str | None


@dataclass(frozen=True)
class Governing:
    """The frequency that holds, and where it comes from.

    Without one it is not set, or nobody visits as a matter of routine.
    """

    source: Source
    every: Interval | None


def default_of(facts: Facts) -> Interval | None:
    """The usual frequency by risk band, where there is one."""
    usual = (
        facts.jurisdiction == "england-wales"
        and facts.agency_type == "police"
        and facts.category == 1
    )
    return DEFAULTS.get(facts.band or "") if usual else None


def governing(facts: Facts, own: Interval | None, area: Interval | None) -> Governing:
    """What holds: what was set for the person, else for the area, else the usual default."""
    if own is not None:
        return Governing(Source.SET, own)
    if area is not None:
        return Governing(Source.AREA, area)
    usual = default_of(facts)
    return Governing(Source.DEFAULT if usual else Source.NOT_SET, usual)


# By when


def band_rule(kind: str, band: str | None) -> str:
    """The rule by which the next visit of a kind is due where nothing was set for the person."""
    prefix = "unannounced-visit-review" if kind == "visit-unannounced" else "visit-review"
    return f"{prefix}-{(band or 'not_assessed').replace('_', '-')}"


def goes_by_band(rule_id: str) -> bool:
    """Whether a duty follows the risk band."""
    return rule_id.startswith(("visit-review-", "unannounced-visit-review-"))


@dataclass(frozen=True)
class Window:
    """From the day after the last visit until the day by which the next is due, both included."""

    from_on: date
    until_on: date

    def is_overdue(self, today: date) -> bool:
        """Whether all of it has passed."""
        return self.until_on < today


def window(starts_on: date, due_on: date) -> Window:
    """The window of a duty: a day of it is as good as another, so that none can be expected."""
    return Window(min(starts_on + timedelta(days=1), due_on), due_on)
