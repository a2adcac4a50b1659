"""What the forms of visits refuse; planning, and reading what others may see."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, Role
from mappa.agencies import seed
from mappa.kernel import clock
from mappa.visits.rules import Outcome
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor
from tests.pages.forms import submit
from tests.pages.visit_forms import PLAIN, TURNOUT, first_page, second_page, visits


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture(autouse=True)
def five_minutes_later():
    with clock.at(NOW + timedelta(minutes=5)):
        yield


@pytest.fixture
def owen(world, person):
    return world.client("owen")


WRONG = [
    ({"arrived": ""}, "Enter the time you arrived, like 1440 or 14:40"),
    ({"arrived": "25:99"}, "Enter the time you arrived, like 1440 or 14:40"),
    ({"arrived": "1" * 5000}, "Enter the time you arrived, like 1440 or 14:40"),
    ({"left": "0900"}, "The time you left must be after the time you arrived"),
    ({"left": "2359"}, "The time you left cannot be in the future"),
    ({"made_on": "31 2 2026"}, "Day of the visit must be a real date"),
    ({"made_on": "1" * 5000}, "Enter the day of the visit like 20 11 2026, or today"),
    ({"made_on": "1 1 1950"}, "The visit must be in the last 10 years"),
    ({"place": ""}, "Say where"),
    ({"place": "a" * 201}, "Use at most 200 characters; it is 1 over"),
    ({"place": "a\x00b"}, "Use letters, numbers and punctuation only"),
    ({"officers": None}, "Choose at least one officer who attended"),
    ({"officers": "0" * 32}, "Choose officers from the list, or add someone else"),
    ({"officers": "other"}, "Say who the other officer is"),
    ({"present": None}, "Choose “Nobody else”, or say who was there"),
    ({"present": ["nobody", "child"]}, "Choose “Nobody else”, or say who was there"),
    ({"present": "a crowd"}, "Choose “Nobody else”, or say who was there"),
    ({"concern": None}, "Choose whether there were concerns"),
    ({"concern": "perhaps"}, "Choose one from the list"),
    ({"told_next": None}, "Choose whether you said when the next visit is"),
]


class TestBadInput:
    @pytest.mark.parametrize(("changes", "sentence"), WRONG)
    def test_each_fault_is_said_and_the_text_is_kept(self, world, person, owen, changes, sentence):
        first_page(owen, person)
        kept = {"next_step": "Ring the hostel"}
        answer = second_page(owen, person, **(kept | changes))
        assert answer.status_code == 422
        assert "There is a problem" in answer.text
        assert sentence in answer.text
        assert "Ring the hostel" in answer.text
        assert visits(world) == 0

    @pytest.mark.parametrize("outcome", ["", "nonsense", "seen_and_spoken_to\x00", "9" * 5000])
    def test_an_outcome_must_be_chosen(self, world, person, owen, outcome):
        answer = first_page(owen, person, outcome)
        assert answer.status_code == 422
        assert "Choose what happened at the visit" in answer.text

    @pytest.mark.parametrize("step", ["log", "log/essentials", "log/check"])
    def test_fields_of_others_are_refused(self, world, person, owen, step):
        first_page(owen, person)
        second_page(owen, person)
        url = f"/people/{person}/visits/{step}"
        answer = submit(owen, url, extra={"state": "made", "owner_agency_id": "x"})
        assert answer.status_code == 422
        assert visits(world) == 0

    def test_hostile_text_saved_for_later_can_be_opened(self, world, person, owen):
        first_page(owen, person)
        url = f"/people/{person}/visits/log/essentials"
        hostile = {"arrived": "\x00<script>" + "9" * 9000, "place": "\u202e\ufeff"}
        submit(owen, url, hostile, ("then", "later"))
        assert owen.get(url).status_code == 200
        assert owen.get(f"/people/{person}/visits/log/check").status_code == 302

    def test_pages_out_of_order_lead_to_the_first(self, person, owen):
        for step in ("essentials", "check"):
            answer = owen.get(f"/people/{person}/visits/log/{step}")
            assert answer.location.endswith("/visits/log")

    @pytest.mark.parametrize("query", ["before=x", "before=" + "9" * 5000, "before=" + "0" * 32])
    def test_a_place_in_the_list_that_is_none_is_the_beginning(self, person, owen, query):
        assert owen.get(f"/people/{person}/visits?{query}").status_code == 200


PLAN = {"kind": "unannounced", "from_on": "21 11 2026", "until_on": "30 11 2026", "place": "Home"}
PLAN |= TURNOUT


class TestPlanning:
    def plan(self, client, person, **changes):
        sent = PLAN | changes
        return submit(client, f"/people/{person}/visits/plan", sent, follow=True)

    def test_an_unannounced_visit_is_planned_as_a_window(self, world, person, owen):
        page = self.plan(owen, person).text
        assert "21 November 2026 to 30 November 2026" in page
        assert "Only those who will make this visit and their supervisors can see it." in page
        assert "Log what happened" in page

    def test_a_scheduled_visit_is_planned_with_its_hour(self, world, person, owen):
        typed = {"kind": "scheduled", "on": "23 11 2026", "at": "1430"}
        page = self.plan(owen, person, **typed, told_by="Owen Marsh", told_how="letter").text
        assert "23 November 2026, 2:30pm" in page
        assert "By letter by Owen Marsh" in page
        assert "Plain clothes, no marked car, accredited officer" in page

    @pytest.mark.parametrize(
        ("changes", "sentence"),
        [
            ({"from_on": ""}, "Enter the first day of the window"),
            ({"until_on": "20 11 2026"}, "The window must end after it starts"),
            ({"from_on": "1 11 2026", "until_on": "2 11 2026"}, "The window is already over"),
            ({"until_on": "1 1 2199"}, "The window can be a year at most"),
            ({"kind": "scheduled"}, "Enter the day of the visit"),
            (
                {"kind": "scheduled", "on": "23 11 2026", "at": "1430"},
                "Say who told of the visit",
            ),
            (
                {"kind": "scheduled", "on": "23 11 2026", "at": "1430", "told_by": "Owen Marsh"},
                "Choose how it was told",
            ),
            ({"kind": "secret"}, "Choose which kind of visit it is"),
            ({"place": ""}, "Say where"),
        ],
    )
    def test_each_fault_is_said(self, world, person, owen, changes, sentence):
        sent = PLAN | changes
        kind = sent.pop("kind")
        url = f"/people/{person}/visits/plan"
        answer = submit(owen, url, sent, extra={"kind": kind})
        assert answer.status_code == 422
        assert sentence in answer.text
        assert visits(world) == 0

    def test_the_outcome_of_a_plan_is_logged_later(self, world, person, owen):
        visit = a_planned_visit(world, "owen", person, announced=False)
        start = f"/people/{person}/visits/{visit}/outcome"
        submit(owen, start, {"outcome": "seen_and_spoken_to"})
        second = f"{start}/essentials"
        page = owen.get(second).text
        assert "Flat 4, 18 Tallow Row" in page
        typed = {name: value for name, value in PLAIN.items() if name != "place"}
        assert submit(owen, second, typed | {"arrived": "0931", "left": "0934"}).status_code == 302
        done = submit(owen, f"{start}/check", follow=True)
        assert "Visit logged" in done.text
        assert "Unannounced visit" in owen.get(f"/people/{person}/visits/{visit}").text
        again = owen.get(start)
        assert again.status_code == 422
        assert visits(world) == 1

    def test_a_visit_is_taken_out_of_the_plan_with_a_reason(self, world, person, owen):
        visit = a_planned_visit(world, "owen", person)
        url = f"/people/{person}/visits/{visit}/end"
        assert "Say why" in submit(owen, url, {"state": "withdrawn", "reason": " "}).text
        page = submit(owen, url, {"state": "withdrawn", "reason": "Moved away"}, follow=True).text
        assert "Withdrawn" in page
        assert "Moved away" in page
        assert "Log what happened" not in page


class TestReading:
    def test_a_summary_page_has_no_hour_place_or_name(self, world, person):
        concern = {"concern": True, "concerns": "Drink on the table", "concern_child": True}
        visit = a_made_visit(world, "owen", person, **concern)
        leah = world.client("leah")
        for url in (f"/people/{person}/visits", f"/people/{person}/visits/{visit}"):
            page = leah.get(url).text
            for said in ("19 November 2026", "Unannounced", "Seen and spoken to"):
                assert said in page
            assert "Concern for a child" in page
            for kept in ("2:15pm", "Tallow", "Owen Marsh", "Drink", "Log what happened"):
                assert kept not in page
        assert leah.get(f"/people/{person}/visits/{visit}/logged").status_code == 404

    def test_an_unannounced_plan_answers_as_an_id_that_never_was(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        for who in ("priya", "leah"):
            client = world.client(who)
            for end in ("", "/outcome", "/end", "/logged"):
                answers = [
                    client.get(f"/people/{person}/visits/{each}{end}")
                    for each in (visit, "7f1d0c1e-6a5f-4c0e-8a54-0f3a6d0f9b11")
                ]
                assert [each.status_code for each in answers] == [404, 404]
                assert len({_still(each.text) for each in answers}) == 1

    def test_a_visit_of_somebody_else_is_not_found_under_this_person(self, world, person, owen):
        other = a_shared_person(world)
        visit = a_made_visit(world, "owen", other)
        assert owen.get(f"/people/{person}/visits/{visit}").status_code == 404

    @pytest.mark.parametrize("who", ["sam", "ada", "carl"])
    def test_without_the_section_there_is_no_page(self, world, person, who):
        client = world.client(who)
        for end in ("", "/log", "/plan"):
            assert client.get(f"/people/{person}/visits{end}").status_code in (403, 404)

    def test_an_empty_list_says_what_would_be_here(self, person, owen):
        assert "No visit has been logged yet." in owen.get(f"/people/{person}/visits").text

    def test_my_visits_lists_what_is_due_and_planned(self, world, person, owen):
        a_made_visit(world, "owen", person)
        a_planned_visit(world, "owen", person)
        page = owen.get("/visits").text
        assert "Next home visit" in page
        assert "Next unannounced home visit" in page
        assert "21 November 2026 to 28 November 2026" in page
        assert f'/people/{person}/visits/log"' in owen.get("/visits/log").text

    def test_statements_do_not_grow_with_rows(self, world, person, owen):
        counted = {}
        owen.get("/visits")  # the first answer also marks the session as used
        for rows in (1, 6):
            while visits(world) < rows * 2:
                a_made_visit(world, "owen", person, outcome=Outcome.NO_REPLY)
                a_planned_visit(world, "owen", person)
            for url in (f"/people/{person}/visits", "/visits", "/visits/log"):
                counted.setdefault(url, []).append(statements(owen, url))
        assert {url: len(set(found)) for url, found in counted.items()} == dict.fromkeys(counted, 1)

    def test_scotland_says_individual(self, world):
        with world.system():
            seed.add_area("ardmuir", "Ardmuir", "scotland")
            seed.sign_default_agreement("ardmuir", at=NOW, starts_at=LONG_AGO)
        world.agency("scots", "police", "Ardmuir Police", area="ardmuir")
        world.user("iona", "scots", Role.PROTECTION_OFFICER, name="Iona Reid")
        person = world.person(lead="scots", manager="iona", area="ardmuir")
        world.on_team(person, "scots", Capacity.LEAD)
        iona = world.client("iona")
        page = iona.get(f"/people/{person}/visits/plan").text
        assert "The individual has been told of it" in page
        assert "offender" not in page.lower()


def statements(client, url):
    seen = []

    def note(_connection, _cursor, statement, *_):
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        assert client.get(url).status_code == 200
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return len(seen)


def _still(page):
    """The page without what is drawn afresh for every answer."""
    page = re.sub(r'(name="csrf_token" value|nonce)="[^"]*"', "", page)
    return re.sub(r'name="idempotency_key" value="[^"]*"', "", page)
