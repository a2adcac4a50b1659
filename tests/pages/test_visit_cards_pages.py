"""Pages of cards and of other agencies' accounts."""

import pytest

from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.offenders.record import service as records
from mappa.offenders.record.rules import KINDS, Entry
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def url(world, person):
    return f"/people/{person}/visits/{a_made_visit(world, 'owen', person)}"


def test_a_check_is_kept_with_who_how_and_under_which_power(world, person, url):
    with world.as_reader("owen", Kind.WRITE) as actor:
        said = {
            "kind": "phone",
            "make": "Telephone, blue",
            "number": "",
            "note": "",
            "from_on": None,
        }
        device = records.add(actor, person, KINDS["device"], Entry(values=said, why=""), now=NOW).id
    owen = world.client("owen")
    page = f"{url}/cards/devices"
    assert "Telephone, blue" in owen.get(page).text
    wrong = submit(owen, page, {"about": f"device:{device}", "result": "concern"})
    assert wrong.status_code == 422
    for name in ("method", "power", "words"):
        assert f'href="#{name}"' in wrong.text
    right = {
        "about": f"device:{device}", "result": "concern", "method": "by_hand", "power": "warrant",
        "words": "An app that is not on the record",
    }  # fmt: skip
    assert "1 added" in submit(owen, page, right, follow=True).text
    for who in ("owen", "priya"):
        shown = world.client(who).get(url).text
        for said in ("Telephone, blue", "Looked through by hand, a warrant", "By Owen Marsh"):
            assert said in shown
        assert ("Take it back" in shown) is (who == "owen")
    assert "An app that is not on the record" not in world.client("leah").get(url).text


def test_a_card_of_a_hostile_form_is_refused_in_words(world, url):
    owen = world.client("owen")
    for about in ("device:no-id", "another", "x:00000000-0000-4000-8000-00000000beef"):
        answer = submit(owen, f"{url}/cards/devices", {"about": about, "result": "seen"})
        assert answer.status_code == 422
        assert 'href="#about"' in answer.text
    assert owen.get(f"{url}/cards/no-such-card").status_code == 404


def test_the_plain_visit_is_as_long_as_before_and_leads_to_the_cards(world, url):
    assert f'{url}/cards"' in world.client("owen").get(f"{url}/logged").text
    assert f'{url}/cards"' not in world.client("priya").get(f"{url}/logged").text
    assert world.client("priya").get(f"{url}/cards").status_code == 403


def test_another_agency_adds_its_own_account(world, url):
    priya = world.client("priya")
    assert "Add your agency’s account" in priya.get(url).text
    assert submit(priya, f"{url}/account", {"account": " "}).status_code == 422
    page = submit(priya, f"{url}/account", {"account": "He asked for dates"}, follow=True).text
    assert "He asked for dates" in page
    assert "He asked for dates" in world.client("owen").get(url).text
    owen = world.client("owen")
    assert "Add your agency’s account" not in owen.get(url).text
    leah = world.client("leah")
    assert "He asked for dates" not in leah.get(url).text
    assert leah.get(f"{url}/account").status_code == 404
