"""Sharing about several people, page by page: what is typed stays, and what is refused is noted."""

import re
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Share
from mappa.access.rights import Given
from mappa.access.terms import Level, Role, Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from tests.factories.sharing import PURPOSE, a_crowd
from tests.factories.world import NOW, count, northmoor
from tests.pages.forms import form_on, submit
from tests.support.stages import staged

CROWD = 53
WHY = {
    "purpose": PURPOSE,
    "statutes": ["cja-2003-325-4"],
    "regime": "part-3",
    "part_3": "sch8-4",
    "why": "The school needs to know whom it meets.",
    "starts_on": "today",
    "ends_on": "23 5 2027",
    "review_on": "23 2 2027",
}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def crowd(world):
    return staged(world.app, "crowd", lambda: a_crowd(world, CROWD), after="northmoor")


@pytest.fixture
def iris(world, crowd):
    return world.client("iris")


def text(answer):
    return answer.get_data(as_text=True)


def what(world, **said):
    typed = {"agency_id": str(world.agencies["children"]), "sections": ["identity"]}
    return typed | {"level": "full"} | said


def fill_in(world, client, who="all", people=(), **said):
    """Everything up to the answers to check; that page."""
    chosen = {"who": who} | ({"people": [str(each) for each in people]} if people else {})
    assert submit(client, "/sharing/several", chosen).status_code == 302
    assert submit(client, "/sharing/several/what", what(world)).status_code == 302
    assert submit(client, "/sharing/several/why", WHY | said).status_code == 302
    return text(client.get("/sharing/several/check"))


def shared(world):
    with world.system():
        return count(Share)


def refusals(world):
    with world.system():
        asked = sa.select(AuditEntry.basis, AuditEntry.outcome).where(AuditEntry.outcome != "done")
        return db.session.execute(asked).all()


class TestPages:
    def test_up_to_fifty_are_shared_at_once_and_the_answer_says_who(self, world, crowd, iris):
        world.share(crowd[0], "police", "children", Section.IDENTITY, Level.FULL)
        page = fill_in(world, iris, "ticked", crowd[:3])
        assert "Share now" in page
        assert "Left out: 1 person" in page
        assert "Shared already" in page
        done = text(submit(iris, "/sharing/several/check", follow=True))
        assert "About 2 people" in done
        assert "Rowan Crowd 002" in done.split('id="left-out"')[0]
        assert "Rowan Crowd 000" in done.split('id="left-out"')[1]
        assert shared(world) == 3
        assert iris.get("/sharing/several/what").status_code == 404

    def test_what_was_begun_before_is_said_and_can_be_forgotten(self, world, crowd, iris):
        fill_in(world, iris, "ticked", crowd[:3], why="Of another case.")
        page = text(iris.get("/sharing/several"))
        assert "You began this on 20 November 2026: 3 people chosen, and what you typed" in page
        again = submit(iris, "/sharing/several", action="/sharing/several/start-again", follow=True)
        assert "Nothing was shared" in text(again)
        assert "You began this" not in text(again)
        assert iris.get("/sharing/several/what").status_code == 404
        submit(iris, "/sharing/several", {"who": "ticked", "people": [str(crowd[4])]})
        submit(iris, "/sharing/several/what", what(world))
        assert "Of another case." not in text(iris.get("/sharing/several/why"))
        assert shared(world) == 0

    def test_more_are_asked_of_a_second_person_who_sees_about_whom(self, world, crowd, iris):
        world.user("rhona", "police", Role.INFORMATION_OFFICER, name="Rhona Blyth")
        assert "Ask a second person" in fill_in(world, iris)
        asked = submit(iris, "/sharing/several/check")
        page = text(iris.get(asked.location))
        assert "You asked this, so somebody else answers it" in page
        rhona = world.client("rhona")
        page = text(rhona.get(asked.location))
        assert f"Share about {CROWD} people" in page
        about = re.search(r"/sharing/several/[0-9a-f-]{36}", page)[0]
        with world.system():
            rights.exclude(crowd[1], Given(at=NOW), user=world.staff["rhona"].user_id)
        names = text(rhona.get(about))
        assert "Rowan Crowd 000" in names
        assert "Rowan Crowd 001" not in names
        assert shared(world) == 0
        form = form_on(page, {"approve": ""})
        sent = form.fields | {"approve": "approve"}
        assert rhona.post(form.action, data=sent).status_code == 302
        assert shared(world) == CROWD - 1
        key = {"idempotency_key": "another"}
        assert rhona.post(form.action, data=sent | key).status_code == 422
        assert shared(world) == CROWD - 1
        assert world.client("owen").get(about).status_code == 404

    def test_the_same_post_again_shares_nothing_twice(self, world, crowd, iris):
        fill_in(world, iris, "ticked", crowd[:2])
        form = form_on(text(iris.get("/sharing/several/check")), action="/sharing/several/check")
        first = iris.post("/sharing/several/check", data=form.fields)
        second = iris.post("/sharing/several/check", data=form.fields)
        assert (first.status_code, second.location) == (302, first.location)
        assert shared(world) == 2


