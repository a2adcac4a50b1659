"""The commitment on the page of a person's visits, and the page where it is set."""

import pytest

from mappa.kernel import clock
from mappa.visits.commitment.models import VisitCommitment
from tests.factories.offenders import with_overview
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import submit

TYPED = {
    "basis": "supervisor",
    "every": "1 months",
    "unannounced": "3 months",
    "times": ["evening", "weekend"],
    "manner": "two",
    "devices": "Phone and tablet",
    "reason": "No plan is agreed yet",
}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


def page(world, who, url):
    answer = world.client(who).get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def kept(world):
    with world.system():
        return count(VisitCommitment)


def test_the_default_is_marked_as_such_with_its_window_and_why(world, person):
    an_assessment(world, person)
    a_made_visit(world, "owen", person)
    said = page(world, "owen", f"/people/{person}/visits")
    assert "Visit commitment of Northmoor Police" in said
    assert "Every 3 months" in said
    assert "Default for high risk" in said
    assert "20 November 2026 to 19 February 2027" in said
    assert "/why" in said


def test_not_set_is_said_as_an_alarm(world, person):
    a_made_visit(world, "owen", person)
    said = page(world, "owen", f"/people/{person}/visits")
    assert "Not set" in said
    assert "Alarm" in said


def test_a_supervisor_sets_it_and_its_history_and_days_follow(world, person):
    a_made_visit(world, "owen", person)
    naomi, url = world.client("naomi"), f"/people/{person}/visits/commitment"
    answer = submit(naomi, url, TYPED, follow=True)
    said = answer.get_data(as_text=True)
    assert "Decided by a supervisor" in said
    assert "20 November 2026 to 19 December 2026" in said
    assert "Weekends" in said
    assert "No plan is agreed yet" in said
    why = said.split("/why")[0].rsplit('href="', 1)[1] + "/why"
    explained = naomi.get(why).get_data(as_text=True)
    assert "19 November 2026 + 1 month = 19 December 2026" in explained


def test_what_was_typed_stays_where_something_is_missing(world, person):
    wrong = TYPED | {"unannounced": "1 weeks", "times": [], "reason": ""}
    url = f"/people/{person}/visits/commitment"
    answer = submit(world.client("naomi"), url, wrong)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Phone and tablet" in said
    for field in ("unannounced", "times", "reason"):
        assert f'href="#{field}"' in said
    assert kept(world) == 0


def test_without_the_right_nothing_is_set_and_the_form_is_not_there(world, person):
    url = f"/people/{person}/visits/commitment"
    assert "Set the commitment" not in page(world, "leah", url)
    assert "A supervisor’s decision" not in page(world, "owen", url)
    assert submit(world.client("owen"), url, TYPED).status_code in (403, 422)
    assert kept(world) == 0


def test_a_supervisor_ends_it_with_a_reason(world, person):
    a_made_visit(world, "owen", person)
    naomi, url = world.client("naomi"), f"/people/{person}/visits/commitment"
    submit(naomi, url, TYPED)
    with clock.at(NOW.replace(second=30)):
        said = submit(naomi, f"{url}/end", {"reason": "The plan ended"}, follow=True)
    text = said.get_data(as_text=True)
    assert "The plan ended" in text
    assert "Ended" in text
    assert world.client("owen").get(f"{url}/end").status_code == 404


def test_of_somebody_unseen_there_is_no_such_page(world, person):
    other = world.person("Else", "Where", lead="probation")
    client = world.client("owen")
    unknown = client.get("/people/00000000-0000-4000-8000-00000000beef/visits/commitment")
    assert client.get(f"/people/{other}/visits/commitment").data == unknown.data
    assert unknown.status_code == 404
