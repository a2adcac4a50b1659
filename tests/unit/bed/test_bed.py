"""What every other test relies on: isolation, no way out, and one making per run."""

import socket

import pytest
import sqlalchemy as sa

from mappa.access import asking
from mappa.agencies.models import Agency, Area
from mappa.kernel.db import db
from tests.factories.world import World, a_shared_person, northmoor
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


def _names(world: World) -> list[tuple[str, str]]:
    with world.system():
        return [(each.area_id, each.name) for each in db.session.scalars(sa.select(Agency))]


@pytest.mark.sql
@pytest.mark.parametrize("time", ["first", "second"])
def test_a_copied_world_holds_what_its_keys_name(app, time):
    world = northmoor(app)
    person = a_shared_person(world)
    assert len(_names(world)) == len(world.agencies) == 5
    with world.as_reader("owen"):
        assert asking.standing(world.staff["owen"].actor, person).levels
    a_third = world.agency("third", "police", "Left by another test")
    with world.system():
        assert db.session.get_one(Agency, a_third).name == "Left by another test"


@pytest.mark.sql
def test_what_a_test_wrote_is_not_lost_under_a_copied_world(app):
    with World(app).system():
        db.session.add(Area(id="before", name="Before", jurisdiction="england-wales"))
    world = northmoor(app)
    world.agency("extra", "police", "Extra")
    a_shared_person(world)
    with world.system():
        assert db.session.get_one(Area, "before").name == "Before"
    assert len(_names(world)) == 6


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
