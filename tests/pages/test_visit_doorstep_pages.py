"""Cards and files of a visit that is still a draft: kept, the author's own, recorded with it."""

import os
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Audience, Role
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.offenders.files import jobs, queries
from mappa.visits import drafts
from mappa.visits.doorstep import jobs as draft_jobs
from mappa.visits.files.models import VisitFile
from mappa.visits.files.rules import LARGEST
from mappa.visits.models import VisitCard, VisitDraft
from mappa.web.models import ParkedForm
from tests.factories.files import PDF, picture, store_of
from tests.factories.offenders import with_overview
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.test_files_pages import post_file
from tests.pages.visit_forms import first_page, second_page, third_page, visits

TITLED = {"kind": "photograph", "title": "The front room"}
HOME = {"result": "changed", "words": "A second bed in the box room"}


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


def cards(world):
    with world.system():
        found = sa.select(VisitCard.kind, VisitCard.result, VisitCard.words)
        return [tuple(each) for each in db.session.execute(found.order_by(VisitCard.id))]


def add(client, log, data=None, name="IMG_1.jpg", **typed):
    data = picture(exif=True) if data is None else data
    return post_file(client, f"{log}/files/add", TITLED | typed, data, name)


def written_long_ago(world):
    """The clock of the disk is not that of the test: let all that is stored be old by any."""
    for path in store_of(world).folder.iterdir():
        os.utime(path, (0, 0))


class TestCards:
    @pytest.mark.sql
    def test_it_is_kept_comes_back_on_another_device_and_is_recorded(
        self, world, person, log, owen
    ):
        assert "Anything more to record?" in owen.get(f"{log}/check").text
        assert submit(owen, f"{log}/cards/home", HOME).location.endswith("/log/check")
        assert cards(world) == []
        there = world.client("owen")
        check = there.get(f"{log}/check").text
        assert "A second bed in the box room" in check
        assert "Not finished" not in check
        assert third_page(there, person).status_code == 302
        assert cards(world) == [("home", "changed", "A second bed in the box room")]
        with world.system():
            card = db.session.scalars(sa.select(VisitCard)).one()
            assert card.audience == Audience.AGREEMENT.value
            assert card.added_by_id == world.staff["owen"].user_id
            assert count(VisitDraft) == 0

    def test_half_a_card_is_kept_as_it_was_typed_and_must_be_finished(
        self, world, person, log, owen
    ):
        half = {"words": "A telephone under the bed"}
        page = f"{log}/cards/devices"
        assert submit(owen, page, half).status_code == 422
        assert submit(owen, page, half, ("then", "later")).status_code == 302
        check = owen.get(f"{log}/check").text
        assert "Not finished" in check
        assert "A telephone under the bed" in check
        refused = third_page(owen, person)
        assert refused.status_code == 422
        assert "finish this card, or remove it" in refused.text
        assert (visits(world), cards(world)) == (0, [])
        assert "A telephone under the bed" in owen.get(f"{log}/check").text

    def test_it_is_changed_in_its_place_and_removed(self, world, person, log, owen):
        submit(owen, f"{log}/cards/home", HOME)
        check = owen.get(f"{log}/check").text
        page = next(part.split('"')[0] for part in check.split('href="') if "/cards/home/" in part)
        assert HOME["words"] in owen.get(page).text
        submit(owen, page, {"words": "A third bed"})
        check = owen.get(f"{log}/check").text
        assert ("A third bed" in check, HOME["words"] in check) == (True, False)
        part = page.rpartition("/")[2]
        removing = f"{log}/parts/{part}/remove"
        assert submit(owen, page, action=removing).status_code == 302
        assert "A third bed" not in owen.get(f"{log}/check").text
        assert owen.get(page).status_code == 404

    def test_nobody_else_finds_it(self, world, person, log, owen):
        submit(owen, f"{log}/cards/home", HOME)
        with world.system():
            raw = db.session.execute(sa.text("SELECT typed FROM visit_draft")).scalar_one()
        assert b"second bed" not in raw
        priya = world.client("priya")
        first_page(priya, person)
        second_page(priya, person)
        assert "second bed" not in priya.get(f"{log}/check").text

    def test_it_does_not_say_the_opposite_of_who_was_there(self, world, person, log, owen):
        submit(owen, f"{log}/cards/children", {"result": "none"})
        second_page(owen, person, present="child", child_name="Ivy")
        assert "Not finished" in owen.get(f"{log}/check").text
        assert third_page(owen, person).status_code == 422
        assert visits(world) == 0

    def test_sent_twice_it_is_one(self, world, person, log, owen):
        page = f"{log}/cards/home"
        form = form_on(owen.get(page).text, {"words": ""}).fields | HOME
        for _ in range(2):
            assert owen.post(page, data=form).status_code == 302
        third_page(owen, person)
        assert len(cards(world)) == 1

    def test_a_session_that_ran_out_keeps_what_was_typed_on_a_card(self, world, log, owen):
        page = f"{log}/cards/home"
        form = form_on(owen.get(page).text, {"words": ""}).fields | HOME
        with clock.at(NOW + timedelta(minutes=25)):
            assert owen.post(page, data=form).location == "/sign-in?kept=1"
        with world.system():
            kept = db.session.scalars(sa.select(ParkedForm)).one()
        assert (kept.page, HOME["words"] in kept.typed) == (page, True)

    def test_without_a_draft_it_begins_at_the_beginning(self, world, person, log):
        client = world.client("owen")
        for page in ("cards/home", "files/add", "throw-away"):
            assert client.get(f"{log}/{page}").location.endswith("/visits/log")


