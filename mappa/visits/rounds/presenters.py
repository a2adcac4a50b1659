"""From visits, duties and addresses to the calls of a round, a sheet of paper, and a month."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from mappa.access.reading import Seen
from mappa.kernel import clock
from mappa.offenders import queries as people
from mappa.visits.commitment.presenters import facts
from mappa.visits.presenters import outcome_words, when
from mappa.visits.rounds.rules import NOT_KNOWN, Call, outward
from mappa.visits.rules import kind_words
from mappa.web import words
from mappa.web.typed import moment

_CODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\b")


def day_span(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of a day in London to the end of another (UTC)."""
    return moment(first, time(0)), moment(last + timedelta(days=1), time(0))


def district_of(home: Seen | None) -> str:
    """The outward code of an address as far as the reader sees it, else its district."""
    if home is None or home.kind == "no_fixed_address":
        return NOT_KNOWN
    code = outward(home.postcode) if home.full else ""
    found = _CODE.search(home.district.upper())
    return code or (found[0] if found else home.district.strip())


def place_words(home: Seen | None) -> str:
    """Where somebody lives, in one line, as far as the reader sees it."""
    if home is None:
        return "Address not known to you"
    if home.kind == "no_fixed_address":
        return "No fixed address"
    if not home.full:
        return f"{home.district or 'District not recorded'} (you see the district only)"
    lines = [line.strip(" ,") for line in home.lines.split("\n") if line.strip(" ,")]
    said = ", ".join(part for part in (*lines, home.postcode) if part)
    return f"{said} (regularly found there)" if home.kind == "regular" else said


def calls(
    duties: Sequence[Seen],
    planned: Sequence[Seen],
    known: Mapping[UUID, Seen],
    homes: Mapping[UUID, Seen],
    today: date,
) -> list[Call]:
    """Each person once, with all that is due or planned; only those whom the reader sees."""
    reasons: dict[UUID, list[str]] = {}
    records: dict[UUID, list[UUID]] = {}
    due: dict[UUID, list[date]] = {}
    at: dict[UUID, datetime] = {}
    for visit in planned:
        due.setdefault(visit.person_id, []).append(clock.day_of(visit.window_to))
        kind = kind_words(visit.announced)
        reasons.setdefault(visit.person_id, []).append(f"{kind}, planned: {when(visit)}")
        records.setdefault(visit.person_id, []).append(visit.id)
        if visit.announced:
            at[visit.person_id] = min(at.get(visit.person_id, visit.window_from), visit.window_from)
    for duty in duties:
        due.setdefault(duty.person_id, []).append(duty.due_on)
        age = words.age_of(duty.due_on, today)
        late = age if duty.due_on < today else f"due {words.day(duty.due_on)}"
        reasons.setdefault(duty.person_id, []).append(f"{duty.title}: {late}")
        records.setdefault(duty.person_id, []).append(duty.id)
    return [
        Call(
            person=person,
            name=people.display_name(known[person]),
            band=known[person].risk_band,
            district=district_of(homes.get(person)),
            due_on=min(days),
            at=at.get(person),
            reasons=tuple(reasons[person]),
            records=tuple(records[person]),
        )
        for person, days in due.items()
        if person in known
    ]


@dataclass(frozen=True)
class OnPaper:
    """One person of a sheet."""

    call: Call
    born: str
    place: str
    last: str
    check: Sequence[tuple[str, str]]
    warnings: Sequence[tuple[str, str]]


def last_words(visit: Seen | None) -> str:
    """When the last visit was and how it went."""
    if visit is None:
        return "None that you see"
    return f"{when(visit)}. {kind_words(visit.announced)}, {outcome_words(visit).lower()}"


def check_rows(commitment: Seen | None) -> list[tuple[str, str]]:
    """What the own agency committed itself to look at, and how to go."""
    if commitment is None:
        return [("To check", "Nothing is named: your agency set no commitment")]
    return [each for each in facts(commitment) if each[0] in _TO_CHECK]


_TO_CHECK = ("Devices to check", "Who goes", "With", "Kinds of time")


def warning_lines(found: Sequence[Seen]) -> list[tuple[str, str]]:
    """Each warning to staff: what it says, and how many go and what is done alone."""
    return [(each.headline, _going(each)) for each in found]


def _going(warning: Seen) -> str:
    two = "Two officers must go." if warning.officers > 1 else ""
    alone = f"Alone: {warning.lone_working}" if warning.lone_working else ""
    return " ".join(part for part in (two, alone) if part)


# A month


@dataclass(frozen=True)
class Entry:
    """A visit on a day: when, to whom, by whom."""

    when: str
    name: str
    href: str
    who: str


@dataclass(frozen=True)
class Day:
    """A day of the calendar; ``inside`` the month or beside it."""

    on: date
    words: str
    inside: bool
    today: bool
    entries: list[Entry] = field(default_factory=list)


def entries_of(visit: Seen, href: str, who: str, first: date, last: date) -> dict[date, Entry]:
    """On which days of a time a visit stands; a window of days on its first and its last."""
    name = people.display_name(visit)
    begins, ends = clock.day_of(visit.window_from), clock.day_of(visit.window_to)

    def entry(said: str) -> Entry:
        return Entry(said, name, href, who)

    if visit.announced:
        return {begins: entry(words.hour(visit.window_from))}
    if begins == ends:
        return {begins: entry(_hours(visit))}
    found = {max(begins, first): entry(f"Window until {words.day(ends, today=ends)}")}
    if first <= ends <= last and ends not in found:
        found[ends] = entry("Last day of the window")
    return found


def _hours(visit: Seen) -> str:
    said = when(visit).partition(", ")[2]
    return said or "Any time"


def days_of(
    weeks: Sequence[Sequence[date]], entries: Mapping[date, list[Entry]], month: date, today: date
) -> list[list[Day]]:
    """The weeks of a calendar with what stands on each day of the month."""
    return [
        [
            Day(
                on=on,
                words=words.day(on, weekday=True, today=on),
                inside=on.month == month.month,
                today=on == today,
                entries=entries.get(on, []) if on.month == month.month else [],
            )
            for on in week
        ]
        for week in weeks
    ]
