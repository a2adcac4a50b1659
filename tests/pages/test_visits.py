"""Logging a visit as the pictures show it, without JavaScript."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.offenders.models import Address
from mappa.visits.models import Visit, VisitDraft, VisitOfficer
from mappa.web import posts
from tests.factories.visits import ARRIVED, a_made_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, count, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.visit_forms import BARE, first_page, log, second_page, third_page, visits


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

    def test_sent_twice_at_once_it_is_one_visit(self, world, person, owen, monkeypatch):
        first_page(owen, person)
        second_page(owen, person)
        form = form_on(owen.get(f"/people/{person}/visits/log/check").text, {"seen": ""})
        first = owen.post(form.action, data=form.fields)
        looked, answer_to = [], posts.answer_to

        def before_the_first_is_there(actor, *person):
            looked.append(actor)
            return None if len(looked) == 1 else answer_to(actor, *person)

        monkeypatch.setattr(posts, "answer_to", before_the_first_is_there)
        second = owen.post(form.action, data=form.fields)
        assert second.status_code == first.status_code == 302
        assert second.location == first.location
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
