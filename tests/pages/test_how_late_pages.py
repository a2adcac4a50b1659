"""What an agency lead reads of the agency's late work: how much for how long, oldest first."""

import re
from datetime import timedelta

import pytest

from mappa.access.terms import Role
from mappa.kernel import clock
from mappa.kernel.uow import Kind
from mappa.reminders.assigning import service
from mappa.reminders.assigning.rules import Snooze
from tests.factories.handover import with_marek
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit
from tests.pages.insight import TODAY, a_duty, text


@pytest.fixture
def world(app):
    with clock.at(NOW):
        found = northmoor(with_overview(app))
        with_marek(found)
        yield found


@pytest.fixture
def person(world):
    return a_shared_person(world)


def titles(page):
    return re.findall(r'm-due__title">([^<]+)<', page)


def snooze(world, who, duty):
    with world.as_reader(who, Kind.WRITE) as actor:
        command = Snooze(until_on=TODAY + timedelta(days=3), why="Waits for a report")
        service.snooze(actor, duty, command, now=NOW)


class TestHowLate:
    LATE = (-1, -7, -8, -30, -31, -58)

    @pytest.fixture
    def lead(self, world, person):
        world.user("lead", "probation", Role.AGENCY_LEAD)
        for days in self.LATE:
            a_duty(world, person, "priya", due_in=days, title=f"Late {-days}")
        return world.client("lead")

    def test_an_agency_lead_reads_how_much_is_late_for_how_long_oldest_first(self, lead):
        page = text(lead.get("/work"))
        assert titles(page) == [f"Late {-days}" for days in sorted(self.LATE)]
        said = re.sub(r"<[^>]+>", "", page)
        assert (
            "Overdue for up to 7 days: 2, for 8 to 30 days: 2, for longer than 30 days: 2." in said
        )

    def test_it_follows_the_filter_and_what_was_put_off_is_left_out(self, world, person, lead):
        late = a_duty(world, person, "priya", due_in=-5, kind="risk-review", title="Put off")
        a_duty(world, person, "priya", due_in=-5, kind="risk-review", title="Risk")
        snooze(world, "priya", late)
        submit(lead, "/work", {"kind": "risk"}, action="/work")
        said = re.sub(r"<[^>]+>", "", text(lead.get("/work")))
        assert "up to 7 days: 1, for 8 to 30 days: 0, for longer than 30 days: 0." in said

    @pytest.mark.parametrize("who", ["priya", "grace"])
    def test_others_read_by_risk_and_no_such_counts(self, world, lead, who):
        assert "Overdue for" not in text(world.client(who).get("/work"))
