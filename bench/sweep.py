"""``python -m bench.sweep``: how long the sweep takes over very many open deadlines.

For each kind of database: the first run, which tells everything, and the second, which finds
nothing new. Each runs in a process of its own, so that its memory is its own. Then how long the
dates take to be counted anew after a bank holiday was proclaimed, and after a standard was set.
"""

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from bench import changes, memory
from bench.data import KEPT, KINDS, served
from bench.deadlines import Wanted, fill
from config.settings import Settings, demo_settings
from mappa.access.upgrade import roles_of, upgrade
from mappa.app import create_app
from mappa.kernel import clock
from mappa.reminders import sweep
from mappa.reminders.standards import recounting
from tests.support import postgres

AT_MOST = 60
"""Seconds for a run."""
RUNS = ("tells everything", "finds nothing new")
ANEW: dict[str, Callable[[], None]] = {
    "counted anew after a holiday": changes.proclaim,
    "counted anew after a standard": changes.set_standard,
}


@dataclass(frozen=True)
class Run:
    """One run: seconds, those of its own processor, what it found, and megabytes."""

    seconds: float
    busy: float
    due: int
    opened: int
    told: int
    failed: int
    before: int
    peak: int

    def words(self, what: str) -> str:
        """One line."""
        return (
            f"{what}: {self.seconds:.1f} s ({self.busy:.1f} s busy); due {self.due:,}, opened "
            f"{self.opened:,} rows, told {self.told:,}, failed {self.failed}; memory "
            f"of its own {self.before} MB before, {self.peak} MB at its peak"
        )


@dataclass(frozen=True)
class Anew:
    """One count anew: seconds, those of its own processor, how many dates moved, and megabytes."""

    seconds: float
    busy: float
    moved: int
    peak: int

    def words(self, what: str) -> str:
        """One line."""
        return (
            f"{what}: {self.seconds:.1f} s ({self.busy:.1f} s busy); moved {self.moved:,} dates; "
            f"memory of its own {self.peak} MB at its peak"
        )


def main() -> int:
    """0 if every run was fast enough and nothing failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--deadlines", type=int, default=500_000)
    parser.add_argument("--late", type=float, default=0.05, help="the share that is overdue")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--run", help=argparse.SUPPRESS)
    parser.add_argument("--anew", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        app = _app(Path(given.run))
        done = _anew(app, ANEW[given.anew]) if given.anew else _run(app)
        print(json.dumps(dataclasses.asdict(done)))
        return 0
    wanted = Wanted(people=given.people, deadlines=given.deadlines, late=given.late)
    kinds = tuple(given.kinds.split(","))
    KEPT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, served(kinds) as server:
        measured = [_measured(kind, Path(folder) / kind, server, wanted) for kind in kinds]
    return 0 if all(measured) else 1


def _measured(kind: str, home: Path, server: str | None, wanted: Wanted) -> bool:
    began = time.monotonic()
    settings = _built(kind, home, server, wanted)
    print(
        f"{kind}: {wanted.people:,} people, {wanted.deadlines:,} open deadlines, "
        f"{wanted.late:.0%} overdue; loaded in {time.monotonic() - began:.0f} s",
        flush=True,
    )
    held = True
    for what in RUNS:
        found = Run(**_in_a_process(settings, home))
        print("  " + found.words(what), flush=True)
        held = held and found.seconds <= AT_MOST and not found.failed
    for what in ANEW:
        anew = Anew(**_in_a_process(settings, home, "--anew", what))
        print("  " + anew.words(what), flush=True)
    return held


def _built(kind: str, home: Path, server: str | None, wanted: Wanted) -> Settings:
    settings = demo_settings(home)
    if kind == "postgresql":
        assert server is not None
        postgres.make_roles(server)
        url = postgres.create(server, "bench_sweep", "template0")
        settings = dataclasses.replace(
            settings,
            database_url=postgres.under(url, postgres.APPLICATION),
            system_database_url=postgres.under(url, postgres.SYSTEM),
            owner_database_url=url,
        )
    upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    app = create_app(settings)
    with app.app_context():
        fill(settings.owner_url, wanted, clock.day_of(datetime.now().astimezone()))
    if kind == "postgresql":
        postgres.execute(settings.owner_url, "VACUUM ANALYZE")
    return settings


def _in_a_process(settings: Settings, home: Path, *more: str) -> dict[str, Any]:
    urls = {"database_url": settings.database_url, "system": settings.system_database_url}
    file = home / "urls"
    file.write_text(json.dumps(urls | {"home": str(home)}))
    command = [sys.executable, "-m", "bench.sweep", "--run", str(file), *more]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _app(file: Path) -> Flask:
    urls = json.loads(file.read_text())
    settings = dataclasses.replace(
        demo_settings(Path(urls["home"])),
        database_url=urls["database_url"],
        system_database_url=urls["system"],
    )
    return create_app(settings)


def _run(app: Flask) -> Run:
    began, busy = time.monotonic(), time.process_time()
    with memory.watched() as own:
        found = sweep.sweep(app)
    return Run(
        time.monotonic() - began, time.process_time() - busy, found.due, found.opened, found.told,
        found.failed, own.before, own.peak,
    )  # fmt: skip


def _anew(app: Flask, change: Callable[[], None]) -> Anew:
    with app.app_context():
        change()
    began, busy = time.monotonic(), time.process_time()
    with memory.watched() as own:
        found = recounting.recount(app)
    return Anew(time.monotonic() - began, time.process_time() - busy, found.moved, own.peak)


if __name__ == "__main__":
    sys.exit(main())
