"""How much memory a process takes of its own while something runs.

What SQLite maps of its file is counted in a process's resident size as well: up to two gigabytes
that the kernel may take back at any time, and that several processes share. Here only what is the
process's own is counted (``RssAnon``), looked at again and again from a thread.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

EVERY = 0.05
"""Seconds from look to look."""


class Own:
    """Megabytes of its own that a process had before, and at its peak."""

    def __init__(self) -> None:
        self.before = self.peak = _now()

    def look(self) -> None:
        """Keep the peak."""
        self.peak = max(self.peak, _now())


@contextmanager
def watched() -> Iterator[Own]:
    """Look at this process while the block runs."""
    own, over = Own(), threading.Event()

    def go_on() -> None:
        while not over.wait(EVERY):
            own.look()

    watching = threading.Thread(target=go_on, daemon=True)
    watching.start()
    try:
        yield own
    finally:
        over.set()
        watching.join()
        own.look()


def _now() -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("RssAnon"))
