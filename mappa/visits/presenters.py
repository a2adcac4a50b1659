"""From what was typed to commands, and from visits to what this reader's page shows."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from mappa.access.reading import Seen
from mappa.kernel import clock
from mappa.kernel.errors import FieldErrors
from mappa.visits.hours import which
from mappa.visits.pattern import FEWEST, WEEKDAYS, Part, Pattern
from mappa.visits.rules import (
    Attending,
    LogVisit,
    Outcome,
    PlanVisit,
    Present,
    ToldHow,
    Turnout,
    VisitState,
    kind_words,
)
from mappa.visits.schemas import HOME, SOMEONE_ELSE, Essentials, Planned
from mappa.web import words
from mappa.web.typed import moment

WENT = "How the officers went"
"""What pages call how the police went to a visit that was made."""

Row = tuple[str, str] | tuple[str, str, str]


def attending(
    typed: Essentials | Planned, offered: Sequence[Attending]
) -> tuple[tuple[Attending, ...], dict[str, list[str]]]:
    """The officers that were chosen, of those offered or as typed, and what is wrong."""
    by_id = {str(each.user_id): each for each in offered}
    faults: dict[str, list[str]] = {}
    chosen = [by_id[each] for each in dict.fromkeys(typed.officers) if each in by_id]
    if set(typed.officers) - set(by_id) - {SOMEONE_ELSE}:
        faults["officers"] = ["Choose officers from the list, or add someone else"]
    if SOMEONE_ELSE in typed.officers:
        if not typed.other_name:
            faults["other_name"] = ["Say who the other officer is"]
        if not typed.other_agency:
            faults["other_agency"] = ["Say which agency the other officer is from"]
        chosen.append(Attending(typed.other_name, typed.other_agency))
    return tuple(chosen), faults


def place_of(typed: Essentials | Planned, home: str) -> tuple[str, dict[str, list[str]]]:
    """The place that was chosen, and what is wrong."""
    if typed.where == HOME:
        if home:
            return home, {}
        return "", {"where": ["Say where, the address is not known"]}
    return typed.place, {} if typed.place else {"place": ["Say where"]}


def plan_command(
    typed: Planned, *, offered: Sequence[Attending], home: str, asks_turnout: bool = False
) -> PlanVisit:
    """The visit to come as typed. Raises ``FieldErrors``."""
    officers, faults = attending(typed, offered)
    place, wrong = place_of(typed, home)
    window, missing = _scheduled(typed) if typed.kind else _unannounced(typed)
    goes, unsaid = turnout(typed) if asks_turnout else (None, {})
    if window is None or faults or wrong or unsaid or missing:
        raise FieldErrors(missing | wrong | faults | unsaid)
    return PlanVisit(
        announced=typed.kind,
        window_from=window[0],
        window_to=window[1],
        officers=officers,
        told_by=typed.told_by,
        told_how=typed.told_how,
        place=place,
        warnings_read=typed.warnings_read,
        alone_reason=typed.alone_reason,
        turnout=goes,
    )


TURNOUT_MISSING = {
    "plain_clothes": "Choose plain clothes or uniform",
    "marked_car": "Choose an answer for the marked car",
    "accredited": "Choose an answer for the accredited officer",
}
"""What is asked of how police go → what to do where it is not said."""


def says_turnout(typed: Essentials) -> bool:
    """Whether anything was said of how the officers went."""
    answered = any(getattr(typed, name) is not None for name in TURNOUT_MISSING)
    return answered or bool(typed.turnout_reason)


def turnout(typed: Planned | Essentials) -> tuple[Turnout | None, dict[str, list[str]]]:
    """How the officers go, and what is not said of it."""
    said = {name: getattr(typed, name) for name in TURNOUT_MISSING}
    missing = {name: [TURNOUT_MISSING[name]] for name, answer in said.items() if answer is None}
    return (None, missing) if missing else (Turnout(**said, reason=typed.turnout_reason), {})


Window = tuple[datetime, datetime] | None


def _scheduled(typed: Planned) -> tuple[Window, dict[str, list[str]]]:
    missing = {}
    if not typed.told_by:
        missing["told_by"] = ["Say who told of the visit"]
    if typed.told_how is None:
        missing["told_how"] = ["Choose how it was told"]
    if typed.on is None:
        missing["on"] = ["Enter the day of the visit"]
    if typed.at is None:
        missing["at"] = ["Enter the time of the visit, like 1440 or 14:40"]
    if typed.on is None or typed.at is None:
        return None, missing
    at = moment(typed.on, typed.at)
    return (at, at), missing


def _unannounced(typed: Planned) -> tuple[Window, dict[str, list[str]]]:
    missing = {}
    if typed.from_on is None:
        missing["from_on"] = ["Enter the first day of the window"]
    if typed.until_on is None:
        missing["until_on"] = ["Enter the last day of the window"]
    if typed.from_on is None or typed.until_on is None:
        return None, missing
    if typed.part is not None:
        begins, ends = typed.part.hours
        return (moment(typed.from_on, begins), moment(typed.until_on, ends)), {}
    end = moment(typed.until_on + timedelta(days=1), time(0)) - timedelta(minutes=1)
    return (moment(typed.from_on, time(0)), end), {}


def pattern_table(found: Pattern) -> list[tuple[str, ...]]:
    """Visits by weekday, one line to a day: its name, then how many in each part of it."""
    return [
        (name, *(str(found.by_slot.get((name, part), 0)) for part in Part)) for name in WEEKDAYS
    ]


def pattern_answer(found: Pattern) -> str:
    """Whether the visits could be guessed, in a sentence."""
    if not found.enough:
        return (
            f"Too few unannounced visits ({found.of}) to say whether they could be guessed."
            f" From {FEWEST} on there is an answer."
        )
    if not found.guessable:
        return f"No: nothing in the last {found.of} unannounced visits gives them away."
    return "Yes, in part. " + " ".join(f"{each.sentence}." for each in found.guessable)


def when(visit: Seen) -> str:
    """When a visit was or will be; for a reader of the summary the day."""
    if visit.outcome:
        if not visit.shows("arrived_at"):
            return words.day(visit.made_on)
        return times(visit.made_on, visit.arrived_at, visit.left_at)
    return planned_words(visit)


def planned_words(visit: Seen) -> str:
    """When a visit was planned for, whatever became of it."""
    if visit.announced:
        return words.moment(visit.window_from)
    return window_words(visit.window_from, visit.window_to)


def window_words(begins: datetime, ends: datetime) -> str:
    """A window as its plan was typed: days, and the hours of the part of the day if there is one.

    Like "21 November 2026 to 30 November 2026", or "26 November 2026, 5:00pm to 9:00pm".
    """
    first, last = words.day(begins), words.day(ends)
    days = first if first == last else f"{first} to {last}"
    hours = (clock.local(begins).time(), clock.local(ends).time())
    if hours not in [part.hours for part in Part]:
        return days
    return f"{days}, {words.hour(begins)} to {words.hour(ends)}"


def times(on: date, arrived: datetime, left: datetime) -> str:
    """Say "20 November 2026, 2:15pm to 2:40pm"; past midnight also the day on which it ended."""
    until = clock.day_of(left)
    ended = _hour(left) if until == on else f"{words.day(until)}, {_hour(left)}"
    return f"{words.day(on)}, {_hour(arrived)} to {ended}"


def _hour(at: datetime) -> str:
    twice = which(at)
    return f"{words.hour(at)} ({twice})" if twice else words.hour(at)


def outcome_words(visit: Seen) -> str:
    """What happened, in words."""
    return Outcome(visit.outcome).words if visit.outcome else ""


def state_words(visit: Seen) -> str:
    """How a visit went; of one that was not made, or withdrawn after, that."""
    made = visit.state == VisitState.MADE.value
    return outcome_words(visit) if made else VisitState(visit.state).words


def yes_no(value: bool | None) -> str:
    """Say "Yes" or "No"; "Not asked" for neither."""
    return "Not asked" if value is None else ("Yes" if value else "No")


def present_words(adult: bool, child: bool, adults: str, children: str) -> str:
    """Who else was there."""
    said = []
    if adult:
        said.append(f"Another adult: {adults}" if adults else "Another adult")
    if child:
        said.append(f"A child: {children}" if children else "A child")
    return ". ".join(said) or "Nobody else"


def officers_words(officers: Sequence[Attending]) -> str:
    """Officers with their agencies, one to a line."""
    return "\n".join(f"{each.name}, {each.agency}" for each in officers)


def check_rows(made: LogVisit, hrefs: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The answers to check: label, words, where to change it."""
    asks, first, second = made.outcome.asks, hrefs["first"], hrefs["second"]
    yield "Outcome", made.outcome.words, first
    told = "Scheduled" if made.announced else "Unannounced, not told beforehand"
    yield "Kind", told, hrefs["kind"]
    yield "When", times(made.made_on, made.arrived_at, made.left_at), second
    yield "Where", made.place, f"{second}#where"
    yield "Officers", officers_words(made.officers), f"{second}#officers"
    if made.turnout:
        went = turnout_words(made.turnout, made.turnout.reason)
        yield WENT, went, f"{second}#turnout"
    if asks.account:
        yield asks.account.rstrip("?"), made.account, f"{second}#account"
    if asks.present:
        adult, child = Present.ADULT in made.present, Present.CHILD in made.present
        said = present_words(adult, child, made.adults, made.children)
        yield "Present", said, f"{second}#present"
    if asks.concerns:
        yield "Concerns", made.concerns if made.concern else "No concerns", f"{second}#concern"
        if made.concern:
            yield "Concern for a child", yes_no(made.concern_child), f"{second}#concern"
    if asks.told_next:
        yield "Told of next visit", yes_no(made.told_next), f"{second}#told_next"
    if made.next_step:
        yield "Next step", made.next_step, f"{second}#next_step"


