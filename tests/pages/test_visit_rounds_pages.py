"""Rounds of a day, the sheet of each, and the month: for the reader alone, and on record."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Capacity, Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.visits import queries
from mappa.visits.preparing import service as preparing
from tests.factories.offenders import a_warning, an_address
from tests.factories.visits import a_made_visit, a_planned_visit, to_come
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.insight import statements

pytestmark = pytest.mark.sql

AGO = NOW - timedelta(days=300)
SHEET = "/visits/rounds/sheet?day=20+11+2026&district="


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
def owen(world):
    return world.client("owen")


def asked(world, client, url):
    """How many statements a page takes that was open before: its part of the audit is begun."""
    client.get(url)
    with statements(world.app) as sent:
        assert client.get(url).status_code == 200
    return len(sent)


def another(world, family_name):
    """One more person of whom Owen has the case."""
    made = world.person("Robin", family_name, manager="priya")
    world.on_team(made, "probation", Capacity.LEAD)
    world.on_team(made, "police", Capacity.RESPONSIBLE)
    world.worker(made, "owen")
    return made


def a_colleague(world, person):
    world.user("raj", "police", Role.PROTECTION_OFFICER, name="Raj Tilbrook", team="police one")
    world.worker(person, "raj")
    return world.client("raj")


class TestRounds:
    def test_what_is_late_stands_in_the_district_of_the_address(self, world, person, owen):
        an_address(world, person, postcode="NM1 4ZZ")
        a_made_visit(world, "owen", person, arrived_at=AGO)
        page = owen.get("/visits/rounds").text
        assert "<bdi>NM1</bdi>, 1 visit" in page
        assert "Daniel Wexcombe" in page
        assert "days overdue" in page
        assert "At most 6 visits to a round." in page

    def test_without_an_address_it_stands_apart(self, world, person, owen):
        a_made_visit(world, "owen", person, arrived_at=AGO)
        assert "Address not known to you" in owen.get("/visits/rounds").text

    def test_a_plan_is_in_the_round_of_its_days_and_of_no_other(self, world, person, owen):
        an_address(world, person)
        a_planned_visit(world, "owen", person)
        said = "Unannounced, planned: 21 November 2026 to 28 November 2026"
        assert said in owen.get("/visits/rounds?day=22+11+2026").text
        for day in ("20+11+2026", "29+11+2026"):
            page = owen.get(f"/visits/rounds?day={day}").text
            assert "No visit is late, due or planned for you on this day." in page

    @pytest.mark.parametrize(
        ("day", "said"),
        [
            ("32", "Enter the day like 20 11 2026, or today"),
            ("1 1 2199", "Choose a day within a year from today"),
        ],
    )
    def test_a_day_that_is_none_is_said_and_stays_as_typed(self, owen, day, said):
        page = owen.get("/visits/rounds", query_string={"day": day}).text
        assert said in page
        assert f'value="{day}"' in page

    def test_the_plan_of_another_is_in_nobody_elses_round_or_month(self, world, person, owen):
        raj = a_colleague(world, person)
        an_address(world, person)
        a_planned_visit(world, "raj", person)
        pages = ("/visits/rounds?day=22+11+2026", "/visits/month", SHEET.replace("20", "22", 1))
        for client in (owen, world.client("priya"), world.client("leah")):
            for url in pages:
                assert "Wexcombe" not in client.get(url).text, url
        assert "Wexcombe" in raj.get(pages[0]).text
        assert "Wexcombe" in raj.get("/visits/month").text
        naomi = world.client("naomi")
        assert "Wexcombe" in naomi.get("/visits/month").text
        assert "Raj Tilbrook" in naomi.get("/visits/month").text
        assert "Wexcombe" not in naomi.get(pages[0]).text


class TestSheet:
    def test_it_has_what_is_needed_and_who_made_it_when(self, world, person, owen):
        an_address(world, person)
        a_warning(world, person, officers=2, lone_working="Ring the control room.")
        a_made_visit(world, "owen", person, arrived_at=AGO)
        page = owen.get(f"{SHEET}NM1").text
        for said in (
            "Daniel Wexcombe",
            "18 Tallow Row, Northmoor, NM1 4ZZ",
            "Risk to staff: visit in pairs. Do not visit alone.",
            "Two officers must go. Alone: Ring the control room.",
            "24 January 2026",
            "your agency set no commitment",
            "Made for Owen Marsh, Public protection officer, Northmoor Police, 20 November 2026",
            "Arrived, left, outcome, who was present, concerns:",
        ):
            assert said in page, said

    def test_opening_it_is_on_record_as_an_act_of_its_own(self, world, person, owen):
        an_address(world, person)
        a_made_visit(world, "owen", person, arrived_at=AGO)
        owen.get(f"{SHEET}NM1")
        with world.system():
            found = sa.select(sa.func.count()).where(AuditEntry.event == "round:print")
            assert db.session.scalar(found) == 1

    @pytest.mark.parametrize("district", ["NM9", "", "%00", "x" * 3000])
    def test_a_round_that_is_not_there_is_not_found(self, world, person, owen, district):
        an_address(world, person)
        a_made_visit(world, "owen", person, arrived_at=AGO)
        assert owen.get(f"{SHEET}{district}").status_code == 404

    def test_a_summary_reader_gets_the_district_and_no_more(self, world, person):
        """Leah of the council sees the district; what she is not told is not on her paper."""
        an_address(world, person)
        a_made_visit(world, "owen", person, arrived_at=AGO)
        leah = world.client("leah")
        assert "Tallow" not in leah.get("/visits/rounds").text
        assert leah.get(f"{SHEET}NM1").status_code == 404

    def test_who_reads_no_people_has_no_rounds(self, world):
        for url in ("/visits/rounds", f"{SHEET}NM1", "/visits/month"):
            assert world.client("ada").get(url).status_code == 403


class TestMonth:
    def test_an_hour_stands_on_its_day_and_a_window_on_its_first_and_last(
        self, world, person, owen
    ):
        a_planned_visit(world, "owen", person, announced=True)
        a_planned_visit(world, "owen", person)
        page = owen.get("/visits/month?month=2026-11").text
        assert "Planned visits, November 2026" in page
        assert "Window until 28 November" in page
        assert "Last day of the window" in page
        assert page.count("9:30am") == 2, "once in the table, once in the list"
        for month in ("2026-10", "2026-12"):
            assert "Wexcombe" not in owen.get(f"/visits/month?month={month}").text

    def test_nonsense_is_this_month(self, owen):
        for month in ("x", "2026-99", "%00", "9" * 4000):
            assert "November 2026" in owen.get(f"/visits/month?month={month}").text


def test_my_visits_are_of_this_week_later_or_to_be_written_up(world, person, owen):
    a_planned_visit(world, "owen", person)
    page = owen.get("/visits").text
    assert "Planned this week" in page
    assert "To be written up" not in page
    with world.as_reader("owen", Kind.WRITE) as actor:
        days = {"window_from": NOW - timedelta(days=9), "window_to": NOW - timedelta(days=8)}
        over = to_come(officers=(queries.reader(actor),), **days)
        preparing.plan_visit(actor, person, over, now=NOW - timedelta(days=10))
    assert "To be written up" in owen.get("/visits").text


def test_without_a_plan_it_says_how_to_make_one(world, person, owen):
    assert "You have no visit planned this week." in owen.get("/visits").text


def test_statements_do_not_grow_with_people(world, person, owen):
    an_address(world, person)
    a_made_visit(world, "owen", person, arrived_at=AGO)
    a_planned_visit(world, "owen", person)
    urls = ("/visits", "/visits/month", "/visits/rounds?day=22+11+2026", f"{SHEET}NM1")
    one = [asked(world, owen, url) for url in urls]
    for name in ("Arkwright", "Brill", "Cobb"):
        made = another(world, name)
        an_address(world, made)
        a_warning(world, made)
        a_made_visit(world, "owen", made, arrived_at=AGO)
    for url in urls[1:]:
        assert "Cobb" in owen.get(url).text or "month" in url
    assert [asked(world, owen, url) for url in urls] == one


def test_what_is_due_in_months_is_folded_away_and_counted(world, person):
    a_made_visit(world, "owen", person)
    page = world.client("owen").get("/visits").get_data(as_text=True)
    assert "No visit is due from you in the next 28 days." in page
    folded = page.split("<details")[1]
    assert "Due after that: 2" in folded
    assert len(re.findall(r">Next (?:unannounced )?home visit<", folded)) == 2
