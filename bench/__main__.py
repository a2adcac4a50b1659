"""``python -m bench``: build what is missing, measure both sides in one loop, tell what came."""

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from bench import report
from bench.data import KINDS, PORT, SIZES, Data, data, served
from bench.pages import PAGES, Page, Side
from bench.readers import Script, script
from bench.servers import serving

WARM_UP = 12


@dataclass
class Measured:
    """What one side took for one page: seconds, statements, bytes, request by request."""

    seconds: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    bytes: list[int] = field(default_factory=list)


Results = dict[tuple[str, str, int], Measured]
"""By page, side and people."""


def main() -> int:
    """Measure, print the table, and write it down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=",".join(map(str, SIZES)))
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--pages", default=",".join(page.key for page in PAGES))
    parser.add_argument("--times", type=int, default=0, help="ask every page so often")
    parser.add_argument("--keep", default="docs/bench.md", help="where to write the tables")
    given = parser.parse_args()
    sizes = [int(each) for each in given.sizes.split(",")]
    kinds = tuple(given.kinds.split(","))
    pages = [page for page in PAGES if page.key in given.pages.split(",")]
    tables = []
    with served(kinds) as server:
        for kind in kinds:
            built = [data(kind, people, server) for people in sizes]
            began = time.monotonic()
            found = _measure(built, pages, given.times)
            table = report.table(kind, pages, found, sizes)
            print(f"\n{table}\n\nMeasured in {time.monotonic() - began:.0f} seconds.", flush=True)
            tables.append(table)
    if given.keep:
        report.keep(given.keep, tables)
    return 0


def _measure(built: Sequence[Data], pages: Sequence[Page], times: int) -> Results:
    """Both sides of every size at once, asked in turn: what the machine does meets all alike."""
    found: Results = defaultdict(Measured)
    with ExitStack() as stack:
        sides: list[tuple[Side, Script]] = []
        for number, each in enumerate(built):
            told = script(each)
            for place, name in enumerate(("ours", "floor")):
                side = Side(name, each.people, PORT + 2 * number + place)
                stack.enter_context(serving(each.of(name), name, side.port))
                sides.append((side, told))
        for page in pages:
            print(f"  {page.name} …", flush=True)
            for turn in range(-WARM_UP, times or page.times):
                for side, told in sides if turn % 2 else reversed(sides):
                    answer = page.ask(side, told, Random(turn))
                    if answer.status not in (200, 302):
                        raise RuntimeError(f"{side.name}, {page.name}: {answer.status}")
                    if turn >= 0:
                        kept = found[page.key, side.name, side.people]
                        kept.seconds.append(answer.seconds)
                        kept.statements.append(answer.statements)
                        kept.bytes.append(len(answer.body))
    return found


if __name__ == "__main__":
    sys.exit(main())
