"""The functions that row-level security calls are what the policy says, and open nothing."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from mappa.access import upgrade, wall
from mappa.access.labels import protected_tables
from mappa.access.terms import Section
from mappa.access.wall import Roles
from mappa.access.wall_functions import all_functions, function_of
from tests.support import postgres

ROLES = Roles(postgres.APPLICATION, postgres.SYSTEM)
INSTALLED = sa.text(
    "SELECT proname, prosecdef, provolatile, proconfig FROM pg_proc"
    " WHERE proname LIKE 'mappa!_sees!_%' ESCAPE '!'"
)

pytestmark = pytest.mark.postgresql


@pytest.fixture
def owner(database_url):
    engine = sa.create_engine(database_url)
    yield engine
    engine.dispose()


def test_a_function_that_was_altered_is_seen_and_mended(owner, database_url):
    asked = function_of(Section.VISITS)
    of_visits = {
        table for table, model in protected_tables().items() if asked.name in wall.visible(model)
    }
    assert of_visits
    with owner.begin() as connection:
        connection.exec_driver_sql(replace(asked, body="BEGIN RETURN true; END").sql)
    with owner.connect() as connection:
        fallen = " ".join(wall.faults(connection, ROLES))
    assert all(f" {table} " in fallen for table in of_visits)
    upgrade.upgrade(database_url, ROLES)
    with owner.connect() as connection:
        assert wall.faults(connection, ROLES) == []


def test_they_ask_with_the_rights_of_the_reader(owner):
    with owner.connect() as connection:
        found = {row.proname: row for row in connection.execute(INSTALLED)}
    assert set(found) == {each.name for each in all_functions()}
    for row in found.values():
        assert not row.prosecdef
        assert row.provolatile == "s"
        assert row.proconfig == ["search_path=pg_catalog, public, pg_temp"]
