"""``make drills``: the kill drill on both databases, and the writers on SQLite, with figures."""

import argparse
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.data import KEPT, KINDS, served
from config.settings import Settings, demo_settings
from mappa.access.upgrade import roles_of, upgrade
from mappa.app import create_app
from mappa.demo.bulk.build import Progress, Size
from mappa.demo.command import fill
from tests.drills import kill, writers
from tests.support import postgres

SMALL = Size(people=600, longest=20, entries_each=5, told=0)
SILENT = Progress(lambda _text: None, live=False)
MOST_SECONDS = 0.25


def main() -> int:
    """0 if everything held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=32)
    parser.add_argument("--every", type=float, default=1, help="seconds from kill to kill")
    parser.add_argument("--seconds", type=float, default=30, help="for the writers; 0: none")
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    kinds = tuple(given.kinds.split(","))
    KEPT.mkdir(parents=True, exist_ok=True)
    held = []
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, served(kinds) as server:
        for kind in kinds:
            settings = _empty(kind, Path(folder) / kind, server)
            held.append(_kill(kind, settings, given.clients, given.visits, given.every))
        if given.seconds:
            held.append(_write(Path(folder) / "writers", given.seconds))
    return 0 if all(held) else 1


def _write(folder: Path, seconds: float) -> bool:
    alone, written = writers.drill(folder, seconds=seconds)
    held = not written.errors and not written.starved and written.p99 <= MOST_SECONDS
    told = f"{written.told()}; one alone takes {alone.p50 * 1000:.1f} ms"
    print(f"Writers on SQLite: {told}. {_word(held)}")
    return held


def _kill(kind: str, settings: Settings, clients: int, visits: int, every: float) -> bool:
    fill(create_app(settings), SMALL, seed=1, show=SILENT)
    outcome = kill.drill(settings, clients=clients, visits=visits, every=every)
    print(f"Kill drill, {kind}: {outcome.told()}. {_word(outcome.held)}", flush=True)
    for strange in sorted(set(outcome.strange))[:5]:
        print(f"  {strange}")
    return outcome.held


def _empty(kind: str, home: Path, server: str | None) -> Settings:
    """An empty database; on PostgreSQL with the three roles and row-level security, as deployed."""
    settings = demo_settings(home)
    if kind == "postgresql":
        assert server is not None
        postgres.make_roles(server)
        url = postgres.create(server, "drill", "template0")
        settings = replace(
            settings,
            database_url=postgres.under(url, postgres.APPLICATION),
            system_database_url=postgres.under(url, postgres.SYSTEM),
            owner_database_url=url,
        )
    upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    return settings


def _word(held: bool) -> str:
    return "Held." if held else "NOT HELD."


if __name__ == "__main__":
    sys.exit(main())
