"""What is selected as columns alone is run without the ORM's part, and is the same statement."""

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import load_only

from mappa.agencies.models import Agency
from mappa.kernel import clock
from mappa.kernel import db as kernel
from mappa.kernel.db import as_columns, db
from mappa.kernel.uow import Kind
from tests.factories.world import NOW, northmoor

PAGES = ("/", "/people", "/work", "/notices", "/visits", "/caseload", "/sharing")
DIALECTS = (sqlite.dialect(), postgresql.dialect())


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


def test_every_statement_of_the_pages_is_the_same_without_the_orm(world, monkeypatch):
    """Text, names and types of the columns, on both databases."""
    asked = []
    monkeypatch.setattr(kernel, "as_columns", lambda each: asked.append(each) or as_columns(each))
    client = world.client("priya")
    for page in PAGES:
        assert client.get(page).status_code == 200, page
    changed = [each for each in asked if as_columns(each) is not each]
    assert len(changed) > len(PAGES)
    for each in changed:
        for dialect in DIALECTS:
            before, after = (one.compile(dialect=dialect) for one in (each, as_columns(each)))
            assert str(before) == str(after)
            columns = [
                [(one[0], type(one[3])) for one in made._result_columns] for made in (before, after)
            ]
            assert columns[0] == columns[1]


@pytest.mark.parametrize(
    "statement",
    [
        sa.select(Agency),
        sa.select(Agency.name, Agency),
        sa.select(Agency).options(load_only(Agency.name)),
        sa.select(sa.literal(1)),
        sa.update(Agency).values(name="Other"),
    ],
)
def test_whatever_makes_objects_or_has_none_of_the_orm_stays_as_it_is(world, statement):
    assert as_columns(statement) is statement


def test_objects_come_as_objects_and_columns_as_values(world):
    with world.as_reader("priya", Kind.READ):
        (found,) = db.session.execute(sa.select(Agency).where(Agency.type == "police")).scalars()
        asked = sa.select(Agency.id, Agency.name).where(Agency.id == found.id)
        assert db.session.execute(asked).one() == (found.id, found.name)


def test_the_same_statement_is_made_once_and_forgotten_with_it(world):
    asked = sa.select(Agency.name)
    assert as_columns(asked) is as_columns(asked)
    kept = len(kernel._plain)
    del asked
    assert len(kernel._plain) < kept
