"""Planning an unannounced visit to each of those whom a sample drew for visits."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.pattern import Part
from tests.factories.offenders import a_warning, an_address
from tests.factories.sampled import sampled
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW
from tests.pages.forms import form_on, submit
from tests.pages.insight import statements
from tests.pages.visit_forms import TURNOUT

pytestmark = pytest.mark.sql

TYPED = {"wanted": "12", "purpose": "visits", "why": "Visits that nobody chose"}
UNSEEN = "A person you may not see"


@pytest.fixture
def world(app):
    world = sampled(app)
    for person in world.ids:
        an_address(world, person)
    return world


@pytest.fixture(autouse=True)
def five_minutes_later():
    with clock.at(NOW + timedelta(minutes=5)):
        yield


@pytest.fixture
def naomi(world):
    return world.client("naomi")


def drawn(client, **typed):
    """A sample of everybody; the address of the page that plans for it."""
    here = submit(client, "/visits/samples/new", TYPED | typed).headers["Location"]
    submit(client, here, action=f"{here}/draw")
    return f"{here}/plans"


def plan(client, here, *who, follow=False, **typed):
    """Plan for those named, or for everybody where nobody is."""
    page = client.get(here).text
    ticked = [tick_of(page, each) for each in who]
    sent = {"chosen": ticked} if who else {}
    button = ("then", "ticked" if who else "everybody")
    return submit(client, here, TURNOUT | sent | typed, button=button, follow=follow)


def tick_of(page, name):
    found = re.search(rf'value="(\d+)"[^>]*>\s*<label[^>]*>Pat {name}<', page)
    assert found, name
    return found[1]


def plans(world):
    with world.system():
        return {each.person_id: each for each in db.session.scalars(sa.select(Visit))}


class TestPlanning:
    def test_each_gets_one_plan_in_a_window_that_was_drawn(self, world, naomi):
        here = drawn(naomi)
        page = plan(naomi, here, follow=True).text
        assert "12 unannounced visits planned." in page
        found = plans(world)
        assert set(found) == set(world.ids)
        hours = {part.hours for part in Part}
        for each in found.values():
            begins, ends = (clock.local(at) for at in (each.window_from, each.window_to))
            assert (begins.time(), ends.time()) in hours
            assert timedelta(0) < begins.date() - clock.day_of(NOW) <= timedelta(weeks=4)
            assert (each.announced, each.state, each.plain_clothes) == (False, "planned", True)
        with world.system():
            went = set(db.session.scalars(sa.select(VisitOfficer.user_id)))
            acts = list(db.session.scalars(sa.select(AuditEntry.event)))
        assert went == {world.staff["owen"].user_id}
        assert acts.count("visit:drawn") == acts.count("visit:planned") == 12

    def test_sent_once_more_nothing_is_planned_twice(self, world, naomi):
        here = drawn(naomi)
        stale = form_on(naomi.get(here).text, {"chosen": ""})
        sent = stale.fields | TURNOUT | {"then": "everybody"}
        for _ in range(2):
            assert naomi.post(here, data=sent).status_code == 302
        page = naomi.get(here).text
        assert "Can be planned now" not in page
        assert len(plans(world)) == 12

    def test_from_another_window_it_says_that_nothing_was_left_to_plan(self, world, naomi):
        here = drawn(naomi)
        pages = [form_on(naomi.get(here).text, {"chosen": ""}).fields for _ in range(2)]
        ticked = TURNOUT | {"then": "ticked", "chosen": ["0", "1"]}
        for fields in pages:
            assert naomi.post(here, data=fields | ticked).status_code == 302
        assert len(plans(world)) == 2
        page = naomi.get(here).text
        assert "No visit was planned. 2 of those chosen could not be: see below why." in page

    def test_a_chosen_part_by_whom_is_chosen(self, world, naomi):
        here = drawn(naomi)
        who = tick_of(naomi.get(here).text, "Ashdown 03")
        me = {f"officer_{who}": str(world.staff["naomi"].user_id)}
        assert plan(naomi, here, "Ashdown 03", **me).status_code == 302
        (one,) = plans(world)
        assert one == world.ids[3]
        with world.system():
            went = db.session.scalars(sa.select(VisitOfficer.user_id)).one()
        assert went == world.staff["naomi"].user_id

    def test_all_that_is_wrong_is_said_at_once_and_kept(self, world, naomi):
        here = drawn(naomi)
        some = tick_of(naomi.get(here).text, "Ashdown 05")
        wrong = {f"officer_{some}": "", "accredited": "", "turnout_reason": "Ill"}
        answer = plan(naomi, here, "Ashdown 05", **wrong)
        assert answer.status_code == 422
        assert f'href="#officer_{some}"' in answer.text
        assert 'href="#accredited"' in answer.text
        kept = form_on(answer.text, {"chosen": ""}).fields
        assert (kept["chosen"], kept["turnout_reason"]) == ([some], ["Ill"])
        nobody = submit(naomi, here, TURNOUT, button=("then", "ticked"))
        assert "Tick for whom a visit is to be planned" in nobody.text
        car = plan(naomi, here, marked_car="yes")
        assert "Say why it is not made as expected" in car.text
        assert plans(world) == {}

    def test_somebody_whom_no_officer_may_visit_is_not_offered(self, world, naomi):
        here = drawn(naomi)
        who = tick_of(naomi.get(here).text, "Ashdown 03")
        other = {f"officer_{who}": str(world.staff["priya"].user_id)}
        assert plan(naomi, here, "Ashdown 03", **other).status_code == 422
        assert plans(world) == {}


class TestOneByOne:
    def test_warnings_are_read_by_whoever_plans(self, world, naomi):
        a_warning(world, world.ids[2])
        here = drawn(naomi)
        page = plan(naomi, here, follow=True).text
        assert "11 unannounced visits planned." in page
        assert world.ids[2] not in plans(world)
        assert "Warnings to staff are to be read before a visit is planned" in page
        assert f'href="/people/{world.ids[2]}/visits/plan"' in page

    def test_who_has_a_plan_gets_no_second_one(self, world, naomi):
        a_planned_visit(world, "owen", world.ids[4])
        here = drawn(naomi)
        page = naomi.get(here).text
        assert page.index("Ashdown 04") < page.index("Can be planned now")
        assert "11 unannounced visits planned." in plan(naomi, here, follow=True).text
        assert len(plans(world)) == 12

    def test_without_an_address_it_is_asked_where(self, app):
        world = sampled(app)
        page = world.client("naomi").get(drawn(world.client("naomi"))).text
        assert page.count("You read no current address, so say where") == 12
        assert "Can be planned now" not in page


class TestWho:
    def test_whom_the_reader_may_not_see_is_not_named(self, world, naomi):
        here = drawn(naomi)
        with world.system():
            rights.exclude(world.ids[6], Given(at=NOW), user=world.staff["naomi"].user_id)
        page = plan(naomi, here, follow=True).text
        assert "11 unannounced visits planned." in page
        assert UNSEEN in page
        assert "Ashdown 06" not in page

    def test_a_plan_that_the_reader_may_not_see_stops_nothing(self, world, naomi):
        world.user("petra", "police", Role.PROTECTION_OFFICER, team="police two")
        world.worker(world.ids[4], "petra")
        a_planned_visit(world, "petra", world.ids[4])
        here = drawn(naomi)
        page = naomi.get(here).text
        assert page.index("Can be planned now") < page.index("Ashdown 04")

    def test_only_its_officer_and_supervisors_learn_of_a_plan(self, world, naomi):
        here = drawn(naomi)
        plan(naomi, here)
        for reader in ("owen", "naomi"):
            seen = world.client(reader).get(f"/people/{world.ids[0]}/visits").text
            assert "Unannounced" in seen, reader

    def test_it_is_for_supervisors_and_for_visits_that_are_drawn(self, world, naomi):
        here = drawn(naomi)
        for who in ("owen", "aud", "paul", "priya"):
            assert world.client(who).get(here).status_code in (403, 404), who
        assert "Plan unannounced visits to them" in naomi.get(here.removesuffix("/plans")).text
        checks = drawn(naomi, purpose="checks")
        assert naomi.get(checks).status_code == 404
        assert "/plans" not in naomi.get(checks.removesuffix("/plans")).text
        frozen = submit(naomi, "/visits/samples/new", TYPED).headers["Location"]
        assert naomi.get(f"{frozen}/plans").status_code == 404

    def test_an_auditors_sample_is_planned_by_a_supervisor(self, world):
        here = drawn(world.client("aud"), wanted="13")
        assert world.client("aud").get(here).status_code == 403
        naomi = world.client("naomi")
        assert "12 unannounced visits planned." in plan(naomi, here, follow=True).text

    def test_the_page_asks_as_often_for_two_as_for_twelve(self, app, world, naomi):
        few, many = drawn(naomi, wanted="2"), drawn(naomi)
        naomi.get(few)
        counted = []
        for here in (few, many):
            with statements(app) as asked:
                naomi.get(here)
            counted.append(len(asked))
        assert counted[0] == counted[1]
