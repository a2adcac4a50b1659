"""Asking other agencies and answering them, as pages; and that asking for somebody finds nobody."""

import re
from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.sharing.requests import asking, jobs
from mappa.sharing.requests.models import AskedRequest
from mappa.sharing.requests.rules import MOST_IN_AN_HOUR, Stands, State
from mappa.visits import queries as visits
from tests.factories.offenders import keyed, with_overview
from tests.factories.requests import (
    a_request,
    an_unseen_request,
    answered,
    delivered,
    to_us,
    with_ines,
)
from tests.factories.sharing import PURPOSE
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.insight import statements

ASKED = {
    "sections": ["visits"],
    "what": "The visits of the last three months",
    "why": "A child is to move in",
    "urgency": "five-days",
    "statutes": ["cja-2003-325-4"],
    "regime": "part-3",
    "part_3": "sch8-4",
}
DANIEL = {"by": "name", "given_name": "Daniel", "family_name": "Wexcombe", "born_on": "14 3 1979"}
UNSEEN = "/sharing/requests/unseen"
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
TOKEN = re.compile(r'(csrf_token" value="|idempotency_key" value="|nonce=")[^"]+')


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(with_overview(app))
        with_ines(found)
        yield found


@pytest.fixture
def person(world):
    found = a_shared_person(world)
    keyed(world, found)
    return found


def text(answer):
    return answer.get_data(as_text=True)


def errors(answer):
    assert answer.status_code == 422
    return re.findall(r'<li><a href="#(\w+)">([^<]+)</a>', text(answer))


