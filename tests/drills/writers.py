"""Many writers on one SQLite database, in several processes: nobody waits long, nobody is refused.

Each writes what the platform writes for everything: an entry of the audit, chained and committed.
"""

import multiprocessing
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

import sqlalchemy as sa

from config.settings import Settings


@dataclass(frozen=True)
class Outcome:
    """What came of it: seconds of every write, writes of every writer, errors."""

    seconds: list[float]
    by_writer: list[int]
    errors: list[str]

    @property
    def starved(self) -> bool:
        """Whether the least busy wrote less than a third of what the busiest did."""
        return min(self.by_writer) * 3 + 2 < max(self.by_writer)

    @property
    def p50(self) -> float:
        return quantiles(self.seconds, n=2)[0]

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1]

    @property
    def p99(self) -> float:
        return quantiles(self.seconds, n=100)[-1]

    def told(self) -> str:
        """One line for whoever runs the drill."""
        parts = {
            "p50": self.p50, "p95": self.p95, "p99": self.p99, "longest": max(self.seconds)
        }  # fmt: skip
        waits = ", ".join(f"{name} {each * 1000:.0f} ms" for name, each in parts.items())
        return (
            f"{len(self.by_writer)} writers, {len(self.seconds)} writes: {len(self.errors)} errors,"
            f" {waits}; the busiest wrote {max(self.by_writer)},"
            f" the least busy {min(self.by_writer)}"
        )


def write(settings: Settings, *, processes: int, threads: int, seconds: float) -> Outcome:
    """So many processes of so many threads write for a while, as fast as they can."""
    split = multiprocessing.get_context("spawn")
    start = split.Barrier(processes)
    answers = split.Queue()
    running = [
        split.Process(target=_process, args=(settings, threads, seconds, start, answers))
        for _ in range(processes)
    ]
    for each in running:
        each.start()
    found = [answers.get(timeout=300 + seconds) for _ in running]
    for each in running:
        each.join()
    return Outcome(
        seconds=[s for waits, _ in found for writer in waits for s in writer],
        by_writer=[len(writer) for waits, _ in found for writer in waits],
        errors=[error for _, errors in found for error in errors],
    )


def _process(settings: Settings, threads: int, seconds: float, start: Any, answers: Any) -> None:
    from mappa.app import create_app

    app = create_app(settings)
    waits: list[list[float]] = [[] for _ in range(threads)]
    errors: list[str] = []
    _write_once(app)  # what is compiled at the first write is no waiting
    start.wait()
    ends = time.monotonic() + seconds

    def writer(own: list[float]) -> None:
        while time.monotonic() < ends:
            began = time.monotonic()
            try:
                _write_once(app)
            except sa.exc.SQLAlchemyError as error:
                errors.append(str(error)[:200])
            own.append(time.monotonic() - began)

    running = [threading.Thread(target=writer, args=(own,)) for own in waits]
    for each in running:
        each.start()
    for each in running:
        each.join()
    answers.put((waits, errors))


def _write_once(app: Any) -> None:
    from mappa.audit import log
    from mappa.kernel.crypto import new_id
    from mappa.kernel.uow import Kind, unit_of_work

    with app.app_context(), unit_of_work(Kind.WRITE, system="drill") as unit:
        log.record(None, log.Operation.ADMINISTRATION, "drill", [new_id()], at=unit.at)


def drill(
    folder: Path, *, seconds: float, processes: int = 4, threads: int = 8
) -> tuple[Outcome, Outcome]:
    """The drill on a fresh database in a folder on a disk: one writer alone, then all of them.

    Everybody waits for everybody's turn, so a machine that has other things to do shows in both.
    """
    from config.settings import demo_settings
    from mappa.kernel.migrate import upgrade

    settings = demo_settings(folder)
    upgrade(settings.database_url)
    alone = write(settings, processes=1, threads=1, seconds=min(seconds, 5))
    return alone, write(settings, processes=processes, threads=threads, seconds=seconds)
