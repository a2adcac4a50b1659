"""The keys under which a name is stored and asked for, so that search is equality and no more.

A name of several words is stored under *pairs* of its words, each as it sounds or as the form of
a name that it is: of a hundred thousand people a pair finds some dozens, where a word alone finds
thousands. One slip of the finger is met on the asking side: what may have been meant by the typed
word is asked for, every text that is one letter away; so nothing more is stored. Scripts other
than Latin, whose letters cannot be tried through, are stored with one letter left out.
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from itertools import combinations, pairwise
from string import ascii_lowercase
from typing import NamedTuple

from mappa.offenders.names.forms import forms
from mappa.offenders.names.sounds import code_of, loose_sounds
from mappa.offenders.names.spelling import Word, words

PREFIX_LETTERS = 8
SHORTEST_VALUE = 2
MOST_WORDS = 8
MOST_PAIRED = 4
MOST_JOINED = 3
LONGEST_VALUE = 40
MOST_KEYS = 256
# So frequent that their sound would only add candidates; as typed they still count.
PARTICLES = frozenset(
    {"al", "el", "ul", "ap", "ab", "bin", "ibn", "bint", "van", "von", "der", "de", "la", "ni"}
)


class Kind(StrEnum):
    """What two names share when they share a key."""

    EXACT = "exact"
    SOUND = "sound"
    NEAR = "near"
    FORM = "form"
    PAIR = "pair"


class Key(NamedTuple):
    """One stored value; its first sign tells the kind, so that no two kinds share a value."""

    kind: Kind
    value: str


class Unit(NamedTuple):
    """A word of a name, or two that may be one, as a part of pairs."""

    start: int
    end: int
    letters: frozenset[str]
    codes: frozenset[str]


def exact(token: str) -> Key:
    """The word as it is written."""
    return Key(Kind.EXACT, token[:LONGEST_VALUE])


def pair(one: str, other: str) -> Key:
    """Two words or codes, in whatever order they were said."""
    first, second = sorted((one[:LONGEST_VALUE], other[:LONGEST_VALUE]))
    return Key(Kind.PAIR, f"{first}+{second}")


def is_latin(token: str) -> bool:
    """Whether the letters of a folded word can be tried through."""
    return token.isascii() and token.isalpha()


@lru_cache(maxsize=8192)
def codes(token: str) -> frozenset[str]:
    """How the word sounds and whose forms it is; the word itself where neither is known."""
    found = {f"~{sound}" for sound in loose_sounds(token)}
    found |= {f"={group}" for group in forms(token)}
    return frozenset(found or {token})


def codes_of(word: Word) -> frozenset[str]:
    """The codes of a word, and of what follows "O" or "Mc" where a space stood between them."""
    return frozenset().union(*(codes(part) for part in word.parts))


def _left_out(token: str) -> Iterator[str]:
    yield token
    for place in range(len(token)):
        yield token[:place] + token[place + 1 :]


def near(token: str) -> frozenset[Key]:
    """The word with one letter left out, for scripts whose letters cannot be tried through."""
    if is_latin(token):
        return frozenset()
    start = token[:PREFIX_LETTERS]
    return frozenset(
        Key(Kind.NEAR, f"?{text}") for text in _left_out(start) if len(text) >= SHORTEST_VALUE
    )


@lru_cache(maxsize=8192)
def word_keys(token: str) -> frozenset[Key]:
    """The keys of one word by itself."""
    found = {exact(token)}
    if token in PARTICLES or len(token) < SHORTEST_VALUE:
        return frozenset(found)
    for code in codes(token) - {token}:
        found.add(Key(Kind.SOUND if code.startswith("~") else Kind.FORM, code[:LONGEST_VALUE]))
    return frozenset(found | near(token))


def joined(one: Word, other: Word) -> str:
    """Two neighbours without the space: "Al Hassan" and "Alhassan"."""
    return one.token + other.token


def units(name: tuple[Word, ...], *, joining: bool) -> list[Unit]:
    """What pairs are made of: the words but particles, and with ``joining`` neighbours as one."""
    placed = [
        (place, word)
        for place, word in enumerate(name)
        if word.token not in PARTICLES and len(word.token) >= SHORTEST_VALUE
    ][:MOST_PAIRED]
    found = [
        Unit(place, place + 1, frozenset(word.parts), codes_of(word)) for place, word in placed
    ]
    if joining and len(name) > 2:
        for place, (one, other) in enumerate(pairwise(name[: MOST_JOINED + 1])):
            text = joined(one, other)
            code = f"~{code_of(text)}" if is_latin(text) else text
            found.append(Unit(place, place + 2, frozenset({text}), frozenset({code})))
    return found


def apart(parts: Iterable[Unit]) -> Iterator[tuple[Unit, Unit]]:
    """Every two units that share no word."""
    for one, other in combinations(parts, 2):
        if one.end <= other.start or other.end <= one.start:
            yield one, other


def _pairs(name: tuple[Word, ...]) -> Iterator[Key]:
    for one, other in apart(units(name, joining=True)):
        for letters in one.letters:
            yield from (pair(letters, others) for others in other.letters)
        for code in one.codes:
            yield from (pair(code, others) for others in other.codes)


def initial(token: str) -> str:
    """The code of a word of which only the first letter is given."""
    return f"{token[0]}."


def _initials(name: tuple[Word, ...]) -> Iterator[Key]:
    # "J Smith": who writes an initial writes that of the first name.
    if len(name) > 1 and name[-1].token not in PARTICLES:
        yield from (pair(initial(name[0].token), code) for code in codes_of(name[-1]))


def keys(name: str) -> frozenset[Key]:
    """The keys to store for one name or alias; at most ``MOST_KEYS``, none for an empty name."""
    found = words(name)[:MOST_WORDS]
    parts = [part for word in found for part in word.parts][:MOST_WORDS]
    singly = frozenset().union(*(word_keys(part) for part in parts))
    neighbours = (exact(joined(one, other)) for one, other in pairwise(found))
    every = singly.union(neighbours, _initials(found), _pairs(found))
    return every if len(every) <= MOST_KEYS else frozenset(sorted(every)[:MOST_KEYS])


@lru_cache(maxsize=1024)
def one_letter_away(token: str) -> frozenset[str]:
    """Every text that becomes the word by one letter more, less or other, or two exchanged."""
    if not is_latin(token) or len(token) < SHORTEST_VALUE:
        return frozenset()
    halves = [(token[:place], token[place:]) for place in range(len(token) + 1)]
    found = {left + right[1:] for left, right in halves if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    for letter in ascii_lowercase:
        found |= {left + letter + right for left, right in halves}
        found |= {left + letter + right[1:] for left, right in halves if right}
    return frozenset(text for text in found if len(text) >= SHORTEST_VALUE)


@lru_cache(maxsize=1024)
def codes_one_letter_away(token: str) -> frozenset[str]:
    """The codes of whatever may have been meant by a word with one slip of the finger."""
    meant = one_letter_away(token)
    sounds = {f"~{code_of(text)}" for text in meant}
    return frozenset(sounds | {f"={group}" for text in meant for group in forms(text)})
