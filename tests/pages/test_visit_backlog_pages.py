"""The supervisor's view of visits, and the lists that its figures open."""

import re
from datetime import timedelta

import pytest

from mappa.kernel import clock
from tests.factories.offenders import with_overview
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.insight import statements

AGO = NOW - timedelta(days=300)
MOST = 8
"""Statements of the page, session and all; it names nobody, so no reading is recorded."""


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


def long_ago(world, person):
    """A visit so long ago that the next ones are late."""
    a_made_visit(world, "owen", person, arrived_at=AGO)


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    an_assessment(world, made)
    long_ago(world, made)
    return made


def test_every_figure_is_as_long_as_the_list_that_it_opens(world, person):
    naomi = world.client("naomi")
    page = naomi.get("/visits/team").get_data(as_text=True)
    assert "2 visits are overdue." in page
    assert "Overdue at each month end" in page
    assert page.count('<svg class="m-chart') == 2
    links = re.findall(r'href="([^"]*/visits/team/list\?show=overdue[^"]*)">(\d+)<', page)
    assert links
    for href, number in links:
        listed = naomi.get(href.replace("&amp;", "&")).get_data(as_text=True)
        assert listed.count("Open the visits") == int(number), href


def test_nobody_is_named_on_the_view_and_each_on_its_list(world, person):
    naomi = world.client("naomi")
    assert "Wexcombe" not in naomi.get("/visits/team").get_data(as_text=True)
    assert "Wexcombe" in naomi.get("/visits/team/list").get_data(as_text=True)


def test_it_narrows_to_an_officer_and_a_kind_and_survives_nonsense(world, person):
    naomi = world.client("naomi")
    one = naomi.get("/visits/team?kind=unannounced").get_data(as_text=True)
    assert "1 visit is overdue." in one
    none = naomi.get(f"/visits/team?officer={world.staff['naomi'].user_id}")
    assert "No visit is overdue." in none.get_data(as_text=True)
    for odd in ("kind=x&officer=y", "band=z&age=old"):
        assert naomi.get(f"/visits/team?{odd}").status_code == 200
        assert naomi.get(f"/visits/team/list?show=overdue&{odd}").status_code == 200
    assert naomi.get("/visits/team/list?show=what").status_code == 404


@pytest.mark.parametrize("show", ["write-ups", "not-set", "not-made", "made", "people"])
def test_every_list_says_what_would_be_there(world, show):
    said = world.client("naomi").get(f"/visits/team/list?show={show}")
    assert "Nothing that you can see is counted here." in said.get_data(as_text=True)


def test_it_takes_a_few_statements_however_much_is_late(world, person):
    counts = []
    naomi = world.client("naomi")
    naomi.get("/visits/team")
    for number in range(3):
        with statements(world.app) as sent:
            assert naomi.get("/visits/team").status_code == 200
        counts.append(len(sent))
        other = world.person(f"Number{number}", lead="police", manager="owen")
        long_ago(world, other)
    assert len(set(counts)) == 1
    assert counts[0] == MOST
