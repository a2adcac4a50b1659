"""Duties, notices and rules in the words of the pages. Pure: what is shown is already gated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.agencies.queries import Vacancy
from mappa.reminders.models import Event
from mappa.reminders.service import holidays_between
from mappa.reminders.telling.queries import DeadLetter
from mappa.reminders.telling.rules import OF_DUTIES, step_of
from mappa.rules.calendar import (
    MONTHS,
    capitalised,
    day_words,
    days_between,
    is_weekend,
    is_working_day,
    weekday_words,
)
from mappa.rules.deadlines import Confidence, Counting, DeadlineRule, Step, Unit
from mappa.rules.explanation import Explanation
from mappa.rules.levels import Jurisdiction
from mappa.rules.titles import duty_title
from mappa.web.words import age_of, day

LONGEST_CALENDAR = 70
"""Days; a longer count is said in sentences."""

COLOURS = {
    Confidence.VERIFIED: "green",
    Confidence.AGREED_PLAN: "green",
    Confidence.LOCAL_STANDARD: "blue",
    Confidence.WEAK_SOURCE: "yellow",
    Confidence.NOT_VERIFIED: "yellow",
}


@dataclass(frozen=True)
class Wording:
    """The sentence of an event, and where its notice leads: an endpoint, its argument, the link."""

    sentence: str
    endpoint: str = ""
    argument: str = ""
    link: str = ""
    names_person: bool = True
    """Whether the list says whom it is about; what must carry no personal data does not."""


WORDINGS: dict[str, Wording] = {}
"""Filled by the features that tell people of something; a duty of the sweep needs no entry."""

DETAILS: dict[str, Callable[[Actor, Sequence[Seen]], Mapping[UUID, str]]] = {}
"""What tells notices of an event apart, by notice: from what the reader sees now, and no name."""

_UNKNOWN = Wording("Something changed in a record that you work with.")


def wording(event: str) -> Wording:
    """What is said of an event."""
    return WORDINGS.get(event, _UNKNOWN)


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice as the list shows it."""

    id: UUID
    headline: str
    text: str
    at: datetime
    unread: bool
    person_id: UUID
    duty_id: UUID | None
    about_id: UUID
    event: str
    names_person: bool = True


def notice_line(seen: Seen, today: date, late: str = "", detail: str = "") -> NoticeLine:
    """A notice in words, from what its reader sees of it today.

    ``late`` is ``late_line``'s, ``detail`` what ``DETAILS`` gives.
    """
    is_duty = seen.event.startswith(OF_DUTIES)
    if is_duty and seen.duty is not None:
        headline, text = duty_title(seen.duty), _of_duty(seen, today, late)
    else:
        headline, text = wording(seen.event).sentence, detail
    return NoticeLine(
        id=seen.id,
        headline=headline,
        text=text,
        at=seen.at,
        unread=seen.read_at is None,
        person_id=seen.person_id,
        duty_id=seen.duty_id if is_duty and seen.duty is not None else None,
        about_id=seen.about_id,
        event=seen.event,
        names_person=is_duty or wording(seen.event).names_person,
    )


def days_told(_actor: Actor, told: Sequence[Seen]) -> Mapping[UUID, str]:
    """On which day each of these notices was told."""
    return {each.id: f"{day(each.at)}." for each in told}


def _of_duty(seen: Seen, today: date, late: str) -> str:
    if seen.event == Event.MOVED.value and seen.duty_moved_from is not None:
        return (
            f"The date moved from {weekday_words(seen.duty_moved_from)} to "
            f"{weekday_words(seen.duty_due_on)}, because {seen.duty_moved_because}."
        )
    age = late or f"{age_of(seen.duty_due_on, today)}."
    return f"{age} Due {day(seen.duty_due_on, weekday=True, today=today)}."


def late_line(duty: Seen, working_days: int) -> str:
    """How late somebody else's duty is, and with whom it is."""
    days = "1 working day" if working_days == 1 else f"{working_days} working days"
    return f"Late by {days}. With {duty.owner_name}, {duty.owed_by_name}."


def vacancy_line(vacancy: Vacancy) -> tuple[str, str]:
    """Where nobody holds a post above those who owe duties, and which post it is."""
    where = f"{vacancy.agency}, {vacancy.team}" if vacancy.team else vacancy.agency
    return where, vacancy.role.words


@dataclass(frozen=True, kw_only=True)
class LetterLine:
    """A dead letter as the administrator's page shows it: kinds and ids, nobody's name."""

    id: UUID
    what: str
    duty: str
    since: datetime
    tries: int
    fault: str


def letter_line(letter: DeadLetter) -> LetterLine:
    """One dead letter in words."""
    step = step_of(letter.event)
    what = f"Late, step {step}" if step else _EVENT_WORDS.get(letter.event, letter.event)
    return LetterLine(
        id=letter.id, what=what, duty=str(letter.duty_id), since=letter.opened_at,
        tries=letter.tries, fault=letter.fault,
    )  # fmt: skip


_EVENT_WORDS = {
    Event.DUE.value: "Due",
    Event.OVERDUE.value: "Overdue",
    Event.MOVED.value: "Date moved",
}


@dataclass(frozen=True)
class Cell:
    """A day of the calendar: its number, what is in it, and what kind of day it is."""

    number: str
    note: str
    kind: str


