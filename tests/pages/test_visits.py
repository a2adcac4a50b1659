"""Logging a visit as the pictures show it, in a browser without JavaScript."""

from datetime import timedelta

import pytest

from mappa.kernel import clock
from mappa.visits.models import Visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import submit

AFTER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def at_the_door():
    with clock.at(AFTER):
        yield


PLAIN = {
    "arrived": "0900",
    "left": "09:25",
    "place": "Flat 4, 18 Tallow Row",
    "present": "nobody",
    "concern": "no",
    "told_next": "no",
}


def the_first_page(client, person, outcome="seen_and_spoken_to"):
    answer = submit(client, f"/people/{person}/visits/log", {"outcome": outcome})
    assert answer.status_code == 302, answer.text
    return answer.location


def the_second_page(client, person, **typed):
    answer = submit(client, f"/people/{person}/visits/log/essentials", PLAIN | typed)
    return answer


def test_a_plain_visit_is_logged_in_three_pages(world, person, at_the_door):
    owen = world.client("owen")
    assert the_first_page(owen, person).endswith("/log/essentials")
    assert the_second_page(owen, person).location.endswith("/log/check")
    check = owen.get(f"/people/{person}/visits/log/check").text
    for said in ("Seen and spoken to", "20 November 2026, 9:00am to 9:25am", "Nobody else"):
        assert said in check
    answer = submit(owen, f"/people/{person}/visits/log/check", follow=True)
    assert "Visit logged" in answer.text
    assert "Next home visit by 20 May 2027." in answer.text
    with world.system():
        assert count(Visit) == 1
