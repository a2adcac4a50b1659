"""The pages of a dip sample: freeze, draw, prove, record, and what others see of it."""

import csv
import hashlib
import io
import re
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa import cli
from mappa.access import rights
from mappa.access.rights import Given
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.visits.dip_sample.models import DipDraw, DipSample
from tests.factories.sampled import sampled
from tests.factories.world import NOW
from tests.pages.forms import submit

TYPED = {"wanted": "3", "purpose": "checks", "why": "The monthly look"}
UNSEEN = "A person you may not see"


@pytest.fixture
def world(app):
    return sampled(app)


@pytest.fixture(autouse=True)
def five_minutes_later():
    with clock.at(NOW + timedelta(minutes=5)):
        yield


@pytest.fixture
def naomi(world):
    return world.client("naomi")


def frozen(client, **typed):
    answer = submit(client, "/visits/samples/new", TYPED | typed)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def drawn(client):
    here = frozen(client)
    submit(client, here, action=f"{here}/draw")
    return here


def found(page):
    return re.findall(r"Ashdown \d\d", page)


class TestSteps:
    def test_the_commitment_is_shown_first_and_the_seed_only_with_the_names(self, world, naomi):
        here = frozen(naomi)
        before = naomi.get(here).text
        with world.system():
            sample = db.session.scalars(sa.select(DipSample)).one()
            seed, shown = sample.seed, (sample.population_digest, sample.seed_digest)
        assert all(each in before for each in (*shown, "12 people", "mappa-dip-sample-1"))
        assert seed not in before
        assert found(before) == []
        assert naomi.get(f"{here}/check").status_code == 404
        after = submit(naomi, here, action=f"{here}/draw", follow=True).text
        assert seed in after
        assert len(set(found(after))) == 3

    def test_drawn_again_it_gives_the_same_people(self, naomi):
        here = drawn(naomi)
        page = naomi.get(f"{here}/check").text
        assert "it gives the same people in the same order" in page
        assert page.count("As written down") == 5

    def test_a_draw_that_was_tampered_with_does_not_hold(self, app, world, naomi):
        here = drawn(naomi)
        with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
            db.session.execute(sa.update(DipDraw).values(drawn=_other(world)))
        page = naomi.get(f"{here}/check").text
        assert "This draw does not hold" in page
        assert page.count("Not as written down") == 1

    def test_the_console_says_the_same_and_names_nobody(
        self, app, world, naomi, capsys, monkeypatch
    ):
        here = drawn(naomi)
        monkeypatch.setattr(cli, "_app", lambda _settings: app)
        monkeypatch.setattr("mappa.visits.dip_sample.cli.from_environment", lambda: None)
        check = ["visits", "check-draw", here.rsplit("/", 1)[-1]]
        assert cli.main(check) == 0
        said = capsys.readouterr().out
        assert said.count("   as written down") == 5
        assert "Ashdown" not in said
        assert not any(str(each) in said or each.hex in said for each in world.ids)
        with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
            db.session.execute(sa.update(DipDraw).values(drawn=_other(world)))
        assert cli.main(check) == 1
        assert cli.main(["visits", "check-draw", str(world.ids[0])]) == 1

    def test_nothing_typed_is_lost(self, naomi):
        answer = submit(naomi, "/visits/samples/new", TYPED | {"wanted": "many", "why": ""})
        assert answer.status_code == 422
        assert 'href="#wanted"' in answer.text
        assert 'href="#why"' in answer.text
        assert 'value="many"' in answer.text


def _other(world):
    from mappa.visits.dip_sample import packing

    return packing.in_order(world.ids[:3])


class TestResults:
    def record(self, client, here, place, **typed):
        return submit(client, f"{here}/people/{place}", typed, follow=True)

    def test_what_was_found_is_summed_up_and_the_range_waits_for_the_last(self, naomi):
        here = drawn(naomi)
        assert "None of 3 is checked yet" in naomi.get(here).text
        page = self.record(naomi, here, 0, verdict="not_in_order", found="No visit for a year").text
        assert "1 of 3 have a result: 0 in order, 1 not in order (100 % of those checked)" in page
        assert "when everybody drawn has a result" in page
        self.record(naomi, here, 1, verdict="in_order")
        page = self.record(naomi, here, 2, verdict="could_not", found="With the court").text
        assert "1 could not be checked and is left out" in page
        assert "Of all 12 people it was drawn from, between 1 and 11 are not in order" in page

    def test_words_are_asked_for_where_they_are_needed(self, naomi):
        here = drawn(naomi)
        answer = self.record(naomi, here, 0, verdict="not_in_order")
        assert answer.status_code == 422
        assert "Say what was not in order" in answer.text

    def test_an_earlier_result_is_shown_where_it_is_recorded_anew(self, naomi):
        here = drawn(naomi)
        self.record(naomi, here, 0, verdict="not_in_order", found="No visit for a year")
        assert "No visit for a year" in naomi.get(f"{here}/people/0").text
        again = self.record(naomi, here, 0, verdict="in_order")
        assert again.status_code == 422
        assert "Say why what was recorded before does not count any more" in again.text
        page = self.record(naomi, here, 0, verdict="in_order", found="It was logged late").text
        assert "1 earlier result" in page
        assert "0 not in order" in page


