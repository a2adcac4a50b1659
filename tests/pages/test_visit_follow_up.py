"""An action that follows from a visit is owed by whoever does it, and read with the visit."""

import pytest

from mappa.access.terms import Role
from mappa.kernel import clock
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit

WHAT = "Ask the landlord about the second bed"


@pytest.fixture
def world(app):
    with clock.at(NOW):
        world = northmoor(app)
        world.user("piet", "police", Role.PROTECTION_OFFICER, name="Piet Loft", team="police one")
        yield world


@pytest.fixture
def url(world):
    person = a_shared_person(world)
    world.worker(person, "piet")
    return f"/people/{person}/visits/{a_made_visit(world, 'owen', person)}"


def test_it_is_owed_by_who_does_it_and_shown_with_the_visit(world, url):
    owen, piet = world.client("owen"), world.client("piet")
    typed = {"what": WHAT, "who": str(world.staff["piet"].user_id), "due_on": "27 11 2026"}
    assert submit(owen, f"{url}/follow-up", typed).status_code == 302
    assert WHAT in piet.get("/work").text
    assert WHAT in owen.get(url).text
    assert WHAT not in world.client("leah").get(url).text


def test_it_goes_to_nobody_of_another_agency_and_into_no_past(world, url):
    owen = world.client("owen")
    page = owen.get(f"{url}/follow-up").text
    assert "Piet Loft" in page
    assert str(world.staff["priya"].user_id) not in page
    for who, due_on, wrong in (
        (world.staff["priya"].user_id, "27 11 2026", "who"),
        (world.staff["piet"].user_id, "19 11 2026", "due_on"),
        ("", "27 11 2026", "who"),
    ):
        typed = {"what": WHAT, "who": str(who), "due_on": due_on}
        answer = submit(owen, f"{url}/follow-up", typed)
        assert answer.status_code == 422
        assert f'href="#{wrong}"' in answer.text
        assert WHAT in answer.text
    assert world.client("piet").get(f"{url}/follow-up").status_code == 403
