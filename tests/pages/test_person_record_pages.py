"""Addresses, warnings, orders and history of a person, as pages: what each reader may do."""

import re
from datetime import date

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.offenders.models import Address, StaffWarning
from tests.factories.offenders import (
    a_warning,
    an_address,
    an_offence,
    an_order,
    with_overview,
)
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit

TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')  # it carries the second it was made in
HOSTILE = {
    "a number of 5,000 digits": "9" * 5000,
    "NUL": "a\x00b",
    "a lone surrogate": "\ud800",
    "overriding direction": "\u202eabc",
    "markup": "<script>alert(1)</script>" * 200,
    "empty": "",
}
ADDRESS = {
    "kind": "home", "lines": "Flat 4\n18 Tallow Row, Northmoor", "postcode": "nm1 4zz",
    "district": "Northmoor NM1", "from_on": "19 11 2026", "note": "Told by the landlord",
}  # fmt: skip
WARNING = {
    "headline": "Visit in pairs", "detail": "Threats in May", "serious": "2",
    "officers": "2", "lone_working": "Ring the control room", "review_on": "2 1 2027",
}  # fmt: skip


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(with_overview(app))


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def text(answer):
    return answer.get_data(as_text=True)


def rows_of(world, model):
    with world.system():
        return count(model)


def same_as_unknown(client, url):
    """Whether an address answers as one that never was, but for the token of the answer."""
    answers = [client.get(url), client.get(f"/people/{new_id()}/addresses")]
    there, never = ((each.status_code, TOKEN.sub("", text(each))) for each in answers)
    return there == never and there[0] == 404


def main_of(answer):
    """The page without frame and navigation."""
    return text(answer).split("<main")[1].split("</main>")[0]


def assert_answered(client, url, good, what):
    """Post a form once for each field with hostile text in it: never a 500."""
    value = HOSTILE[what].encode("utf-8", "surrogatepass")
    for field in good:
        answer = submit(client, url, good | {field: value})
        assert answer.status_code in (302, 422), field


class TestAddresses:
    def test_an_officer_adds_one_and_the_earlier_stays(self, world, daniel):
        an_address(world, daniel, lines="1 Old Lane", postcode="NM2 2AA")
        client = world.client("owen")
        answer = submit(client, f"/people/{daniel}/addresses/add", ADDRESS, follow=True)
        page = text(answer)
        assert answer.status_code == 200
        assert "Address added." in page
        assert "18 Tallow Row, Northmoor NM1 4ZZ" in page
        assert "Earlier addresses" in page
        assert "1 Old Lane NM2 2AA" in page

    def test_the_summary_is_the_district(self, world, daniel):
        an_address(world, daniel, lines="1 Old Lane", until_on=date(2026, 1, 1))
        an_address(world, daniel)
        page = text(world.client("leah").get(f"/people/{daniel}/addresses"))
        assert "Northmoor NM1" in page
        assert "Tallow" not in page
        assert "Old Lane" not in page
        assert "NM1 4ZZ" not in page
        assert "Restricted information" not in page

    def test_a_sealed_address_is_one_line(self, world, daniel):
        sealed = an_address(world, daniel, "police", lines="9 Secret Row")
        with world.system():
            rights.mark(sealed, MarkKind.SEALED, NOW, Given(at=NOW))
        page = text(world.client("leah").get(f"/people/{daniel}/addresses"))
        assert "Restricted information is held by Northmoor Police." in page
        assert "Secret Row" not in page

    @pytest.mark.parametrize("what", HOSTILE)
    def test_hostile_input_is_answered(self, world, daniel, what):
        assert_answered(world.client("owen"), f"/people/{daniel}/addresses/add", ADDRESS, what)

    def test_what_was_typed_is_kept(self, world, daniel):
        client = world.client("owen")
        typed = ADDRESS | {"from_on": "31 2 2026"}
        answer = submit(client, f"/people/{daniel}/addresses/add", typed)
        page = text(answer)
        assert answer.status_code == 422
        assert "There is a problem" in page
        assert "Told by the landlord" in page
        assert 'value="31 2 2026"' in page
        assert "must be a real date" in page
        assert rows_of(world, Address) == 0

    def test_a_part_that_does_not_belong_is_refused(self, world, daniel):
        client = world.client("owen")
        extra = {"owner_agency_id": str(world.agencies["probation"])}
        answer = submit(client, f"/people/{daniel}/addresses/add", ADDRESS, extra=extra)
        assert answer.status_code == 422
        assert rows_of(world, Address) == 0

    def test_the_same_form_twice_makes_one(self, world, daniel):
        client = world.client("owen")
        page = text(client.get(f"/people/{daniel}/addresses/add"))
        form = form_on(page, ADDRESS)
        sent = {**form.fields, **ADDRESS}
        for _ in range(2):
            assert client.post(form.action, data=sent).status_code == 302
        assert rows_of(world, Address) == 1

    @pytest.mark.parametrize("who", ["carl", "iris"])
    def test_a_reader_who_may_not_write_is_refused(self, world, daniel, who):
        assert world.client(who).get(f"/people/{daniel}/addresses/add").status_code == 403


