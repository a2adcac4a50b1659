"""How long a dip sample of 100,000 people takes: ``python -m bench.dip_sample [PEOPLE]``.

Frozen, hashed, packed, drawn and judged as the services do it, in one process. Reading
the people is the list of people, which ``make bench`` measures.
"""

import sys
import time
from uuid import UUID

from mappa.kernel.crypto import many_ids
from mappa.visits.dip_sample import drawing, interval, packing

MOST_SECONDS, WANTED = 2.0, 100


def pure(people: int) -> float:
    """Seconds for everything but reading the people."""
    ids = [UUID(hex=each) for each, _ in zip(many_ids(), range(people), strict=False)]
    began = time.perf_counter()
    population = drawing.frozen(ids)
    drawing.digest(population)
    kept = packing.unpacked(packing.packed(population))
    drawing.drawn(kept, bytes(32), WANTED)
    interval.likely(people, WANTED, WANTED // 5)
    return time.perf_counter() - began


def main(people: int) -> int:
    """Print the seconds; 1 if they are too many."""
    took = min(pure(people) for _ in range(3))
    print(f"{people:,} people frozen, hashed, drawn and judged: {took:.2f} s")
    return int(took > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