class TestFiles:
    @pytest.mark.sql
    def test_it_is_the_visit_s_once_the_visit_is_logged(self, app, world, person, log, owen):
        assert add(owen, log).status_code == 302
        check = owen.get(f"{log}/check").text
        for said in ("The front room", "Not scanned"):
            assert said in check
        source = next(each.split('"')[0] for each in check.split('src="') if "/picture" in each)
        shown = owen.get(source)
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        assert world.client("priya").get(source).status_code == 404
        with world.system():
            assert count(VisitFile) == 0
        done = third_page(owen, person)
        visit = done.location.removesuffix("/logged")
        assert "The front room" in owen.get(visit).text
        assert "The front room" in world.client("priya").get(visit).text
        assert "The front room" not in world.client("leah").get(visit).text
        with world.system():
            kept = db.session.scalars(sa.select(VisitFile)).one()
            assert (kept.scan, str(kept.subject_id)) == ("not_scanned", visit.rpartition("/")[2])
            assert queries.not_scanned(5) == [kept.id]
        written_long_ago(world)
        jobs.sweep_orphans(app)
        assert store_of(world).read(kept.stored_as)

    def test_a_photograph_of_25_megabytes_is_taken(self, world, person, log, owen):
        data = picture(exif=True)
        data += b"\x00" * (LARGEST - len(data))
        assert add(owen, log, data).status_code == 302
        third_page(owen, person)
        with world.system():
            assert db.session.scalars(sa.select(VisitFile.size)).one() == LARGEST

    @pytest.mark.parametrize(
        ("data", "words"),
        [
            pytest.param(PDF, "must be a JPEG, PNG or WebP", id="a document called a picture"),
            pytest.param(b"MZ\x90\x00\x03", "must be a JPEG, PNG or WebP", id="a program"),
            pytest.param(
                b"\xff\xd8\xff" + b"0" * LARGEST, "larger than 25 MB", id="a byte over 25 MB"
            ),
        ],
    )
    def test_a_wrong_file_under_a_good_name_is_refused(self, world, log, owen, data, words):
        answer = add(owen, log, data, title="Seen in the hall")
        assert answer.status_code == 422
        assert words in answer.text
        assert "Seen in the hall" in answer.text
        assert "Seen in the hall" not in owen.get(f"{log}/check").text

    @pytest.mark.parametrize("ending", ["thrown away", "run out"])
    def test_a_draft_that_ends_takes_its_files_with_it(self, app, world, log, owen, ending):
        add(owen, log)
        with world.system():
            names = draft_jobs.stored_names()
        assert len(names) == 2
        later = NOW + (drafts.KEPT_FOR if ending == "run out" else timedelta()) + timedelta(days=2)
        written_long_ago(world)
        if ending == "thrown away":
            page = f"{log}/throw-away"
            assert submit(owen, page, action=page).status_code == 302
        with clock.at(later):
            draft_jobs.forget(app)
            jobs.sweep_orphans(app)
        with world.system():
            assert count(VisitDraft) == 0
        for name in names:
            assert not (store_of(world).folder / name).exists()

    def test_the_sweep_leaves_what_a_draft_names(self, app, world, log, owen):
        add(owen, log)
        with world.system():
            names = draft_jobs.stored_names()
        written_long_ago(world)
        with clock.at(NOW + timedelta(days=3)):
            jobs.sweep_orphans(app)
        assert all(store_of(world).read(name) for name in names)


