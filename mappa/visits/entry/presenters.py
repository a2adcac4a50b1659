"""Failed entries and warrants in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from mappa.access.reading import Seen
from mappa.kernel.db import NOBODY
from mappa.visits.entry.queries import Case
from mappa.visits.entry.rules import AtPremises, Attempt, Rank, Step, WhyNot
from mappa.web import words


@dataclass(frozen=True)
class AttemptLine:
    """An attempt: when, by whom, what was tried, and why it does not count if it does not."""

    visit_id: UUID
    when: str
    officers: str
    reason: str
    place: str
    why_not: str = ""


@dataclass(frozen=True)
class PremisesBlock:
    """What counts at one address."""

    place: str
    count: str
    unraised: bool
    """Whether there is enough for a warrant, and none is being considered."""
    occasions: list[list[AttemptLine]]


@dataclass(frozen=True)
class CaseBlock:
    """A warrant to be considered: what raised it and its steps, the latest last."""

    place: str
    raised: str
    state: str
    steps: list[tuple[str, str, str]]
    href: str = ""


def _line(each: Attempt, why_not: str = "") -> AttemptLine:
    officers = ", ".join(sorted(each.officers)) or "Officers not named"
    when = words.moment(each.at)
    return AttemptLine(each.visit_id, when, officers, each.reason, each.place, why_not)


def premises_block(each: AtPremises, place: str, *, considered: bool) -> PremisesBlock:
    """The attempts that count at an address, by occasion."""
    number = len(each.occasions)
    count = f"{number} {'occasion' if number == 1 else 'occasions'}"
    occasions = [[_line(one) for one in group] for group in each.occasions]
    return PremisesBlock(place, count, each.consider and not considered, occasions)


def left_out_line(each: Attempt, why: WhyNot) -> AttemptLine:
    """An attempt that does not count, and why."""
    return _line(each, why.words)


def said_line(said: Seen, places: Mapping[UUID, str], by: Mapping[UUID, str]) -> str:
    """What was said of a visit, by whom and when."""
    where = "somewhere else"
    if said.address_id != NOBODY:
        where = places.get(said.address_id, "an address that does not stand any more")
    what = f"Yes, at {where}" if said.sought else "No"
    return f"{what}. {by.get(said.said_by_id, '')}, {words.moment(said.said_at)}"


def case_block(case: Case, by: Mapping[UUID, str], *, href: str = "") -> CaseBlock:
    """A warrant as the police agency sees it."""
    raised = f"After {case.case.occasions} occasions, on {words.day(case.case.raised_on)}"
    steps = [
        (
            f"{Step(each.step).words}, {words.day(each.done_on)}",
            _terms(each),
            f"{each.reason} Recorded by {by.get(each.by_id, '')}, {words.moment(each.at)}.",
        )
        for each in case.steps
    ]
    return CaseBlock(case.case.place, raised, case.last.words, steps, href)


def _terms(step: Seen) -> str:
    if step.senior:
        return f"Decided by {Rank(step.rank).words} {step.senior}."
    if step.valid_until:
        entries = f"{step.entries} {'entry' if step.entries == 1 else 'entries'}"
        return f"Good until {words.day(step.valid_until)}, for {entries}."
    return ""
