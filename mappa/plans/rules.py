"""What a risk management plan is, when it can be agreed, and the text that is frozen. Pure.

Source: MAPPA guidance (England and Wales), chapters on the four pillars and on risk management
plans; Scottish guidance and FRAME for the Scottish headings. The pillars are recommended headings;
contingency plans are required.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.kernel.ids import NOBODY


class State(StrEnum):
    """Where a version stands."""

    DRAFT = "draft"
    AGREED = "agreed"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as the page's tag says it."""
        return "replaced" if self is State.SUPERSEDED else self.value


NEXT: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.AGREED, State.WITHDRAWN}),
    State.AGREED: frozenset({State.SUPERSEDED}),
    State.SUPERSEDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
"""From each state, the states it may go to."""


class Pillar(StrEnum):
    """The headings of a plan."""

    SUPERVISION = "supervision"
    MONITORING = "monitoring"
    INTERVENTIONS = "interventions"
    VICTIM_SAFETY = "victim_safety"


_ENGLAND_WALES = {
    Pillar.SUPERVISION: "Supervision",
    Pillar.MONITORING: "Monitoring and control",
    Pillar.INTERVENTIONS: "Interventions and treatment",
    Pillar.VICTIM_SAFETY: "Victim safety",
}
_SCOTLAND = {
    Pillar.MONITORING: "Monitoring",
    Pillar.SUPERVISION: "Supervision",
    Pillar.INTERVENTIONS: "Intervention",
    Pillar.VICTIM_SAFETY: "Victim safety planning",
}


LIFELONG = "Under an order for lifelong restriction"
YEARLY = "reviewed at least once a year, with the annual report"


def headings(jurisdiction: str) -> dict[Pillar, str]:
    """The pillars in the order and the words of the jurisdiction."""
    return _SCOTLAND if jurisdiction == "scotland" else _ENGLAND_WALES


@dataclass(frozen=True, kw_only=True)
class MeasureText:
    """A measure as it is written."""

    pillar: Pillar
    what: str
    user: UUID = NOBODY
    agency: UUID = NOBODY
    when: str = ""
    due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ContingencyText:
    """A contingency as it is written."""

    if_: str
    then: str
    user: UUID = NOBODY
    agency: UUID = NOBODY
    within: str = ""


@dataclass(frozen=True, kw_only=True)
class PlanText:
    """Everything that a version says."""

    number: int
    review_on: date | None
    measures: Sequence[MeasureText]
    contingencies: Sequence[ContingencyText]
    lifelong: bool = False


def check_step(now: State, to: State) -> None:
    """Raise ``RuleBroken`` unless a version may go from ``now`` to ``to``."""
    if to not in NEXT[now]:
        raise RuleBroken(
            "plan-step", f"This version is {now.words}, so it cannot become {to.words}"
        )


def check_draft(now: State) -> None:
    """Raise ``RuleBroken`` unless the version can still be written."""
    if now is not State.DRAFT:
        raise RuleBroken(
            "plan-is-frozen",
            f"This version is {now.words}. Its text can no longer change; start a new version.",
        )


def check_measure(measure: MeasureText) -> None:
    """Raise ``RuleBroken`` if the measure says neither when nor how often."""
    if not measure.when and measure.due_on is None:
        raise RuleBroken(
            "measure-has-a-time",
            "Say when or how often, like every week, or enter a date",
            field="when",
        )


def check_review(review_on: date, *, today: date) -> None:
    """Raise ``RuleBroken`` unless the review is still to come."""
    if review_on <= today:
        raise RuleBroken(
            "plan-review-to-come",
            "The day of the next review must be after today",
            field="review_on",
        )


def check_read(what: str, *, same: bool) -> None:
    """Raise ``RuleBroken`` if what is about to be acted on is not what was read."""
    if not same:
        raise RuleBroken(
            "plan-read-before-acted-on",
            f"The {what} has changed since you opened this page. Read it again below.",
        )


def missing(plan: PlanText, *, today: date) -> list[str]:
    """Everything that still prevents agreement, in the order of the page; empty if nothing does."""
    said = [fault for measure in plan.measures for fault in _measure_faults(measure)]
    if not plan.measures:
        said.append("There is no measure yet: add what will be done, by whom and how often")
    said += [fault for each in plan.contingencies for fault in _contingency_faults(each)]
    if not plan.contingencies:
        said.append("There is no contingency yet: say what happens if things change")
    if plan.review_on is None:
        said.append("The day of the next review is not set")
    elif plan.review_on <= today:
        said.append("The day of the next review is not after today")
    return said


def _measure_faults(measure: MeasureText) -> Iterator[str]:
    if measure.agency == NOBODY:
        yield f"Nobody is named for “{_short(measure.what)}”"
    if not measure.when and measure.due_on is None:
        yield f"“{_short(measure.what)}” has neither a date nor how often"


def _contingency_faults(each: ContingencyText) -> Iterator[str]:
    if each.agency == NOBODY:
        yield f"Nobody is named for “If {_short(each.if_)}”"
    if not each.within:
        yield f"“If {_short(each.if_)}” does not say how soon"


def check_complete(plan: PlanText, *, today: date) -> None:
    """Raise ``RuleBroken`` with all that is missing at once."""
    said = missing(plan, today=today)
    if said:
        raise RuleBroken("plan-is-complete", *said)


def frozen(plan: PlanText, *, people: dict[UUID, str], jurisdiction: str) -> str:
    """The text of a version as it is agreed, with names as they were on that day."""
    lines = [f"Risk management plan, version {plan.number}"]
    for pillar, heading in headings(jurisdiction).items():
        lines += ["", heading]
        lines += [_measure_line(m, people) for m in plan.measures if m.pillar is pillar] or ["–"]
    lines += ["", "If things change"]
    lines += [_contingency_line(each, people) for each in plan.contingencies]
    lines += ["", f"Next review by {_day(plan.review_on)}"]
    if plan.lifelong:
        lines += [f"{LIFELONG}: {YEARLY}"]
    return "\n".join(lines)


def digest(text: str) -> str:
    """The digest of a frozen text."""
    return hashlib.sha256(text.encode()).hexdigest()


def _measure_line(measure: MeasureText, people: dict[UUID, str]) -> str:
    parts = [measure.what, _who(measure.user, measure.agency, people), measure.when]
    if measure.due_on:
        parts.append(f"by {_day(measure.due_on)}")
    return " | ".join(_folded(part) for part in parts if part)


def _contingency_line(each: ContingencyText, people: dict[UUID, str]) -> str:
    who = _who(each.user, each.agency, people)
    parts = (f"If {each.if_}", f"then {each.then}", who, f"within {each.within}")
    return " | ".join(_folded(part) for part in parts)


def _who(user: UUID, agency: UUID, people: dict[UUID, str]) -> str:
    return ", ".join(people[each] for each in (user, agency) if each in people)


def _folded(text: str) -> str:
    # A typed line break or bar must not make two plans read alike.
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", "\\n")


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B} {day.year}" if day else "–"


def _short(text: str) -> str:
    first = text.split("\n")[0]
    return first if len(first) <= 60 else f"{first[:59].rstrip()}…"
