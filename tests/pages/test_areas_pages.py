"""The system administrator's pages of areas, and the rules administrator's of bank holidays."""

import re

import pytest

from mappa.access.terms import Role
from mappa.kernel import clock
from tests.factories.world import NOW, northmoor
from tests.pages.forms import submit

AVON = "/areas/avon-and-somerset"


@pytest.fixture
def world(app):
    return northmoor(app)


def test_an_area_is_opened_signed_and_gets_an_agency(world):
    sys = world.client("sys")
    with clock.at(NOW):
        assert sys.get(AVON).status_code == 404
        assert submit(sys, "/areas", {"area": ""}).status_code == 422
        assert submit(sys, "/areas", {"area": "avon-and-somerset"}).location == AVON
        page = sys.get(AVON).text
        assert "None: nothing is shared in this area" in page
        assert "There is no agency yet" in page
        past = submit(sys, f"{AVON}/agreement", {"starts_on": "yesterday"})
        assert past.status_code == 422
        assert "The agreement begins today or later" in past.text
        assert submit(sys, f"{AVON}/agreement", {"starts_on": "today"}).location == AVON
        typed = {"type": "police", "name": "Avon Police", "short_name": "Police"}
        assert submit(sys, AVON, typed | {"short_name": ""}).status_code == 422
        assert "Avon Police is added." in submit(sys, AVON, typed, follow=True).text
        again = submit(sys, AVON, typed)
        assert again.status_code == 422
        assert 'value="Avon Police"' in again.text
        assert "Avon and Somerset" in sys.get("/areas").text


def test_a_kind_of_the_other_jurisdiction_and_a_made_up_area_are_refused(world):
    sys = world.client("sys")
    with clock.at(NOW):
        typed = {"type": "justice-social-work", "name": "X", "short_name": "X"}
        answer = submit(sys, "/areas/northmoor", typed)
        assert answer.status_code == 422
        assert "Choose a kind of agency from the list" in answer.text
        made_up = submit(sys, "/areas", {"area": "atlantis"})
        assert made_up.status_code == 422
        assert "Choose an area from the list" in made_up.text


@pytest.mark.parametrize("who", ["adam", "priya", "carl"])
def test_nobody_else_opens_areas(world, who):
    client = world.client(who)
    with clock.at(NOW):
        for path in ("/areas", "/areas/northmoor", "/areas/northmoor/agreement"):
            assert client.get(path).status_code == 403


class TestHolidays:
    TYPED = {
        "falls_on": "23 11 2026",
        "name": "Day of mourning",
        "kind": "proclaimed",
        "source": "Proclamation of 19 November 2026",
        "reason": "Proclaimed",
    }

    def test_a_day_is_added_shows_what_it_moves_and_is_ended(self, world):
        world.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
        rosa = world.client("rosa")
        with clock.at(NOW):
            assert "The published list stands as it is" in rosa.get("/rules/holidays").text
            for name in self.TYPED:
                wrong = submit(rosa, "/rules/holidays/add", self.TYPED | {name: ""})
                assert wrong.status_code == 422, name
            made = submit(rosa, "/rules/holidays/add", self.TYPED)
            page = rosa.get(made.location).text
            assert "Visit written up" in page
            of_the_rule = page.split("Visit written up")[1]
            cells = re.findall(r'm-table__cell">([^<]+)<', of_the_rule)
            assert cells[:3] == ["20 November 2026", "24 November 2026", "25 November 2026"]
            listed = rosa.get("/rules/holidays").text
            assert "Day of mourning" in listed
            again = submit(rosa, "/rules/holidays/add", self.TYPED)
            assert "in the list already: Day of mourning" in again.text
            end = f"{made.location}/end"
            assert submit(rosa, end, {"reason": ""}).status_code == 422
            ended = submit(rosa, end, {"reason": "Withdrawn"}, follow=True)
            assert "Why it is counted again" in ended.text
            assert rosa.get(end).status_code == 404

    def test_everybody_reads_the_list_and_only_one_role_changes_it(self, world):
        priya = world.client("priya")
        with clock.at(NOW):
            page = priya.get("/rules/holidays").text
            assert "Boxing Day" in page
            assert "Add a day" not in page
            assert priya.get("/rules/holidays/add").status_code == 403
