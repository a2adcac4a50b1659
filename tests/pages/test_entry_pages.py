"""The pages of failed entries and warrants, and who has them."""

import re
from datetime import timedelta

import pytest

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.record.models import Custody
from mappa.visits.rules import Outcome
from tests.factories.entries import a_home
from tests.factories.visits import ARRIVED, a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def home(world, person):
    return a_home(world, person)


@pytest.fixture(autouse=True)
def five_minutes_later():
    with clock.at(NOW + timedelta(minutes=5)):
        yield


def here(person, more):
    return f"/people/{person}/visits/{more}"


def failed(world, person, days, who="owen", outcome=Outcome.NO_REPLY):
    at = ARRIVED - timedelta(days=days)
    return a_made_visit(world, who, person, arrived_at=at, outcome=outcome)


def say(client, person, visit, home, **more):
    typed = {"sought": "yes", "address_id": str(home)} | more
    return submit(client, here(person, f"{visit}/entry"), typed, follow=True)


def test_from_the_visit_to_the_warrant(world, person, home):
    """An officer says it twice; the supervisor records the superintendent's decision."""
    owen, naomi = world.client("owen"), world.client("naomi")
    first, second = failed(world, person, 5), failed(world, person, 3)
    assert "Say whether entry was sought" in owen.get(here(person, f"{first}/logged")).text
    assert "nobody has said" in owen.get(here(person, "entries")).text
    assert "A warrant is to be considered" not in say(owen, person, first, home).text
    page = say(owen, person, second, home).text
    assert "A warrant is to be considered" in page
    assert "18 Tallow Row, NM1 1AA: </h3>" not in page
    assert "2 occasions" in page
    assert "Record what was decided" not in page
    link = re.search(
        r'href="([^"]*/warrants/[^"]*)"', naomi.get(here(person, "entries")).text
    ).group(1)
    typed = {"step": "asked", "on": "today", "reason": "Out of date assessment"}
    refused = submit(naomi, link, typed)
    assert refused.status_code == 422
    assert "Name the superintendent" in refused.text
    assert "Out of date assessment" in refused.text
    done = submit(
        naomi, link, typed | {"senior": "R. Copeland", "rank": "superintendent"}, follow=True
    ).text
    assert "Decided by Superintendent R. Copeland" in done
    assert 'name="valid_until"' in naomi.get(link).text


def test_what_was_held_off_by_custody_is_shown_once_it_is_over(world, person, home):
    owen = world.client("owen")
    for days in (5, 3):
        visit = failed(world, person, days)
        with world.system():
            stay = a_stay(world, person, from_on=NOW.date())
        assert "No warrant can be asked for while in custody" in say(owen, person, visit, home).text
        with world.system():
            db.session.delete(db.session.get_one(Custody, stay))
    page = owen.get(here(person, "entries")).text
    assert "Enough for a warrant to be considered now" in page
    assert "A warrant is to be considered" in say(owen, person, visit, home).text


def a_stay(world, person, **columns):
    made = Custody(
        person_id=person, owner_agency_id=world.agencies["probation"], kind="remand",
        place="HMP Example", added_at=NOW, added_by_id=world.staff["priya"].user_id, **columns,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def test_which_address_must_be_said(world, person, home):
    visit = failed(world, person, 3)
    answer = submit(world.client("owen"), here(person, f"{visit}/entry"), {"sought": "yes"})
    assert answer.status_code == 422
    assert "Choose at which address" in answer.text


def test_other_agencies_have_none_of_it(world, person, home):
    owen = world.client("owen")
    for days in (5, 3):
        say(owen, person, failed(world, person, days), home)
    for who in ("priya", "leah", "grace"):
        client = world.client(who)
        assert client.get(here(person, "entries")).status_code == 404, who
        assert "warrant" not in client.get(here(person, "").rstrip("/")).text, who
        assert "warrant" not in client.get(f"/people/{person}").text.lower(), who


def test_a_failed_visit_of_another_agency_is_shown_and_does_not_count(world, person, home):
    failed(world, person, 4, who="priya")
    page = world.client("owen").get(here(person, "entries")).text
    assert "Does not count: not made by the police" in page
    assert "No attempt counts" in page