class TestAskingAndAnswering:
    def test_a_social_worker_asks_and_the_police_share_by_form(self, world, person):
        a_made_visit(world, "owen", person)
        leah, iris = world.client("leah"), world.client("iris")
        police = str(world.agencies["police"])
        sent = submit(leah, f"/people/{person}/ask", {**ASKED, "owner": [police]}, follow=True)
        assert "Sent. The answer is told to you" in text(sent)
        mine = sent.request.path
        delivered(world)
        assert "Answer a request for information" in text(iris.get("/work"))
        assert "An agency asks yours for information." in text(iris.get("/notices"))
        assert "Asked for visits" in text(leah.get("/work"))
        (request,) = to_us(world, "iris")
        page = f"/sharing/requests/{request}"
        shown = text(iris.get(page))
        assert "A child is to move in" in shown
        assert "Leah Tarrant" in shown
        done = submit(
            iris, page, {"answer": "shared", "level": "full", "purpose": PURPOSE}, follow=True
        )
        assert "Answered." in text(done)
        assert "Your answer" not in text(done)
        assert "What you asked another agency for was answered." in text(leah.get("/notices"))
        told = text(leah.get(mine))
        assert "Shared" in told
        assert "Northmoor Police" in told

    def test_what_is_missing_is_said_field_by_field_and_kept(self, world, person):
        leah = world.client("leah")
        typed = {"why": "A child is to move in"}
        refused = submit(leah, f"/people/{person}/ask", typed)
        assert [field for field, _ in errors(refused)] == ["what", "urgency", "regime"]
        assert "A child is to move in" in text(refused)
        refused = submit(leah, f"/people/{person}/ask", ASKED)
        assert errors(refused) == [("owner", "Choose whom you ask")]
        police = str(world.agencies["police"])
        wrong = {**ASKED, "owner": [police], "part_3": "art-6-1-e"}
        assert [f for f, _ in errors(submit(leah, f"/people/{person}/ask", wrong))] == ["part_3"]
        with world.system():
            assert count(AskedRequest) == 0

    def test_an_answer_needs_its_words(self, world, person):
        a_made_visit(world, "owen", person)
        a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        iris, page = world.client("iris"), f"/sharing/requests/{request}"
        assert errors(submit(iris, page, {})) == [("answer", "Choose an answer")]
        declined = submit(iris, page, {"answer": "declined"})
        assert errors(declined) == [("why", "Say why you decline")]
        shared = submit(iris, page, {"answer": "shared"}, drop=["ends_on"])
        assert errors(shared) == [
            ("purpose", "Choose a purpose of the agreement"),
            ("ends_on", "Enter the day the share ends"),
        ]

    def test_an_answer_offers_what_the_owner_holds_and_nothing_else(self, world, person):
        a_request(world, "police", person, sections=(Section.VISITS, Section.PLAN))
        delivered(world)
        (request,) = to_us(world, "iris")
        iris, page = world.client("iris"), f"/sharing/requests/{request}"
        empty = text(iris.get(page))
        assert "in visits, the plan, so your answer cannot share it" in empty
        assert 'value="shared"' not in empty
        assert "declined" in empty
        a_made_visit(world, "owen", person)
        a_made_visit(world, "priya", person)
        shown = text(iris.get(page))
        offered = re.findall(r'name="sections" type="checkbox" value="(\w+)"( checked)?', shown)
        assert offered == [("visits", " checked")]
        assert "in the plan, so your answer cannot share it" in shown
        assert len(re.findall(r'value="visits\.', shown)) == 1

    def test_one_record_answers_it_and_the_other_stays_closed(self, world, person):
        one, other = (a_made_visit(world, "owen", person) for _ in range(2))
        a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        typed = {"answer": "shared", "record_id": f"visits.{one}", "level": "full",
                 "purpose": PURPOSE}  # fmt: skip
        done = submit(world.client("iris"), f"/sharing/requests/{request}", typed, follow=True)
        assert "Answered." in text(done)
        with world.as_reader("leah") as actor:
            assert visits.visit(actor, person, one).full
            assert not visits.visit(actor, person, other).full

    def test_each_error_of_a_share_stands_at_a_field_of_the_form(self, world, person):
        visit = a_made_visit(world, "owen", person)
        a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        iris, page = world.client("iris"), f"/sharing/requests/{request}"
        good = {"answer": "shared", "level": "full", "purpose": PURPOSE}
        for wrong, field in (
            ({"part_3": "art-6-1-e"}, "part_3"),
            ({"regime": "uk-gdpr", "uk_gdpr": "sch8-4"}, "uk_gdpr"),
            ({"sections": ["visits", "plan"]}, "sections"),
            ({"record_id": f"plan.{visit}"}, "sections"),
            ({"review_on": "1 1 2031"}, "review_on"),
        ):
            refused = submit(iris, page, {**good, **wrong})
            assert [each for each, _ in errors(refused)] == [field], wrong
            assert f'id="{field}"' in text(refused), wrong

    def test_the_same_answer_sent_twice_answers_once(self, world, person):
        asked = a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        iris, page = world.client("iris"), f"/sharing/requests/{request}"
        form = form_on(text(iris.get(page)), {"answer": "declined"})
        typed = {**form.fields, "answer": "declined", "why": "Not necessary"}
        first, again = iris.post(page, data=typed), iris.post(page, data=typed)
        assert (first.status_code, again.status_code) == (302, 302)
        with world.as_reader("leah"):
            assert len(asking.steps(asked)) == 1

    def test_a_reason_is_read_by_the_two_sides_only(self, world, person):
        asked = a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.DECLINED, "Held for another purpose")
        assert "Held for another purpose" in text(world.client("leah").get(show(asked)))
        for who in ("priya", "ines", "grace", "sam"):
            client = world.client(who)
            assert client.get(show(asked)).status_code == 404
            assert client.get(f"/sharing/requests/{request}").status_code == 404
            assert "Held for another purpose" not in text(client.get("/sharing/requests"))

    def test_a_request_is_withdrawn_by_form(self, world, person):
        asked = a_request(world, "police", person)
        leah = world.client("leah")
        refused = submit(leah, f"{show(asked)}/withdraw", {})
        assert errors(refused) == [("why", "Say why you withdraw it")]
        done = submit(leah, f"{show(asked)}/withdraw", {"why": "Not needed"}, follow=True)
        assert "It stays on record" in text(done)
        assert "Not needed" in text(done)

    def test_discussing_goes_back_and_forth(self, world, person):
        asked = a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        leah, iris = world.client("leah"), world.client("iris")
        page = f"/sharing/requests/{request}"
        submit(iris, page, {"answer": "discussed", "why": "Which child?"})
        assert "Which child?" in text(leah.get(show(asked)))
        submit(leah, show(asked), {"why": "The eldest"})
        assert "The eldest" in text(iris.get(page))
        assert "Your answer" in text(iris.get(page))

    def test_lists_are_narrowed_and_count_refusals(self, world, person):
        for state in (State.DECLINED, State.NO_TRACE, None):
            a_request(world, "police", person, what=f"One {state}")
            delivered(world)
            if state is not None:
                (request,) = to_us(world, "iris", Stands.OPEN)
                answered(world, "iris", request, state, "Because")
        iris = world.client("iris")
        for wanted, tag in (("declined", "Declined"), ("answered", "No trace"), ("open", "Wai")):
            listed = text(iris.get(f"/sharing/requests?state={wanted}"))
            assert re.findall(r'm-tag">(\w+)', listed)[0].startswith(tag.split()[0])
            assert len(re.findall(r"m-entries__item", listed)) == 1
        everything = text(iris.get("/sharing/requests"))
        assert len(re.findall(r"m-entries__item", everything)) == 3

    @pytest.mark.parametrize("who", ["ada", "adam", "sys", "helen", "carl"])
    def test_other_roles_have_no_door(self, world, person, who):
        client = world.client(who)
        for page in ("/sharing/requests", UNSEEN, f"/people/{person}/ask"):
            assert client.get(page).status_code in (403, 404)

    def test_a_refused_attempt_is_on_record(self, world, person):
        a_request(world, "police", person)
        delivered(world)
        (request,) = to_us(world, "iris")
        page = f"/sharing/requests/{request}"
        assert submit(world.client("iris"), page, {}).status_code == 422
        owen = world.client("owen")
        shown = text(owen.get(page))
        assert "Your answer" not in shown
        token = re.search(r'csrf_token" value="([^"]+)', text(owen.get(UNSEEN)))[1]
        typed = {"csrf_token": token, "idempotency_key": "one", "answer": "no-trace"}
        assert owen.post(page, data=typed).status_code == 403
        with world.system():
            refused = db.session.scalars(
                sa.select(AuditEntry.event).where(AuditEntry.outcome == "refused")
            ).all()
            assert len(refused) == 2


