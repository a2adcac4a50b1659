"""A real process that imports is killed with -9 in the middle; another goes on where it was."""

import base64
import os
import signal
import subprocess
import sys
import time

import pytest
import sqlalchemy as sa

from mappa.audit.verify import verify
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.importing import jobs, queries
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.models import Address, NameKey, Offence, Person
from tests.factories.imports import with_faults
from tests.factories.world import NOW, northmoor


@pytest.fixture
def environment(database_url, tmp_path):
    return os.environ | {
        "MAPPA_MODE": "production",
        "MAPPA_HOME": str(tmp_path),
        "MAPPA_DATABASE_URL": database_url,
        "MAPPA_SECRET_KEY": "only for tests, only for tests, only",
        "MAPPA_FIELD_KEY": base64.urlsafe_b64encode(bytes(range(32))).decode(),
        "MAPPA_BASE_URL": "https://mappa.example.org",
    }


_PRIYA = ("--as", "priya@example.org", "--skip-matches")


def command(environment, *arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "mappa.cli", "import", *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def added(world):
    with world.system():
        return db.session.scalar(
            sa.select(sa.func.count()).select_from(ImportRow).where(ImportRow.state == "added")
        )


def kill_in_the_middle(world, process, after):
    """Kill it once so many rows are added; whether it was still at work."""
    until = time.monotonic() + 300
    while added(world) <= after:
        if process.poll() is not None:
            return False
        assert time.monotonic() < until, "no row was added"
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return True


def drill(world, environment, tmp_path, rows, faulty, kills):
    content, _ = with_faults(rows, faulty)
    file = tmp_path / "cases.csv"
    file.write_bytes(content)
    process = command(
        environment, "--file", str(file), "--as", "priya@example.org", "--skip-matches"
    )
    killed = 0
    for number in range(kills):
        killed += kill_in_the_middle(world, process, after=number * rows // (kills + 1))
        process = command(environment, "resume")
    said, _ = process.communicate(timeout=600)
    assert process.returncode == 0, said
    return killed


def nothing_is_lost_or_doubled(world, rows, faulty):
    with world.system():
        run = db.session.scalars(sa.select(ImportRun)).one()
        states = queries.how_many(run.id)
        people = db.session.scalars(sa.select(Person.crn)).all()
        kept = db.session.scalars(sa.select(ImportRow.person_id).where(ImportRow.state == "added"))
        ids = db.session.scalars(sa.select(Person.id)).all()
        assert run.state == "done"
        assert len(people) == len(set(people)) == states["added"]
        assert sorted(kept) == sorted(ids)
        assert states["added"] + states["faulty"] + states["skipped"] == rows
        assert states["faulty"] == faulty
        for table in (Address, Offence):
            found = db.session.scalars(sa.select(table.person_id)).all()
            assert sorted(found) == sorted(ids)
        assert set(db.session.scalars(sa.select(NameKey.person_id).distinct())) == set(ids)
    with world.app.app_context(), unit_of_work(Kind.READ, system="test"):
        assert not verify().faults


def test_a_killed_import_goes_on_without_doubles(app, environment, tmp_path):
    world = northmoor(app)
    killed = drill(world, environment, tmp_path, rows=120, faulty=4, kills=1)
    nothing_is_lost_or_doubled(world, 120, 4)
    assert killed == 1


@pytest.mark.deep
@pytest.mark.sql
def test_an_import_that_is_killed_again_and_again_loses_and_doubles_nothing(
    app, environment, tmp_path
):
    world = northmoor(app)
    killed = drill(world, environment, tmp_path, rows=1500, faulty=75, kills=6)
    nothing_is_lost_or_doubled(world, 1500, 75)
    assert killed >= 4


@pytest.mark.deep
@pytest.mark.sql
def test_two_at_once_add_nobody_twice(app, environment, tmp_path):
    world = northmoor(app)
    content, _ = with_faults(60, 0)
    file = tmp_path / "cases.csv"
    file.write_bytes(content)
    first = command(environment, *_PRIYA, "--file", str(file))
    with clock.at(NOW):
        while first.poll() is None:
            jobs.run_all(app)
            time.sleep(0.05)
    first.communicate()
    nothing_is_lost_or_doubled(world, 60, 0)


@pytest.mark.deep
@pytest.mark.sql
def test_ten_thousand_rows_with_five_hundred_faults_in_two_minutes(database_url, tmp_path):
    from bench.import_rows import FAULTY, MOST_SECONDS, ROWS, measure

    found = measure(database_url, tmp_path)
    sys.stdout.write(f"{ROWS:,} rows in {found.whole:.1f} s of {MOST_SECONDS}: {found}\n")
    assert found.named == FAULTY
    assert found.added > ROWS - FAULTY - ROWS // 100
    assert found.whole <= MOST_SECONDS
