"""What was typed of a visit as an account of it, and the visits that may be the same in words."""

from mappa.access.reading import Seen
from mappa.visits.joint.rules import AddAccount
from mappa.visits.presenters import check_rows, times
from mappa.visits.rules import LogVisit

_OF_CONCERN = ("Concerns", "Concern for a child")
_LINE_END = "\n"
_FOR_A_CHILD = "The concern is for a child."


def account_of(told: LogVisit) -> AddAccount:
    """All that an officer typed of a visit, a line to each answer, as an account of it."""
    nowhere = dict.fromkeys(("first", "second", "kind"), "")
    lines = [
        f"{label}: {said.replace(_LINE_END, '; ') if label == 'Officers' else said}"
        for label, said, _ in check_rows(told, nowhere)
        if not (told.concern and label in _OF_CONCERN)
    ]
    concerns = told.concerns if told.concern else ""
    if told.concern and told.concern_child:
        concerns = f"{concerns}{_LINE_END}{_FOR_A_CHILD}"
    return AddAccount(_LINE_END.join(lines), concerns)


def like_words(seen: Seen) -> str:
    """Who logged a visit that may be the same, when it was, and who names whom.

    Like "Owen Marsh logged a visit on 20 November 2026, 2:15pm to 2:40pm and named you as
    attending."
    """
    said = f"{seen.by_name} logged a visit on {_when(seen)}"
    if seen.names_reader:
        return f"{said} and named you as attending."
    return f"{said}. You name {seen.by_name} as attending."


def choice_words(seen: Seen) -> str:
    """That it is this one, as a choice."""
    return f"The same visit: add what I typed to {seen.by_name}’s of {_when(seen)}"


def _when(seen: Seen) -> str:
    return times(seen.made_on, seen.arrived_at, seen.left_at or seen.arrived_at)


def becomes_words(*, own: bool, agency: str) -> str:
    """What becomes of it then; ``own`` if the reader is of the agency that logged the visit."""
    if own:
        return "It becomes your own account of that visit"
    return f"It becomes the account of {agency}. A visit that is due from it stays due"
