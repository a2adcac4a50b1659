"""When two descriptions may be one person, and why. Pure: no database, no page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from itertools import combinations

from mappa.kernel.errors import RuleBroken
from mappa.offenders.names import SCALE, Wanted, identifiers, rank, swapped, wanted

NUMBERS = {
    "crn": "Same CRN",
    "pnc": "Same PNC number",
    "visor": "Same ViSOR number",
    "prison_number": "Same prison number",
}
"""Identifier to the reason it gives."""

CLOSE_NAME = 80.0
SOME_NAME = 60.0
SAME_NAME = 94.0
YEARS_OF_ABOUT = 2
MOST_NAMES = 6
_NUMBER_WORTH, _BIRTH_WORTH = 15, 9


class Strength(StrEnum):
    """How much speaks for one person: a number, a name with a birth, or less."""

    SAME = "same"
    LIKELY = "likely"
    POSSIBLE = "possible"


ORDER = tuple(Strength)
"""The strongest first."""


class Birth(StrEnum):
    """How two births stand to each other; the words are the reason."""

    SAME = "Same date of birth"
    SWAPPED = "Date of birth with day and month swapped"
    ONE_DIGIT = "Date of birth differs by one digit"
    TWO_DIGITS = "Date of birth with two digits swapped"
    ABOUT = "Born about the same year"
    UNKNOWN = ""
    OTHER = "other"


_NEAR = (Birth.SAME, Birth.SWAPPED, Birth.ONE_DIGIT, Birth.TWO_DIGITS)


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A person as somebody describes them who may add them."""

    given_name: str
    family_name: str
    aliases: tuple[str, ...] = ()
    born_on: date | None = None
    born_about: int | None = None
    crn: str = ""
    pnc: str = ""
    visor: str = ""
    prison_number: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The name, then the aliases, without empty ones."""
        said = (f"{self.given_name} {self.family_name}".strip(), *self.aliases)
        return tuple(name for name in said if name)[:MOST_NAMES]

    def numbers(self) -> dict[str, str]:
        """The identifiers that are given, in their standard spelling."""
        given = {kind: getattr(self, kind) for kind in NUMBERS}
        return {kind: identifiers.standard(kind, text) for kind, text in given.items() if text}


@dataclass(frozen=True, kw_only=True)
class Known:
    """A person of the record, as far as the reader sees: the first name is that of the record."""

    names: tuple[str, ...]
    born_on: date | None = None
    born_about: int | None = None
    numbers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Likeness:
    """How much speaks for one person, in words for the page, the closest name's score last."""

    strength: Strength
    reasons: tuple[str, ...]
    score: float


def wanted_for(candidate: Candidate) -> Wanted:
    """The stored keys to ask for: names with one slip, the birth, the identifiers."""
    found: Wanted = {}
    slot = 0
    for name in candidate.names:
        asked = wanted(name)
        for value, carried in asked.items():
            found.setdefault(value, carried + slot * SCALE)
        slot += 1 + max((carried // SCALE for carried in asked.values()), default=0)
    for day in _days(candidate.born_on):
        found[day.isoformat()] = slot * SCALE + _BIRTH_WORTH
    for number in candidate.numbers().values():
        slot += 1
        found[number] = slot * SCALE + _NUMBER_WORTH
    return found


def _days(born_on: date | None) -> Iterator[date]:
    if born_on is not None:
        yield born_on
        other = swapped(born_on)
        if other is not None:
            yield other


def births(one: date | None, about: int | None, known: Known) -> Birth:
    """How two births stand to each other, each a day, about a year, or unknown."""
    if one is not None and known.born_on is not None:
        return _days_apart(one, known.born_on)
    year = one.year if one else about
    other = known.born_on.year if known.born_on else known.born_about
    if year is None or other is None:
        return Birth.UNKNOWN
    return Birth.ABOUT if abs(year - other) <= YEARS_OF_ABOUT else Birth.OTHER


def _days_apart(one: date, other: date) -> Birth:
    if one == other:
        return Birth.SAME
    if swapped(one) == other:
        return Birth.SWAPPED
    first, second = f"{one:%d%m%Y}", f"{other:%d%m%Y}"
    if sum(a != b for a, b in zip(first, second, strict=True)) == 1:
        return Birth.ONE_DIGIT
    return Birth.TWO_DIGITS if second in set(_with_two_exchanged(first)) else Birth.OTHER


def _with_two_exchanged(digits: str) -> Iterator[str]:
    for one, other in combinations(range(len(digits)), 2):
        found = list(digits)
        found[one], found[other] = found[other], found[one]
        yield "".join(found)


def compare(candidate: Candidate, known: Known) -> Likeness | None:
    """How much speaks for one person; None if too little does."""
    mine = candidate.numbers()
    same = [NUMBERS[kind] for kind in mine if known.numbers.get(kind) == mine[kind]]
    matches = (rank(name, known.names) for name in candidate.names)
    name = max((each for each in matches if each), key=lambda each: each.score, default=None)
    birth = births(candidate.born_on, candidate.born_about, known)
    score = name.score if name else 0.0
    strength = Strength.SAME if same else _strength(score, birth)
    if strength is None:
        return None
    said = [name.reason.rstrip(":")] if name else []
    if name and said[0].endswith("Also known as"):
        said = [f"{said[0]} {name.name}"]
    told = [birth.value] if birth not in (Birth.UNKNOWN, Birth.OTHER) else []
    return Likeness(strength, (*same, *said, *told), score)


def _strength(score: float, birth: Birth) -> Strength | None:
    """What a name and a birth say together, without a number."""
    if birth is Birth.OTHER or score < SOME_NAME:
        return None
    if birth in _NEAR and score >= CLOSE_NAME:
        return Strength.LIKELY
    if birth is Birth.SAME or score >= (SAME_NAME if birth is Birth.UNKNOWN else CLOSE_NAME):
        return Strength.POSSIBLE
    return None


@dataclass(frozen=True, kw_only=True)
class Different:
    """Why two records are of two people."""

    reason: str


def check_open(*, decided: bool) -> None:
    """A clash is decided once."""
    if decided:
        raise RuleBroken("MATCH-OPEN", "Somebody has already decided this. See the match queue.")
