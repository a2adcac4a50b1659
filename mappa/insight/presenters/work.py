"""Rows of work as home and the work list show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import url_for

from mappa.access.reading import Seen
from mappa.insight.deeds import duty_link
from mappa.insight.queries.people import name_of
from mappa.insight.queries.work_list import AHEAD, COUNTED
from mappa.insight.rules import KINDS, Lateness, Urgency, Whose, WorkFilter
from mappa.insight.words import done
from mappa.kernel.clock import day_of
from mappa.reminders.assigning.rules import STAYS
from mappa.reminders.assigning.schemas import as_chosen
from mappa.reminders.presenters import working_days_since
from mappa.rules.levels import RiskBand
from mappa.rules.titles import duty_title
from mappa.sharing.requests import presenters as requests
from mappa.sharing.requests.asking import Mine
from mappa.web.words import age_of, day, hour

AT_HOME = 50
"""So many rows of each list stand on home; the rest is in the list of work."""


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
    moves: Sequence[tuple[str, str]] = ()
    """What else may be done about it: label and link."""
    value: str = ""
    """As the row is sent if it is ticked; empty where it cannot be."""


@dataclass(frozen=True)
class Some:
    """A list of home: the rows that are shown, and how many there are, like "60" or "200+"."""

    rows: Sequence[WorkRow]
    count: int | str

    @property
    def more(self) -> bool:
        """Whether not all are shown."""
        return self.count != len(self.rows)


@dataclass(frozen=True)
class Work:
    """The lists of home, and how much was put off or is due later."""

    overdue: Some
    soon: Some
    waiting: Some
    snoozed: int | str
    later: int | str
    late_snoozed: int | str
    """How much of what was put off is overdue: it is so still."""


def work(
    mine: Sequence[Seen],
    waiting: Sequence[Seen],
    today: date,
    jurisdiction: str,
    *,
    me: UUID,
    most: int,
) -> Work:
    """The reader's work, as ``mine`` is ordered; beyond ``most`` rows it is not counted."""
    cut = len(mine) > most
    here = [each for each in mine[:most] if each.snoozed_until is None]
    limit = today + AHEAD
    late = [each for each in here if each.due_on < today]
    late_off = sum(each.due_on < today for each in mine[:most]) - len(late)
    soon = [each for each in here if today <= each.due_on < limit]

    def some(found: Sequence[Seen], *, whole: bool) -> Some:
        shown = [duty_row(each, today, note=for_whom(each, me)) for each in found[:AT_HOME]]
        return Some(shown, counted(len(found), whole=whole))

    later = len(here) - len(late) - len(soon)
    asked = [_waiting_row(each, today, jurisdiction) for each in waiting[:AT_HOME]]
    return Work(
        # What is late stands first, so it is cut only if nothing else is there.
        overdue=some(late, whole=not cut or bool(soon) or later > 0),
        soon=some(soon, whole=not cut or later > 0),
        waiting=Some(asked, counted(len(asked), whole=len(waiting) <= AT_HOME)),
        snoozed=counted(min(most, len(mine)) - len(here), whole=not cut),
        later=counted(later, whole=not cut),
        late_snoozed=late_off and counted(late_off, whole=not cut or bool(soon) or later > 0),
    )


def counted(count: int, *, whole: bool) -> int | str:
    """The count, or "50+" where it was not counted on."""
    return count if whole else f"{count}+"


def for_whom(seen: Seen, me: UUID) -> str:
    """Say for whom something is done that somebody owes who is away."""
    return "" if seen.owner_user_id == me else f"Covering for {seen.owner_name}"


def _overview(seen: Seen) -> str:
    return url_for("insight.overview", person_id=seen.person_id)


def duty_row(
    seen: Seen, today: date, *, note: str = "", agency: UUID | None = None, tick: bool = False
) -> WorkRow:
    """A duty as a row; for a reader of the ``agency`` that owes it, with what may be done."""
    label, href = duty_link(seen.kind, seen.person_id, seen.about_id)
    may = seen.owed_by_agency_id == agency
    return WorkRow(
        state="overdue" if seen.due_on < today else "soon",
        title=duty_title(seen.title),
        person_name=name_of(seen),
        person_href=_overview(seen),
        risk=seen.person_risk,
        level_text=f"Level {seen.person_level}" if seen.person_level else "",
        note=note,
        age=age_of(seen.due_on, today),
        due=f"Due {day(seen.due_on, weekday=True, today=today)}",
        why_href=url_for("reminders.why", deadline_id=seen.id),
        act_label=label,
        act_href=href,
        moves=_moves(seen) if may else (),
        value=as_chosen(seen) if may and tick and seen.kind not in STAYS else "",
    )


def snoozed_row(seen: Seen, today: date, *, note: str, agency: UUID) -> WorkRow:
    """A duty that was put off: until when, by whom and why."""
    until = day(seen.snoozed_until, weekday=True, today=today)
    said = f"Snoozed until {until} by {seen.snoozed_by}"
    why = f"{said}: {seen.snoozed_why}"
    row = duty_row(seen, today, note=f"{note}. {why}" if note else why, agency=agency)
    again = [("End or change the snooze", href) for label, href in row.moves if label == "Snooze"]
    return replace(row, state="waiting", moves=again)


