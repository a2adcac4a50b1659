"""The list of people, as each reader has it."""

import pytest

from mappa.kernel import clock
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor


@pytest.fixture
def world(app):
    return northmoor(with_overview(app))


def listed(world, who, url="/people"):
    with clock.at(NOW):
        answer = world.client(who).get(url)
    assert answer.status_code == 200, answer.status_code
    return answer.get_data(as_text=True)


def test_the_people_of_ones_agency_are_listed(world):
    a_shared_person(world)
    page = listed(world, "priya")
    assert "Daniel Wexcombe" in page
    assert "<strong>1 person</strong>" in page
    assert "Category 1, level 2" in page
    assert "Not assessed" in page
    assert "Born 14 March 1979 (47)" in page


def test_somebody_elses_people_leave_no_trace(world):
    world.person("Hidden", "Person", manager="priya")
    page = listed(world, "leah")
    assert "Hidden" not in page
    assert "You have no people yet." in page
