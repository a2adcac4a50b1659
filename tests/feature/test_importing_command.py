"""``mappa import``: what it says and does without a browser."""

import base64

import pytest
import sqlalchemy as sa

from mappa import cli
from mappa.kernel.db import db
from mappa.offenders.importing.models import ImportRow
from mappa.offenders.models import Person
from tests.factories.imports import with_faults
from tests.factories.world import count, northmoor


@pytest.fixture
def world(app, monkeypatch, database_url, tmp_path):
    monkeypatch.setenv("MAPPA_MODE", "production")
    monkeypatch.setenv("MAPPA_HOME", str(tmp_path))
    monkeypatch.setenv("MAPPA_DATABASE_URL", database_url)
    monkeypatch.setenv("MAPPA_SECRET_KEY", "only for tests, only for tests, only")
    monkeypatch.setenv("MAPPA_FIELD_KEY", base64.urlsafe_b64encode(bytes(range(32))).decode())
    monkeypatch.setenv("MAPPA_BASE_URL", "https://mappa.example.org")
    return northmoor(app)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cases.csv"
    path.write_bytes(with_faults(4, 2)[0])
    return str(path)


def test_a_dry_run_names_the_faults_and_keeps_nothing(world, file, capsys):
    assert cli.main(["import", "--file", file, "--as", "priya@example.org", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert "Line 3, date_of_birth: The day must be a real date" in said
    assert "2 to be added, 2 with a fault, 0 may be here already" in said
    with world.system():
        assert count(Person) == 0
        assert set(db.session.scalars(sa.select(ImportRow.cells))) == {None}


def test_rows_without_a_fault_are_added(world, file, capsys):
    assert cli.main(["import", "--file", file, "--as", "priya@example.org"]) == 0
    assert "2 added" in capsys.readouterr().out
    with world.system():
        assert count(Person) == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--as", "priya@example.org"], "Give --file FILE and --as EMAIL"),
        (["--file", "nowhere.csv", "--as", "priya@example.org"], "There is no such file"),
        (["--file", "FILE", "--as", "nobody@example.org"], "There is nothing of that name."),
        (["--file", "FILE", "--as", "grace@example.org"], "no posting that may import people"),
        (["--file", "FILE", "--as", "carl@example.org"], "Choose the agency that will lead"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(world, file, capsys, arguments, says):
    given = [file if each == "FILE" else each for each in arguments]
    assert cli.main(["import", *given]) == 1
    assert says in capsys.readouterr().err
    with world.system():
        assert count(ImportRow) == 0


def test_resuming_with_nothing_to_do_is_fine(world):
    assert cli.main(["import", "resume"]) == 0
