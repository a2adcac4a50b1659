"""The keys under which a name is stored and asked for, so that search is equality and no more.

A misspelt name is found because the stored word and the typed word, each with one letter left
out, have a text in common. Only the first letters of a long word are used for that, so the number
of keys stays small (Garbe's symmetric delete with a prefix).
"""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from mappa.offenders.names.forms import forms
from mappa.offenders.names.sounds import loose_sounds
from mappa.offenders.names.spelling import Word, words

PREFIX_LETTERS = 7
SHORTEST_VALUE = 2
MOST_WORDS = 8
LONGEST_VALUE = 40
MOST_KEYS = 128
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


class Key(NamedTuple):
    """One stored value; a name is a candidate when it has a key of the query."""

    kind: Kind
    value: str


def _near(token: str) -> Iterable[str]:
    start = token[:PREFIX_LETTERS]
    yield start
    for left_out in range(len(start)):
        yield start[:left_out] + start[left_out + 1 :]


@lru_cache(maxsize=8192)
def _word_keys(token: str) -> frozenset[Key]:
    found = {Key(Kind.EXACT, token[:LONGEST_VALUE])}
    if token in PARTICLES:
        return frozenset(found)
    found.update(Key(Kind.SOUND, sound[:LONGEST_VALUE]) for sound in loose_sounds(token))
    found.update(Key(Kind.FORM, group) for group in forms(token))
    found.update(Key(Kind.NEAR, part) for part in _near(token) if len(part) >= SHORTEST_VALUE)
    return frozenset(found)


def _slot(word: Word) -> frozenset[Key]:
    return frozenset().union(*(_word_keys(part) for part in word.parts))


def _joined_keys(found: tuple[Word, ...]) -> Iterable[Key]:
    # "Al Hassan" and "Alhassan", "Xiao Ming" and "Xiaoming", a space typed in the wrong place.
    for first, second in pairwise(found):
        joined = first.token + second.token
        yield Key(Kind.EXACT, joined[:LONGEST_VALUE])


def keys(name: str) -> frozenset[Key]:
    """The keys to store for one name or alias; at most ``MOST_KEYS``, none for an empty name."""
    found = words(name)[:MOST_WORDS]
    parts = [part for word in found for part in word.parts][:MOST_WORDS]
    return frozenset(_joined_keys(found)).union(*(_word_keys(part) for part in parts))


def query_slots(text: str) -> tuple[frozenset[Key], ...]:
    """The keys to look for, one set for each typed word in order, the last for words run together.

    A name that has a key of more slots is the better candidate.
    """
    typed = words(text)[:MOST_WORDS]
    slots = [_slot(word) for word in typed]
    joined = frozenset(_joined_keys(typed))
    return (*slots, joined) if joined else tuple(slots)


def query_keys(text: str) -> frozenset[Key]:
    """All keys to look for when this text is typed; empty when it has no letters or digits."""
    return frozenset().union(*query_slots(text))
