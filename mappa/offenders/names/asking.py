"""What to ask the stored keys for when a name is typed, and how much each answer is worth.

Every value belongs to a slot (two typed words, or one): of a slot the best answer counts, and the
slots of a person add up. The cut after the best few hundred is made by these figures; who of those
answers, and why, is said by ``ranking``.
"""

from collections.abc import Iterator
from itertools import count, pairwise, product

from mappa.offenders.names.keys import (
    MOST_WORDS,
    Unit,
    apart,
    codes,
    codes_of,
    codes_one_letter_away,
    exact,
    initial,
    joined,
    near,
    one_letter_away,
    pair,
    units,
    word_keys,
)
from mappa.offenders.names.spelling import Word, words

SCALE = 16
"""A worth is below this; ``slot * SCALE + worth`` is what a value carries."""

RARE_CODE = 5
"""The sound of a long word is rare; "JN" alone would be a twentieth of all people."""

SAME, RUN_TOGETHER, SOUND, INITIAL, SLIP, ALONE, SOUND_ALONE = 9, 8, 6, 5, 4, 2, 1

Wanted = dict[str, int]
"""Stored value to slot and worth."""


def wanted(text: str) -> Wanted:
    """What to ask for: two words at a time, or the one word there is, with one slip in either."""
    typed = words(text)[:MOST_WORDS]
    found: Wanted = {}
    slots = count()
    for one, other in apart(units(typed, joining=False)):
        _note(found, next(slots), _of_two(one, other))
    if not found:
        for word in typed:
            _note(found, next(slots), _of_one(word))
    _note(found, next(slots), _of_neighbours(typed))
    _note(found, next(slots), _of_initials(typed))
    return found


def wanted_singly(text: str) -> Wanted:
    """What to ask for when no two words were met: each word as typed, a long one as it sounds."""
    found: Wanted = {}
    for slot, word in enumerate(words(text)[:MOST_WORDS]):
        _note(found, slot, _alone(word))
    return found


def _note(found: Wanted, slot: int, values: Iterator[tuple[str, int]]) -> None:
    for value, worth in values:
        before = found.get(value)
        if before is None or before % SCALE < worth:
            found[value] = slot * SCALE + worth


def _of_two(one: Unit, other: Unit) -> Iterator[tuple[str, int]]:
    for first in one.letters:
        yield from ((pair(first, second).value, SAME) for second in other.letters)
    for code in one.codes:
        yield from ((pair(code, others).value, SOUND) for others in other.codes)
    for slipped, right in ((one, other), (other, one)):
        meant = frozenset().union(*(codes_one_letter_away(text) for text in slipped.letters))
        for code in meant:
            yield from ((pair(code, others).value, SLIP) for others in right.codes)


def _of_one(word: Word) -> Iterator[tuple[str, int]]:
    for part in word.parts:
        yield exact(part).value, SAME
        yield from ((key.value, SOUND) for key in word_keys(part) - near(part))
        yield from ((exact(text).value, SLIP) for text in one_letter_away(part))
        yield from ((key.value, SLIP) for key in near(part))


def _of_neighbours(typed: tuple[Word, ...]) -> Iterator[tuple[str, int]]:
    """Two words that may be one: "Wex Combe", and "Xiao Ming Wang" for Wang Xiaoming."""
    for place, (one, other) in enumerate(pairwise(typed)):
        text = joined(one, other)
        yield exact(text).value, RUN_TOGETHER
        for word in (*typed[:place], *typed[place + 2 :]):
            yield from (
                (pair(code, others).value, SOUND)
                for code, others in product(codes(text), codes_of(word))
            )


def _of_initials(typed: tuple[Word, ...]) -> Iterator[tuple[str, int]]:
    """An initial beside a word, in either order: "J Smith", "Smith J"."""
    shorts = [word for word in typed if len(word.token) == 1]
    for short, word in product(shorts, typed):
        if word is not short:
            yield from (
                (pair(initial(short.token), code).value, INITIAL) for code in codes_of(word)
            )


def _alone(word: Word) -> Iterator[tuple[str, int]]:
    for part in word.parts:
        yield exact(part).value, ALONE
        yield from ((key.value, SOUND_ALONE) for key in near(part))
        yield from (
            (code, SOUND_ALONE) for code in codes(part) if code[0] == "~" and len(code) >= RARE_CODE
        )
