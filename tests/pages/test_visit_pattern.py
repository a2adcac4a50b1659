"""Could the visits be guessed, a day drawn at random, and a warning at a day that could be."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.visits.commitment.rules import INTERVALS
from mappa.visits.models import VisitSuggestion
from tests.factories.visits import ARRIVED, a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.feature.test_visit_commitment import sets
from tests.pages.forms import form_on, submit
from tests.pages.visit_forms import TURNOUT, visits

HABIT = "5 of the last 6 were on a Thursday afternoon"
EXPECTED = {"kind": "unannounced", "from_on": "26 11 2026", "until_on": "26 11 2026"}
EXPECTED |= {"part": "afternoon", "place": "Home", **TURNOUT}


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
def habit(world, person):
    """Five unannounced visits on Thursday afternoons and one that was not."""
    for weeks in (30, 24, 17, 9, 1):
        arrived = ARRIVED - timedelta(weeks=weeks)
        a_made_visit(world, "owen", person, arrived_at=arrived.replace(hour=14))
    saturday = ARRIVED.replace(hour=18) - timedelta(days=19)
    a_made_visit(world, "owen", person, arrived_at=saturday)


def here(person, more=""):
    return f"/people/{person}/visits/{more}"


class TestPattern:
    def test_what_could_be_guessed_is_said_in_words_and_counted(self, world, person, habit):
        page = world.client("owen").get(here(person, "pattern")).text
        assert f"Yes, in part. {HABIT}." in page
        assert "The last 6 unannounced visits" in page
        assert re.search(r"Thursday.*?>0<.*?>5<.*?>0<", page, re.S)
        assert page.count("42 days") == 1

    def test_too_few_are_said_to_be_so(self, world, person):
        a_made_visit(world, "owen", person)
        page = world.client("owen").get(here(person, "pattern")).text
        assert "Too few unannounced visits (1) to say" in page

    def test_announced_visits_are_not_looked_at(self, world, person):
        a_made_visit(world, "owen", person, announced=True)
        assert (
            "Too few unannounced visits (0)"
            in world.client("owen").get(here(person, "pattern")).text
        )

    def test_a_reader_of_days_alone_learns_no_hours(self, world, person, habit):
        leah = world.client("leah")
        assert leah.get(here(person, "pattern")).status_code == 404
        assert "pattern" not in leah.get(here(person).rstrip("/")).text

    def test_ones_own_visits_are_looked_at_across_people(self, world, person, habit):
        owen = world.client("owen")
        assert f"{HABIT}." in owen.get("/visits/pattern").text
        assert "Too few unannounced visits (0)" in world.client("iris").get("/visits/pattern").text
        assert "/visits/pattern" in owen.get("/visits").text


class TestWarning:
    def test_a_day_that_could_be_expected_is_planned_only_knowingly(self, world, person, habit):
        owen, url = world.client("owen"), here(person, "plan")
        stopped = submit(owen, url, EXPECTED, action=url)
        assert stopped.status_code == 422
        assert f"{HABIT}. Choose another time, or tick the box to keep this one" in stopped.text
        assert "26 11 2026" in stopped.text
        assert visits(world) == 6
        assert submit(owen, url, EXPECTED, action=url, extra={"expected": "yes"}).status_code == 302
        assert visits(world) == 7

    @pytest.mark.parametrize(
        "changes",
        [{"part": "evening", "from_on": "28 11 2026", "until_on": "28 11 2026"}, {"part": ""}],
    )
    def test_another_time_or_the_whole_day_is_planned_at_once(self, world, person, habit, changes):
        owen, url = world.client("owen"), here(person, "plan")
        assert submit(owen, url, EXPECTED | changes, action=url).status_code == 302

    def test_the_part_of_the_day_is_the_window(self, world, person):
        owen, url = world.client("owen"), here(person, "plan")
        page = submit(owen, url, EXPECTED | {"part": "evening"}, action=url, follow=True).text
        assert "26 November 2026, 5:00pm to 9:00pm" in page


class TestDrawing:
    def draw(self, client, person):
        return submit(client, here(person, "plan"), action=here(person, "plan/draw"), follow=True)

    def test_a_day_is_drawn_filled_in_and_kept(self, world, person):
        owen = world.client("owen")
        page = self.draw(owen, person).text
        assert "Drawn for you:" in page
        assert "One of 28 days, each as likely as the others." in page
        again = owen.get(here(person, "plan")).text
        assert re.findall("Drawn for you: [^<]*", again) == re.findall("Drawn for you: [^<]*", page)
        done = submit(
            owen, here(person, "plan"), {"place": "Home", **TURNOUT}, action=here(person, "plan")
        )
        assert done.status_code == 302
        assert visits(world) == 1

    def test_what_is_overdue_is_drawn_for_the_next_week_whatever_else_is_due_later(
        self, world, person
    ):
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=200))
        quarter, year = INTERVALS["3 months"], INTERVALS["12 months"]
        sets(world, "naomi", person, every=quarter, unannounced=year)
        assert "One of 7 days" in self.draw(world.client("owen"), person).text

    def test_drawing_until_a_day_suits_is_said_and_on_record(self, world, person):
        owen = world.client("owen")
        self.draw(owen, person)
        assert "Drawn 2 times in two weeks" in self.draw(owen, person).text
        with world.system():
            drawn = sa.select(sa.func.count()).where(AuditEntry.event == "visit:drawn")
            assert db.session.scalar(drawn) == 2

    def test_the_day_is_its_drawers_alone_and_not_in_the_clear(self, world, person):
        self.draw(world.client("owen"), person)
        assert "Drawn for you" not in world.client("iris").get(here(person, "plan")).text
        with world.system():
            raw = db.session.execute(sa.text("SELECT drawn FROM visit_suggestion")).scalar_one()
        assert b"2026" not in bytes(raw)

    def test_who_may_not_plan_draws_nothing(self, world, person):
        carl = world.client("carl")
        token = form_on(carl.get("/work").text).hidden["csrf_token"]
        sent = {"csrf_token": token, "idempotency_key": "draw"}
        assert carl.post(here(person, "plan/draw"), data=sent).status_code in (403, 404)
        with world.system():
            assert count(VisitSuggestion) == 0

    def test_until_the_visit_is_due(self, world, person):
        """Seen yesterday, risk not assessed: the duty's day bounds the draw."""
        a_made_visit(world, "owen", person)
        page = self.draw(world.client("owen"), person).text
        assert "One of 28 days" not in page
        assert re.search(r"One of \d+ days", page)