def visit_rows(visit: Seen, officers: Sequence[Seen]) -> Iterator[tuple[str, str]]:
    """A visit as this reader may see it: label and words."""
    yield "Kind", kind_words(visit.announced)
    yield "When", when(visit)
    yield "Agency", visit.agency_name
    if visit.outcome:
        yield "Outcome", outcome_words(visit)
    if not visit.full:
        if visit.concern_child is not None:
            yield "Concern for a child", yes_no(visit.concern_child)
        return
    yield "Where", visit.place
    yield "Officers", "\n".join(f"{each.name}, {each.agency}" for each in officers)
    yield from _plan_rows(visit)
    if visit.outcome:
        yield from _made_rows(visit, Outcome(visit.outcome))


def _plan_rows(visit: Seen) -> Iterator[tuple[str, str]]:
    if visit.arrived_at and visit.window_from and visit.window_to:
        yield "Planned for", planned_words(visit)
    if visit.told_by:
        how = ToldHow(visit.told_how).words if visit.told_how else ""
        yield "Told of the visit", f"{how} by {visit.told_by}" if how else visit.told_by
    if visit.alone_reason:
        yield "Fewer officers than asked for", visit.alone_reason
    if visit.plain_clothes is not None:
        yield _turnout_label(visit), turnout_words(visit, visit.turnout_reason)
    if visit.end_reason:
        yield VisitState(visit.state).words, f"{words.day(visit.ended_at)}. {visit.end_reason}"


