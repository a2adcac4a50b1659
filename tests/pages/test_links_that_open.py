"""Where a page of a person leads, there is a page; and from a record its mark is reached."""

import re
from datetime import date

import pytest

from mappa.access.terms import Capacity, MarkKind, Section
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.sharing.marking import service
from mappa.sharing.marking.rules import SetMark
from tests.factories.offenders import an_address
from tests.factories.risk import an_assessment
from tests.factories.visited import with_isla
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW
from tests.pages.insight import a_duty, get

WHY = "The account names a relative of a colleague"


@pytest.fixture
def world(app):
    return with_isla(app)


def links(page, person):
    """The addresses below this person to which a page leads."""
    found = re.findall(r'href="(/people/[^"#]+)', page)
    return sorted({each.replace("&amp;", "&") for each in found if str(person) in each})


def hide(world, readers):
    command = SetMark(
        kind=MarkKind.HIDDEN,
        reason=WHY,
        review_on=date(2027, 3, 1),
        readers=tuple(world.staff[each].user_id for each in readers),
    )
    with world.as_reader("grace", Kind.WRITE) as actor:
        service.set_mark(actor, world.person_id, world.visit, command, now=NOW)


@pytest.mark.parametrize("who", ["isla", "amit"])
def test_every_link_of_the_overview_and_the_timeline_opens(world, who):
    person = world.person_id
    world.on_team(person, "health", Capacity.ASSOCIATE)
    an_address(world, person)
    an_assessment(world, person)
    a_made_visit(world, "owen", person)
    browser = world.client(who)
    with clock.at(NOW):
        for page in ("", "/timeline"):
            shown = browser.get(f"/people/{person}{page}")
            assert shown.status_code == 200
            for each in links(shown.text, person):
                assert browser.get(each).status_code == 200, (who, page, each)


def test_an_officer_opens_her_agency_s_visit_and_no_other_and_comes_to_its_mark(world):
    person = world.person_id
    theirs = a_made_visit(world, "owen", person)
    unknown = f"/people/{person}/visits/00000000-0000-4000-8000-00000000beef"
    isla = world.client("isla")
    with clock.at(NOW):
        timeline = isla.get(f"/people/{person}/timeline").text
        opened = isla.get(f"/people/{person}/visits/{world.visit}")
        closed = [isla.get(each) for each in (f"/people/{person}/visits/{theirs}", unknown)]
        assert f"/visits/{world.visit}" in timeline
        assert opened.status_code == 200
        assert [each.status_code for each in closed] == [404, 404]
        mark = f"/people/{person}/records/{world.visit}/mark"
        assert f'href="{mark}">Seal or hide this visit' in opened.text
        assert isla.get(mark).status_code == 200
        assert f'href="/people/{person}/timeline"' in opened.text


def test_a_marked_visit_says_so_and_why_to_its_readers_alone(world):
    visit = f"/people/{world.person_id}/visits/{world.visit}"
    with clock.at(NOW):
        before = world.client("isla").get(visit).text
        assert "named readers" not in before
    hide(world, readers=("isla", "priya"))
    with clock.at(NOW):
        for who, may in (("isla", True), ("priya", False)):
            page = world.client(who).get(visit).text
            assert "Hidden</strong> Only its named readers see this visit." in page, who
            assert WHY in page
            assert "Seal or hide" not in page
            assert ("Look at the mark, keep it or lift it" in page) is may, who
            assert ("/mark" in page) is may, who
        assert world.client("owen").get(visit).status_code == 404


def test_a_duty_of_one_person_leads_no_colleague_to_a_page_that_is_not_theirs(world):
    person = world.person_id
    a_duty(world, person, "isla", due_in=5, kind="emergency-review", section=Section.SHARING)
    a_duty(world, person, "isla", due_in=6, kind="plan-review")
    page = get(world, "priya", f"/people/{person}").text
    assert "Review the plan 5" in page
    assert "/emergency/reviews/" not in page
    assert "Review the plan<span" in page
