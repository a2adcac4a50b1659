"""Planning and logging at a person with warnings to staff: read first, and enough officers."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.visits.models import Visit
from mappa.visits.preparing.service import ALONE
from tests.factories.offenders import a_warning
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.feature.test_visit_edges import told
from tests.pages.forms import submit
from tests.pages.insight import statements
from tests.pages.visit_forms import PLAIN, TURNOUT, first_page, log, second_page, visits

pytestmark = pytest.mark.sql

PLAN = {"kind": "unannounced", "from_on": "21 11 2026", "until_on": "30 11 2026", "place": "Home"}
PLAN |= TURNOUT


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


def plan(client, person, **typed):
    at = f"/people/{person}/visits/plan"
    return submit(client, at, PLAN | typed, action=at)


def planned(world):
    with world.system():
        return db.session.execute(sa.select(Visit)).scalars().one()


class TestWarnings:
    def test_they_are_shown_first_and_to_be_read_before_a_visit_is_planned(
        self, world, person, owen
    ):
        warning = a_warning(world, person, officers=1, lone_working="Ring the control room.")
        page = owen.get(f"/people/{person}/visits/plan").text
        assert "Read the warning to staff first" in page
        assert "Alone: <bdi>Ring the control room.</bdi>" in page
        stopped = plan(owen, person)
        assert stopped.status_code == 422
        assert "Read the warning to staff, and tick the box" in stopped.text
        assert "30 11 2026" in stopped.text
        assert visits(world) == 0
        assert plan(owen, person, warnings_read=str(warning)).status_code == 302
        kept = planned(world)
        assert kept.warnings_read == str(warning)
        shown = owen.get(f"/people/{person}/visits/{kept.id}").text
        assert "Warnings read before planning" in shown

    def test_one_that_was_added_meanwhile_is_to_be_read_too(self, world, person, owen):
        first = a_warning(world, person)
        a_warning(world, person, headline="Dog at the address.")
        stopped = plan(owen, person, warnings_read=str(first))
        assert "A warning to staff was added. Read it, and tick the box again" in stopped.text

    @pytest.mark.parametrize("nonsense", ["yes", "x" * 5000, "0" * 32])
    def test_a_box_that_names_no_warning_reads_none(self, world, person, owen, nonsense):
        a_warning(world, person)
        assert plan(owen, person, warnings_read=nonsense).status_code == 422
        assert visits(world) == 0

    def test_all_that_is_wrong_is_said_at_once(self, world, person, owen):
        a_warning(world, person, officers=2)
        stopped = plan(owen, person, from_on="", marked_car="yes").text
        for said in (
            "Read the warning to staff, and tick the box",
            "Enter the first day of the window",
            "A warning asks for two officers. Choose a second, or say why not",
            "Say why it is not made as expected",
        ):
            assert said in stopped

    def test_a_visit_is_logged_once_they_are_read(self, world, person, owen):
        warning = a_warning(world, person)
        at = f"/people/{person}/visits/log"
        stopped = submit(owen, at, {"warnings_read": ""}, drop=["outcome"], extra={"outcome": "x"})
        assert stopped.status_code == 422
        for said in ("Read the warning to staff, and tick the box", "Choose what happened"):
            assert said in stopped.text
        outcome = {"outcome": "no_reply", "kind": "unannounced"}
        assert submit(owen, at, outcome).status_code == 422
        read = outcome | {"warnings_read": str(warning)}
        assert submit(owen, at, read).location.endswith("/log/essentials")

    def test_without_a_warning_nothing_is_asked(self, world, person, owen):
        page = owen.get(f"/people/{person}/visits/plan").text
        assert "warnings_read" not in page
        assert "If one officer goes alone" not in page
        assert "Visit logged" in log(owen, person).text


class TestOfficers:
    def test_one_alone_needs_a_reason_that_stands_with_the_plan(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2))}
        stopped = plan(owen, person, **read)
        assert stopped.status_code == 422
        assert "A warning asks for two officers. Choose a second, or say why not" in stopped.text
        assert plan(owen, person, **read, alone_reason="Stays at the gate").status_code == 302
        shown = owen.get(f"/people/{person}/visits/{planned(world).id}").text
        assert "Stays at the gate" in shown

    def test_the_supervisor_is_told_at_once_of_one_alone_and_of_nobody(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2))}
        plan(owen, person, **read, alone_reason="Stays at the gate")
        assert told(world, ALONE) == {"naomi"}
        said = "Fewer officers are to go on a visit than a warning to staff asks for."
        naomi = world.client("naomi")
        page = naomi.get("/notices").text
        assert said in page
        assert "Wexcombe" not in page
        assert "Stays at the gate" not in page
        (notice,) = re.findall(r'href="([^"]+)"[^>]*>See the plan and why', page)
        assert "Stays at the gate" in naomi.get(notice, follow_redirects=True).text
        for who in ("priya", "grace", "carl"):
            assert said not in world.client(who).get("/notices").text

    def test_of_two_nobody_is_told(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2))}
        two = [str(world.staff[who].user_id) for who in ("owen", "priya")]
        plan(owen, person, **read, officers=two, alone_reason="x")
        assert told(world, ALONE) == set()

    def test_who_is_kept_from_the_person_reads_no_notice(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2))}
        plan(owen, person, **read, alone_reason="Stays at the gate")
        with world.system():
            rights.exclude(person, Given(at=NOW), user=world.staff["naomi"].user_id)
        assert "Fewer officers are to go" not in world.client("naomi").get("/notices").text

    def test_with_two_no_reason_is_kept(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2))}
        two = [str(world.staff[who].user_id) for who in ("owen", "priya")]
        assert plan(owen, person, **read, officers=two, alone_reason="x").status_code == 302
        assert planned(world).alone_reason == ""

    def test_where_there_is_danger_to_life_no_reason_helps(self, world, person, owen):
        read = {"warnings_read": str(a_warning(world, person, officers=2, serious=3))}
        page = owen.get(f"/people/{person}/visits/plan").text
        assert "a warning says that there is danger to life" in page
        at = f"/people/{person}/visits/plan"
        alone = {"alone_reason": "At the gate"}
        stopped = submit(owen, at, PLAN | read, action=at, extra=alone)
        said = "A warning of danger to life asks for two officers. Choose a second officer"
        assert said in stopped.text
        assert visits(world) == 0

    def test_how_the_police_go_is_asked_with_a_reason_if_not_as_expected(self, world, person, owen):
        unsaid = plan(owen, person, plain_clothes="")
        assert "Choose plain clothes or uniform" in unsaid.text
        assert "Say why it is not made as expected" in plan(owen, person, accredited="no").text
        why = {"accredited": "no", "turnout_reason": "The trained officers are ill"}
        assert plan(owen, person, **why).status_code == 302
        shown = owen.get(f"/people/{person}/visits/{planned(world).id}").text
        assert "no accredited officer. The trained officers are ill" in shown

    def test_it_can_be_said_of_a_visit_that_nobody_planned(self, world, person, owen):
        car = {"plain_clothes": "yes", "marked_car": "yes", "accredited": "yes"}
        first_page(owen, person)
        stopped = second_page(owen, person, **car)
        assert stopped.status_code == 422
        assert "Say why it is not made as expected" in stopped.text
        assert 'id="turnout" open' in stopped.text
        two = {"plain_clothes": "yes", "marked_car": "yes", "turnout_reason": "No other car"}
        some = second_page(owen, person, **two)
        assert "Choose an answer for the accredited officer" in some.text
        assert "No other car" in some.text
        log(owen, person, **car, turnout_reason="No other car")
        made = planned(world)
        assert (made.plain_clothes, made.marked_car, made.accredited) == (True, True, True)
        assert made.turnout_reason == "No other car"
        page = owen.get(f"/people/{person}/visits/{made.id}").text
        assert "How the officers went" in page
        assert "Plain clothes, marked car, accredited officer. No other car" in page

    def test_nothing_need_be_said_of_it_when_a_visit_is_logged(self, world, person, owen):
        log(owen, person)
        made = planned(world)
        assert (made.plain_clothes, made.turnout_reason) == (None, "")

    def test_of_a_plan_that_was_made_it_is_said_in_the_past(self, world, person, owen):
        plan(owen, person)
        visit = planned(world).id
        url = f"/people/{person}/visits/{visit}"
        assert "How the officers go" in owen.get(url).text
        submit(owen, f"{url}/outcome", {"outcome": "seen_and_spoken_to"})
        typed = {name: text for name, text in PLAIN.items() if name != "place"}
        submit(owen, f"{url}/outcome/essentials", typed)
        submit(owen, f"{url}/outcome/check", action=f"{url}/outcome/check")
        page = owen.get(url).text
        assert "How the officers went" in page
        assert "How the officers go" not in page

    def test_of_a_plan_that_was_not_made_it_is_said_as_it_was_meant(self, world, person, owen):
        plan(owen, person)
        url = f"/people/{person}/visits/{planned(world).id}"
        assert submit(owen, f"{url}/end", {"state": "withdrawn", "reason": "Moved"}).location
        assert "How the officers were to go" in owen.get(url).text

    def test_of_others_it_is_not_asked(self, world, person):
        page = world.client("priya").get(f"/people/{person}/visits/plan").text
        assert "Plain clothes?" not in page


class TestTwoDoors:
    AT_TEN = {"kind": "scheduled", "on": "23 11 2026", "at": "1000", "told_by": "Owen Marsh"}
    AT_TEN |= {"told_how": "telephone"}

    def test_an_hour_at_which_an_officer_is_elsewhere_is_taken_only_knowingly(
        self, world, person, owen
    ):
        assert plan(owen, person, **self.AT_TEN).status_code == 302
        half_past = self.AT_TEN | {"at": "1030"}
        stopped = plan(owen, person, **half_past)
        assert stopped.status_code == 422
        assert "Owen Marsh is to visit Daniel Wexcombe (23 November 2026, 10:00am)" in stopped.text
        at = f"/people/{person}/visits/plan"
        sent = submit(owen, at, PLAN | half_past, action=at, extra={"elsewhere": "yes"})
        assert sent.status_code == 302

    def test_a_window_of_days_leaves_room(self, world, person, owen):
        assert plan(owen, person).status_code == 302
        assert plan(owen, person, **self.AT_TEN).status_code == 302

    def test_a_plan_that_the_reader_does_not_see_says_nothing(self, world, person, owen):
        """Raj plans an unannounced visit for a quarter of an hour: Owen's plan is not stopped."""
        world.user("raj", "police", Role.PROTECTION_OFFICER, name="Raj Tilbrook", team="police one")
        world.worker(person, "raj")
        day = {"from_on": "23 11 2026", "until_on": "23 11 2026", "part": "morning"}
        raj = world.client("raj")
        assert plan(raj, person, **day).status_code == 302
        both = [str(world.staff[who].user_id) for who in ("owen", "raj")]
        assert "Raj Tilbrook is to visit" not in plan(owen, person, **self.AT_TEN).text
        assert plan(owen, person, **self.AT_TEN | {"at": "1400"}, officers=both).status_code == 302


def test_what_was_prepared_is_as_secret_as_the_plan(world, person, owen):
    read = {"warnings_read": str(a_warning(world, person, officers=2))}
    assert plan(owen, person, **read, alone_reason="Stays at the gate").status_code == 302
    made = f"/people/{person}/visits/{planned(world).id}"
    priya = world.client("priya")
    assert priya.get(made).status_code == 404
    for url in (f"/people/{person}/visits", f"/people/{person}", "/visits", "/visits/month"):
        assert "Stays at the gate" not in priya.get(url).text
    assert "Stays at the gate" in world.client("naomi").get(made).text


def test_statements_do_not_grow_with_warnings(world, person, owen):
    at = f"/people/{person}/visits/plan"
    owen.get(at)
    counted = []
    for several in (1, 4):
        for number in range(several):
            a_warning(world, person, headline=f"Warning {several} {number}", officers=2)
        with statements(world.app) as sent:
            for url in (at, f"/people/{person}/visits/log"):
                assert owen.get(url).status_code == 200
        counted.append(len(sent))
    assert counted[0] == counted[1]
