"""Two officers write up one visit: what the second typed is added to the first one's, once."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.visits import drafts, queries, service
from mappa.visits.files.models import VisitFile
from mappa.visits.models import Visit, VisitAccount, VisitCard, VisitDraft
from tests.factories.offenders import with_overview
from tests.factories.visits import a_planned_visit, told
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.test_visit_doorstep_pages import HOME, add
from tests.pages.visit_forms import BARE, PLAIN, first_page, second_page, third_page, visits

SAME = "Is it the same visit?"


@pytest.fixture
def world(app):
    with clock.at(NOW + timedelta(minutes=5)):
        world = northmoor(with_overview(app))
        world.user("nina", "police", Role.PROTECTION_OFFICER, name="Nina Holt", team="police one")
        yield world


@pytest.fixture
def person(world):
    person = a_shared_person(world)
    world.worker(person, "nina")
    return person


@pytest.fixture
def check(person):
    return f"/people/{person}/visits/log/check"


def ids(world, *who):
    return [str(world.staff[each].user_id) for each in who]


def typed(world, who, person, *went, **changes):
    """Somebody who has typed an unplanned visit as far as the check."""
    client = world.client(who)
    first_page(client, person)
    said = {"officers": ids(world, *(went or (who,)))} | changes
    assert second_page(client, person, **said).status_code == 302
    return client


def logged_by_owen(world, person, *went):
    answer = third_page(typed(world, "owen", person, *(went or ("owen", "nina"))), person)
    assert answer.status_code == 302
    return answer.location.removesuffix("/logged")


def counts(world):
    with world.system():
        return {each.__tablename__: count(each) for each in (Visit, VisitAccount, VisitDraft)}


def choose(client, check, same):
    return submit(client, check, {"same": same}, action=check)


class TestAVisitThatNobodyPlanned:
    @pytest.mark.sql
    def test_the_second_officer_is_asked_and_adds_an_account(self, world, person, check):
        visit = logged_by_owen(world, person)
        nina = typed(world, "nina", person, concern="yes", concerns="A coat", concern_child="no")
        submit(nina, f"/people/{person}/visits/log/cards/home", HOME)
        add(nina, f"/people/{person}/visits/log")
        page = nina.get(check).text
        said = "Owen Marsh logged a visit on 20 November 2026, 9:00am to 9:25am and named you"
        assert said in page
        assert SAME in page
        refused = third_page(nina, person)
        assert refused.status_code == 422
        assert "Choose whether it is the same visit" in refused.text
        assert 'href="#same"' in refused.text
        answer = choose(nina, check, visit.rpartition("/")[2])
        assert (answer.status_code, answer.location) == (302, visit)
        assert counts(world) == {"visit": 1, "visit_account": 1, "visit_draft": 0}
        for who in ("owen", "priya"):
            shown = world.client(who).get(visit).text
            for each in ("Accounts of others", "A coat", HOME["words"], "The front room"):
                assert each in shown

    def test_another_visit_is_logged_on_its_own(self, world, person, check):
        logged_by_owen(world, person)
        nina = typed(world, "nina", person)
        assert choose(nina, check, "another").location.endswith("/logged")
        assert counts(world) == {"visit": 2, "visit_account": 0, "visit_draft": 0}

    def test_who_names_the_author_is_asked_also_of_another_agency(self, world, person, check):
        visit = logged_by_owen(world, person, "owen")
        priya = typed(world, "priya", person, "priya", "owen")
        assert "You name Owen Marsh as attending." in priya.get(check).text
        assert choose(priya, check, visit.rpartition("/")[2]).location == visit
        with world.system():
            owner = db.session.scalars(sa.select(VisitAccount.owner_agency_id)).one()
        assert owner == world.agencies["probation"]

    def test_logged_while_the_page_was_open_it_is_found_when_it_is_sent(self, world, person, check):
        nina = typed(world, "nina", person)
        form = form_on(nina.get(check).text, {"seen": ""})
        logged_by_owen(world, person)
        refused = nina.post(check, data=form.fields)
        assert refused.status_code == 422
        assert SAME in refused.text
        assert visits(world) == 1

    def test_another_said_of_one_is_not_said_of_the_next(self, world, person, check):
        logged_by_owen(world, person)
        nina = typed(world, "nina", person)
        form = form_on(nina.get(check).text, {"same": "another"})
        priya = typed(world, "priya", person, "priya", "nina")
        assert third_page(priya, person).status_code == 302
        before = visits(world)
        refused = nina.post(check, data=form.fields | {"same": "another"})
        assert refused.status_code == 422
        assert "Priya Sandhurst logged a visit" in refused.text
        assert visits(world) == before

    def test_the_doubled_send_is_one_account(self, world, person, check):
        visit = logged_by_owen(world, person)
        nina = typed(world, "nina", person)
        same = visit.rpartition("/")[2]
        form = form_on(nina.get(check).text, {"same": same})
        for _ in range(2):
            answer = nina.post(check, data=form.fields | {"same": same})
            assert (answer.status_code, answer.location) == (302, visit)
        assert counts(world)["visit_account"] == 1

    def test_a_visit_that_was_not_asked_about_is_not_chosen(self, world, person, check):
        visit = logged_by_owen(world, person, "owen")
        nina = typed(world, "nina", person)
        form = form_on(nina.get(check).text, {"seen": ""})
        sent = form.fields | {"same": visit.rpartition("/")[2], "asked": visit.rpartition("/")[2]}
        refused = nina.post(check, data=sent)
        assert refused.status_code == 422
        assert "not on record in this way any more" in refused.text
        assert counts(world) == {"visit": 1, "visit_account": 0, "visit_draft": 1}

    def test_half_a_card_keeps_everything_and_the_choice(self, world, person, check):
        visit = logged_by_owen(world, person)
        nina = typed(world, "nina", person)
        page = f"/people/{person}/visits/log/cards/home"
        submit(nina, page, {"words": "A second bed"}, ("then", "later"))
        refused = choose(nina, check, visit.rpartition("/")[2])
        assert refused.status_code == 422
        assert "finish this card, or remove it" in refused.text
        kept = form_on(refused.text, {"seen": ""}).fields["same"]
        assert kept == [visit.rpartition("/")[2]]
        assert counts(world) == {"visit": 1, "visit_account": 0, "visit_draft": 1}

    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_what_is_kept_from_the_reader_moves_no_byte(self, world, person, check, kind):
        nina = typed(world, "nina", person)
        before = still(nina.get(check).text)
        visit = logged_by_owen(world, person)
        assert SAME in nina.get(check).text
        with world.system():
            record = visit.rpartition("/")[2]
            rights.mark(UUID(record), kind, NOW, Given(at=NOW, reason="a test"))
        assert still(nina.get(check).text) == before
        assert third_page(nina, person).location.endswith("/logged")


def still(page):
    """The main part of a page without what is drawn afresh for every answer."""
    page = page[page.index("<main") : page.index("</main>")]
    return re.sub(r'name="(csrf_token|idempotency_key)" value="[^"]*"', "", page)


class TestAPlannedVisit:
    @pytest.fixture
    def outcome(self, world, person):
        plan = a_planned_visit(world, "owen", person, "nina")
        return f"/people/{person}/visits/{plan}/outcome"

    def begun(self, client, outcome, **changes):
        submit(client, outcome, {"outcome": "no_reply"})
        assert submit(client, f"{outcome}/essentials", BARE | changes).status_code == 302
        return client

    @pytest.fixture
    def nina(self, world, outcome):
        """Nina, who has typed the visit that Owen then recorded."""
        return self.late(world, outcome)

    def late(self, world, outcome):
        nina = self.begun(world.client("nina"), outcome, account="Heard a dog")
        owen = self.begun(world.client("owen"), outcome)
        assert submit(owen, f"{outcome}/check", action=f"{outcome}/check").status_code == 302
        return nina

    def hand(self, client, outcome):
        return submit(client, f"{outcome}/check", action=f"{outcome}/check")

    def test_the_draft_becomes_an_account_of_it(self, world, person, outcome, nina):
        submit(nina, f"{outcome}/cards/home", HOME)
        add(nina, outcome)
        page = nina.get(f"{outcome}/check").text
        assert "Were you there too?" in page
        assert "Add it to the visit on record" in page
        before = visits(world)
        answer = self.hand(nina, outcome)
        visit = outcome.removesuffix("/outcome")
        assert (answer.status_code, answer.location) == (302, visit)
        shown = world.client("priya").get(visit).text
        for each in ("Heard a dog", HOME["words"], "The front room", "Nina Holt"):
            assert each in shown
        assert visits(world) == before
        assert counts(world)["visit_draft"] == 0
        assert nina.get(outcome).status_code == 422

    def test_sent_twice_it_is_one(self, world, outcome, nina):
        form = form_on(nina.get(f"{outcome}/check").text, {"same": None})
        for _ in range(2):
            assert nina.post(f"{outcome}/check", data=form.fields).status_code == 302
        assert counts(world)["visit_account"] == 1

    def test_what_was_typed_can_be_changed_before(self, world, outcome, nina):
        page = nina.get(f"{outcome}/check").text
        assert f'href="{outcome}/essentials#where"' in page
        elsewhere = {"where": "elsewhere", "place": "Behind the canal"}
        submit(nina, f"{outcome}/essentials", elsewhere)
        assert "Behind the canal" in nina.get(f"{outcome}/check").text
        changing = f"{outcome}?change=yes"
        assert f'href="{changing}"' in page
        submit(nina, changing, {"outcome": "entry_refused"})
        assert "Entry refused" in nina.get(f"{outcome}/check").text

    def test_of_a_visit_withdrawn_since_it_is_not_offered_and_nothing_is_lost(
        self, world, outcome, nina
    ):
        form = form_on(nina.get(f"{outcome}/check").text, {"same": None})
        visit = outcome.removesuffix("/outcome")
        owen = world.client("owen")
        submit(owen, f"{visit}/withdraw", {"reason": "Another house"})
        refused = nina.post(f"{outcome}/check", data=form.fields)
        assert refused.status_code == 422
        assert "Nothing is added to a visit that was not made or was withdrawn" in refused.text
        assert "Heard a dog" in refused.text
        assert "Add it to the visit on record" not in refused.text
        assert "Log it as a visit of its own" in refused.text

    @pytest.mark.parametrize("kind", list(MarkKind))
    def test_of_a_visit_kept_from_the_reader_nothing_is_offered(self, world, person, kind):
        plan = a_planned_visit(world, "owen", person, "nina", announced=True)
        outcome = f"/people/{person}/visits/{plan}/outcome"
        nina = self.late(world, outcome)
        form = form_on(nina.get(f"{outcome}/check").text, {"same": None})
        with world.system():
            rights.mark(plan, kind, NOW, Given(at=NOW, reason="a test"))
        unknown = outcome.replace(str(plan), "00000000-0000-4000-8000-00000000beef")
        for page in (outcome, f"{outcome}/check"):
            assert nina.get(page).status_code == 404
            assert nina.get(page.replace(outcome, unknown)).status_code == 404
        assert nina.post(f"{outcome}/check", data=form.fields).status_code == 404
        assert counts(world)["visit_account"] == 0

    def test_who_is_named_nowhere_is_told_to_say_so(self, world, person, outcome, nina):
        me, him = ids(world, "nina", "owen")
        visit = outcome.removesuffix("/outcome")
        submit(world.client("owen"), f"{visit}/correct", {"officers": [him]})
        submit(nina, f"{outcome}/essentials", {"officers": [him]})
        page = nina.get(f"{outcome}/check").text
        assert "Add it to the visit on record" not in page
        assert "add yourself to the officers of what you typed" in page
        submit(nina, f"{outcome}/essentials", {"officers": [me, him]})
        assert self.hand(nina, outcome).location == visit

    def test_as_a_visit_of_its_own_it_is_not_asked_again(self, world, person, outcome, nina):
        page = f"{outcome}/check"
        there = submit(nina, page, action=f"{outcome}/as-own").location
        assert SAME not in nina.get(there).text
        assert third_page(nina, person).location.endswith("/logged")


class TestWhatCameWithAnAccount:
    @pytest.fixture
    def visit(self, world, person, check):
        visit = logged_by_owen(world, person)
        priya = typed(world, "priya", person, "priya", "owen")
        submit(priya, f"/people/{person}/visits/log/cards/home", HOME)
        add(priya, f"/people/{person}/visits/log")
        assert choose(priya, check, visit.rpartition("/")[2]).location == visit
        return visit

    @pytest.mark.sql
    def test_its_author_takes_back_a_card_and_ends_a_file(self, world, visit):
        with world.system():
            card = db.session.scalars(sa.select(VisitCard.id)).one()
            file = db.session.scalars(sa.select(VisitFile.id)).one()
        priya, owen = world.client("priya"), world.client("owen")
        back, ended = f"{visit}/cards/{card}/take-back", f"{visit}/files/{file}/end"
        assert back in priya.get(visit).text
        assert back not in owen.get(visit).text
        assert (owen.get(back).status_code, owen.get(ended).status_code) == (403, 403)
        assert ended not in owen.get(f"{visit}/files/{file}").text
        assert ended in priya.get(f"{visit}/files/{file}").text
        assert submit(priya, back, {"why": "The other room"}).location == visit
        assert submit(priya, ended, {"reason": "The other house"}).location == visit
        shown = owen.get(visit).text
        assert "The other room" in shown
        assert "Ended" in shown

    def test_who_does_not_read_the_account_finds_no_file_of_it(self, world, visit):
        with world.system():
            file = db.session.scalars(sa.select(VisitFile.id)).one()
        assert world.client("owen").get(f"{visit}/files/{file}/picture").status_code == 200
        for page in (f"{visit}/files/{file}", f"{visit}/files/{file}/picture"):
            assert world.client("leah").get(page).status_code == 404

    def test_a_colleague_who_was_there_may_add_an_account_without_a_draft(self, world, visit):
        nina, naomi = world.client("nina"), world.client("naomi")
        assert "Add your own account" in nina.get(visit).text
        assert "Add your own account" not in naomi.get(visit).text
        page = f"{visit}/account"
        assert submit(nina, page, {"account": "Held the gate"}).location == visit
        refused = naomi.get(page)
        assert refused.status_code == 422
        assert "you are not named as attending" in refused.text


@pytest.mark.sql
@pytest.mark.parametrize("who", ["nina", "priya"])
def test_of_two_sent_at_once_the_second_waits_and_is_asked(world, person, check, who):
    """What the first has not committed yet, the second finds when it has."""
    typed(world, "owen", person)
    second = typed(world, who, person)
    form = form_on(second.get(check).text, {"seen": ""})
    went = {each: world.staff[each] for each in ("owen", who)}
    outside = copy_context()
    with ThreadPoolExecutor(1) as elsewhere:
        with world.as_reader("owen", Kind.WRITE) as actor:
            assert drafts.take_to_log(actor, person, None, now=NOW).others
            offered = {each.user_id: each for each in queries.may_attend(actor, person)}
            officers = tuple(offered[each.user_id] for each in went.values())
            arrived = NOW.replace(hour=9, minute=0)
            said = told(officers=officers, arrived_at=arrived)
            service.log_visit(actor, person, said, now=NOW)
            late = elsewhere.submit(outside.run, second.post, check, data=form.fields)
            with pytest.raises(TimeoutError):
                late.result(timeout=1)
        answer = late.result(timeout=20)
    assert answer.status_code == 422
    assert SAME in answer.text
    assert visits(world) == 1


def test_the_question_is_asked_of_a_visit_without_an_answer_once_more(world, person, check):
    """Nothing typed is lost when it is refused: everything is on the page again."""
    logged_by_owen(world, person)
    nina = typed(world, "nina", person, next_step="Ring the landlord")
    assert PLAIN["place"] in third_page(nina, person).text
    assert "Ring the landlord" in nina.get(check).text
