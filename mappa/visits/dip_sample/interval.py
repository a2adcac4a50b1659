"""How many of all people may be as those who were looked at: an exact range. Pure.

For ``found`` of ``looked`` people drawn without putting back from ``size``, the range holds every
number of people in the population under which what was found is not too unlikely: the tails of the
hypergeometric distribution, inverted as Clopper and Pearson did for the binomial (1934). Counted in
whole numbers, so nothing is rounded.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import comb

ONE_TAIL = 40
"""Each tail holds less than 1 in 40: the range is right at least 19 times of 20 (95 %)."""


@dataclass(frozen=True)
class Range:
    """Between how many people of ``size``, both included."""

    least: int
    most: int
    size: int


def likely(size: int, looked: int, found: int) -> Range:
    """The range for the whole population of ``size``.

    Raises ``ValueError`` for numbers that cannot be.
    """
    if not 0 <= found <= looked <= size or not looked:
        raise ValueError("found of looked of size, and at least one looked at")
    lowest, highest = found, size - (looked - found)

    def not_too_few(marked: int) -> bool:
        return not _rare(at_least(size, marked, looked, found))

    def too_many(marked: int) -> bool:
        return marked > highest or _rare(at_most(size, marked, looked, found))

    least = _first(lowest, highest, not_too_few)
    return Range(least, _first(lowest, highest + 1, too_many) - 1, size)


Chance = tuple[int, int]
"""Favourable ways, and all ways."""


def at_most(size: int, marked: int, looked: int, found: int) -> Chance:
    """The chance of at most ``found`` marked among ``looked``, with ``marked`` of ``size``."""
    first = max(0, looked - (size - marked))
    ways = comb(marked, first) * comb(size - marked, looked - first)
    total = 0
    for each in range(first, found + 1):
        total += ways
        ways = ways * (marked - each) * (looked - each)
        ways //= (each + 1) * (size - marked - looked + each + 1)
    return total, comb(size, looked)


def at_least(size: int, marked: int, looked: int, found: int) -> Chance:
    """The chance of at least ``found`` marked: at most the rest are not."""
    return at_most(size, size - marked, looked, looked - found)


def _rare(chance: Chance) -> bool:
    ways, of = chance
    return ways * ONE_TAIL <= of


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number of ``low`` to ``high`` for which it holds, from where on it always does."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
