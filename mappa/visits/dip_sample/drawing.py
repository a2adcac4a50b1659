"""How a dip sample is drawn, so that anybody gets the same people again. Pure.

The people who can be drawn are frozen first, as the sorted list of their ids, and a seed of 32
random bytes is committed to by its digest; only then is drawn. Every id has a rank, HMAC-SHA256 of
the id under the seed, and the lowest ranks are drawn: the seed was chosen before anybody could know
whom it picks, and the people were fixed before anybody could know the seed.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from uuid import UUID

ALGORITHM = "mappa-dip-sample-1"
"""Named on every sample: another way of drawing gets another name, and old samples keep theirs."""
ID_BYTES = 16
SEED_BYTES = 32


def frozen(people: Iterable[UUID]) -> bytes:
    """The ids in order, each once, 16 bytes each: the same for the same people, however found."""
    return b"".join(sorted({each.bytes for each in people}))


def thawed(population: bytes) -> Iterator[UUID]:
    """The people of a frozen list."""
    for start in range(0, len(population), ID_BYTES):
        yield UUID(bytes=population[start : start + ID_BYTES])


def size_of(population: bytes) -> int:
    """How many people a frozen list has."""
    return len(population) // ID_BYTES


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal: of the frozen list, and of the seed (the commitment)."""
    return hashlib.sha256(data).hexdigest()


def rank(seed: bytes, person: UUID) -> str:
    """Where a person stands in the draw, in hexadecimal; the lowest are drawn."""
    return hmac.digest(seed, person.bytes, "sha256").hex()


def drawn(population: bytes, seed: bytes, wanted: int) -> list[UUID]:
    """The ``wanted`` people with the lowest ranks, the lowest first; all if there are no more.

    Equal ranks, which nobody has ever seen, go by id.
    """
    ids = (population[start : start + ID_BYTES] for start in range(0, len(population), ID_BYTES))
    ranked = ((hmac.digest(seed, each, "sha256"), each) for each in ids)
    return [UUID(bytes=each) for _, each in nsmallest(wanted, ranked)]


@dataclass(frozen=True)
class Step:
    """One step of a check: what was looked at, what was found, and whether it is as it should."""

    what: str
    found: str
    holds: bool


@dataclass(frozen=True, kw_only=True)
class Claim:
    """What was written down about a sample, by which the draw is judged."""

    algorithm: str
    population_digest: str
    size: int
    seed_digest: str
    wanted: int
    drawn: Sequence[UUID]


def checked(claim: Claim, population: bytes, seed: bytes) -> list[Step]:
    """Draw again from what was kept, and compare each step with what was written down."""
    again = drawn(population, seed, claim.wanted)
    return [
        Step("Way of drawing", claim.algorithm, claim.algorithm == ALGORITHM),
        Step(
            "SHA-256 of the frozen list of people",
            digest(population),
            digest(population) == claim.population_digest,
        ),
        Step(
            "People in the frozen list, in order and each once",
            f"{size_of(population):,}",
            size_of(population) == claim.size and frozen(thawed(population)) == population,
        ),
        Step(
            "SHA-256 of the seed, committed to before the draw",
            digest(seed),
            digest(seed) == claim.seed_digest,
        ),
        Step(
            "People with the lowest HMAC-SHA256 under the seed",
            f"{len(again):,} drawn again",
            again == list(claim.drawn),
        ),
    ]
