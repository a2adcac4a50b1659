"""Pages of a logged visit: correcting it, its versions, signing and withdrawing it."""

from datetime import timedelta

import pytest

from mappa.access.terms import Capacity
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.visits import queries, service
from tests.factories.visits import a_made_visit, told
from tests.factories.world import NOW, northmoor
from tests.pages.forms import form_on, submit


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    made = world.person(manager="priya", level=2, risk_band="high")
    world.on_team(made, "police", Capacity.RESPONSIBLE)
    world.on_team(made, "children", Capacity.COOPERATE_CHILDREN)
    for who in ("owen", "leah"):
        world.worker(made, who)
    return made


@pytest.fixture
def visit(world, person):
    return a_made_visit(
        world, "owen", person, concern=True, concerns="Loud music", concern_child=False
    )


@pytest.fixture
def url(person, visit):
    return f"/people/{person}/visits/{visit}"


def test_the_form_holds_what_the_visit_says(world, url):
    form = form_on(world.client("owen").get(f"{url}/correct").text, {"outcome": ""})
    kept = {
        "outcome": ["seen_and_spoken_to"],
        "kind": ["unannounced"],
        "made_on": ["19 11 2026"],
        "arrived": ["14:15"],
        "left": ["14:40"],
        "where": ["home"],
        "present": ["nobody"],
        "concern": ["yes"],
        "concerns": ["Loud music"],
        "concern_child": ["no"],
        "told_next": ["no"],
    }
    assert {name: form.fields.get(name) for name in kept} == kept


def test_a_correction_is_readable_from_what_to_what(world, url):
    owen = world.client("owen")
    page = submit(owen, f"{url}/correct", {"arrived": "1405", "why": "Clock was slow"}, follow=True)
    assert "Visit corrected" in page.text
    assert "Corrected 1 time" in page.text
    text = owen.get(f"{url}/versions").text
    assert "2:15pm to 2:40pm" in text
    assert "2:05pm to 2:40pm" in text
    assert "Clock was slow" in text
    assert "Owen Marsh" in text


def test_another_outcome_asks_what_it_needs_and_keeps_what_was_typed(world, url):
    owen = world.client("owen")
    answer = submit(owen, f"{url}/correct", {"outcome": "no_reply", "why": "Mixed up"})
    assert answer.status_code == 422
    assert "What did you try?" in answer.text
    assert 'href="#account"' in answer.text
    assert "Mixed up" in answer.text


def test_after_a_day_the_reason_is_asked_for(world, person):
    logged = NOW - timedelta(hours=25)
    with world.as_reader("owen", Kind.WRITE) as actor:
        made = told(arrived_at=logged - timedelta(hours=1), officers=(queries.reader(actor),))
        visit = service.log_visit(actor, person, made, now=logged).id
    url, owen = f"/people/{person}/visits/{visit}", world.client("owen")
    assert "say why. Your supervisor is told" in owen.get(f"{url}/correct").text
    answer = submit(owen, f"{url}/correct", {"place": "The garden", "where": "elsewhere"})
    assert answer.status_code == 422
    assert 'href="#why"' in answer.text
    typed = {"place": "The garden", "where": "elsewhere", "why": "Read the notebook again"}
    assert submit(owen, f"{url}/correct", typed).status_code == 302
    notices = world.client("naomi").get("/notices").text
    assert "A visit was corrected more than 24 hours after it was logged" in notices
    assert "Read the notebook again" not in notices


def test_two_windows_do_not_overwrite_each_other(world, url):
    owen = world.client("owen")
    pages = [owen.get(f"{url}/correct").text for _ in range(2)]
    for text, typed, status in zip(pages, ("1405", "1410"), (302, 422), strict=True):
        form = form_on(text, {"arrived": ""})
        sent = form.fields | {"arrived": [typed]}
        assert owen.post(form.action, data=sent).status_code == status


def test_a_reader_of_the_summary_has_none_of_these_pages(world, url):
    leah = world.client("leah")
    for page in ("versions", "correct", "withdraw", "countersign", "cards"):
        assert leah.get(f"{url}/{page}").status_code == 404, page


