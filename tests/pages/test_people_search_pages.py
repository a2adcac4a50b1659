"""The search box and its results."""

import re

import pytest

from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.offenders.search import NOTHING_TYPED
from mappa.web.models import KeptSearch
from tests.factories.offenders import an_address, keyed, with_overview
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    person = a_shared_person(world)
    keyed(world, person)
    an_address(world, person)
    return person


def text(answer):
    return answer.get_data(as_text=True)


def found(world, who, typed):
    return text(submit(world.client(who), "/people/find", {"q": typed}, follow=True))


def test_a_misspelt_name_is_found_and_the_row_says_why(world, daniel):
    page = found(world, "priya", "danial wexcome")
    assert "<strong>1 person</strong> matches “<bdi>danial wexcome</bdi>”. Closest first." in page
    assert "Sounds the same. 2 letters differ:" in page
    assert "<mark><bdi>Wexcombe</bdi></mark>" in page
    assert "Northmoor NM1" in page
    assert f'href="/people/{daniel}"' in page


def test_the_text_is_never_in_an_address(world, daniel):
    answer = submit(world.client("priya"), "/people/find", {"q": "danial wexcome"})
    assert answer.status_code == 302
    assert "wexcome" not in answer.location


def test_somebody_elses_person_leaves_no_trace(world, daniel):
    page = found(world, "sam", "danial wexcome")
    assert "Nobody you can see matches" in page
    assert "Wexcombe" not in page


@pytest.mark.parametrize("typed", ["", "  ", "…"])
def test_nothing_typed_is_said(world, typed):
    answer = submit(world.client("priya"), "/people/find", {"q": typed})
    assert answer.status_code == 422
    assert NOTHING_TYPED in text(answer)


@pytest.mark.parametrize(
    "typed",
    ["9" * 5000, "a\x00b", "\ud800", "\u202ex", "<script>", "%' OR 1=1 --", "a " * 90, "é" * 200],
    ids=["digits", "NUL", "surrogate", "direction", "markup", "SQL", "words", "letters"],
)
def test_hostile_text_is_answered(world, daniel, typed):
    client = world.client("priya")
    sent = {"q": typed.encode("utf-8", "surrogatepass")}
    answer = submit(client, "/people/find", sent)
    assert answer.status_code in (302, 422)
    if answer.status_code == 302:
        page = client.get(answer.location)
        assert page.status_code == 200
        assert "<script>" not in text(page).split("</head>")[1].split("<main")[1].split("</main")[0]


def test_a_search_is_for_its_session_alone(world, daniel):
    client = world.client("priya")
    answer = submit(client, "/people/find", {"q": "wexcombe"})
    other = world.client("priya")
    there, never = other.get(answer.location), other.get(f"/people/found/{new_id()}")
    assert there.status_code == 404
    assert there.data == never.data


def test_a_foreign_form_is_not_taken(world):
    client = world.client("priya")
    assert client.post("/people/find", data={"q": "wexcombe"}).status_code == 400
    with world.system():
        assert count(KeptSearch) == 0


def test_reporting_a_change_from_home_says_whom_to_look_for_first(world, daniel):
    client = world.client("priya")
    home = text(client.get("/"))
    link = re.search(r'href="([^"]+)"[^>]*>Report a change<', home)[1]
    assert "“Report a change” stands on the page of the person." in text(client.get(link))
    assert "Report a change" in text(client.get(f"/people/{daniel}"))
    assert "Report a change" not in text(client.get("/people/find"))
