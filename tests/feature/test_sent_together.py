"""Rows of several tables sent as one: the same on both databases, under the same conditions."""

from datetime import date
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access.guard import add_many, together
from mappa.access.terms import Audience
from mappa.kernel import clock, sent_rows
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import UnscopedQuery
from mappa.kernel.uow import Kind
from mappa.visits.models import VisitDuty, VisitOfficer
from mappa.web.models import KeptSearch
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def labelled(actor, person):
    return {
        "person_id": person,
        "owner_agency_id": actor.agency_id,
        "audience": Audience.AGREEMENT.value,
        "handling_group_id": NOBODY,
    }


def an_officer(actor, person, visit, name):
    of = {"subject_id": visit, "section": "visits", "meeting_id": NOBODY, "user_id": NOBODY}
    said = {"name": name, "agency": 'Police "North"', "attended": True, "place_in_list": 1}
    return labelled(actor, person) | of | said


def a_duty(actor, person):
    named = labelled(actor, person) | {"audience": Audience.NAMED.value}
    return {"id": uuid4(), "since_on": date(2026, 11, 19), **named}


def add_both(*duties):
    with together():
        for each in duties:
            add_many(VisitDuty, [each])


def test_rows_of_two_tables_are_there_at_the_end_with_their_defaults(world, person):
    visit = a_made_visit(world, "owen", person)
    names = ["Ada O'Neill", "Zoë \N{SNOWMAN} \\u0041", "{1,2}"]
    with world.as_reader("owen", Kind.WRITE) as actor, together():
        duty = a_duty(actor, person)
        add_many(VisitOfficer, [an_officer(actor, person, visit, each) for each in names])
        add_many(VisitDuty, [duty])
    with world.system():
        found = db.session.scalars(
            sa.select(VisitOfficer).where(VisitOfficer.place_in_list == 1)
        ).all()
        assert {each.name for each in found} == set(names)
        assert len({each.id for each in found}) == len(names)
        assert {(each.attended, each.agency) for each in found} == {(True, 'Police "North"')}
        owed = db.session.scalars(sa.select(VisitDuty).where(VisitDuty.id == duty["id"])).one()
        assert (owed.since_on, owed.person_id) == (duty["since_on"], person)


def test_rows_of_another_agency_are_refused(world, person):
    with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(UnscopedQuery), together():
        add_many(VisitDuty, [a_duty(actor, person) | {"owner_agency_id": uuid4()}])


def test_after_an_error_inside_nothing_is_sent(world, person):
    with world.as_reader("owen", Kind.WRITE) as actor:
        duty = a_duty(actor, person)
        foreign = a_duty(actor, person) | {"owner_agency_id": uuid4()}
        with pytest.raises(UnscopedQuery):
            add_both(duty, foreign)
        add_many(VisitDuty, [a_duty(actor, person)])
    with world.system():
        kept = sa.select(VisitDuty.id).where(VisitDuty.id == duty["id"])
        assert db.session.scalars(kept).all() == []


def test_what_is_kept_encrypted_is_not_sent_as_it_is():
    with pytest.raises(TypeError, match="kept_search"):
        sent_rows._unfolding(0, KeptSearch.__table__)
