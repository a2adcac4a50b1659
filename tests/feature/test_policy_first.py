"""The policy on the ground: one person, five readers."""

import pytest

from mappa.access import asking
from mappa.access.actions import Action
from mappa.access.asking import Target
from mappa.access.reading import rows, scoped
from mappa.access.terms import Level, Section
from mappa.kernel.errors import NotFound
from mappa.offenders.models import Person
from tests.factories.world import a_shared_person, northmoor

pytestmark = pytest.mark.sql


def test_each_agency_stands_where_the_agreement_puts_it(app):
    world = northmoor(app)
    person = a_shared_person(world)
    levels = {}
    for who in ("priya", "owen", "leah", "carl", "grace"):
        with world.as_reader(who) as actor:
            levels[who] = asking.standing(actor, person).levels
    assert levels["priya"][Section.VISITS] == Level.FULL
    assert levels["owen"][Section.INTELLIGENCE] == Level.SEALED
    assert levels["leah"][Section.VISITS] == Level.SUM
    assert levels["leah"][Section.INTELLIGENCE] == Level.SEALED
    assert levels["leah"][Section.HEALTH] == Level.NONE
    assert levels["carl"][Section.IDENTITY] == Level.FULL
    assert levels["carl"][Section.VISITS] == Level.NONE
    assert levels["grace"][Section.VISITS] == Level.FULL


@pytest.mark.parametrize("who", ["sam", "amit", "helen", "ada", "adam", "sys", "naomi"])
def test_somebody_without_a_right_sees_nobody(app, who):
    world = northmoor(app)
    person = world.person(manager="priya")
    with world.as_reader(who) as actor:
        with pytest.raises(NotFound):
            asking.standing(actor, person)
        assert rows(actor, scoped(Person, person=False), Person) == []


def test_the_answer_names_its_reason(app):
    world = northmoor(app)
    person = a_shared_person(world)
    with world.as_reader("leah") as actor:
        target = Target(person=person, owner=world.agencies["police"])
        said = asking.decide_reading(actor, Section.VISITS, Level.SUM, target)
        assert said.reasons == ("works_cases", "on_team", "of_own_team")
        assert not asking.decide(actor, Action.VISIT_LOG, target).allowed
