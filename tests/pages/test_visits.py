"""Logging, planning and reading visits as the pictures show them, without JavaScript."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, Role
from mappa.agencies import seed
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.models import Address
from mappa.visits.models import Visit, VisitDraft, VisitOfficer
from mappa.visits.rules import Outcome
from tests.factories.visits import ARRIVED, a_made_visit, a_planned_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit

PLAIN = {
    "arrived": "0900",
    "left": "09:25",
    "place": "Flat 4, 18 Tallow Row",
    "present": "nobody",
    "concern": "no",
    "told_next": "no",
}
BARE = {"arrived": "0900", "left": "09:25", "place": "18 Tallow Row", "account": "Knocked twice"}


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


def visits(world):
    with world.system():
        return count(Visit)


def an_address(world, person):
    with world.system():
        db.session.add(
            Address(
                person_id=person,
                owner_agency_id=world.agencies["police"],
                kind="home",
                lines="Flat 4\n18 Tallow Row",
                postcode="NM1 4ZZ",
                district="NM1",
                from_on=LONG_AGO.date(),
                added_by_id=world.staff["owen"].user_id,
                added_at=NOW,
            )
        )


def first_page(client, person, outcome="seen_and_spoken_to", **extra):
    url = f"/people/{person}/visits/log"
    return submit(client, url, {"outcome": outcome}, extra=extra)


def second_page(client, person, typed=PLAIN, **changes):
    sent = typed | changes
    drop = [name for name, value in sent.items() if value is None]
    kept = {name: value for name, value in sent.items() if value is not None}
    return submit(client, f"/people/{person}/visits/log/essentials", kept, drop=drop)


def third_page(client, person, **more):
    return submit(client, f"/people/{person}/visits/log/check", **more)


def log(client, person, outcome="seen_and_spoken_to", typed=PLAIN, **changes):
    first_page(client, person, outcome)
    assert second_page(client, person, typed, **changes).status_code == 302
    return third_page(client, person, follow=True)


class TestLogging:
    def test_a_plain_visit_takes_three_pages(self, world, person, owen):
        assert first_page(owen, person).location.endswith("/log/essentials")
        assert second_page(owen, person).location.endswith("/log/check")
        check = owen.get(f"/people/{person}/visits/log/check").text
        for said in (
            "Log an unannounced visit, 3 of 3",
            "Seen and spoken to",
            "Unannounced, not told beforehand",
            "20 November 2026, 9:00am to 9:25am",
            "Owen Marsh, Northmoor Police",
            "Nobody else",
            "No concerns",
        ):
            assert said in check
        done = third_page(owen, person, follow=True).text
        for said in ("Visit logged", "Daniel Wexcombe", "Next home visit by 20 February 2027."):
            assert said in done
        assert visits(world) == 1

    def test_what_is_known_is_filled_in_and_what_matters_is_not(self, world, person, owen):
        an_address(world, person)
        first_page(owen, person)
        page = owen.get(f"/people/{person}/visits/log/essentials").text
        form = form_on(page, {"arrived": ""})
        assert form.fields["left"] == ["09:35"]
        assert form.fields["where"] == ["home"]
        assert form.fields["officers"] == [str(world.staff["owen"].user_id)]
        assert not {"present", "concern", "concern_child", "told_next"} & set(form.fields)
        assert "Flat 4, 18 Tallow Row, NM1 4ZZ" in page
        assert "Priya Sandhurst, Northmoor Probation" in page

    def test_done_it_says_what_was_cleared(self, world, person, owen):
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=100))
        done = log(owen, person).text
        assert "The overdue visit is done." in done
        assert "It was 9 days late." in done
        assert "The unannounced visit that was due is done." in done

    def test_a_failed_visit_leaves_the_duty_standing(self, world, person, owen):
        a_made_visit(world, "owen", person, announced=True)
        done = log(owen, person, "no_reply", BARE).text
        assert "It is still due by 19 February 2027." in done

    def test_officers_of_other_agencies_and_somebody_else_come_along(self, world, person, owen):
        going = [str(world.staff[who].user_id) for who in ("owen", "priya")]
        log(
            owen,
            person,
            officers=[*going, "other"],
            other_name="Robin Alder",
            other_agency="Northmoor Wardens",
        )
        with world.system():
            found = db.session.execute(
                sa.select(VisitOfficer.name, VisitOfficer.agency).order_by(
                    VisitOfficer.place_in_list
                )
            ).all()
        assert [tuple(each) for each in found] == [
            ("Owen Marsh", "Northmoor Police"),
            ("Priya Sandhurst", "Northmoor Probation"),
            ("Robin Alder", "Northmoor Wardens"),
        ]

    def test_a_child_brings_the_number_to_ring(self, world, person, owen):
        first_page(owen, person)
        page = owen.get(f"/people/{person}/visits/log/essentials").text
        asked = "Does a child need help today?"
        assert asked in page
        assert "Ring Northmoor Council Children’s services on 01632 960140 now." in page
        typed = {"present": "child", "child_name": "Ivy", "child_age": "7"}
        second_page(owen, person, **typed, child_relation="Niece")
        check = owen.get(f"/people/{person}/visits/log/check").text
        assert asked in check
        assert "A child: Ivy, 7, Niece" in check

    def test_a_concern_is_said_and_asked_for_a_child(self, world, person, owen):
        first_page(owen, person)
        answer = second_page(owen, person, concern="yes")
        assert answer.status_code == 422
        assert "Say what the concern is" in answer.text
        assert "Choose whether the concern is for a child" in answer.text

    @pytest.mark.parametrize("outcome", ["no_reply", "entry_refused"])
    def test_without_entry_it_is_a_failed_attempt(self, world, person, owen, outcome):
        first_page(owen, person, outcome)
        page = owen.get(f"/people/{person}/visits/log/essentials").text
        assert "Who else was there?" not in page
        assert "Any concerns?" not in page
        assert "What did you try?" in page
        assert "This is failed attempt 1." in log(owen, person, outcome, BARE).text
        second = log(owen, person, outcome, BARE, arrived="0926", left="0930").text
        assert "This is failed attempt 2. Your supervisor may consider a warrant." in second

    def test_not_living_there_asks_how_it_is_known(self, world, person, owen):
        first_page(owen, person, "not_living_there")
        assert "How do you know?" in owen.get(f"/people/{person}/visits/log/essentials").text
        done = log(owen, person, "not_living_there", BARE).text
        assert "Possible breach of notification: check now." in done

    def test_leaving_for_safety_asks_first_whether_one_is_safe(self, world, person, owen):
        first_page(owen, person, "left_early_for_safety")
        page = owen.get(f"/people/{person}/visits/log/essentials").text
        assert "Are you safe? Ring 999 if not." in page

    def test_it_was_a_planned_visit(self, world, person, owen):
        url = f"/people/{person}/visits/log?kind=scheduled"
        submit(owen, url, {"outcome": "seen_and_spoken_to"})
        assert (
            "Log a scheduled visit, 2 of 3"
            in owen.get(f"/people/{person}/visits/log/essentials").text
        )
        second_page(owen, person)
        third_page(owen, person)
        with world.system():
            assert db.session.scalars(sa.select(Visit.announced)).all() == [True]

    def test_yesterday_means_yesterday_tomorrow_too(self, world, person, owen):
        first_page(owen, person)
        second_page(owen, person, made_on="yesterday")
        page = owen.get(f"/people/{person}/visits/log/essentials").text
        assert form_on(page, {"made_on": ""}).fields["made_on"] == ["19 11 2026"]


class TestNothingIsLostOrDoubled:
    def test_sent_twice_it_is_one_visit(self, world, person, owen):
        first_page(owen, person)
        second_page(owen, person)
        form = form_on(owen.get(f"/people/{person}/visits/log/check").text, {"seen": ""})
        sent = [owen.post(form.action, data=form.fields) for _ in range(2)]
        assert [each.status_code for each in sent] == [302, 302]
        assert sent[0].location == sent[1].location
        assert visits(world) == 1

    def test_sent_again_from_an_older_page_it_is_one_visit(self, world, person, owen):
        first_page(owen, person)
        second_page(owen, person)
        pages = [owen.get(f"/people/{person}/visits/log/check").text for _ in range(2)]
        forms = [form_on(page, {"seen": ""}) for page in pages]
        assert owen.post(forms[0].action, data=forms[0].fields).status_code == 302
        again = owen.post(forms[1].action, data=forms[1].fields)
        assert again.status_code == 422
        assert "This visit was submitted already" in again.text
        assert visits(world) == 1

    def test_a_draft_that_changed_elsewhere_is_checked_once_more(self, world, person, owen):
        first_page(owen, person)
        second_page(owen, person)
        form = form_on(owen.get(f"/people/{person}/visits/log/check").text, {"seen": ""})
        second_page(owen, person, arrived="0910")
        answer = owen.post(form.action, data=form.fields)
        assert answer.status_code == 422
        assert "9:10am to 9:25am" in answer.text
        assert visits(world) == 0

    def test_saved_for_later_everything_is_there_again(self, world, person, owen):
        first_page(owen, person)
        url = f"/people/{person}/visits/log/essentials"
        half = {"arrived": "quarter past", "place": "The canal", "next_step": "Ring the hostel"}
        saved = submit(owen, url, half, ("then", "later"), follow=True)
        assert "Saved. You can finish logging this visit until" in saved.text
        assert "Finish it" in saved.text
        again = form_on(owen.get(url).text, {"arrived": ""}).fields
        assert {name: again[name] for name in half} == {k: [v] for k, v in half.items()}
        assert "Daniel Wexcombe" in owen.get("/visits").text

    def test_a_draft_is_encrypted_and_its_author_s_alone(self, world, person, owen):
        first_page(owen, person)
        second_page(owen, person, concern="yes", concerns="Unusual wording", concern_child="no")
        with world.system():
            raw = db.session.execute(sa.text("SELECT typed FROM visit_draft")).scalar_one()
        assert b"Unusual wording" not in raw
        priya = world.client("priya")
        answer = priya.get(f"/people/{person}/visits/log/essentials")
        assert answer.location.endswith("/visits/log")

    def test_submitted_a_draft_is_gone(self, world, person, owen):
        log(owen, person)
        with world.system():
            assert count(VisitDraft) == 0


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
        page = self.plan(owen, person, **typed, told_by="Owen, by telephone").text
        assert "23 November 2026, 2:30pm" in page
        assert "Owen, by telephone" in page

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
                "Say who told of the visit, and how",
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
