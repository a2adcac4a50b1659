"""Typing a visit: all faults at once, which kind it is, past midnight, the nights of the clocks."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mappa.agencies.models import Session
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.visits import queries, service
from mappa.visits.models import Visit
from tests.factories.visits import a_made_visit, a_planned_visit, told
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import form_on, submit
from tests.pages.visit_forms import PLAIN, first_page, second_page, third_page, visits


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def log(person):
    return f"/people/{person}/visits/log"


def at_work(world, moment):
    """Owen, who signed in at that moment."""
    client = world.client("owen")
    with world.system():
        db.session.execute(
            sa.update(Session).values(began_at=moment, last_seen_at=moment, confirmed_at=moment)
        )
    return client


def a_visit_at(world, person, now, arrived, minutes):
    """A visit that Owen made and logged at ``now``."""
    with world.as_reader("owen", Kind.WRITE) as actor:
        officers = (queries.reader(actor),)
        left = arrived + timedelta(minutes=minutes)
        visit = told(officers=officers, made_on=arrived.date(), arrived_at=arrived, left_at=left)
        return service.log_visit(actor, person, visit, now=now).id


def made(world):
    with world.system():
        found = sa.select(Visit.made_on, Visit.arrived_at, Visit.left_at)
        return tuple(db.session.execute(found).one())


class TestAllFaultsAtOnce:
    @pytest.fixture(autouse=True)
    def five_minutes_later(self):
        with clock.at(NOW + timedelta(minutes=5)):
            yield

    def test_what_is_not_understood_and_what_is_missing_are_said_together(self, world, person):
        owen = world.client("owen")
        first_page(owen, person)
        wrong = {
            "arrived": "quarter past", "left": None, "place": "", "officers": ["other"],
            "present": None, "concern": "yes", "told_next": None, "child_age": "44",
        }  # fmt: skip
        answer = second_page(owen, person, **wrong)
        assert answer.status_code == 422
        for name in (
            "arrived", "left", "place", "other_name", "other_agency", "present", "concerns",
            "concern_child", "told_next", "child_age",
        ):  # fmt: skip
            assert f'href="#{name}"' in answer.text, name
        assert answer.text.count('href="#left"') == 1
        assert 'value="quarter past"' in answer.text

    def test_a_field_that_is_not_understood_says_nothing_of_the_others(self, world, person):
        owen = world.client("owen")
        first_page(owen, person)
        said = second_page(owen, person, made_on="soon").text
        assert said.count("govuk-error-message") == 1
        said = second_page(owen, person, arrived="nine", place="").text
        assert said.count("govuk-error-message") == 2


class TestKind:
    @pytest.fixture(autouse=True)
    def five_minutes_later(self):
        with clock.at(NOW + timedelta(minutes=5)):
            yield

    def test_without_a_plan_it_is_asked_and_nothing_is_chosen(self, world, person, log):
        owen = world.client("owen")
        page = owen.get(log).text
        assert "kind" not in form_on(page, {"outcome": ""}).fields
        assert "Log a visit, 1 of 3" in page
        answer = submit(owen, log, {"outcome": "seen_and_spoken_to"})
        assert answer.status_code == 422
        assert 'href="#kind"' in answer.text
        assert first_page(owen, person, kind="scheduled").status_code == 302
        assert "Log a scheduled visit, 2 of 3" in owen.get(f"{log}/essentials").text

    @pytest.mark.parametrize(
        ("announced", "said"),
        [
            pytest.param(True, "Log a scheduled visit", id="scheduled"),
            pytest.param(False, "Log an unannounced visit", id="unannounced"),
        ],
    )
    def test_it_follows_the_plan_it_is_opened_from(self, world, person, announced, said):
        plan = a_planned_visit(world, "owen", person, announced=announced)
        owen = world.client("owen")
        page = owen.get(f"/people/{person}/visits/{plan}/outcome?kind=unannounced").text
        assert f"{said}, 1 of 3" in page
        assert "Which kind of visit was it?" not in page

    def test_a_duty_of_an_unannounced_visit_opens_as_one(self, world, person):
        a_made_visit(world, "owen", person)
        later = NOW + timedelta(days=80)
        with clock.at(later):
            again = at_work(world, later).get("/visits").text
        owen = world.client("owen")
        assert f'href="/people/{person}/visits/log?kind=unannounced"' in again
        page = owen.get(f"/people/{person}/visits/log?kind=unannounced").text
        assert form_on(page, {"outcome": ""}).fields["kind"] == ["unannounced"]


class TestPastMidnight:
    LATE = datetime(2026, 11, 21, 0, 30, tzinfo=UTC)
    NIGHT = PLAIN | {"arrived": "2330", "left": "0020"}
    CONFIRMED = (
        "I arrived on 20 November 2026, 11:30pm and left on the next day, 21 November 2026, 12:20am"
    )

    @pytest.fixture(autouse=True)
    def half_past_midnight(self):
        with clock.at(self.LATE):
            yield

    @pytest.mark.parametrize("typed_for", ["", "yesterday", "20 11 2026"])
    def test_it_is_said_in_words_and_confirmed(self, world, person, log, typed_for):
        owen = at_work(world, self.LATE)
        first_page(owen, person)
        assert "overnight" not in owen.get(f"{log}/essentials").text
        asked = second_page(owen, person, self.NIGHT, made_on=typed_for)
        assert asked.status_code == 422
        assert self.CONFIRMED in asked.text
        assert 'href="#overnight"' in asked.text
        night = self.NIGHT | {"made_on": typed_for}
        answer = owen.post(
            f"{log}/essentials",
            data=form_on(asked.text, {"arrived": ""}).fields | night | {"overnight": "2026-11-20"},
        )
        assert answer.status_code == 302
        check = owen.get(f"{log}/check").text
        assert "20 November 2026, 11:30pm to 21 November 2026, 12:20am" in check
        again = form_on(owen.get(f"{log}/essentials").text, {"arrived": ""}).fields
        assert (again["made_on"], again["overnight"]) == (["20 11 2026"], ["2026-11-20"])
        third_page(owen, person)
        arrived = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
        assert made(world) == (arrived.date(), arrived, arrived + timedelta(minutes=50))

    def test_a_tick_of_another_night_confirms_nothing(self, world, person, log):
        owen = at_work(world, self.LATE)
        first_page(owen, person)
        asked = second_page(owen, person, self.NIGHT)
        form = form_on(asked.text, {"arrived": ""}).fields | self.NIGHT
        answer = owen.post(f"{log}/essentials", data=form | {"overnight": "2026-11-19"})
        assert answer.status_code == 422
        assert visits(world) == 0

    def test_by_day_the_end_is_still_after_the_beginning(self, world, person):
        owen = at_work(world, self.LATE)
        first_page(owen, person)
        said = second_page(owen, person, made_on="20 11 2026", arrived="1440", left="1415").text
        assert "The time you left must be after the time you arrived" in said
        assert "overnight" not in said

    def test_two_visits_past_midnight_of_one_officer_overlap(self, world, person, log):
        arrived = datetime(2026, 11, 20, 23, 50, tzinfo=UTC)
        a_visit_at(world, person, self.LATE, arrived, 20)
        owen = at_work(world, self.LATE)
        first_page(owen, person)
        asked = second_page(owen, person, self.NIGHT)
        form = form_on(asked.text, {"arrived": ""}).fields | self.NIGHT
        owen.post(f"{log}/essentials", data=form | {"overnight": "2026-11-20"})
        assert "You are on another visit at this time" in third_page(owen, person, follow=True).text

    def test_it_is_corrected_as_it_was_typed(self, world, person):
        arrived = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
        visit = a_visit_at(world, person, self.LATE, arrived, 50)
        page = f"/people/{person}/visits/{visit}/correct"
        owen = at_work(world, self.LATE)
        assert self.CONFIRMED in owen.get(page).text
        assert submit(owen, page, {"next_step": "Ring the hostel"}).status_code == 302
        assert made(world) == (arrived.date(), arrived, arrived + timedelta(minutes=50))


class TestHowLongANightCanBe:
    MORNING = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    NIGHT = PLAIN | {"made_on": "20 11 2026", "arrived": "2200", "left": "0700"}
    FORM = "/rules/visit-past-midnight/standard"
    TYPED = {"amount": "8", "from_on": "2 11 2026", "reason": "Shifts end then", "source": "Board"}

    def typed(self, world, person):
        with clock.at(self.MORNING):
            owen = at_work(world, self.MORNING)
            first_page(owen, person)
            return second_page(owen, person, self.NIGHT).text

    def test_the_co_ordinator_sets_it_beside_the_other_local_standards(self, world, person):
        assert "I arrived on 20 November 2026, 10:00pm" in self.typed(world, person)
        carl = world.client("carl")
        with clock.at(NOW):
            page = carl.get("/rules").text
            assert f'href="{self.FORM}"' in page
            assert "Longest visit past midnight" in page
            assert submit(carl, self.FORM, self.TYPED | {"amount": "24"}).status_code == 422
            preview = submit(carl, self.FORM, self.TYPED)
            done = submit(carl, preview.location, action=preview.location, follow=True).text
            assert "Longest visit past midnight: 8 hours" in done
        said = self.typed(world, person)
        assert "Past midnight a visit counts up to 8 hours (a local standard)" in said
        assert "overnight" not in said


def test_an_hour_that_never_came_is_refused(world, person):
    morning = datetime(2027, 3, 28, 9, 0, tzinfo=UTC)
    with clock.at(morning):
        owen = at_work(world, morning)
        first_page(owen, person)
        said = second_page(owen, person, arrived="0130", left="0215").text
        assert "The clocks went forward that night: there was no 01:30" in said


def test_through_the_hour_that_comes_twice(world, person, log):
    morning = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    with clock.at(morning):
        owen = at_work(world, morning)
        first_page(owen, person)
        assert second_page(owen, person, arrived="0140", left="0115").status_code == 302
        said = "1:40am (before the clocks went back) to 1:15am (after the clocks went back)"
        assert said in owen.get(f"{log}/check").text
        third_page(owen, person)
    arrived = datetime(2026, 10, 25, 0, 40, tzinfo=UTC)
    assert made(world)[1:] == (arrived, arrived + timedelta(minutes=35))


class TestWhichOfTheTwo:
    MORNING = datetime(2026, 10, 25, 9, 0, tzinfo=UTC)
    TEN_PAST = PLAIN | {"arrived": "0110", "left": "0140"}
    AT_FIRST = datetime(2026, 10, 25, 0, 10, tzinfo=UTC)

    @pytest.fixture(autouse=True)
    def morning_after(self):
        with clock.at(self.MORNING):
            yield

    def sent(self, page, **more):
        return form_on(page, {"arrived": ""}).fields | more

    def test_it_is_asked_where_both_can_be_meant_and_nothing_is_chosen(self, world, person, log):
        owen = at_work(world, self.MORNING)
        first_page(owen, person)
        assert "_which" not in owen.get(f"{log}/essentials").text
        asked = second_page(owen, person, self.TEN_PAST, next_step="Ring the hostel")
        assert asked.status_code == 422
        assert "1:10am came twice that night. Choose which of the two it was" in asked.text
        assert "The second 1:40am, after the clocks went back" in asked.text
        fields = form_on(asked.text, {"arrived": ""}).fields
        assert not {"arrived_which", "left_which"} & set(fields)
        assert fields["next_step"] == ["Ring the hostel"]

    def test_the_choice_is_kept_through_errors_and_stored(self, world, person, log):
        owen = at_work(world, self.MORNING)
        first_page(owen, person)
        page = second_page(owen, person, self.TEN_PAST).text
        chosen = {"arrived_which": "first", "left_which": "second"}
        wrong = owen.post(f"{log}/essentials", data=self.sent(page, **chosen, told_next=""))
        assert wrong.status_code == 422
        kept = form_on(wrong.text, {"arrived": ""}).fields
        assert (kept["arrived_which"], kept["left_which"]) == (["first"], ["second"])
        sent = self.sent(wrong.text, told_next="no")
        assert owen.post(f"{log}/essentials", data=sent).status_code == 302
        said = "1:10am (before the clocks went back) to 1:40am (after the clocks went back)"
        assert said in owen.get(f"{log}/check").text
        third_page(owen, person)
        assert made(world)[1:] == (self.AT_FIRST, self.AT_FIRST + timedelta(minutes=90))

    def test_an_end_before_the_beginning_is_refused(self, world, person, log):
        owen = at_work(world, self.MORNING)
        first_page(owen, person)
        page = second_page(owen, person, self.TEN_PAST).text
        chosen = {"arrived_which": "second", "left_which": "first"}
        answer = owen.post(f"{log}/essentials", data=self.sent(page, **chosen))
        assert answer.status_code == 422
        assert "The time you left must be after the time you arrived" in answer.text

    def test_it_is_corrected_as_it_stands_or_to_the_other_one(self, world, person):
        second = self.AT_FIRST + timedelta(hours=1)
        visit = a_visit_at(world, person, self.MORNING, second, 30)
        page = f"/people/{person}/visits/{visit}/correct"
        owen = at_work(world, self.MORNING)
        assert submit(owen, page, {"next_step": "Ring the hostel"}).status_code == 302
        assert made(world)[1:] == (second, second + timedelta(minutes=30))
        first = {"arrived_which": "first", "left_which": "first"}
        assert submit(owen, page, first).status_code == 302
        assert made(world)[1:] == (self.AT_FIRST, self.AT_FIRST + timedelta(minutes=30))
        text = owen.get(f"/people/{person}/visits/{visit}/versions").text
        assert "1:10am (after the clocks went back)" in text

    def test_a_time_typed_anew_is_asked_for_when_corrected(self, world, person):
        visit = a_visit_at(world, person, self.MORNING, self.AT_FIRST + timedelta(hours=3), 30)
        page = f"/people/{person}/visits/{visit}/correct"
        owen = at_work(world, self.MORNING)
        asked = submit(owen, page, {"arrived": "0120", "why": "Read the notebook"})
        assert asked.status_code == 422
        assert 'href="#arrived_which"' in asked.text
        assert "Read the notebook" in asked.text