def _moves(seen: Seen) -> list[tuple[str, str]]:
    moves = [("Snooze", url_for("assigning.snooze", deadline_id=seen.id))]
    if seen.kind not in STAYS:
        moves.append(("Hand over", url_for("assigning.hand_over", deadline_id=seen.id)))
    return moves


@dataclass(frozen=True)
class Part:
    """A part of the list of work under its heading."""

    id: str
    heading: str
    rows: Sequence[WorkRow]


_PARTS = (("overdue", "Overdue"), ("soon", "Next 7 days"), ("later", "Later"))


def parts(
    found: Sequence[Seen], today: date, *, whose: Whose, me: UUID, agency: UUID, tick: bool
) -> list[Part]:
    """A page of the list under its headings, each part in the order of the page."""
    of: dict[str, list[WorkRow]] = {key: [] for key, _ in _PARTS}
    limit = today + AHEAD
    for each in found:
        key = "overdue" if each.due_on < today else "soon" if each.due_on < limit else "later"
        note = note_of(each, whose, me)
        of[key].append(duty_row(each, today, note=note, agency=agency, tick=tick))
    return [Part(key, heading, of[key]) for key, heading in _PARTS if of[key]]


def note_of(seen: Seen, whose: Whose, me: UUID) -> str:
    """Who has it, where that is not the reader."""
    if whose is Whose.MINE or seen.owner_user_id == me:
        return for_whom(seen, me)
    return f"With {seen.owner_name}"


def waiting_rows(found: Sequence[Seen], today: date, jurisdiction: str) -> list[WorkRow]:
    """What others were asked."""
    return [_waiting_row(each, today, jurisdiction) for each in found]


def request_rows(found: Sequence[Mine], today: date, jurisdiction: str) -> list[WorkRow]:
    """What other agencies were asked for; nothing of what they do about it."""
    return [_request_row(each, today, jurisdiction) for each in found]


def _request_row(mine: Mine, today: date, jurisdiction: str) -> WorkRow:
    asked_on = day_of(mine.asked_at)
    row = requests.asked_row(mine, today, jurisdiction)
    return WorkRow(
        state="waiting",
        title=row.what,
        person_name=row.name,
        person_href=row.person_href or row.href,
        risk=None,
        level_text="",
        note=row.who,
        age=working_days_since(asked_on, today, jurisdiction),
        due=f"Asked {day(asked_on, today=today)}",
        why_href=None,
        act_label="Open the request",
        act_href=row.href,
    )


@dataclass(frozen=True)
class Select:
    """A list of the filter: what it narrows by, and the words for nothing."""

    name: str
    label: str
    blank: str | None
    options: Sequence[tuple[str, str]]


def selects(offered: Sequence[Whose]) -> list[Select]:
    """What the list can be narrowed by; whose only for who has a choice."""
    found = [
        Select("kind", "What", "Everything", [(key, said) for key, (said, _) in KINDS.items()]),
        Select("risk", "Risk of serious harm", "Any risk", _words_of(RiskBand)),
        Select("level", "Level", "All levels", [(str(n), f"Level {n}") for n in (1, 2, 3)]),
        Select("state", "When", "Any time", _words_of(Urgency)),
    ]
    if len(offered) == 1:
        return found
    whose = Select("whose", "Whose", None, [(each.value, each.words) for each in offered])
    return [whose, *found]


def _words_of(kind: Any) -> list[tuple[str, str]]:
    return [(each.value, each.words) for each in kind]


def narrowed_to(wanted: WorkFilter) -> str:
    """Say what the list is narrowed to, like "Visits, high risk"; empty if to nothing."""
    said = [KINDS[wanted.kind][0] if wanted.kind else ""]
    said.append(f"risk: {wanted.risk.words.lower()}" if wanted.risk else "")
    said.append(f"level {wanted.level}" if wanted.level else "")
    said.append(wanted.state.words.lower() if wanted.state else "")
    words = ", ".join(each for each in said if each)
    return words[:1].upper() + words[1:]


def count_links(
    found: Mapping[Urgency, int], hrefs: Mapping[Urgency, str]
) -> list[tuple[int | str, str, str, bool]]:
    """How much there is of each urgency, each with the list behind it."""
    return [
        (
            count if count <= COUNTED else f"{COUNTED}+",
            state.words,
            hrefs[state],
            state is Urgency.OVERDUE,
        )
        for state, count in found.items()
    ]


def how_late(found: Mapping[Lateness, int]) -> list[tuple[int | str, str]]:
    """How much is late for how long, as far as it is counted; empty if nothing is late."""
    if not any(found.values()):
        return []
    return [
        (counted(min(count, COUNTED), whole=count <= COUNTED), late.words)
        for late, count in found.items()
    ]


def left_out(found: Mapping[Urgency, int], state: Urgency | None) -> int | str:
    """How much was put off, for a list of one urgency: it is not in there, whenever it is due."""
    if state in (None, Urgency.SNOOZED):
        return 0
    count = found[Urgency.SNOOZED]
    return counted(min(count, COUNTED), whole=count <= COUNTED)


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
        age=working_days_since(asked_on, today, jurisdiction),
        due=f"Asked {day(asked_on, today=today)}",
        why_href=None,
        act_label="Open the action",
        act_href=url_for("actions.show", action_id=seen.id),
    )


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
