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
    parser.add_argument("--seconds", type=float, default=30, help="for the writers")
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    kinds = tuple(given.kinds.split(","))
    KEPT.mkdir(parents=True, exist_ok=True)
    held = []
    with tempfile.TemporaryDirectory(dir=KEPT) as folder, served(kinds) as server:
        for kind in kinds:
            held.append(_kill(kind, Path(folder), server, given.clients, given.visits))
        written = writers.drill(Path(folder) / "writers", seconds=given.seconds)
        held.append(not written.errors and written.p99 <= MOST_SECONDS)
        print(f"Writers on SQLite: {written.told()}. {_word(held[-1])}")
    return 0 if all(held) else 1


def _kill(kind: str, folder: Path, server: str | None, clients: int, visits: int) -> bool:
    settings = _empty(kind, folder / kind, server)
    fill(create_app(settings), SMALL, seed=1, show=SILENT)
    outcome = kill.drill(settings, clients=clients, visits=visits)
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
