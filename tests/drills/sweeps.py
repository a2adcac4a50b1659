"""The drill of the sweep: processes killed, frozen and cut off, again and again, with figures.

``python -m tests.drills.sweeps``; on PostgreSQL the server itself is restarted in the middle too.
"""

import argparse
import dataclasses
import signal
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from bench.data import KINDS
from bench.deadlines import Wanted, fill
from config.settings import Settings, demo_settings
from mappa.access.models import Posting
from mappa.access.terms import Role
from mappa.access.upgrade import roles_of, upgrade
from mappa.app import create_app
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.models import Deadline
from mappa.reminders.sweep import sweep
from mappa.reminders.telling import lease
from mappa.reminders.telling.waves import waves
from tests.drills.sweeper import CLAIMED, TELLING, Order, Sweeper
from tests.drills.sweeping import Told, outcome
from tests.support import postgres
from tests.support.postgres import Cluster

SECONDS = 3
"""Of the leases: what dies or freezes is waited for."""


@dataclasses.dataclass
class Counts:
    """What was done to the sweeps."""

    killed: int = 0
    frozen: int = 0
    restarted: int = 0

    def words(self) -> str:
        """In one line."""
        return f"{self.killed} killed, {self.frozen} frozen, {self.restarted} server restarts"


def main() -> int:
    """0 if nobody was missed and nobody told twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--kinds", default=",".join(KINDS))
    given = parser.parse_args()
    wanted = Wanted(people=given.people, deadlines=given.people * 5, late=0.2)
    held = [_drill(kind, wanted, given.rounds) for kind in given.kinds.split(",")]
    return 0 if all(held) else 1


def _drill(kind: str, wanted: Wanted, rounds: int) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        cluster = _cluster(Path(folder)) if kind == "postgresql" else None
        try:
            app = create_app(_settings(Path(folder), cluster and cluster.start()))
            return _rounds(kind, app, Path(folder), cluster, wanted, rounds)
        finally:
            if cluster:
                cluster.stop()


def _rounds(
    kind: str, app: Flask, folder: Path, cluster: "Own | None", wanted: Wanted, rounds: int
) -> bool:
    settings: Settings = app.config["SETTINGS"]
    upgrade(settings.owner_url, roles_of(settings.database_url, settings.system_url))
    today = clock.day_of(datetime.now().astimezone())
    with app.app_context():
        fill(settings.owner_url, wanted, today)
        expected = _expected()
        shares = _put_away(expected, rounds)
    counts, began, rng = Counts(), time.monotonic(), Random(1)
    lease.SECONDS = SECONDS
    for number, share in enumerate(shares):
        with app.app_context():
            _bring(share)
        _disturb(app, folder / f"round-{number}", cluster, rng, counts)
    lease.SECONDS = 45
    sweep(app)
    with app.app_context(), unit_of_work(Kind.READ, system="drill") as unit:
        later = unit.at + timedelta(minutes=2)
    with clock.at(later):
        sweep(app)
    found = outcome(app, expected)
    print(
        f"Sweeps on {kind}: {counts.words()} in {time.monotonic() - began:.0f} s; "
        f"{found.words()}. {'Held.' if found.held else 'NOT HELD.'}",
        flush=True,
    )
    return found.held


def _disturb(app: Flask, folder: Path, cluster: "Own | None", rng: Random, counts: Counts) -> None:
    """One sweep that does not come to its end in peace."""
    places = [CLAIMED, TELLING] if cluster else [CLAIMED]
    order = Order(folder, place=rng.choice(places), seconds=SECONDS, patience=20)
    one = Sweeper(app, order)
    try:
        one.arrive()
    except RuntimeError:
        return  # nothing was left to be told
    how = rng.choice(["kill", "freeze", "restart"] if cluster else ["kill", "freeze"])
    if how == "kill":
        one.signal(signal.SIGKILL)
        counts.killed += 1
    elif how == "freeze":
        one.signal(signal.SIGSTOP)
        time.sleep(SECONDS + 0.2)
        other = Sweeper(app, Order(folder / "other", seconds=SECONDS, patience=20))
        other.end()
        one.go()
        one.signal(signal.SIGCONT)
        counts.frozen += 1
    elif cluster:
        cluster.restart()
        one.go()
        counts.restarted += 1
    one.end()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


def _expected() -> set[Told]:
    """Whom every open duty is to be told to today: its owner, and the people of its steps."""
    duty, post = Deadline.__table__.c, Posting.__table__.c
    found: set[Told] = set()
    with unit_of_work(Kind.READ, system="drill") as unit:
        for wave in waves(clock.day_of(unit.at)):
            asked = sa.select(duty.id, duty.owner_user_id, duty.owner_team_id,
                              duty.owed_by_agency_id).where(*wave.conditions)  # fmt: skip
            for row in db.session.execute(asked):
                if not wave.to:
                    found.add((row.id, row.owner_user_id, wave.event))
                    continue
                over = [post.role == wave.to, post.agency_id == row.owed_by_agency_id]
                if wave.to == Role.SUPERVISOR.value:
                    over.append(post.team_id == row.owner_team_id)
                users = db.session.scalars(sa.select(post.user_id).where(*over))
                found |= {(row.id, user, wave.event) for user in users}
    return found


def _put_away(expected: set[Told], rounds: int) -> list[list[UUID]]:
    """Close everything for now; in which shares it is opened, round by round."""
    duty = Deadline.__table__
    with unit_of_work(Kind.WRITE, system="drill") as unit:
        db.session.execute(sa.update(duty).values(state="closed", closed_at=unit.at))
    duties = sorted({each for each, _, _ in expected})
    return [duties[number::rounds] for number in range(rounds)]


def _bring(share: list[UUID]) -> None:
    """Open a share of the duties: there is always something left to be told."""
    duty = Deadline.__table__
    with unit_of_work(Kind.WRITE, system="drill"):
        for start in range(0, len(share), 500):
            some = duty.c.id.in_(share[start : start + 500])
            db.session.execute(sa.update(duty).where(some).values(state="open", closed_at=None))


class Own:
    """A server of the drill's own, on one port, that can be restarted."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.port = cluster, postgres.free_port()

    def start(self) -> str:
        """Start it; its address."""
        options = f"-c listen_addresses=127.0.0.1 -c port={self.port}"
        options += " -c unix_socket_directories='' -c max_connections=60"
        log = str(self.cluster.folder / "log")
        self.cluster.run(
            "pg_ctl", "start", "-w", "-D", self.cluster.data, "-l", log, "-o", options
        )  # fmt: skip
        return f"postgresql://{postgres.OWNER}@127.0.0.1:{self.port}/postgres"

    def stop(self) -> None:
        """End it."""
        self.cluster.stop()

    def restart(self) -> None:
        """As after a fall: at once, with recovery."""
        self.cluster.stop()
        self.start()


def _cluster(folder: Path) -> Own:
    import shutil

    place, user = folder / "server", postgres.unprivileged_user()
    place.mkdir()
    if user:
        shutil.chown(place, user)
    cluster = Cluster(place, postgres.binaries(), user)
    cluster.initialise()
    return Own(cluster)


def _settings(folder: Path, server: str | None) -> Settings:
    settings = demo_settings(folder)
    if server is None:
        return settings
    postgres.make_roles(server)
    url = postgres.create(server, "drill_sweeps", "template0")
    return dataclasses.replace(
        settings,
        database_url=postgres.under(url, postgres.APPLICATION),
        system_database_url=postgres.under(url, postgres.SYSTEM),
        owner_database_url=url,
    )


if __name__ == "__main__":
    sys.exit(main())
