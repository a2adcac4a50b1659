"""Words of the pages of sharing: what is meant, to whom it leads, and what still stands open."""

import re
from datetime import date

import pytest

from mappa.access.terms import Capacity, Level, Section
from mappa.audit.queries import Consulted
from mappa.kernel import clock
from mappa.sharing.emergency.presenters import pages_read
from tests.factories.requests import an_unseen_request, with_ines
from tests.factories.sharing import a_share
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.insight import get, text


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


@pytest.mark.parametrize("who", ["priya", "leah", "grace", "carl", "iris"])
def test_sharing_is_in_the_menu_of_whoever_has_something_there(world, who):
    page = text(get(world, who, "/sharing"))
    assert 'href="/sharing"' in page
    hub = words_of(page)
    assert "Approvals" in hub
    assert ("Requests for information" in hub) is (who != "carl")


@pytest.mark.parametrize("who", ["helen", "ada", "adam"])
def test_and_of_nobody_else(world, who):
    assert 'href="/sharing"' not in text(get(world, who, "/"))


def test_requests_about_people_unseen_are_told_apart_without_a_name(world):
    with_ines(world)
    an_unseen_request(world)
    an_unseen_request(world)
    page = words_of(text(get(world, "sam", "/sharing/requests")))
    assert "Somebody you do not see, asked 20 November 2026" in page
    assert "Asked by Sam Ortega." in page
    assert "Within" in page
    assert "Wexcombe" not in page


def test_the_mark_s_form_says_its_rule_and_what_it_does(world, person):
    visit = a_made_visit(world, "owen", person)
    page = words_of(text(get(world, "naomi", f"/people/{person}/records/{visit}/mark")))
    assert "Choose at least one who may take the mark off with you: it takes two people" in page
    assert page.count("Seal or hide this visit") == 3
    assert "Mark it" not in page


def test_what_was_opened_is_said_in_plain_words():
    read = [Consulted(NOW, "person:list", 1), Consulted(NOW, "person:read", 3)]
    said = [(each.what, each.shown) for each in pages_read(read)]
    assert said[0] == ("The list of people, with this person in it", "1 entry of the record")
    assert said[1][1] == "3 entries of the record"


@pytest.mark.parametrize(
    ("who", "leads"),
    [("leah", ["/sharing/requests", "/sharing/requests/unseen"]), ("carl", []), ("ada", [])],
)
def test_help_leads_to_the_pages_on_which_one_asks(world, who, leads):
    page = text(get(world, who, "/help/asking-for-access"))
    assert "choose Team and sharing, and ask for information" in page
    assert "emergency access" in page
    assert re.findall(r'm-target" href="([^"]+)"', page) == leads
    browser = world.client(who)
    assert all(browser.get(each).status_code == 200 for each in leads)


def test_ending_a_share_says_what_else_lets_the_receiver_see(world, person):
    a_made_visit(world, "owen", person)
    a_made_visit(world, "priya", person)
    first = a_share(world, person)
    url = f"/shares/{first}/end"
    said = words_of(text(get(world, "iris", url)))
    assert "They still see, as far as you may know: Summary, visits: by the agreement" in said
    assert "by another share" not in said
    a_share(world, person, starts_on=date(2027, 5, 21), ends_on=date(2027, 7, 1),
            review_on=date(2027, 6, 1))  # fmt: skip
    world.on_team(person, "health", Capacity.ASSOCIATE)
    a_share(world, person, "health")
    said = words_of(text(get(world, "iris", url)))
    assert (
        "Full, visits of Northmoor Police: by another share, from 21 May 2027 until 1 July 2027"
        in said
    )
    assert said.count("by another share") == 1


def test_nothing_else_is_said_where_nothing_else_stands(world, person):
    world.on_team(person, "health", Capacity.ASSOCIATE)
    a_made_visit(world, "owen", person)
    share = a_share(world, person, "health", sections=(Section.VISITS,), level=Level.SUM)
    said = words_of(text(get(world, "iris", f"/shares/{share}/end")))
    assert "As far as you may know, nothing else gives them this section." in said


def test_a_post_of_a_review_that_is_not_the_reader_s_has_the_answer_of_the_page(world):
    person = world.person(manager="priya", level=1)
    world.on_team(person, "children", Capacity.COOPERATE)
    for who in ("leah", "carl"):
        browser = world.client(who)
        page = browser.get(f"/people/{person}/level/review")
        token = re.search(r'csrf_token" value="([^"]+)', browser.get("/").text)[1]
        form = {"csrf_token": token, "idempotency_key": "k" * 24, "finding": "stays", "reason": ""}
        sent = browser.post(f"/people/{person}/level/review", data=form)
        unknown = browser.get("/people/00000000-0000-4000-8000-00000000beef/level/review")
        assert (page.status_code, sent.status_code, unknown.status_code) == (404, 404, 404)