def show(asked):
    return f"/sharing/requests/asked/{asked}"


def masked(body, *names):
    """A page without what is random in every page, and without what was typed."""
    plain = TOKEN.sub(r"\1", ID.sub("ID", body))
    for name in names:
        plain = plain.replace(name, "NAME")
    return plain


class TestFindingFindsNobody:
    """Two worlds in one: Daniel Wexcombe is there, Daniel Westcombe is not."""

    SEEN, NOT = ("Daniel", "Wexcombe"), ("Daniel", "Westcombe")

    def asked(self, world, who, name):
        client = world.client(who)
        client.get(UNSEEN)  # what hangs on the role alone is asked once in a process
        given, family = name
        typed = {**ASKED, **DANIEL, "given_name": given, "family_name": family}
        with statements(world.app) as sent:
            answer = submit(client, UNSEEN, typed)
        shown = client.get(answer.location)
        return client, answer, shown, [_plain(each) for each in sent]

    @pytest.mark.sql
    def test_the_same_status_bytes_and_statements_whether_there_is_such_a_person(
        self, world, person
    ):
        _, here, page, sent = self.asked(world, "sam", self.SEEN)
        other, there, empty, as_sent = self.asked(world, "sam", self.NOT)
        assert here.status_code == there.status_code == 302
        assert masked(text(here)) == masked(text(there))
        assert sent == as_sent
        assert masked(text(page), "Wexcombe") == masked(text(empty), "Westcombe")
        assert "Sent. If an agency holds something" in text(page)
        assert other is not None

    def test_the_same_after_the_system_has_looked_and_after_the_day(self, world, person):
        one, here, _, _ = self.asked(world, "sam", self.SEEN)
        other, there, _, _ = self.asked(world, "sam", self.NOT)
        delivered(world)
        assert len(to_us(world, "ines")) == 1
        answered(world, "ines", to_us(world, "ines")[0], State.NO_TRACE, "Nothing to tell")
        for moment in (NOW, NOW.replace(month=12)):
            with clock.at(moment), statements(world.app) as sent:
                found = one.get(here.location)
            with clock.at(moment), statements(world.app) as as_sent:
                nobody = other.get(there.location)
            if moment == NOW:
                assert found.status_code == nobody.status_code == 200
                assert masked(text(found), "Wexcombe") == masked(text(nobody), "Westcombe")
                assert len(sent) == len(as_sent)

    def test_both_kept_rows_look_the_same(self, world, person):
        self.asked(world, "sam", self.SEEN)
        self.asked(world, "sam", self.NOT)
        delivered(world)
        with world.system():
            rows = db.session.scalars(sa.select(AskedRequest).order_by(AskedRequest.id)).all()
            kept = [
                {
                    name: value
                    for name, value in vars(row).items()
                    if name not in ("id", "typed", "_sa_instance_state")
                }
                for row in rows
            ]
            assert len(kept) == 2
            assert kept[0] == kept[1]

    def test_who_is_kept_out_is_told_what_everybody_is_told(self, world, person):
        with world.system():
            rights.exclude(person, Given(at=NOW), agency=world.agencies["housing"])
        one, here, page, sent = self.asked(world, "sam", self.SEEN)
        _, _, empty, as_sent = self.asked(world, "sam", self.NOT)
        delivered(world)
        assert to_us(world, "ines") == []
        assert masked(text(page), "Wexcombe") == masked(text(empty), "Westcombe")
        assert sent == as_sent
        assert one.get(here.location).status_code == 200

    def test_the_rate_says_when_to_try_again(self, world, person):
        for _ in range(MOST_IN_AN_HOUR):
            an_unseen_request(world)
        refused = submit(world.client("sam"), UNSEEN, {**ASKED, **DANIEL})
        assert refused.status_code == 422
        assert "You can ask again in 60 minutes" in text(refused)
        assert "Wexcombe" in text(refused)

    @pytest.mark.parametrize(
        ("typed", "field"),
        [
            ({"by": "number", "kind": "crn", "number": "Z9004"}, "number"),
            ({"by": "number", "number": "Z900412"}, "kind"),
            ({**DANIEL, "born_on": ""}, "born_on"),
            ({**DANIEL, "family_name": ""}, "family_name"),
            ({**DANIEL, "born_on": "31 2 1979"}, "born_on"),
        ],
    )
    def test_somebody_is_asked_for_exactly(self, world, typed, field):
        refused = submit(world.client("sam"), UNSEEN, {**ASKED, **typed})
        assert [name for name, _ in errors(refused)] == [field]

    def test_the_owner_is_told_what_its_answer_tells(self, world, person):
        an_unseen_request(world)
        delivered(world)
        ines = world.client("ines")
        shown = text(ines.get(f"/sharing/requests/{to_us(world, 'ines')[0]}"))
        assert "does not know that you hold a record" in shown
        assert date(2026, 11, 20).isoformat() not in shown
        assert jobs.ASKED not in shown


def _plain(statement):
    return re.sub(r"\s+", " ", str(statement))
