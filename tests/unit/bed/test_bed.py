"""What every other test relies on: isolation, no way out, and one making per run."""

import socket

import pytest
import sqlalchemy as sa

from tests.support import databases, once, postgres


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")  # as it should
def test_a_test_cannot_reach_the_world():
    with socket.socket() as connection, pytest.raises(RuntimeError, match="allowed"):
        connection.connect(("192.0.2.1", 80))


@pytest.mark.sql
@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_its_database_empty(database_url, time):
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        assert not sa.inspect(connection).has_table("left_by_another_test")
        connection.execute(sa.text("CREATE TABLE left_by_another_test (id INTEGER)"))
    engine.dispose()


def test_what_is_made_once_is_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setenv(once.RUN_FOLDER, str(tmp_path))
    made = []

    def make() -> str:
        made.append("one")
        return "answer"

    assert [once.once("thing", make), once.once("thing", make)] == ["answer", "answer"]
    assert made == ["one"]


def test_what_failed_once_is_not_tried_again(tmp_path, monkeypatch):
    monkeypatch.setenv(once.RUN_FOLDER, str(tmp_path))
    with pytest.raises(ZeroDivisionError):
        once.once("thing", lambda: str(1 / 0))
    with pytest.raises(RuntimeError, match="thing was not made"):
        once.once("thing", lambda: "now it would work")


def test_without_a_server_the_reason_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(once.RUN_FOLDER, str(tmp_path))
    monkeypatch.delenv(postgres.URL, raising=False)

    def nowhere() -> None:
        raise postgres.NoServer("nothing installed")

    monkeypatch.setattr(postgres, "binaries", nowhere)
    with pytest.raises(postgres.NoServer, match="nothing installed"):
        databases.postgresql_server()