def calendar_weeks(
    steps: Sequence[Step], today: date, due_on: date | None = None
) -> list[list[Cell]]:
    """The days of a count in weeks from Monday to Sunday; nothing if they are too many or two.

    The due day is the last, unless ``due_on`` says that the count went back.
    """
    if len(steps) <= 2 or (steps[-1].on - steps[0].on).days > LONGEST_CALENDAR:
        return []
    by_day = {step.on: step for step in steps}
    first, last = steps[0].on, steps[-1].on
    ends = _Ends(last, first) if due_on is None or due_on == last else _Ends(first, last)
    monday = first - timedelta(days=first.weekday())
    weeks = (last - monday).days // 7 + 1
    return [
        [_cell(monday + timedelta(days=7 * week + each), by_day, ends, today) for each in range(7)]
        for week in range(weeks)
    ]


class _Ends(NamedTuple):
    """The due day of a calendar, and the day on which the count starts."""

    due_on: date
    starts_on: date


def _cell(on: date, by_day: dict[date, Step], ends: _Ends, today: date) -> Cell:
    number = str(on.day)
    if on == min(ends) or on.day == 1:
        number = f"{on.day} {MONTHS[on.month - 1][:3]}"
    if on == today:
        number += " (today)"
    step = by_day.get(on)
    if step is None:
        return Cell(number, "–" if is_weekend(on) else "", "off" if is_weekend(on) else "outside")
    return Cell(number, step.note, _kind(step, on, ends))


def _kind(step: Step, on: date, ends: _Ends) -> str:
    if on == ends.due_on:
        return "due"
    if on == ends.starts_on:
        return "start"
    if step.counted:
        return "day"
    return "off" if is_weekend(on) else "holiday"


@dataclass(frozen=True, kw_only=True)
class WhyPage:
    """Everything of the page "Why this date?"."""

    heading: str
    explanation: Explanation
    colour: str
    weeks: Sequence[Sequence[Cell]]
    skipped: str
    panel: Sequence[tuple[str, str]]
    started: tuple[str, str]
    started_note: str
    moved: str
    """From which day a change of the rule or of the bank holidays moved it, and which; or empty."""
    earlier: Sequence[tuple[str, str]]
    may_change: str
    anew: str
    """What the count would give today, if that is another day."""


def why_page(
    seen: Seen,
    rule: DeadlineRule,
    said: Explanation,
    earlier: Sequence[Seen],
    today: date,
    *,
    anew: date,
) -> WhyPage:
    """The explanation of a duty's day, as its reader sees it.

    ``anew`` is what the count would give today: the days off may have changed since.
    """
    return WhyPage(
        heading=f"{seen.title} by {weekday_words(seen.due_on)}",
        explanation=said,
        colour="green" if seen.set_on else COLOURS[rule.confidence],
        weeks=calendar_weeks(said.steps, today, said.due_on),
        skipped=" ".join(said.not_counted),
        panel=_panel(said),
        started=(rule.start_word, day_words(seen.starts_on)),
        started_note=_start_note(rule),
        moved=_moved(seen),
        earlier=[
            _earlier(each, by)
            for each, by in zip(earlier, [seen, *earlier], strict=False)
            if each.due_on != seen.due_on
        ],
        may_change=_may_change(rule),
        anew="" if anew == seen.due_on or seen.closed_at else _anew(anew),
    )


def _panel(said: Explanation) -> list[tuple[str, str]]:
    facts = dict(said.facts)
    first = ("Rule", "Instead of")
    shown: list[tuple[str, str]] = [(name, facts[name]) for name in first if name in facts]
    if said.not_counted:
        shown.append(("Not counted", " ".join(said.not_counted)))
    return [*shown, ("If late", facts["If it is late"])]


def _start_note(rule: DeadlineRule) -> str:
    if rule.unit is Unit.SET_DATE:
        return ""
    if rule.counting is Counting.BEGINNING_WITH:
        return "The day itself is day 1"
    if rule.counting is Counting.BEFORE:
        return "The count goes back from this day"
    return "The count starts on the day after"


def _moved(seen: Seen) -> str:
    if seen.moved_from is None:
        return ""
    when = f"on {day(seen.opened_at)}, because {seen.moved_because}."
    return f"Moved from {weekday_words(seen.moved_from)} {when}"


def _earlier(seen: Seen, by: Seen) -> tuple[str, str]:
    """A day that was given up, and why; ``by`` is what stood next."""
    because = f", because {by.moved_because}" if by.moved_from == seen.due_on else ""
    replaced = f" Replaced on {day(seen.closed_at)}{because}." if seen.closed_at else ""
    return weekday_words(seen.due_on), f"Counted from {day_words(seen.starts_on)}.{replaced}"


def _anew(due_on: date) -> str:
    return (
        "The list of bank holidays has changed since this date was set. "
        f"The date is being counted anew: it will be {weekday_words(due_on)}."
    )


def _may_change(rule: DeadlineRule) -> str:
    moves = "moves if what started it is corrected, or if the rule or the bank holidays change."
    if rule.set_by:
        return f"{capitalised(rule.set_by)} may set another day. It also {moves}"
    return f"Nobody moves this date by hand. It {moves}"


def working_days_since(since: date, today: date, jurisdiction: str) -> str:
    """Say how many working days have passed after a day."""
    holidays = holidays_between(Jurisdiction(jurisdiction), since.year, today.year)
    passed = days_between(since + timedelta(days=1), today)
    count = sum(1 for each in passed if is_working_day(each, holidays))
    if count == 0:
        return "Today" if since == today else "Less than 1 working day"
    return "1 working day" if count == 1 else f"{count} working days"