def _turnout_label(visit: Seen) -> str:
    if visit.outcome:
        return WENT
    waits = visit.state == VisitState.PLANNED.value
    return "How the officers go" if waits else "How the officers were to go"


def warning_rows(visit: Seen, warnings: Sequence[Seen]) -> Iterator[tuple[str, str]]:
    """Which warnings to staff were read before, of those that the reader sees."""
    for label, kept in (
        ("Warnings read before planning", visit.warnings_read),
        ("Warnings read before logging", visit.warnings_read_before),
    ):
        said = [each.headline for each in warnings if str(each.id) in kept]
        if said:
            yield label, "\n".join(said)


def turnout_words(visit: Seen | Turnout, reason: str) -> str:
    """How the officers go or went, and why if not as expected."""
    said = [
        "Plain clothes" if visit.plain_clothes else "Uniform",
        "marked car" if visit.marked_car else "no marked car",
        "accredited officer" if visit.accredited else "no accredited officer",
    ]
    return ", ".join(said) + (f". {reason}" if reason else "")


def _made_rows(visit: Seen, outcome: Outcome) -> Iterator[tuple[str, str]]:
    asks = outcome.asks
    if asks.account:
        yield asks.account.rstrip("?"), visit.account
    if asks.present:
        said = (visit.present_adult, visit.present_child, visit.adults, visit.children)
        yield "Present", present_words(*said)
    if asks.concerns:
        yield "Concerns", visit.concerns or "No concerns"
        yield "Concern for a child", yes_no(visit.concern_child)
    if asks.told_next:
        yield "Told of next visit", yes_no(visit.told_next)
    if visit.next_step:
        yield "Next step", visit.next_step
    by = f" by {visit.by_name}" if visit.get("by_name") else ""
    yield "Logged", f"{words.moment(visit.written_at)}{by}"


def typed_day(day: date) -> str:
    """A day as it can be typed."""
    return f"{day.day} {day.month} {day.year}"


def typed_time(at: datetime) -> str:
    """A London time as it can be typed."""
    return f"{clock.local(at):%H:%M}"
