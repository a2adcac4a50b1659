"""How long an import of 10,000 rows with 500 faults takes: ``python -m bench.import_rows``.

Measured from the file to the last row added, in a small area, on SQLite and (where there is a
server) on PostgreSQL. Every fault must be named by line and column, and every other row added.
"""

import io
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from config.settings import Mode, Settings
from mappa.app import create_app
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.offenders.importing import jobs, parsing, queries, service
from mappa.offenders.importing.rules import RowState, Upload
from tests.factories.imports import with_faults
from tests.factories.world import NOW, northmoor
from tests.support import databases, once, postgres

ROWS, FAULTY, MOST_SECONDS = (
    int(each) for each in os.environ.get("IMPORT_ROWS", "10000,500,120").split(",")
)


@dataclass(frozen=True)
class Measured:
    """Seconds for each step, and whether everything came out as it should."""

    upload: float
    check: float
    add: float
    named: int
    added: int

    @property
    def whole(self) -> float:
        """All steps together."""
        return self.upload + self.check + self.add


def measure(url: str, folder: Path, rows: int = ROWS, faulty: int = FAULTY) -> Measured:
    """Import a file into an area at ``url``, which is migrated and empty."""
    settings = Settings(
        mode=Mode.TEST,
        home=folder,
        database_url=url,
        secret_key="only for measuring, only for measuring",
        field_key=bytes(range(32)),
        base_url="http://localhost",
    )
    world = northmoor(create_app(settings))
    text, known = with_faults(rows, faulty)
    began = time.perf_counter()
    with world.as_reader("priya", Kind.WRITE) as actor:
        found = parsing.read(io.BytesIO(text))
        run = service.upload(actor, Upload(), "cases.csv", found, now=NOW)
    uploaded = time.perf_counter()
    with clock.at(NOW), world.app.app_context():
        jobs.finish(run.id)
    checked = time.perf_counter()
    with world.as_reader("priya") as actor:
        said = {row.line: row.faults for row in queries.every_row(run.id) if row.faults}
    with world.as_reader("priya", Kind.WRITE) as actor:
        service.skip_undecided(actor, run.id, now=NOW)
    with world.as_reader("priya", Kind.WRITE) as actor:
        service.start(actor, run.id, now=NOW)
    started = time.perf_counter()
    with clock.at(NOW), world.app.app_context():
        jobs.finish(run.id)
    ended = time.perf_counter()
    with world.as_reader("priya") as actor:
        counts: Counter[str] = queries.how_many(run.id)
    named = sum(said.get(line, [["?"]])[0][0] == column for line, column in known.items())
    return Measured(
        uploaded - began, checked - uploaded, ended - started, named, counts[RowState.ADDED.value]
    )


def main() -> int:
    """Measure on each database, print, and say whether the goal is reached."""
    once.open_run_folder()
    reached = True
    try:
        for name, fresh in _databases():
            with tempfile.TemporaryDirectory() as folder:
                found = measure(fresh(Path(folder)), Path(folder))
            reached &= found.whole <= MOST_SECONDS and found.named == FAULTY
            print(
                f"{name}: {ROWS:,} rows in {found.whole:.1f} s (upload {found.upload:.1f}, check"
                f" {found.check:.1f}, add {found.add:.1f}); {found.named} of {FAULTY} faults named,"
                f" {found.added:,} added"
            )
    finally:
        databases.close()
        once.close_run_folder()
    return 0 if reached else 1


def _databases():  # type: ignore[no-untyped-def]
    yield "SQLite", databases.fresh_sqlite
    try:
        databases.postgresql_server()
        yield "PostgreSQL", lambda _folder: databases.fresh_postgresql()
    except postgres.NoServer as reason:
        print(f"PostgreSQL: left out, {reason}")


if __name__ == "__main__":
    sys.exit(main())
