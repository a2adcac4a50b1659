"""How well a name answers what was typed, and why, in the words of the results page.

The first name given is the one the record stands under; the others are aliases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import pairwise

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from mappa.offenders.names.forms import forms
from mappa.offenders.names.sounds import loose_sounds, sounds
from mappa.offenders.names.spelling import Word, words

LOWEST_SCORE = 52.0
ALIGNED_SHARE = 0.75
UNMATCHED_BELOW = 0.5
MOST_LETTERS_COUNTED = 3
MOST_LETTERS_OF_A_SLIP = 2
MOST_WORDS = 8
PART_COSTS = 4.0
ORDER_COSTS = 2.0
RUN_TOGETHER = 98.0


class Likeness(IntEnum):
    """How one typed word answers one word of a name, from nothing to the same letters."""

    NONE = 0
    NEAR = 1
    INITIAL = 2
    FORM = 3
    SOUND = 4
    EXACT = 5


FLOORS = {Likeness.INITIAL: 0.8, Likeness.FORM: 0.9, Likeness.SOUND: 0.9, Likeness.EXACT: 1.0}
LOOSE_SOUND = 0.8


@dataclass(frozen=True, slots=True)
class Match:
    """A name that answers a query: ``score`` is 0 to 100, ``reason`` is a sentence for the page.

    ``marks`` are the words to highlight after the reason, as written in the record; when the
    reason ends in a colon or "Also known as" they belong to the sentence.
    """

    score: float
    reason: str
    name: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    typed: int
    found: int
    likeness: Likeness
    worth: float
    letters: int


def _pair(typed: str, found: str, typed_at: int, found_at: int) -> _Pair:
    letters = OSA.distance(typed, found)
    worth = 1 - letters / max(len(typed), len(found))
    likeness = Likeness.NEAR if worth >= UNMATCHED_BELOW else Likeness.NONE
    if typed == found:
        likeness = Likeness.EXACT
    elif sounds(typed) & sounds(found):
        likeness = Likeness.SOUND
    elif forms(typed) & forms(found):
        likeness = Likeness.FORM
    elif len(typed) == 1 and found.startswith(typed):
        likeness = Likeness.INITIAL
    elif loose_sounds(typed) & loose_sounds(found):
        likeness, worth = Likeness.NEAR, max(worth, LOOSE_SOUND)
    floor = FLOORS.get(likeness, 0.0)
    return _Pair(typed_at, found_at, likeness, floor + (1 - floor) * worth, letters)


def _pairs(typed: Sequence[Word], found: Sequence[Word]) -> list[_Pair]:
    """The best partner of each typed word, each word of the name used once, in typed order."""
    every = [
        _pair(one.token, other.token, i, j)
        for i, one in enumerate(typed)
        for j, other in enumerate(found)
    ]
    every.sort(key=lambda pair: (-pair.worth, abs(pair.typed - pair.found), pair.typed, pair.found))
    chosen: list[_Pair] = []
    for pair in every:
        taken = any(pair.typed == old.typed or pair.found == old.found for old in chosen)
        if not taken:
            chosen.append(pair)
    return sorted(chosen, key=lambda pair: pair.typed)


def _score(typed: Sequence[Word], found: Sequence[Word], pairs: Sequence[_Pair]) -> float:
    letters = sum(len(word.token) for word in typed)
    aligned = sum(pair.worth * len(typed[pair.typed].token) for pair in pairs) / letters
    whole = fuzz.token_sort_ratio(_joined(typed), _joined(found))
    score = 100 * ALIGNED_SHARE * aligned + (1 - ALIGNED_SHARE) * whole
    if len(found) > len(typed):
        score -= PART_COSTS
    if _in_another_order(pairs, len(typed)):
        score -= ORDER_COSTS
    return score


def _joined(of: Sequence[Word]) -> str:
    return " ".join(word.token for word in of)


def _in_another_order(pairs: Sequence[_Pair], typed_words: int) -> bool:
    matched = [pair for pair in pairs if pair.likeness is not Likeness.NONE]
    if any(first.found > second.found for first, second in pairwise(matched)):
        return True
    only_some = len(matched) < typed_words
    return only_some and any(pair.typed == 0 and pair.found > 0 for pair in matched)


def _letters_differ(count: int, stop: str) -> str:
    return f"{count} letter{'s differ' if count != 1 else ' differs'}{stop}"


def _lead(typed: Sequence[Word], found: Sequence[Word], pairs: Sequence[_Pair]) -> str:
    """The reason without its place: what is shared, and whether in the order typed."""
    order = ", in another order" if _in_another_order(pairs, len(typed)) else ""
    worst = min(pair.likeness for pair in pairs)
    if worst is Likeness.NONE or len(pairs) < len(typed):
        return f"Part of the name{order}"
    if worst is Likeness.EXACT:
        return f"{'Exact' if len(typed) == len(found) else 'Part of the'} name{order}"
    if worst is Likeness.INITIAL:
        return f"Initial and name{order}"
    if worst is Likeness.FORM:
        return f"Another form of the same name{order}"
    count = sum(pair.letters for pair in pairs if pair.likeness is not Likeness.FORM)
    if worst is Likeness.SOUND:
        counted = f". {_letters_differ(count, '')}" if count <= MOST_LETTERS_COUNTED else ""
        return f"Sounds the same{order}{counted}"
    if count <= MOST_LETTERS_OF_A_SLIP:
        return _letters_differ(count, order)
    return f"Sounds close{order}"


def _marks(found: Sequence[Word], pairs: Sequence[_Pair]) -> tuple[str, ...]:
    differing = {pair.found for pair in pairs if pair.likeness is not Likeness.EXACT}
    return tuple(word.written for place, word in enumerate(found) if place in differing)


def _run_together(typed: Sequence[Word], found: Sequence[Word]) -> bool:
    return len(typed) != len(found) and (
        "".join(word.token for word in typed) == "".join(word.token for word in found)
    )


def _judged(typed: Sequence[Word], found: Sequence[Word]) -> tuple[str, float, tuple[str, ...]]:
    if _run_together(typed, found):
        return "Same letters, spaced differently", RUN_TOGETHER, ()
    pairs = _pairs(typed, found)
    lead = _lead(typed, found, pairs)
    marks = () if lead.startswith(("Part", "Exact")) else _marks(found, pairs)
    return lead, _score(typed, found, pairs), marks


def _match(typed: Sequence[Word], name: str, *, alias: bool) -> Match | None:
    found = words(name)[:MOST_WORDS]
    if not found:
        return None
    lead, score, marks = _judged(typed, found)
    if score < LOWEST_SCORE:
        return None
    if alias:
        first_sentence = lead.split(". ", maxsplit=1)[0]
        return Match(round(score, 1), f"{first_sentence}. Also known as", name, (name,))
    return Match(round(score, 1), f"{lead}:" if marks else lead, name, marks)


def rank(query: str, names: Sequence[str]) -> Match | None:
    """The best match among the names of one person; None if no name is close enough.

    Compared after normalising; at equal scores the earlier name wins.
    """
    typed = words(query)[:MOST_WORDS]
    if not typed:
        return None
    found = [_match(typed, name, alias=place > 0) for place, name in enumerate(names)]
    matches = [match for match in found if match is not None]
    return max(matches, key=lambda match: match.score, default=None)


def swapped(day: date) -> date | None:
    """The day with day and month exchanged; None where that is no day or the same day."""
    try:
        other = date(day.year, day.day, day.month)
    except ValueError:
        return None
    return other if other != day else None


def rank_birth(typed: Sequence[date], born_on: date) -> Match | None:
    """How a date of birth answers the days that the query may mean; None if it is another day."""
    if born_on in typed:
        return Match(100.0, "Date of birth", "")
    if any(swapped(day) == born_on for day in typed):
        return Match(80.0, "Date of birth with day and month swapped", "")
    return None
