"""The databases that are measured: built once, kept in ``bench/.data``, brought up to date.

As a command: ``python -m bench.data 1000 10000`` builds on both kinds of database.
"""

import argparse
import os
import shutil
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from alembic.script import ScriptDirectory

from config.settings import Settings, demo_settings
from mappa.access.upgrade import upgrade
from mappa.access.wall import Roles
from mappa.app import create_app
from mappa.demo.bulk.build import Size
from mappa.demo.command import build_large
from mappa.kernel import migrate
from tests.support import postgres
from tests.support.postgres import Cluster

KEPT = Path(os.environ.get("BENCH_DATA") or Path(__file__).parent / ".data").absolute()
KINDS = ("sqlite", "postgresql")
SIZES = (1_000, 10_000, 100_000)
PORT = 8018
LASTING = {
    "max_connections": 60,
    "shared_buffers": "1GB",
    "effective_cache_size": "8GB",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "random_page_cost": "1.1",
}
"""A server as one would run it: everything that is acknowledged is on disk."""


@dataclass(frozen=True)
class Data:
    """A built database of one kind and size."""

    kind: str
    people: int
    settings: Settings
    """Of the owner of the tables, whom row-level security does not hold: the floor's."""

    def of(self, side: str) -> Settings:
        """Ours asks as the application's role, with row-level security on; the floor as owner."""
        if self.kind == "sqlite" or side == "floor":
            return self.settings
        application = postgres.under(self.settings.database_url, postgres.APPLICATION)
        return replace(self.settings, database_url=application)


@contextmanager
def served(kinds: tuple[str, ...]) -> Iterator[str | None]:
    """The PostgreSQL of the bench, while something is measured; None if it is not wanted."""
    if "postgresql" not in kinds:
        yield None
        return
    given = os.environ.get("BENCH_DATABASE_URL")
    if given:
        yield given
        return
    folder = KEPT / "postgresql"
    user = postgres.unprivileged_user()
    cluster = Cluster(folder, postgres.binaries(), user, LASTING)
    if not (folder / "cluster" / "PG_VERSION").exists():
        folder.mkdir(parents=True, exist_ok=True)
        if user:
            shutil.chown(folder, user)
        cluster.initialise()
    address = cluster.start()
    try:
        yield address
    finally:
        cluster.run("pg_ctl", "stop", "-m", "fast", "-w", "-D", cluster.data)


def data(kind: str, people: int, server: str | None, *, fresh: bool = False) -> Data:
    """The database of a kind and size, built if there is none yet."""
    home = KEPT / f"{kind}-{people}"
    done = home / "bench-is-built"
    name = f"bench_{people}"
    url = postgres.address(server, name) if server and kind == "postgresql" else None
    settings = demo_settings(home, port=PORT, database_url=url)
    if fresh or not done.exists():
        done.unlink(missing_ok=True)
        if url and server:
            postgres.execute(server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            postgres.execute(server, f"CREATE DATABASE {name} TEMPLATE template0")
        began = time.monotonic()
        build_large(settings, create_app, Size(people=people))
        if url:
            postgres.execute(url, "VACUUM ANALYZE")
        else:
            _analyse(settings.database_url)
        print(f"{kind}, {people:,} people: built in {time.monotonic() - began:.0f} seconds")
    elif done.read_text() != head():
        print(f"{kind}, {people:,} people: bringing the tables up to date")
        migrate.upgrade(settings.database_url)
    if server and kind == "postgresql":
        postgres.make_roles(server)
        upgrade(settings.database_url, Roles(postgres.APPLICATION, postgres.SYSTEM))
    done.write_text(head())
    return Data(kind, people, settings)


def _analyse(url: str) -> None:
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        connection.execute("ANALYZE")
        connection.commit()


def head() -> str:
    """The newest migration."""
    script = ScriptDirectory.from_config(migrate.config("sqlite://"))
    return script.get_current_head() or ""


def main() -> int:
    """Build what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--fresh", action="store_true")
    given = parser.parse_args()
    kinds = tuple(given.kinds.split(","))
    with served(kinds) as server:
        for kind in kinds:
            for people in given.sizes:
                data(kind, people, server, fresh=given.fresh)
    return 0


if __name__ == "__main__":
    sys.exit(main())
