"""Handovers, caseloads and deputies in the words of the pages. What is shown is already gated."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.agencies.queries import StaffMember
from mappa.kernel.clock import day_of
from mappa.offenders.handover.queries import Cover
from mappa.offenders.handover.rules import HandoverState, Stays, state_on
from mappa.offenders.models import full_name
from mappa.web.words import day

_COLOURS = {
    HandoverState.PROPOSED: "blue",
    HandoverState.ACCEPTED: "green",
    HandoverState.DECLINED: "red",
    HandoverState.WITHDRAWN: "grey",
    HandoverState.LAPSED: "grey",
}


@dataclass(frozen=True, kw_only=True)
class HandoverRow:
    """One person of a handover: who, from whom, to whom, and how it stands."""

    id: UUID
    name: str
    person_href: str
    href: str
    briefing_href: str
    hands: str
    state: str
    colour: str
    open: bool
    facts: Sequence[tuple[str, str]]


def handover_row(seen: Seen, today: date) -> HandoverRow:
    """A handover as its reader sees it."""
    state = state_on(HandoverState(seen.state), seen.last_day, today)
    return HandoverRow(
        id=seen.record,
        name=full_name(seen.given_name, seen.family_name),
        person_href=url_for("insight.overview", person_id=seen.person_id),
        href=url_for("handover.show", handover_id=seen.record),
        briefing_href=url_for("insight.briefing", handover_id=seen.record),
        hands=f"From {_sender(seen)} to {seen.to_name}, {seen.to_agency}",
        state=state.words.capitalize(),
        colour=_COLOURS[state],
        open=state is HandoverState.PROPOSED,
        facts=_facts(seen, state),
    )


def _sender(seen: Seen) -> str:
    return f"{seen.from_name or 'nobody'}, {seen.from_agency}"


def _facts(seen: Seen, state: HandoverState) -> list[tuple[str, str]]:
    facts = [
        ("From", _sender(seen)),
        ("To", f"{seen.to_name}, {seen.to_agency}"),
        ("Why", seen.why),
        ("Proposed", day(seen.proposed_at)),
        ("Overlap", _overlap(seen)),
    ]
    if seen.owner_agency_id != seen.to_agency_id:
        facts.append(("Lead", f"{seen.to_agency} becomes the lead agency"))
        facts.append((seen.from_agency, Stays(seen.stays).words))
    if state is HandoverState.PROPOSED:
        facts.append(("Answer by", day(seen.last_day)))
    if seen.answered_at:
        facts.append((state.words.capitalize(), day(seen.answered_at)))
    if seen.answer:
        facts.append(("Said", seen.answer))
    return facts


def _overlap(seen: Seen) -> str:
    if seen.overlap_until is None:
        return "None: the case passes on the day it is accepted"
    return f"Both work together from the day it is accepted until {day(seen.overlap_until)}"


@dataclass(frozen=True)
class Line:
    """One person of a caseload."""

    id: UUID
    name: str
    href: str
    level: str


def line(seen: Seen) -> Line:
    """A person of a caseload."""
    number = seen.get("level")
    return Line(
        seen.record,
        full_name(seen.given_name, seen.family_name),
        url_for("insight.overview", person_id=seen.record),
        f"Level {number}" if number else "",
    )


@dataclass(frozen=True)
class CoverLine:
    """Somebody stands in: from when until when, both days included."""

    id: UUID
    manager_id: UUID
    manager: str
    deputy: str
    days: str


def cover_line(cover: Cover) -> CoverLine:
    """A cover in words."""
    last = day_of(cover.ends_at - timedelta(seconds=1))
    return CoverLine(
        cover.id, cover.manager_id, cover.manager, cover.deputy,
        f"{day(cover.starts_at)} to {day(last)}",
    )  # fmt: skip


def receiver_options(staff: Sequence[StaffMember]) -> list[tuple[str, str]]:
    """Whom a case can be handed to: the two ids and the words."""
    return [
        (f"{each.user_id}.{each.agency_id}", f"{each.name}, {each.agency_name}") for each in staff
    ]
