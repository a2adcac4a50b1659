"""What a merge costs those who were never merged, measured on a person of 5,000 visits.

``pytest -n0 -s -m deep tests/feature/test_merging_speed.py`` prints the figures.
"""

import sys
import time
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import merged, mirroring
from mappa.access.asking import standing
from mappa.access.mirroring import Said
from mappa.insight.queries import timeline
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import current
from mappa.visits import queries as visits
from mappa.visits.models import Visit
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = [pytest.mark.sql, pytest.mark.deep]
VISITS, ROUNDS = 5000, 25


def multiply(world, person, visit, count):
    """The same visit once a day."""
    table = Visit.__table__
    with world.system():
        row = dict(db.session.execute(sa.select(table).where(table.c.id == visit)).mappings().one())
        day = timedelta(days=1)
        rows = [
            row
            | {"id": new_id(), "person_id": person, "made_on": row["made_on"] - number * day,
               "arrived_at": row["arrived_at"] - number * day}
            for number in range(1, count)
        ]  # fmt: skip
        db.session.execute(table.insert(), rows)
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("ANALYZE"))


def page_of(actor, person):
    """What a page of visits reads: the merges around the person, and the visits."""
    current().kept.clear()
    visits.made(actor, person)


def timeline_of(actor, person):
    current().kept.clear()
    timeline.happenings(actor, standing(actor, person))


def milliseconds(world, act, person):
    with world.as_reader("priya") as actor:
        act(actor, person)
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            act(actor, person)
            taken.append(1000 * (time.perf_counter() - began))
    return min(taken)


@pytest.fixture
def unasked(monkeypatch):
    """As it was before people could be merged: nobody asks for the merges around a person."""

    def begin():
        monkeypatch.setattr(merged, "people_of", lambda person: [person])

    return begin, monkeypatch.undo


def test_who_was_never_merged_pays_little_for_it(app, unasked):
    world = northmoor(app)
    person = a_shared_person(world)
    visit = a_made_visit(world, "priya", person)
    multiply(world, person, visit, VISITS)
    begin, end = unasked
    for name, act in (("visits", page_of), ("timeline", timeline_of)):
        pairs = []
        for _ in range(2):
            begin()
            plain = milliseconds(world, act, person)
            end()
            pairs.append((milliseconds(world, act, person), plain))
        now, plain = min(pairs, key=lambda pair: pair[0] / pair[1])
        sys.stdout.write(
            f"{db_name(world)} {name}: {now:.2f} ms, without merging {plain:.2f} ms, "
            f"ratio {now / plain:.2f}\n"
        )


def db_name(world):
    with world.app.app_context():
        return db.engine.dialect.name


def test_who_was_merged_is_read_within_reach(app):
    world = northmoor(app)
    person, other = a_shared_person(world), world.person("Dan", "Wexcomb", manager="priya")
    visit = a_made_visit(world, "priya", person)
    multiply(world, person, visit, VISITS)
    multiply(world, other, visit, 500)
    with world.system():
        mirroring.merge(person, other, "w", Said(at=NOW, by=NOBODY, reason=""))
    for name, act in (("visits", page_of), ("timeline", timeline_of)):
        sys.stdout.write(
            f"{db_name(world)} {name}, merged: {milliseconds(world, act, person):.2f} ms\n"
        )