class TestPreview:
    URL = "/sharing/several/preview"

    def test_it_shows_one_of_them_as_the_receiver_will_see_and_shares_nothing(
        self, world, crowd, iris
    ):
        assert fill_in(world, iris, "ticked", crowd[:3])
        first = text(iris.get(self.URL))
        assert "This can be shared about 3 people" in first
        frame = first.split('class="m-preview"')[1].split("</section>")[0]
        assert "Rowan Crowd 000" in frame
        assert "<a " not in frame
        other = text(iris.get(f"{self.URL}?person={crowd[2]}"))
        assert "Rowan Crowd 002" in other.split('class="m-preview"')[1]
        assert shared(world) == 0

    def test_who_is_left_out_or_was_not_chosen_is_no_example(self, world, crowd, iris):
        world.share(crowd[0], "police", "children", Section.IDENTITY, Level.FULL)
        fill_in(world, iris, "ticked", crowd[:2])
        assert "about 1 person" in text(iris.get(self.URL))
        for each in (crowd[0], crowd[3], "nobody"):
            assert iris.get(f"{self.URL}?person={each}").status_code == 404

    def test_before_all_is_answered_it_leads_back(self, world, crowd, iris):
        assert iris.get(self.URL).status_code == 404
        submit(iris, "/sharing/several", {"who": "ticked", "people": [str(crowd[0])]})
        assert iris.get(self.URL).location == "/sharing/several/what"
        assert world.client("owen").get(self.URL).status_code in (403, 404)


class TestBadInput:
    def test_nobody_chosen_is_said_and_ids_of_others_are_not_found(self, world, crowd, iris):
        other = world.person("Ruth", "Ambleby", lead="probation")
        answer = submit(iris, "/sharing/several", {"who": "ticked"})
        assert (answer.status_code, "Choose at least one person" in text(answer)) == (422, True)
        assert submit(iris, "/sharing/several", {}).status_code == 422
        bodies = set()
        for forged in (other, uuid4()):
            typed = {"who": "ticked", "people": [str(forged)]}
            answer = submit(iris, "/sharing/several", typed)
            assert answer.status_code == 404
            bodies.add(re.sub(r'(nonce|value)="[^"]*"', "", text(answer)))
        assert len(bodies) == 1
        assert len(refusals(world)) == 4

    @pytest.mark.parametrize(
        ("said", "sentence"),
        [
            ({"ends_on": "20 11 2026"}, "The share must end after it starts"),
            ({"why": ""}, "Say why this is necessary"),
            ({"ends_on": "31 2 2027"}, "real date"),
            ({"part_3": "gdpr-6-1-e"}, "Choose the condition of this regime"),
        ],
    )
    def test_what_was_typed_stays_with_the_error(self, world, crowd, iris, said, sentence):
        submit(iris, "/sharing/several", {"who": "all"})
        submit(iris, "/sharing/several/what", what(world))
        answer = submit(iris, "/sharing/several/why", WHY | said)
        assert (answer.status_code, sentence in text(answer)) == (422, True)
        assert "23 2 2027" in text(answer)

    def test_another_agency_and_something_to_share_are_needed(self, world, crowd, iris):
        submit(iris, "/sharing/several", {"who": "all"})
        for said, sentence in (
            ({"agency_id": ""}, "Choose an agency"),
            ({"agency_id": str(world.agencies["police"])}, "has its own records already"),
            ({"sections": ["nonsense"]}, "Choose"),
            ({"sections": ["intelligence"]}, "one item at a time"),
            ({"record_id": f"visits.{uuid4()}"}, "from the page of its person"),
        ):
            answer = submit(iris, "/sharing/several/what", what(world), extra=said)
            assert (answer.status_code, sentence in text(answer)) == (422, True), said

    @pytest.mark.parametrize("page", ["", "/people", "/what", "/why", "/check"])
    def test_the_pages_are_the_information_officers(self, world, crowd, page):
        assert world.client("owen").get(f"/sharing/several{page}").status_code == 403
