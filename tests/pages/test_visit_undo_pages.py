"""A part of a draft that was removed is put back once, and a document of a draft is opened."""

from datetime import timedelta

import pytest

from mappa.kernel import clock
from mappa.offenders.files import jobs
from mappa.visits.doorstep import jobs as draft_jobs
from mappa.visits.files.models import VisitFile
from tests.factories.files import PDF, TEXT, store_of
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.test_visit_doorstep_pages import HOME, add, cards, written_long_ago
from tests.pages.visit_forms import first_page, second_page, third_page


@pytest.fixture
def world(app):
    with clock.at(NOW + timedelta(minutes=5)):
        yield northmoor(with_overview(app))


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def log(person):
    return f"/people/{person}/visits/log"


@pytest.fixture
def owen(world, person):
    client = world.client("owen")
    first_page(client, person)
    second_page(client, person)
    return client


def actions(client, log, ending):
    """Where the forms and links of the check lead that end so."""
    page = client.get(f"{log}/check").text
    found = [part.split('"')[0] for part in page.replace('action="', 'href="').split('href="')]
    return [each for each in found if each.startswith(log) and each.endswith(ending)]


def remove(client, log):
    (action,) = actions(client, log, "/remove")
    assert submit(client, f"{log}/check", action=action).location == f"{log}/check"


def undo(client, log):
    (action,) = actions(client, log, "/put-back")
    assert submit(client, f"{log}/check", action=action).location == f"{log}/check"
    return action


class TestUndo:
    @pytest.mark.sql
    def test_a_photograph_is_put_back_with_its_bytes(self, app, world, person, log, owen):
        add(owen, log)
        remove(owen, log)
        page = owen.get(f"{log}/check").text
        assert "You removed: <bdi>Photograph, The front room</bdi>." in page
        assert 'src="' not in page.partition("<main")[2].partition("</main>")[0]
        written_long_ago(world)
        with clock.at(NOW + timedelta(days=2)):
            jobs.sweep_orphans(app)
        undo(owen, log)
        page = owen.get(f"{log}/check").text
        assert "You removed" not in page
        source = next(each.split('"')[0] for each in page.split('src="') if "/picture" in each)
        assert owen.get(source).mimetype == "image/jpeg"
        third_page(owen, person)
        with world.system():
            assert count(VisitFile) == 1

    def test_of_two_the_last_one_comes_back_and_the_first_is_swept(self, app, world, log, owen):
        for title in ("The hall", "The shed"):
            add(owen, log, title=title)
        with world.system():
            before = draft_jobs.stored_names()
        for _ in range(2):
            action = actions(owen, log, "/remove")[0]
            submit(owen, f"{log}/check", action=action)
        written_long_ago(world)
        with clock.at(NOW + timedelta(days=2)):
            assert jobs.sweep_orphans(app) == len(before) // 2
        undo(owen, log)
        page = owen.get(f"{log}/check").text
        assert ("The hall" in page, "The shed" in page) == (False, True)

    def test_pressed_twice_it_is_there_once(self, world, person, log, owen):
        submit(owen, f"{log}/cards/home", HOME)
        (card,) = [each for each in actions(owen, log, "") if "/cards/home/" in each]
        part = card.rpartition("/")[2]
        submit(owen, card, action=f"{log}/parts/{part}/remove")
        form = form_on(owen.get(f"{log}/check").text, action=f"{log}/parts/{part}/put-back")
        for fresh in ({}, {"idempotency_key": "0" * 32}):
            owen.post(form.action, data=form.fields | fresh)
        third_page(owen, person)
        assert len(cards(world)) == 1

    def test_what_was_removed_is_not_recorded_and_not_kept_after(self, app, world, person, log,
                                                                 owen):  # fmt: skip
        add(owen, log)
        remove(owen, log)
        third_page(owen, person)
        with world.system():
            assert count(VisitFile) == 0
            assert draft_jobs.stored_names() == set()
        written_long_ago(world)
        with clock.at(NOW + timedelta(days=2)):
            assert jobs.sweep_orphans(app) == 2

    def test_nobody_else_puts_it_back(self, world, person, log, owen):
        add(owen, log)
        remove(owen, log)
        (action,) = actions(owen, log, "/put-back")
        priya = world.client("priya")
        first_page(priya, person)
        second_page(priya, person)
        form = form_on(priya.get(f"{log}/check").text, {"seen": ""})
        kept = {name: form.fields[name] for name in ("csrf_token", "idempotency_key")}
        assert priya.post(action, data=kept).status_code == 404
        assert undo(owen, log) == action


class TestADocument:
    @pytest.mark.parametrize(
        ("data", "name", "mimetype", "ending"),
        [
            pytest.param(PDF, "letter.pdf", "application/pdf", ".pdf", id="a PDF"),
            pytest.param(TEXT, "letter.html", "text/plain", ".txt", id="text called a page"),
        ],
    )
    def test_its_author_downloads_it_as_it_was_sent(
        self, world, log, owen, data, name, mimetype, ending
    ):
        add(owen, log, data, name, kind="other", title="A letter")
        assert "A scanner is asked once the visit is logged" in owen.get(f"{log}/check").text
        (href,) = actions(owen, log, "/document")
        answer = owen.get(href)
        assert (answer.status_code, answer.mimetype, answer.data) == (200, mimetype, data)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert ending in answer.headers["Content-Disposition"]
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"

    def test_nobody_else_does_and_a_picture_has_its_copy(self, world, person, log, owen):
        add(owen, log, PDF, "letter.pdf", kind="other", title="A letter")
        add(owen, log)
        (href,) = actions(owen, log, "/document")
        priya = world.client("priya")
        first_page(priya, person)
        second_page(priya, person)
        assert priya.get(href).status_code == 404
        (picture,) = [
            each.split('"')[0]
            for each in owen.get(f"{log}/check").text.split('src="')
            if "/picture" in each
        ]
        assert owen.get(picture.replace("/picture", "/document")).status_code == 404
        assert owen.get(href.replace("/document", "/picture")).status_code == 404
        assert len(list(store_of(world).folder.iterdir())) == 3

    def test_one_that_was_removed_is_not_opened_until_it_is_put_back(self, log, owen):
        add(owen, log, PDF, "letter.pdf", kind="other", title="A letter")
        (href,) = actions(owen, log, "/document")
        remove(owen, log)
        assert owen.get(href).status_code == 404
        undo(owen, log)
        assert owen.get(href).status_code == 200
