"""Duties that are put off or passed on, in the words of the pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from mappa.access.reading import Seen
from mappa.kernel.clock import day_of
from mappa.reminders.assigning import rules
from mappa.reminders.assigning.queries import Colleague
from mappa.reminders.assigning.rules import NATIONAL, STAYS, Limits, Standing
from mappa.reminders.assigning.schemas import as_chosen
from mappa.reminders.assigning.service import Assigned
from mappa.rules.calendar import day_words, weekday_words
from mappa.rules.titles import duty_title
from mappa.web.words import age_of, day


@dataclass(frozen=True)
class HistoryLine:
    """What somebody did about a duty, and why."""

    said: str
    why: str


def history(snoozes: Sequence[Seen], passed: Sequence[Seen]) -> list[HistoryLine]:
    """What was done about a duty, the last first."""
    lines = [(each.at, _snoozed(each)) for each in snoozes]
    lines += [(each.at, _passed(each)) for each in passed]
    return [line for _, line in sorted(lines, key=lambda each: each[0], reverse=True)]


def _snoozed(seen: Seen) -> HistoryLine:
    back = f", taken up again on {day(day_of(seen.ended_at))}" if seen.ended_at else ""
    said = f"Snoozed until {weekday_words(seen.until_on)} by {seen.by_name}"
    return HistoryLine(f"{said} on {day(day_of(seen.at))}{back}", seen.why)


def _passed(seen: Seen) -> HistoryLine:
    by = "" if seen.by_name == seen.from_name else f", by {seen.by_name}"
    said = f"Handed from {seen.from_name} to {seen.to_name}{by} on {day(day_of(seen.at))}"
    return HistoryLine(said, seen.why)


@dataclass(frozen=True, kw_only=True)
class SnoozePage:
    """What the form says before anything is typed."""

    title: str
    due: str
    snoozed_until: str
    refused: str
    longest: str


def snooze_page(duty: Seen, standing: Standing, limits: Limits, now: Sequence[Seen]) -> SnoozePage:
    """The form of one duty, or why it cannot be put off."""
    refused = rules.why_not(standing, limits)
    last = day_words(rules.last_day(standing, limits))
    rule = ", its date under a national rule" if standing.confidence in NATIONAL else ""
    until = max((each.until_on for each in now), default=None)
    return SnoozePage(
        title=duty_title(duty.title),
        due=f"{age_of(duty.due_on, standing.today)}, due {weekday_words(duty.due_on)}",
        snoozed_until=weekday_words(until) if until else "",
        refused=refused,
        longest=""
        if refused
        else f"{last} at the latest{rule}. It is back in the list on that day{_passes(standing)}",
    )


def _passes(standing: Standing) -> str:
    """That the duty's own day is among those that may be chosen, where one may overrun it."""
    if standing.confidence in NATIONAL or standing.due_on <= standing.today:
        return ""
    return f"; from {day_words(standing.due_on + timedelta(days=1))} it is overdue"


def options(colleagues: Sequence[Colleague]) -> list[tuple[str, str]]:
    """Colleagues to choose from."""
    return [(str(each.user_id), f"{each.name}, {each.role.words.lower()}") for each in colleagues]


@dataclass(frozen=True, kw_only=True)
class ChosenRow:
    """A duty on the page that gives many away."""

    value: str
    title: str
    person: str
    due: str
    owner: str
    stays: str


def chosen_row(seen: Seen, names: Mapping[UUID, str], today: date) -> ChosenRow:
    """A duty with its person, as the reader sees both."""
    return ChosenRow(
        value=as_chosen(seen),
        title=duty_title(seen.title),
        person=names.get(seen.person_id, ""),
        due=f"{age_of(seen.due_on, today)}, due {day(seen.due_on)}",
        owner=seen.owner_name,
        stays=STAYS.get(seen.kind, ""),
    )


def done(assigned: Assigned, to: str) -> str:
    """How many passed to whom."""
    return f"{duties(len(assigned.moved))} handed to {to}."


def left(assigned: Assigned, seen: Sequence[Seen]) -> list[str]:
    """What did not pass, and why as far as it is told; nothing where all did. Names nobody."""
    titles = {each.id: duty_title(each.title) for each in seen}
    said = []
    if assigned.stale:
        named = [titles[each] for each in assigned.stale if each in titles]
        which = ": " + ", ".join(dict.fromkeys(named)) if named else ""
        count = duties(len(assigned.stale))
        said.append(f"{count} done or changed meanwhile, so left as it is{which}.")
    if assigned.kept:
        said.append(f"Choose somebody else for {duties(len(assigned.kept))}.")
    return said


def duties(count: int) -> str:
    """Say how many duties."""
    return "1 duty" if count == 1 else f"{count} duties"
