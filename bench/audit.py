"""How long it takes to verify the long history of a bench database: ``python -m bench.audit``.

On databases that are built already; nothing is written. All cores are used, so measure it alone.
"""

import argparse
import os
import sys
import time

from bench.data import KINDS, data, served
from mappa.app import create_app
from mappa.audit.apart import verify_apart

GOAL_SECONDS = 30


def main() -> int:
    """0 if every history is in order."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    kinds = tuple(given.kinds.split(","))
    faults = 0
    with served(kinds) as server:
        for kind in kinds:
            app = create_app(data(kind, given.people, server).settings)
            began, used = time.monotonic(), _processor_seconds()
            found = verify_apart(app)
            seconds, used = time.monotonic() - began, _processor_seconds() - used
            faults += len(found.faults)
            print(
                f"{kind}: {found.entries:,} entries, {len(found.faults)} faults in {seconds:.1f} s"
                f" ({used:.1f} s of processor, its own), goal about {GOAL_SECONDS} s",
                flush=True,
            )
    return 1 if faults else 0


def _processor_seconds() -> float:
    said = os.times()
    return said.user + said.system + said.children_user + said.children_system


if __name__ == "__main__":
    sys.exit(main())
