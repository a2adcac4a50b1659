"""What a visit said, said in lines; and from one version to the next, what changed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from mappa.access.reading import Seen
from mappa.kernel import clock
from mappa.kernel.db import NOBODY
from mappa.visits import presenters
from mappa.visits.hours import is_second
from mappa.visits.presenters import WENT, times, typed_day, typed_time, yes_no
from mappa.visits.rules import Outcome, Present, kind_words
from mappa.visits.schemas import ELSEWHERE, HOME, SOMEONE_ELSE
from mappa.web import words

Said = Mapping[str, str]
Change = tuple[str, str, str, str, str]
"""What, from, to, by whom and when, why."""

NOT_SAID = "–"
LATE = "After more than 24 hours"


def lines(visit: Seen, officers: str) -> dict[str, str]:
    """Everything that a visit, or a version of one, says: label to words."""
    asks = Outcome(visit.outcome).asks
    said = {
        "Outcome": asks.words,
        "Kind": kind_words(visit.announced),
        "When": times(visit.made_on, visit.arrived_at, visit.left_at),
        "Where": visit.place,
        "Officers": officers,
        **_turnout(visit),
        "In words": visit.account,
        "Next step": visit.next_step,
    }
    if asks.present:
        who = (visit.present_adult, visit.present_child, visit.adults, visit.children)
        said["Present"] = presenters.present_words(*who)
    if asks.concerns:
        said["Concerns"] = visit.concerns or "No concerns"
        said["Concern for a child"] = yes_no(visit.concern_child)
    if asks.told_next:
        said["Told of next visit"] = yes_no(visit.told_next)
    return said


def _turnout(visit: Seen) -> dict[str, str]:
    if visit.plain_clothes is None:
        return {}
    return {WENT: presenters.turnout_words(visit, visit.turnout_reason)}


def changes(visit: Seen, officers: str, versions: Sequence[Seen]) -> list[Change]:
    """Every correction of a visit, the last one first: from what to what, by whom, and why."""
    said = [lines(each, each.officers) for each in versions] + [lines(visit, officers)]
    found = [_between(each, said[at], said[at + 1]) for at, each in enumerate(versions)]
    return [change for each in reversed(found) for change in each]


def _between(version: Seen, before: Said, after: Said) -> Iterator[Change]:
    who = f"{version.by_name}, {words.moment(version.at)}"
    why = "\n".join(part for part in (version.why, LATE if version.late else "") if part)
    for label in dict.fromkeys((*before, *after)):
        old, new = before.get(label, ""), after.get(label, "")
        if old != new:
            yield label, old or NOT_SAID, new or NOT_SAID, who, why


def typed(visit: Seen, officers: Sequence[Seen], home: str) -> "MultiDict[str, str]":
    """A visit as its form would have been typed."""
    ids = [str(each.user_id) for each in officers if each.user_id != NOBODY]
    other = next((each for each in officers if each.user_id == NOBODY), None)
    values: dict[str, Any] = {
        "outcome": visit.outcome,
        "kind": "scheduled" if visit.announced else "unannounced",
        "made_on": typed_day(visit.made_on),
        "arrived": typed_time(visit.arrived_at),
        "left": typed_time(visit.left_at),
        "arrived_which": _typed_which(visit.arrived_at),
        "left_which": _typed_which(visit.left_at),
        "overnight": "" if _same_day(visit) else visit.made_on.isoformat(),
        "where": HOME if visit.place == home else ELSEWHERE,
        "place": "" if visit.place == home else visit.place,
        "officers": ids + ([SOMEONE_ELSE] if other else []),
        "other_name": other.name if other else "",
        "other_agency": other.agency if other else "",
        "account": visit.account,
        "next_step": visit.next_step,
    }
    return MultiDict(values | _who_was_there(visit) | _concerns(visit) | _typed_turnout(visit))


def _typed_which(at: datetime) -> str:
    return {None: "", False: "first", True: "second"}[is_second(at)]


def _same_day(visit: Seen) -> bool:
    return bool(clock.day_of(visit.left_at) == visit.made_on)


def _who_was_there(visit: Seen) -> dict[str, Any]:
    if visit.present_adult is None:
        return {}
    there = {Present.ADULT: visit.present_adult, Present.CHILD: visit.present_child}
    found = [each.value for each, was in there.items() if was] or [Present.NOBODY.value]
    return {"present": found, "adults": visit.adults, "child_name": visit.children}


def _typed_turnout(visit: Seen) -> dict[str, Any]:
    if visit.plain_clothes is None:
        return {}
    answers = ("plain_clothes", "marked_car", "accredited")
    said = {name: "yes" if getattr(visit, name) else "no" for name in answers}
    return said | {"turnout_reason": visit.turnout_reason}


def _concerns(visit: Seen) -> dict[str, Any]:
    said: dict[str, Any] = {}
    if visit.concern_child is not None:
        said["concern"] = "yes" if visit.concerns else "no"
        said["concerns"] = visit.concerns
    if visit.concerns:
        said["concern_child"] = "yes" if visit.concern_child else "no"
    if visit.told_next is not None:
        said["told_next"] = "yes" if visit.told_next else "no"
    return said


def signed_words(signatures: Sequence[Seen], versions: Sequence[Seen]) -> list[tuple[str, str]]:
    """Who countersigned which version, and what was said to it."""
    now = len(versions) + 1
    return [
        (
            "Countersigned" if each.of_version == now else "Countersigned before a correction",
            "\n".join(
                part for part in (f"{each.by_name}, {words.moment(each.at)}", each.note) if part
            ),
        )
        for each in signatures
    ]