class TestTwoOfficers:
    """Two who were to go both write up the planned visit."""

    @pytest.fixture
    def outcome(self, world, person):
        world.user("nina", "police", Role.PROTECTION_OFFICER, name="Nina Holt", team="police one")
        world.worker(person, "nina")
        plan = a_planned_visit(world, "owen", person, "nina")
        return f"/people/{person}/visits/{plan}/outcome"

    def begun(self, client, outcome):
        submit(client, outcome, {"outcome": "no_reply"})
        typed = {"arrived": "0900", "left": "0925", "place": "The canal", "account": "Knocked"}
        assert submit(client, f"{outcome}/essentials", typed).status_code == 302

    def test_nothing_is_doubled_and_nothing_is_lost(self, world, person, outcome):
        owen, nina = world.client("owen"), world.client("nina")
        for client in (owen, nina):
            self.begun(client, outcome)
        submit(nina, f"{outcome}/cards/home", HOME)
        assert submit(owen, f"{outcome}/check", action=f"{outcome}/check").status_code == 302
        made = visits(world)
        late = submit(nina, f"{outcome}/check", action=f"{outcome}/as-own")
        assert late.status_code == 302
        assert HOME["words"] in nina.get(late.location).text
        assert visits(world) == made
        assert third_page(nina, person).status_code == 302
        assert visits(world) == made + 1

    def test_who_is_late_is_told_and_may_go_on_typing(self, world, person, outcome):
        owen, nina = world.client("owen"), world.client("nina")
        for client in (owen, nina):
            self.begun(client, outcome)
        form = form_on(nina.get(f"{outcome}/check").text, {"seen": ""})
        card = form_on(nina.get(f"{outcome}/cards/home").text, {"words": ""})
        submit(owen, f"{outcome}/check", action=f"{outcome}/check")
        made = visits(world)
        refused = nina.post(form.action, data=form.fields)
        assert refused.status_code == 422
        assert "This visit is on record already" in refused.text
        assert "Knocked" in refused.text
        assert nina.post(card.action, data=card.fields | HOME).status_code == 302
        assert HOME["words"] in nina.get(f"{outcome}/check").text
        assert visits(world) == made
        assert nina.get(outcome).location.endswith("/outcome/check")
        page = f"{outcome}/throw-away"
        assert submit(nina, page, action=page).status_code == 302
        assert nina.get(outcome).status_code == 422


@pytest.mark.sql
def test_two_devices_at_once_keep_what_both_typed(world, person, log, owen):
    """What one read before the other wrote is read again before it is kept."""
    submit(owen, f"{log}/cards/home", HOME)
    with world.as_reader("owen", Kind.WRITE) as actor:
        held = drafts.held(actor, person, None, now=NOW + timedelta(minutes=5))
        assert held is not None
    submit(world.client("owen"), f"{log}/cards/employment", {"result": "as_known"})
    check = owen.get(f"{log}/check").text
    assert HOME["words"] in check
    assert "As it was known" in check
