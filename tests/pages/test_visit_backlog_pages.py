"""The supervisor's view of visits, and the lists that its figures open."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.agencies.models import Session
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.visits import service
from mappa.visits.backlog.presenters import oldest_words
from mappa.visits.rules import EndVisit, VisitState
from tests.factories.offenders import with_overview
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit, a_planned_visit
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
    for width in ("m-wide-only", "m-narrow-only"):
        assert page.count(f'<div class="{width}"><svg class="m-chart"') == 2
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


@pytest.mark.parametrize("show", ["write-ups", "not-set", "missed", "withdrawn", "made", "people"])
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


def test_missed_and_withdrawn_have_a_list_each(world, person):
    later, several = NOW + timedelta(days=9), {"missed": 1, "withdrawn": 2}
    for state in ("missed", "withdrawn", "withdrawn"):
        plan = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.end_visit(actor, plan, EndVisit(VisitState(state), f"Was {state}"), now=later)
    naomi = world.client("naomi")
    page = naomi.get("/visits/team").text
    for state, count in several.items():
        assert f"/visits/team/list?show={state}" in page
        listed = naomi.get(f"/visits/team/list?show={state}").text
        assert f"Visits {state} in the last 90 days" in listed
        assert re.findall(r"Was (\w+)", listed) == [state] * count
    assert naomi.get("/visits/team/list?show=not-made").status_code == 404


@pytest.mark.parametrize("show", ["overdue", "write-ups"])
def test_the_oldest_is_as_old_as_the_first_of_its_list(world, person, show):
    a_planned_visit(world, "owen", person, announced=True)
    later = NOW + timedelta(days=40)
    with clock.at(later):
        naomi = world.client("naomi")
        with world.system():
            at_work = {"began_at": later, "last_seen_at": later, "confirmed_at": later}
            db.session.execute(sa.update(Session).values(at_work))
        listed = naomi.get(f"/visits/team/list?show={show}").text
        oldest = re.findall(r"\d+ days overdue", listed)[0]
        assert f"The oldest is {oldest}." in naomi.get("/visits/team").text


def test_what_is_not_late_yet_is_said_as_its_list_says_it():
    days = [(-1, "1 day overdue"), (0, "due today"), (1, "due in 1 day")]
    for ahead, said in days:
        due_on = clock.day_of(NOW) + timedelta(days=ahead)
        assert oldest_words(due_on, clock.day_of(NOW)) == f"The oldest is {said}."
