"""Reactive management where the record was merged: a rise and a change are seen all the same."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.offenders import service as records
from mappa.offenders.merging import service as merging
from mappa.offenders.merging.rules import MergeRecords
from mappa.offenders.models import Person
from mappa.offenders.rules import AddAddress
from mappa.visits.reactive import jobs
from mappa.visits.reactive.models import ReactiveReview
from tests.factories.reactive import standing
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.feature.test_reactive import state_of

pytestmark = pytest.mark.sql
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def merged_into(world, loser):
    """The record that survives, low in risk as the other."""
    survivor = world.person("Dan", "Wexcombe", manager="priya", risk_band="low")
    with world.as_reader("priya", Kind.WRITE) as actor:
        merging.merge(actor, survivor, loser, MergeRecords(reason="The same person"), now=NOW)
    return survivor


def follow(app):
    with clock.at(LATER):
        return jobs.follow(app)


@pytest.mark.parametrize("times", [1, 2])
def test_it_ends_where_the_risk_rises_on_the_surviving_record(app, world, person, times):
    made = standing(world, person)
    survivor = person
    for _ in range(times):
        survivor = merged_into(world, survivor)
    follow(app)
    assert state_of(world, made) == "standing"
    with world.system():
        db.session.execute(sa.update(Person).where(Person.id == survivor).values(risk_band="high"))
    assert follow(app) == 1
    assert state_of(world, made) == "ended"


def test_a_change_of_the_surviving_record_asks_for_another_look(app, world, person):
    standing(world, person)
    survivor = merged_into(world, person)
    follow(app)
    with world.system():
        before = count(ReactiveReview)
    with world.as_reader("priya", Kind.WRITE) as actor:
        records.add_address(
            actor, survivor,
            AddAddress(kind="home", lines="1 New Street", postcode="NM2 2AA", from_on=NOW.date()),
            now=NOW,
        )  # fmt: skip
    follow(app)
    with world.system():
        assert count(ReactiveReview) == before + 1
