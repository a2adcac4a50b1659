"""Rows of work as home and the work list show them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.insight.deeds import duty_link, duty_title
from mappa.insight.queries.people import name_of
from mappa.insight.words import done
from mappa.kernel.clock import day_of
from mappa.reminders.service import holidays_between
from mappa.rules.calendar import days_between, is_working_day
from mappa.rules.levels import Jurisdiction
from mappa.web.words import age_of, day, hour

NEXT_DAYS = 7

_BY_RISK = ("very_high", "high", "medium", "not_assessed", "low", None)
"""Unknown risk stands above low: it is not a low risk."""


@dataclass(frozen=True, kw_only=True)
class WorkRow:
    """One row: what and who, when, and the one thing to do."""

    state: str
    title: str
    person_name: str
    person_href: str
    risk: str | None
    level_text: str
    note: str
    age: str
    due: str
    why_href: str | None
    act_label: str
    act_href: str


@dataclass(frozen=True)
class Work:
    """The lists of home. Their counts are their lengths."""

    overdue: Sequence[WorkRow]
    soon: Sequence[WorkRow]
    later: Sequence[WorkRow]
    waiting: Sequence[WorkRow]


def work(
    mine: Sequence[Seen], waiting: Sequence[Seen], today: date, jurisdiction: str, *, me: UUID
) -> Work:
    """The reader's work: late by risk, then age; the rest by day.

    What is done for somebody who is away says for whom.
    """

    def row(seen: Seen) -> WorkRow:
        for_whom = "" if seen.owner_user_id == me else f"Covering for {seen.owner_name}"
        return duty_row(seen, today, note=for_whom)

    late = sorted((each for each in mine if each.due_on < today), key=_riskiest)
    limit = today + timedelta(days=NEXT_DAYS)
    return Work(
        overdue=[row(each) for each in late],
        soon=[row(each) for each in mine if today <= each.due_on < limit],
        later=[row(each) for each in mine if each.due_on >= limit],
        waiting=[_waiting_row(each, today, jurisdiction) for each in waiting],
    )


def _riskiest(seen: Seen) -> tuple[int, date, UUID]:
    return _BY_RISK.index(seen.person_risk), seen.due_on, seen.id


def _overview(seen: Seen) -> str:
    return url_for("insight.overview", person_id=seen.person_id)


def duty_row(seen: Seen, today: date, *, note: str = "") -> WorkRow:
    """A duty as a row."""
    label, href = duty_link(seen.kind, seen.person_id, seen.about_id)
    return WorkRow(
        state="overdue" if seen.due_on < today else "soon",
        title=duty_title(seen.title),
        person_name=name_of(seen),
        person_href=_overview(seen),
        risk=seen.person_risk,
        level_text=f"Level {seen.person_level}" if seen.person_level else "",
        note=note,
        age=age_of(seen.due_on, today),
        due=f"Due {day(seen.due_on, weekday=True)}",
        why_href=url_for("reminders.why", deadline_id=seen.id),
        act_label=label,
        act_href=href,
    )


def _waiting_row(seen: Seen, today: date, jurisdiction: str) -> WorkRow:
    asked_on = day_of(seen.set_at)
    return WorkRow(
        state="waiting",
        title=seen.what,
        person_name=name_of(seen),
        person_href=_overview(seen),
        risk=None,
        level_text="",
        note=f"With {seen.owner_name}, {seen.assigned_name}",
        age=_working_days(asked_on, today, jurisdiction),
        due=f"Asked {asked_on.day} {asked_on:%B}",
        why_href=None,
        act_label="Open the action",
        act_href=url_for("actions.show", action_id=seen.id),
    )


def _working_days(since: date, today: date, jurisdiction: str) -> str:
    """Say how many working days have passed after a day."""
    holidays = holidays_between(Jurisdiction(jurisdiction), since.year, today.year)
    passed = days_between(since + timedelta(days=1), today)
    count = sum(1 for each in passed if is_working_day(each, holidays))
    if count == 0:
        return "Today" if since == today else "Less than 1 working day"
    return "1 working day" if count == 1 else f"{count} working days"


@dataclass(frozen=True)
class Change:
    """What somebody changed since yesterday."""

    name: str
    href: str
    text: str


def change(seen: Seen, today: date) -> Change:
    """A change in one sentence, with the agency and the hour."""
    yesterday = "" if day_of(seen.at) == today else "yesterday, "
    text = f"{done(seen.what, seen.kind)} by {seen.agency_name}, {yesterday}{hour(seen.at)}"
    return Change(name_of(seen), _overview(seen), text)


@dataclass(frozen=True)
class Unmanaged:
    """Somebody without a manager: who it is, who had the case last, whom to ring."""

    person_id: UUID
    name: str
    href: str
    last: str
    lead: str
    phone: str


def unmanaged(seen: Seen) -> Unmanaged:
    """A person whom nobody manages."""
    return Unmanaged(
        seen.record,
        name_of(seen),
        url_for("insight.overview", person_id=seen.record),
        f"Last with {seen.last_manager}" if seen.last_manager else "Never had a manager",
        seen.lead_agency,
        seen.lead_phone,
    )