def test_the_supervisor_signs_from_the_list_of_work(world, url):
    naomi = world.client("naomi")
    assert f'{url}/countersign"' in naomi.get("/work").text
    page = naomi.get(f"{url}/countersign").text
    assert "Loud music" in page
    done = submit(naomi, f"{url}/countersign", {"note": "Ring the landlord"}, follow=True).text
    assert "Visit countersigned" in done
    assert "Ring the landlord" in world.client("owen").get(url).text
    assert f"{url}/countersign" not in naomi.get("/work").text


def test_what_was_corrected_since_is_read_again_before_signing(world, url):
    naomi = world.client("naomi")
    form = form_on(naomi.get(f"{url}/countersign").text, {"note": ""})
    submit(world.client("owen"), f"{url}/correct", {"arrived": "1405"})
    answer = naomi.post(form.action, data=form.fields)
    assert answer.status_code == 422
    assert "Read it again below" in answer.text


def test_withdrawn_it_is_listed_among_those_not_made_with_its_reason(world, url, person):
    owen = world.client("owen")
    assert submit(owen, f"{url}/withdraw", {"reason": ""}).status_code == 422
    page = submit(owen, f"{url}/withdraw", {"reason": "Wrong person"}, follow=True).text
    assert "Wrong person" in page
    assert "Seen and spoken to" in page
    assert "Not made" in owen.get(f"/people/{person}/visits").text
    assert owen.get(f"{url}/correct").status_code == 422


def test_an_officer_at_two_doors_at_once_is_told_on_logging(world, person, visit, url):
    other = world.person("Ada", "Lowe", manager="priya")
    world.on_team(other, "police", Capacity.RESPONSIBLE)
    world.worker(other, "owen")
    at = told().arrived_at
    owen = world.client("owen")
    said = "You are on another visit at this time"
    assert said not in owen.get(f"{url}/logged").text
    before = a_made_visit(world, "owen", other, arrived_at=at - timedelta(minutes=25))
    assert said not in owen.get(f"/people/{other}/visits/{before}/logged").text
    during = a_made_visit(world, "owen", other, arrived_at=at + timedelta(minutes=10))
    page = owen.get(f"{url}/logged").text
    assert page.count(said) == 1
    assert f"/people/{other}/visits/{during}" in page
    assert said not in world.client("priya").get(f"{url}/logged").text


class TestHowTheOfficersWent:
    EXPECTED = {"plain_clothes": "yes", "marked_car": "no", "accredited": "yes"}
    CAR = EXPECTED | {"marked_car": "yes"}

    def test_it_is_corrected_and_the_version_says_what_it_was(self, world, url):
        owen = world.client("owen")
        assert "How the officers went (optional)" in owen.get(f"{url}/correct").text
        assert submit(owen, f"{url}/correct", self.EXPECTED).status_code == 302
        form = form_on(owen.get(f"{url}/correct").text, {"outcome": ""})
        assert {name: form.fields[name] for name in self.EXPECTED} == {
            name: [said] for name, said in self.EXPECTED.items()
        }
        assert submit(owen, f"{url}/correct", {"marked_car": "yes"}).status_code == 422
        why = self.CAR | {"turnout_reason": "No other car"}
        assert submit(owen, f"{url}/correct", why).status_code == 302
        assert "marked car, accredited officer. No other car" in owen.get(url).text
        text = owen.get(f"{url}/versions").text
        assert "Plain clothes, no marked car, accredited officer" in text
        assert "Plain clothes, marked car, accredited officer. No other car" in text
        assert "How the officers went" in text

    def test_in_part_it_is_asked_for_the_rest_and_kept(self, world, url):
        owen = world.client("owen")
        some = {"plain_clothes": "no", "turnout_reason": "Came from court"}
        answer = submit(owen, f"{url}/correct", some)
        assert answer.status_code == 422
        assert "Choose an answer for the accredited officer" in answer.text
        assert "Came from court" in answer.text

    def test_the_supervisor_reads_it_before_signing(self, world, url):
        submit(world.client("owen"), f"{url}/correct", self.EXPECTED)
        page = world.client("naomi").get(f"{url}/countersign").text
        assert "How the officers went" in page

    def test_of_others_than_the_police_it_is_not_asked(self, world, person):
        visit = a_made_visit(world, "priya", person)
        page = world.client("priya").get(f"/people/{person}/visits/{visit}/correct").text
        assert "How the officers went" not in page