class TestWarnings:
    def test_everybody_reads_it_at_once(self, world, daniel):
        client = world.client("owen")
        answer = submit(client, f"/people/{daniel}/warnings/add", WARNING, follow=True)
        assert "Warning added." in text(answer)
        page = text(world.client("leah").get(f"/people/{daniel}/addresses"))
        assert "Visit in pairs" in page
        assert "Set by Northmoor Police, 20 November 2026. Review by 2 January 2027." in page

    def test_a_social_worker_cannot_end_a_police_warning(self, world, daniel):
        warning = a_warning(world, daniel, "police")
        client = world.client("leah")
        page = text(client.get(f"/people/{daniel}/warnings/{warning}"))
        assert "End this warning" not in page
        assert "Only Northmoor Police can change or end it." in page
        assert client.get(f"/people/{daniel}/warnings/{warning}/end").status_code == 403

    def test_its_owner_ends_it_with_a_reason(self, world, daniel):
        warning = a_warning(world, daniel, "police", headline="Mind the dog")
        client = world.client("owen")
        at = f"/people/{daniel}/warnings/{warning}/end"
        assert submit(client, at, {"reason": ""}).status_code == 422
        page = text(submit(client, at, {"reason": "The dog is gone"}, follow=True))
        assert "Warning ended." in page
        assert "The dog is gone" in page
        assert 'class="m-warning"' not in page
        assert submit(client, at, {"reason": "Again"}).status_code == 422

    @pytest.mark.parametrize("what", HOSTILE)
    def test_hostile_input_is_answered(self, world, daniel, what):
        assert_answered(world.client("owen"), f"/people/{daniel}/warnings/add", WARNING, what)

    def test_what_was_typed_is_kept(self, world, daniel):
        at = f"/people/{daniel}/warnings/add"
        answer = submit(world.client("owen"), at, WARNING | {"review_on": "1 1 2020"})
        assert answer.status_code == 422
        assert "Threats in May" in text(answer)
        assert "The review must be after today" in text(answer)
        assert rows_of(world, StaffWarning) == 0

    def test_markup_is_only_text(self, world, daniel):
        a_warning(world, daniel, headline="<b>x</b>", detail="<i>y</i>")
        page = text(world.client("leah").get(f"/people/{daniel}/addresses"))
        assert "<b>x</b>" not in page
        assert "&lt;b&gt;x&lt;/b&gt;" in page


class TestNotFound:
    PAGES = (
        "addresses", "addresses/add", "warnings/add", "orders", "history", "report-a-change",
    )  # fmt: skip

    @pytest.mark.parametrize("page", PAGES)
    def test_a_person_one_cannot_see_is_as_one_who_never_was(self, world, daniel, page):
        assert same_as_unknown(world.client("sam"), f"/people/{daniel}/{page}")

    @pytest.mark.parametrize("page", ["", "/end"])
    def test_a_warning_of_another_person_is_not_here(self, world, daniel, page):
        other = world.person("Other", "Person", lead="police")
        warning = a_warning(world, other, "police")
        client = world.client("owen")
        assert client.get(f"/people/{other}/warnings/{warning}{page}").status_code == 200
        assert same_as_unknown(client, f"/people/{daniel}/warnings/{warning}{page}")

    def test_posts_are_not_found_either(self, world, daniel):
        owen, sam = world.client("owen"), world.client("sam")
        form = form_on(text(owen.get(f"/people/{daniel}/addresses/add")), ADDRESS)
        token = form_on(text(sam.get("/people/find")), {"q": ""}).fields["csrf_token"]
        sent = {**form.fields, **ADDRESS, "csrf_token": token}
        for person in (daniel, new_id()):
            answer = sam.post(f"/people/{person}/addresses/add", data=sent)
            assert answer.status_code == 404
        assert rows_of(world, Address) == 0

    def test_history_is_for_full_readers(self, world, daniel):
        assert same_as_unknown(world.client("leah"), f"/people/{daniel}/history")
        assert "/history" not in text(world.client("leah").get(f"/people/{daniel}/orders"))


class TestOrdersAndHistory:
    def test_orders_and_offences_in_full(self, world, daniel):
        an_order(world, daniel)
        an_order(world, daniel, name="Old order", ended=True)
        an_offence(world, daniel)
        page = text(world.client("priya").get(f"/people/{daniel}/orders"))
        for said in ("Sexual harm prevention order", "No contact with children under 16",
                     "Old order", "Northmoor Crown Court", "1 March 2027"):  # fmt: skip
            assert said in page

    def test_the_summary_has_names_and_ends(self, world, daniel):
        an_order(world, daniel)
        an_order(world, daniel, name="Old order", ended=True)
        an_offence(world, daniel)
        page = text(world.client("leah").get(f"/people/{daniel}/orders"))
        assert "Sexual harm prevention order" in page
        for hidden in ("No contact", "Old order", "Crown Court", "2 May 2012"):
            assert hidden not in page

    def test_history_says_from_to_who_when_and_why(self, world, daniel):
        client = world.client("owen")
        submit(client, f"/people/{daniel}/addresses/add", ADDRESS)
        page = text(world.client("priya").get(f"/people/{daniel}/history"))
        assert "Flat 4, 18 Tallow Row, Northmoor NM1 4ZZ" in page
        assert "Owen Marsh, Northmoor Police, 20 November 2026, 9:30am" in page
        assert "Told by the landlord" in page

    def test_report_a_change_is_a_menu_of_what_one_may_add(self, world, daniel):
        page = main_of(world.client("leah").get(f"/people/{daniel}/report-a-change"))
        assert f"/people/{daniel}/addresses/add" in page
        assert f"/people/{daniel}/warnings/add" in page
        assert "Intelligence" not in page
        assert same_as_unknown(world.client("carl"), f"/people/{daniel}/report-a-change")

    def test_intelligence_is_offered_to_its_group(self, app, world, daniel):
        if "intelligence.add" not in app.view_functions:
            pytest.skip("no page to add intelligence yet")
        world.handling_group("police", "owen")
        page = text(world.client("owen").get(f"/people/{daniel}/report-a-change"))
        assert url_of_intelligence(app, daniel) in page


def url_of_intelligence(app, person):
    with app.test_request_context():
        from flask import url_for

        return url_for("intelligence.add", person_id=person)
