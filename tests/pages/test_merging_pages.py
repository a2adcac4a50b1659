"""Merging two records, as the pages do it: compare, confirm, history, undo, ask."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import PersonMerge
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.agencies.sessions import Session
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.offenders.merging.models import MergeRequest
from tests.factories.offenders import a_warning, an_address, an_order, keyed
from tests.factories.world import NOW, SHARED, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.support.stages import staged

WHY = {"reason": "The same person was entered twice."}
NOT = {"reason": "They are brothers."}


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def two(world):
    """Daniel, and Daniel once more under another spelling.

    Probation and the police are on both teams, children's services on the first, housing on the
    second.
    """
    daniel = a_shared_person(world)
    return daniel, staged(world.app, "merging", lambda: _twice(world, daniel), after=SHARED)


@pytest.fixture
def daniel(two):
    return two[0]


@pytest.fixture
def twice(two):
    return two[1]


def _twice(world, daniel):
    keyed(world, daniel)
    person = world.person("Danny", "Wexcomb", manager="priya", crn="Z900777", level=1)
    world.on_team(person, "police", Capacity.RESPONSIBLE)
    world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
    world.worker(person, "owen")
    keyed(world, person)
    an_address(world, person, lines="3 Quarry Cottages", postcode="NM3 7ZX")
    a_warning(world, person, headline="Dog in the yard")
    return person


def text(answer):
    return answer.get_data(as_text=True)


def merge(world, survivor, loser, who="priya"):
    client = world.client(who)
    answer = submit(client, f"/people/{survivor}/merge/{loser}/confirm", WHY)
    assert answer.status_code == 302, text(answer)
    return client


def merge_id(world):
    with world.system():
        return db.session.execute(sa.select(PersonMerge.id)).scalars().all()[-1]


class TestComparing:
    def test_both_stand_side_by_side_and_who_will_see_more_is_named(self, world, daniel, twice):
        page = text(world.client("priya").get(f"/people/{daniel}/merge/{twice}"))
        for expected in ("Daniel Wexcombe", "Danny Wexcomb", "Z900777", "Northmoor NM3",
                         "Category 1, level 2 stands, not Category 1, level 1."):  # fmt: skip
            assert expected in page
        stays, goes = page.split("(stays)")[1].split("(merged)")
        assert "Northmoor Council Housing" in stays
        assert "Children" not in stays
        assert "Children’s services" in goes
        assert "Housing" not in goes.split("Kept out")[0]

    @pytest.mark.deep
    def test_differing_numbers_are_pointed_out(self, world, daniel, twice):
        other = world.person("Dan", "Wexcome", manager="priya", crn="Z900778")
        page = text(world.client("priya").get(f"/people/{twice}/merge/{other}"))
        assert "The CRN numbers differ." in page

    @pytest.mark.deep
    def test_others_of_the_same_name_are_offered(self, world, daniel, twice):
        page = text(world.client("priya").get(f"/people/{daniel}/merge"))
        assert f"/people/{daniel}/merge/{twice}" in page

    @pytest.mark.parametrize(
        "page", ["merge/{other}", "merge/{other}/confirm", "merge/{other}/ask"]
    )
    def test_an_invisible_other_is_not_found(self, world, daniel, page):
        hidden = world.person("Danny", "Wexcomb", lead="health")
        answer = world.client("priya").get(f"/people/{daniel}/{page.format(other=hidden)}")
        assert answer.status_code == 404

    @pytest.mark.deep
    def test_the_other_way_round_is_the_same_address(self, world, daniel, twice):
        page = text(world.client("priya").get(f"/people/{daniel}/merge/{twice}"))
        assert f"/people/{twice}/merge/{daniel}" in page


class TestMerging:
    def test_everything_is_shown_together_under_the_surviving_record(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        page = text(client.get(f"/people/{daniel}"))
        assert "Dog in the yard" in page
        assert "Also recorded as" in page
        assert "Quarry Cottages" in text(client.get(f"/people/{daniel}/addresses"))
        assert "Dog in the yard" in text(client.get(f"/people/{daniel}/timeline"))

    @pytest.mark.deep
    def test_somebody_of_one_team_sees_the_other_record_at_the_same_level(
        self, world, daniel, twice
    ):
        assert world.client("leah").get(f"/people/{twice}").status_code == 404
        merge(world, daniel, twice)
        page = text(world.client("leah").get(f"/people/{daniel}/addresses"))
        assert "Northmoor NM3" in page
        assert "Quarry Cottages" not in page

    def test_the_losing_address_leads_on_and_says_so(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        answer = client.get(f"/people/{twice}/timeline?kind=record")
        assert answer.status_code == 302
        assert answer.headers["Location"] == f"/people/{daniel}/timeline?kind=record"
        assert "was merged into this one" in text(client.get(answer.headers["Location"]))

    @pytest.mark.deep
    def test_for_who_may_not_see_it_both_are_unknown(self, world, daniel, twice):
        merge(world, daniel, twice)
        client = world.client("amit")
        assert {client.get(f"/people/{each}").status_code for each in (daniel, twice)} == {404}

    def test_what_is_posted_to_the_losing_record_goes_to_the_surviving_one(
        self, world, daniel, twice
    ):
        client = world.client("priya")
        url = f"/people/{twice}/warnings/add"
        page = client.get(url)
        merge(world, daniel, twice)
        form = form_on(text(page))
        typed = {"headline": "Ring before you go", "detail": "", "serious": "1",
                 "officers": "1", "review_on": "2 1 2027"}  # fmt: skip
        answer = client.post(url, data={**form.fields, **typed})
        assert answer.headers["Location"].startswith(f"/people/{daniel}/warnings/")

    def test_lists_and_search_have_the_person_once(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        for who in (client, world.client("carl"), world.client("owen")):
            page = text(who.get("/people"))
            assert "1 person" in page
            assert "Danny" not in page
        for typed in ("danny wexcomb", "Z900777", "NM3 7ZX"):
            found = text(submit(client, "/people/find", {"q": typed}, follow=True))
            assert "1 person" in found, typed
            assert f'href="/people/{daniel}"' in found

    def test_a_key_of_the_losing_record_finds_only_for_who_sees_the_field(
        self, world, daniel, twice
    ):
        merge(world, daniel, twice)
        client = world.client("leah")  # children's services: identity in summary
        assert "1 person" in text(submit(client, "/people/find", {"q": "danny"}, follow=True))
        for typed in ("Z900777", "NM3 7ZX"):
            page = text(submit(client, "/people/find", {"q": typed}, follow=True))
            assert "1 person" not in page, typed

    def test_both_histories_say_who_when_and_why(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        page = text(client.get(f"/people/{daniel}/history"))
        for expected in ("Another record was merged into this one", "Merged into another record",
                         WHY["reason"], "Priya Sandhurst"):  # fmt: skip
            assert expected in page

    @pytest.mark.deep
    def test_it_is_an_act_of_combination_in_the_audit(self, world, daniel, twice):
        merge(world, daniel, twice)
        with world.system():
            found = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "person:merged")
            ).one()
            assert found.operation == "combination"
            assert found.records[:2] == [daniel.hex, twice.hex]
            assert found.basis == WHY["reason"]

    @pytest.mark.deep
    def test_without_a_reason_nothing_is_merged_and_what_was_typed_stays(
        self, world, daniel, twice
    ):
        answer = submit(
            world.client("priya"), f"/people/{daniel}/merge/{twice}/confirm", {"reason": "  "}
        )
        assert answer.status_code == 422
        with world.system():
            assert count(PersonMerge) == 0

    def test_the_password_is_asked_again(self, world, daniel, twice):
        client = world.client("priya")
        with world.system():
            db.session.execute(sa.update(Session).values(confirmed_at=NOW - timedelta(hours=1)))
        answer = client.get(f"/people/{daniel}/merge/{twice}/confirm")
        assert answer.headers["Location"].startswith("/confirm-password")

    @pytest.mark.deep
    def test_merging_the_same_two_again_is_refused_in_words(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        answer = client.get(f"/people/{daniel}/merge/{twice}/confirm")
        assert answer.status_code == 422
        assert "one person already" in text(answer)


class TestWhoMayMerge:
    def test_only_who_sees_all_of_both(self, world, daniel, twice):
        world.on_team(twice, "children", Capacity.COOPERATE_CHILDREN)
        url = f"/people/{daniel}/merge/{twice}/confirm"
        said = {
            who: world.client(who).get(url).status_code
            for who in ("priya", "owen", "carl", "leah", "iris")
        }
        assert said == {"priya": 200, "owen": 200, "carl": 200, "leah": 403, "iris": 403}

    def test_what_is_sealed_to_one_sends_one_to_the_coordinator(self, world, daniel, twice):
        order = an_order(world, twice, agency="police")
        with world.system():
            rights.mark(order, MarkKind.SEALED, NOW, Given(at=NOW, by=NOBODY))
        page = text(world.client("priya").get(f"/people/{daniel}/merge/{twice}"))
        assert "Ask the co-ordinator" in page
        assert world.client("priya").get(
            f"/people/{daniel}/merge/{twice}/confirm"
        ).status_code == 403  # fmt: skip

    @pytest.mark.deep
    def test_what_is_hidden_changes_no_answer_and_stays_hidden(self, world, daniel, twice):
        warning = a_warning(world, twice, agency="police", headline="Only the police know")
        with world.system():
            rights.mark(warning, MarkKind.HIDDEN, NOW, Given(at=NOW, by=NOBODY))
        client = merge(world, daniel, twice)
        assert "Only the police know" not in text(client.get(f"/people/{daniel}/timeline"))

    @pytest.mark.deep
    def test_another_jurisdiction_is_refused(self, world, daniel):
        other = world.person("Danny", "Wexcomb", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        with world.system():
            from mappa.offenders.models import Person

            db.session.get_one(Person, other).jurisdiction = "scotland"
        answer = world.client("priya").get(f"/people/{daniel}/merge/{other}/confirm")
        assert answer.status_code == 422
        assert "Transfer the case first" in text(answer)


class TestUndoing:
    def test_both_are_as_they_were(self, world, daniel, twice):
        before = {
            who: [
                world.client(who).get(f"/people/{each}{page}").status_code
                for each in (daniel, twice)
                for page in ("", "/addresses")
            ]
            for who in ("priya", "leah", "sam")
        }
        client = merge(world, daniel, twice)
        url = f"/people/{daniel}/merged/{merge_id(world)}/undo"
        assert submit(client, url, NOT).headers["Location"] == "/people"
        after = {
            who: [
                world.client(who).get(f"/people/{each}{page}").status_code
                for each in (daniel, twice)
                for page in ("", "/addresses")
            ]
            for who in before
        }
        assert after == before
        page = text(client.get(f"/people/{daniel}"))
        assert "Dog in the yard" not in page
        assert "2 people" in text(client.get("/people"))

    def test_both_histories_say_who_and_why(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        submit(client, f"/people/{daniel}/merged/{merge_id(world)}/undo", NOT)
        for person in (daniel, twice):
            page = text(client.get(f"/people/{person}/history"))
            assert NOT["reason"] in page
            assert "undone" in page
            assert "They are brothers." in text(client.get(f"/people/{person}/merged"))

    @pytest.mark.deep
    def test_a_reader_of_one_side_only_is_told_nothing_of_the_other(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        submit(client, f"/people/{daniel}/merged/{merge_id(world)}/undo", NOT)
        other = world.person("X", "Y", manager="priya")
        world.on_team(daniel, "health", Capacity.RESPONSIBLE)
        pages = [text(world.client("amit").get(f"/people/{daniel}/{page}"))
                 for page in ("", "history", "merged")]  # fmt: skip
        assert other
        assert not any("Danny" in page or "Z900777" in page for page in pages)

    @pytest.mark.deep
    def test_a_merge_is_undone_once(self, world, daniel, twice):
        client = merge(world, daniel, twice)
        url = f"/people/{daniel}/merged/{merge_id(world)}/undo"
        submit(client, url, NOT)
        assert client.get(url).status_code == 422

    @pytest.mark.deep
    def test_only_who_may_merge_may_undo(self, world, daniel, twice):
        merge(world, daniel, twice)
        url = f"/people/{daniel}/merged/{merge_id(world)}/undo"
        assert world.client("leah").get(url).status_code == 403
        assert world.client("amit").get(url).status_code == 404


class TestAskingTheCoordinator:
    def test_a_request_waits_for_the_coordinator_and_is_answered_by_the_merge(
        self, world, daniel, twice
    ):
        world.on_team(twice, "children", Capacity.COOPERATE_CHILDREN)
        asked = submit(world.client("leah"), f"/people/{daniel}/merge/{twice}/ask", WHY)
        assert asked.status_code == 302
        carl = world.client("carl")
        assert "asks you to merge" in text(carl.get("/notices"))
        page = text(carl.get("/merge-requests"))
        assert "Daniel Wexcombe and Danny Wexcomb" in page
        merge(world, daniel, twice, "carl")
        assert "Nobody asks you" in text(carl.get("/merge-requests"))

    @pytest.mark.deep
    def test_the_coordinator_declines_with_a_reason(self, world, daniel, twice):
        submit(world.client("priya"), f"/people/{daniel}/merge/{twice}/ask", WHY)
        with world.system():
            request = db.session.execute(sa.select(MergeRequest.id)).scalar_one()
        carl = world.client("carl")
        answer = submit(carl, f"/merge-requests/{request}", {"decision": "Two people."})
        assert answer.headers["Location"] == "/merge-requests"
        assert "Two people." in text(carl.get(f"/merge-requests/{request}"))
        with world.system():
            assert count(PersonMerge) == 0

    @pytest.mark.deep
    def test_nobody_else_sees_the_requests(self, world, daniel, twice):
        submit(world.client("priya"), f"/people/{daniel}/merge/{twice}/ask", WHY)
        assert world.client("priya").get("/merge-requests").status_code in (403, 404)
