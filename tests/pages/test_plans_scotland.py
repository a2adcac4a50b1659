"""What the plan asks in Scotland only: whether an order for lifelong restriction is above it."""

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.models import Person
from mappa.plans.models import Plan
from tests.factories.offenders import with_overview
from tests.factories.plans import a_draft
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    made = northmoor(with_overview(app))
    with clock.at(NOW):
        yield made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def test_in_scotland_the_order_for_lifelong_restriction_is_asked_for_and_said(world, person):
    a_draft(world, person)
    priya, page = world.client("priya"), f"/people/{person}/plan/review"
    assert "lifelong" not in priya.get(page).text
    with world.system():
        db.session.get_one(Person, person).jurisdiction = "scotland"
        db.session.execute(sa.update(Plan).values(review_on=None))
    assert 'name="lifelong"' in priya.get(page).text
    assert "checked" not in priya.get(page).text, "nobody has answered yet"
    refused = submit(priya, page, {"review_on": "20 5 2027"})
    assert refused.status_code == 422
    assert "Say whether there is an order for lifelong restriction" in refused.text
    assert 'value="20 5 2027"' in refused.text
    submit(priya, page, {"review_on": "20 5 2027", "lifelong": "yes"})
    assert "Under an order for lifelong restriction" in priya.get(f"/people/{person}/plan").text
