"""Reactive management on its pages: what holds, the decision, its end, changes to look at."""

from datetime import timedelta

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.reminders.standards import service as standards
from mappa.rules.rule import Unit
from mappa.visits.reactive import jobs, queries
from mappa.visits.reactive.models import ReactiveManagement
from tests.factories.intelligence import an_item
from tests.factories.offenders import with_overview
from tests.factories.reactive import low, proposed, standing
from tests.factories.standards import written_down
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.feature.test_reactive import changed, reviews_seen
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


def page(world, who, url, status=200):
    answer = world.client(who).get(url)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def at(person, *more):
    return "/".join(("/people", str(person), "visits/reactive", *map(str, more)))


@pytest.mark.sql
def test_two_people_stop_the_visits_and_one_begins_them_again(world, person):
    low(world, person)
    owen, naomi = world.client("owen"), world.client("naomi")
    wrong = submit(owen, at(person), action=at(person), typed={"reason": ""})
    assert wrong.status_code == 422
    assert "Say why routine visits can stop" in wrong.get_data(as_text=True)
    answer = submit(owen, at(person), action=at(person), typed={"reason": "Settled and open"})
    assert answer.status_code == 302
    with world.system():
        assert count(ReactiveManagement) == 1
    said = page(world, "naomi", at(person))
    assert "Decide on it" in said
    assert "Decide on it" not in page(world, "owen", at(person))
    href = said.split('href="')[[x.endswith("/decide") for x in _hrefs(said)].index(True) + 1]
    decide = href.split('"')[0]
    typed = {"verdict": "", "reason": "A reason that was typed"}
    wrong = submit(naomi, decide, action=decide, typed=typed).get_data(as_text=True)
    assert "Choose whether to approve it" in wrong
    assert "A reason that was typed" in wrong
    answer = submit(
        naomi, decide, action=decide, typed={"verdict": "approve", "reason": "As it was put"}
    )
    assert answer.status_code == 302
    visits = page(world, "owen", f"/people/{person}/visits")
    for words in ("No routine visits", "Reactive management", "Why this date?"):
        assert words in visits
    why = page(world, "owen", at(person))
    for words in ("Why is no visit due?", "None is due, so there is no date", "Verified", "Local"):
        assert words in why
    end = decide.replace("/decide", "/end")
    assert submit(naomi, end, action=end, typed={"reason": ""}).status_code == 422
    with clock.at(NOW + timedelta(minutes=1)):
        begins = submit(naomi, end, action=end, typed={"reason": "A new address"})
    assert begins.status_code == 302
    assert "Every 12 months" in page(world, "owen", f"/people/{person}/visits")


@pytest.mark.sql
def test_the_figures_that_are_applied_stand_on_the_page_with_their_source(world, person):
    low(world, person)
    said = page(world, "owen", at(person))
    assert "It has been low for at least 3 years" in said
    assert "At least 3 years. NPCC, reactive management, June 2017" in said
    assert "HMICFRS glossary. Verified" in said
    assert "12 months. Local standard; no source says how long intelligence is recent" in said
    days = {"rule": queries.RECENT, "unit": Unit.MONTHS}
    made = written_down(world, 6, NOW.date() - timedelta(days=1), **days)
    with world.as_reader("carl", Kind.WRITE) as actor:
        standards.confirm(actor, made.id, now=NOW)
    assert "6 months. Local standard, set by Northmoor. Board, minute 4" in page(
        world, "owen", at(person)
    )


@pytest.mark.sql
def test_who_is_not_of_the_police_reads_the_figures_too(world, person):
    said = page(world, "priya", at(person))
    assert "At least 3 years. NPCC" in said
    assert "What must hold" not in said


def _hrefs(said):
    return [each.split('"')[0] for each in said.split('href="')[1:]]


@pytest.mark.sql
def test_hidden_intelligence_changes_no_byte_for_who_may_not_read_it(world, person):
    low(world, person)
    made = proposed(world, person)
    world.user("bea", "police", Role.PROTECTION_OFFICER, team="police one")
    world.worker(person, "bea")
    pages = [at(person), at(person, made, "decide")]
    before = [_without_tokens(page(world, "naomi", each)) for each in pages]
    an_item(world, person, world.handling_group("police", "bea"), by="bea")
    assert [_without_tokens(page(world, "naomi", each)) for each in pages] == before
    assert "recent until" in page(world, "bea", at(person))


def _without_tokens(said):
    lines = said.split("\n")
    return [each for each in lines if "csrf_token" not in each and "nonce" not in each]


@pytest.mark.sql
def test_a_change_is_looked_at_by_who_may_see_it_alone(app, world, person):
    standing(world, person)
    changed(world, person)
    jobs.follow(app)
    (review,) = reviews_seen(world, person, "naomi")
    said = page(world, "naomi", at(person, "changes", review))
    assert "2 New Street" in said
    assert "Look at these changes" in page(world, "naomi", at(person))
    assert "Reconsider reactive management" in page(world, "naomi", "/work")
    for who in ("owen", "priya", "leah"):
        page(world, who, at(person, "changes", review), status=404)
        assert "Reconsider reactive" not in page(world, who, "/work")
    url = at(person, "changes", review)
    naomi = world.client("naomi")
    wrong = submit(naomi, url, action=url, typed={"reason": "Typed"}).get_data(as_text=True)
    assert "Choose what you decide" in wrong
    assert "Typed" in wrong
    assert (
        submit(naomi, url, action=url, typed={"answer": "told", "reason": "x"}).status_code == 422
    )
    assert (
        submit(naomi, url, action=url, typed={"answer": "kept", "reason": "The same"}).status_code
        == 302
    )
    assert naomi.get(url).status_code == 422


def test_a_change_hidden_since_is_not_shown_any_more(app, world, person):
    standing(world, person)
    change = changed(world, person)
    jobs.follow(app)
    (review,) = reviews_seen(world, person, "naomi")
    with world.system():
        given = Given(at=NOW - timedelta(minutes=1), reason="hidden")
        rights.mark(change.subject_id, MarkKind.HIDDEN, NOW, given)
    page(world, "naomi", at(person, "changes", review), status=404)
    assert "Look at these changes" not in page(world, "naomi", at(person))


def test_it_is_not_for_scotland_nor_for_a_summary(world, person):
    page(world, "leah", at(person), status=404)
    said = page(world, "priya", at(person))
    assert "It was never proposed" in said
    assert "What must hold" not in said