class TestOthers:
    def test_an_auditor_checks_the_draw_and_sees_how_many_but_nobody(self, world, naomi):
        here = drawn(naomi)
        TestResults().record(naomi, here, 0, verdict="not_in_order", found="No visit for a year")
        aud = world.client("aud")
        assert "3 of 12 people" in aud.get("/visits/samples").text
        page = aud.get(here).text
        assert page.count(UNSEEN) == 3
        assert "1 not in order" in page
        assert found(page) == []
        assert "No visit for a year" not in page
        assert "same people in the same order" in aud.get(f"{here}/check").text
        assert aud.get(f"{here}/people/0").status_code == 403

    def test_who_may_not_see_one_of_them_any_more_gets_no_name_and_no_finding(self, world, naomi):
        here = drawn(naomi)
        for place in range(3):
            TestResults().record(naomi, here, place, verdict="not_in_order", found=f"Fault {place}")
        name = found(naomi.get(here).text)[0]
        with world.system():
            given = Given(at=NOW, reason="Related")
            person = world.ids[int(name[-2:])]
            rights.exclude(person, given, user=world.staff["naomi"].user_id)
        page = naomi.get(here).text
        assert page.count(UNSEEN) == 1
        assert name not in page
        assert "Fault 0" not in page
        assert "Fault 1" in page
        assert naomi.get(f"{here}/people/0").status_code == 404

    def test_another_sample_is_as_unknown_as_one_that_is_not_there(self, world, naomi):
        here = drawn(naomi)
        grace = world.client("grace")
        known = grace.get(here)
        unknown = grace.get(f"/visits/samples/{world.ids[0]}")
        assert (known.status_code, unknown.status_code) == (404, 404)
        assert "3 of 12" not in grace.get("/visits/samples").text

    def test_only_who_may_read_samples_is_offered_them(self, world, naomi):
        assert "Dip samples" in naomi.get("/visits").text
        assert "Dip samples" not in world.client("owen").get("/visits").text
        assert "Dip samples" in world.client("aud").get("/").text


class TestTheFrozenList:
    WHY = "To hash the list again for the board"

    def fetched(self, client, here):
        page = f"{here}/list"
        asked = submit(client, page, {"reason": self.WHY}, action=page)
        assert asked.status_code == 302, asked.text
        answer = client.get(f"{asked.location}/file")
        assert answer.status_code == 200
        return list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))

    @pytest.mark.sql
    def test_whoever_has_it_computes_the_same_digest(self, world, naomi):
        here = frozen(naomi)
        assert f'{here}/list"' in naomi.get(here).text
        lines = self.fetched(naomi, here)
        ids = [UUID(line[0]) for line in lines[lines.index(["Person"]) + 1 : -1]]
        digest = hashlib.sha256(b"".join(each.bytes for each in ids)).hexdigest()
        assert [digest] in lines
        with world.system():
            assert digest == db.session.scalars(sa.select(DipSample.population_digest)).one()
            said = set(db.session.scalars(sa.select(AuditEntry.basis)))
        assert any(self.WHY in each and digest in each for each in said if each)
        assert (lines[0][0], lines[-1][1].endswith(": 12 people")) == ("OFFICIAL-SENSITIVE", True)

    def test_without_a_reason_it_is_not_given(self, naomi):
        page = f"{frozen(naomi)}/list"
        answer = submit(naomi, page, {"reason": "x"}, action=page)
        assert answer.status_code == 422
        assert "Say what the list is needed for" in answer.text

    def test_an_export_of_people_does_not_open_it_nor_the_other_way_round(self, naomi):
        here = frozen(naomi)
        url = "/people/export"
        people = submit(naomi, url, {"reason": self.WHY}, action=url).location
        assert naomi.get(f"{here}/list/{people.rpartition('/')[2]}/file").status_code == 404
        page = f"{here}/list"
        asked = submit(naomi, page, {"reason": self.WHY}, action=page).location
        assert naomi.get(f"{url}/{asked.rpartition('/')[2]}/file").status_code == 404

    @pytest.mark.parametrize("who", ["owen", "priya"])
    def test_who_may_not_export_or_read_the_sample_finds_nothing(self, world, naomi, who):
        assert world.client(who).get(f"{frozen(naomi)}/list").status_code in (403, 404)
