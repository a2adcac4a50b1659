"""The pattern of an officer's visits in words, in a table and as a picture."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from mappa.visits.pattern import WEEKDAYS, Part, Pattern
from mappa.visits.presenters import pattern_answer

Href = Callable[..., str]


@dataclass(frozen=True)
class Slot:
    """How many visits were on a weekday in a part of it, and where they are listed."""

    count: int
    href: str
    step: int
    """How dark it is drawn, from 0 to 4: a share of the fullest."""


@dataclass(frozen=True)
class Officer:
    """One officer: the answer, how even, and the visits by weekday and part of the day."""

    id: UUID
    name: str
    of: int
    answer: str
    guessed: str
    evenness: str
    days: list[tuple[str, list[Slot]]]
    href: str


def officer(user: UUID, name: str, found: Pattern, href: Href) -> Officer:
    """An officer whose visits look like this."""
    fullest = max(found.by_slot.values(), default=0)
    days = []
    for number, weekday in enumerate(WEEKDAYS):
        slots = []
        for part in Part:
            count = found.by_slot.get((weekday, part), 0)
            listed = href(officer=user, day=number, part=part.value) if count else ""
            slots.append(Slot(count, listed, -(-4 * count // fullest) if fullest else 0))
        days.append((weekday, slots))
    return Officer(
        id=user,
        name=name,
        of=found.of,
        answer=pattern_answer(found),
        guessed=_guessed(found),
        evenness=f"{found.evenness:.2f}" if found.of > 1 else "–",
        days=days,
        href=href(officer=user) if found.of else "",
    )


def _guessed(found: Pattern) -> str:
    if not found.enough:
        return "Too few"
    return "In part" if found.guessable else "No"
