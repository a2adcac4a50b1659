"""Grading 3×5×2 and what must hold before an item is filed. Pure.

Source: 3×5×2 intelligence report (College of Policing, since 2016), docs/decisions/0006.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from mappa.kernel.errors import RuleBroken

MOST_CONDITIONS = 20
_SIGNS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No vowels, so no words; nothing that looks like something else."""


class Source(StrEnum):
    """How reliable the source is."""

    RELIABLE = "1"
    UNTESTED = "2"
    NOT_RELIABLE = "3"


class Assessment(StrEnum):
    """How the source knows it."""

    KNOWN_DIRECTLY = "A"
    CORROBORATED = "B"
    KNOWN_INDIRECTLY = "C"
    NOT_KNOWN = "D"
    SUSPECTED_FALSE = "E"


class Handling(StrEnum):
    """Whether it may be shared; neither code shares anything by itself."""

    PERMITTED = "P"
    CONDITIONS = "C"


Grade = Source | Assessment | Handling

# By part of the grading: as keys of one table, Assessment C and Handling C would be the same.
WORDS: dict[type[Grade], dict[Grade, tuple[str, str]]] = {
    Source: {
        Source.RELIABLE: ("Reliable", "Tested before and found reliable"),
        Source.UNTESTED: ("Untested", "Not known well enough to call reliable"),
        Source.NOT_RELIABLE: ("Not reliable", "There is reason to doubt the source"),
    },
    Assessment: {
        Assessment.KNOWN_DIRECTLY: ("Known directly", "The source saw or heard it"),
        Assessment.CORROBORATED: (
            "Known indirectly, corroborated",
            "A second source supports it",
        ),
        Assessment.KNOWN_INDIRECTLY: ("Known indirectly", "The source was told of it"),
        Assessment.NOT_KNOWN: ("Not known", "Nobody can say how the source knows it"),
        Assessment.SUSPECTED_FALSE: (
            "Suspected to be false",
            "There is reason to doubt what it says",
        ),
    },
    Handling: {
        Handling.PERMITTED: ("Sharing permitted", "May be shared for a lawful purpose"),
        Handling.CONDITIONS: (
            "Share with conditions",
            "Conditions below must be accepted first",
        ),
    },
}
"""Each grade in a word and in a sentence."""


def in_words(grade: Grade) -> tuple[str, str]:
    """The word and the sentence of a grade."""
    return WORDS[type(grade)][grade]


@dataclass(frozen=True, kw_only=True)
class AddItem:
    """What its author files; ``group`` is the handling group that may read it."""

    event_on: date
    source: Source
    assessment: Assessment
    handling: Handling
    conditions: str
    text: str
    provenance: str
    group: UUID


def check_item(item: AddItem, *, today: date) -> None:
    """Raise ``RuleBroken`` unless the item can be filed on ``today`` (London)."""
    if item.event_on > today:
        raise RuleBroken(
            "intelligence-event-past", "The event cannot be in the future", field="event_on"
        )
    said = conditions_in(item.conditions)
    if item.handling is Handling.CONDITIONS and not said:
        raise RuleBroken(
            "intelligence-conditions", "Code C needs at least one condition", field="conditions"
        )
    if item.handling is Handling.PERMITTED and said:
        # On the code, not on the conditions: those are folded away under code P.
        raise RuleBroken(
            "intelligence-conditions",
            "Code P has no conditions. Choose code C, or take the conditions out",
            field="handling",
        )
    if len(said) > MOST_CONDITIONS:
        raise RuleBroken(
            "intelligence-conditions",
            f"Write at most {MOST_CONDITIONS} conditions",
            field="conditions",
        )


def conditions_in(text: str) -> tuple[str, ...]:
    """The conditions: one to a line."""
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def code(source: str, assessment: str, handling: str) -> str:
    """The grading as it is spoken: "2-B-C"."""
    return f"{source}-{assessment}-{handling}"


def reference(random: int) -> str:
    """A reference like "K7Q-FR2" out of a random number: never a serial, so nothing is counted."""
    signs = []
    for _ in range(6):
        random, place = divmod(random, len(_SIGNS))
        signs.append(_SIGNS[place])
    return f"{''.join(signs[:3])}-{''.join(signs[3:])}"
