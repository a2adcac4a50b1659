"""From what was typed on the pages of logging to a visit as its author tells it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

from mappa.kernel.errors import FieldErrors
from mappa.visits.hours import SAID, Chosen, Hours, Longest, came, hours
from mappa.visits.presenters import attending, place_of, says_turnout, turnout
from mappa.visits.rules import Attending, LogVisit
from mappa.visits.schemas import SECOND, Essentials, Happened
from mappa.web import words


def log_command(
    happened: Happened,
    typed: Essentials,
    *,
    offered: Sequence[Attending],
    home: str,
    today: date,
    longest: Longest,
    asks_turnout: bool = False,
) -> LogVisit:
    """The visit as typed on both pages. Raises ``FieldErrors``."""
    made, faults = told(
        happened,
        typed,
        offered=offered,
        home=home,
        today=today,
        longest=longest,
        asks_turnout=asks_turnout,
    )
    if faults:
        raise FieldErrors(faults)
    return made


def told(
    happened: Happened,
    typed: Essentials,
    *,
    offered: Sequence[Attending],
    home: str,
    today: date,
    longest: Longest,
    asks_turnout: bool = False,
) -> tuple[LogVisit, dict[str, list[str]]]:
    """The visit as far as it is typed, and what is wrong; a time that is missing is midnight."""
    officers, faults = attending(typed, offered)
    place, wrong = place_of(typed, home) if typed.where else ("", {})
    on = typed.made_on or today
    spent, amiss = _hours(typed, on, today, longest)
    went, unsaid = turnout(typed) if asks_turnout and says_turnout(typed) else (None, {})
    made = LogVisit(
        announced=happened.kind,
        outcome=happened.outcome,
        made_on=spent.made_on,
        arrived_at=spent.arrived_at,
        left_at=spent.left_at,
        place=place,
        officers=officers,
        present=frozenset(typed.present),
        adults=typed.adults,
        children=_child(typed),
        concern=typed.concern,
        concerns=typed.concerns,
        concern_child=typed.concern_child,
        told_next=typed.told_next,
        account=typed.account,
        next_step=typed.next_step,
        warnings_read=happened.warnings_read,
        turnout=went,
    )
    return made, faults | wrong | amiss | unsaid


def _hours(
    typed: Essentials, on: date, today: date, longest: Longest
) -> tuple[Hours, dict[str, list[str]]]:
    arrived, left = typed.arrived, typed.left
    faults = {
        name: [
            f"The clocks went forward that night: there was no {said:%H:%M}. Enter the right time"
        ]
        for name, said in (("arrived", arrived), ("left", left))
        if said is not None and not came(on, said)
    }
    chosen = Chosen(typed.arrived_which, typed.left_which)
    spent = hours(
        on, arrived or time(0), left or time(0), today=today, longest=longest, chosen=chosen
    )
    if arrived is None or left is None:
        return replace(spent, made_on=on, overnight=False), faults
    if spent.left_at <= spent.arrived_at and not faults:
        faults["left"] = [_too_long(longest())]
    for name, at in (("arrived", spent.arrived_at), ("left", spent.left_at)):
        if name in spent.unsure:
            came_twice = f"{words.hour(at)} came twice that night. Choose which of the two it was"
            faults[f"{name}_which"] = [came_twice]
    if spent.overnight and typed.overnight != spent.made_on.isoformat():
        faults["overnight"] = ["Tick the box if you left after midnight, or change the times"]
    return spent, faults


def _too_long(longest: timedelta) -> str:
    hours = int(longest.total_seconds()) // 3600
    return (
        "The time you left must be after the time you arrived. Past midnight a visit counts up to"
        f" {hours} {'hour' if hours == 1 else 'hours'} (a local standard)"
    )


def twice(spent: Hours) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Of a time that can be meant in two ways: what is asked, and the answers, by field."""
    asked = {
        "arrived": ("did you arrive", spent.arrived_at),
        "left": ("did you leave", spent.left_at),
    }
    return {
        f"{name}_which": (
            f"At which {words.hour(at)} {did}?",
            [
                (value, f"The {value} {words.hour(at)}, {SAID[second]}")
                for value, second in SECOND.items()
            ],
        )
        for name, (did, at) in asked.items()
        if name in spent.unsure
    }


def overnight_words(spent: Hours) -> str:
    """What is confirmed of a visit that went on past midnight."""
    return (
        f"I arrived on {words.moment(spent.arrived_at)}"
        f" and left on the next day, {words.moment(spent.left_at)}"
    )


def _child(typed: Essentials) -> str:
    parts = (typed.child_name, typed.child_age, typed.child_relation)
    return ", ".join(part for part in parts if part)
