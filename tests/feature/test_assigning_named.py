"""Duties are offered to those who may see what they are done on, and to nobody less."""

from datetime import timedelta

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Reader, Section
from mappa.kernel import clock
from mappa.reminders import service as reminders
from mappa.reminders.assigning import queries
from tests.factories.handover import with_marek
from tests.factories.reminders import label
from tests.factories.visits import a_made_visit
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor

SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    found = northmoor(app)
    with_marek(found)
    return found


@pytest.fixture
def person(world):
    return a_shared_person(world)


def owed(world, person, *, kind="plan-review", **of):
    """A duty that Priya of probation owes."""
    with world.system():
        actor = world.staff["priya"].actor
        made = reminders.open_deadline(
            "plan-review", label(world, person, section=Section.PLAN, **of), kind=kind,
            starts_on=(NOW - timedelta(days=40)).date(), jurisdiction="england-wales",
            owner_user=actor.user_id, owner_team=actor.team_id, owner_agency=actor.agency_id,
            now=NOW,
        )  # fmt: skip
        return made.id


class TestWhatOnlyNamedReadersSee:
    def offered(self, world, duty, who="priya"):
        with world.as_reader(who) as actor:
            return {each.name for each in queries.offered(actor, duty)}

    def test_is_offered_to_nobody_but_them(self, world, person):
        visit = a_made_visit(world, "priya", person)
        made = owed(world, person, record=visit)
        before = self.offered(world, made)
        assert "Marek Dolny" in before
        with world.system():
            named = {each: world.staff[each].actor for each in ("priya", "grace")}
            for each in named.values():
                rights.name_reader(visit, Reader.USER, each.agency_id, SINCE, user=each.user_id)
            rights.mark(visit, MarkKind.HIDDEN, NOW + timedelta(days=90), SINCE)
        assert self.offered(world, made) == {"Grace Ilford"}

    def test_who_is_kept_out_is_offered_like_anybody(self, world, person):
        made = owed(world, person)
        before = self.offered(world, made)
        with world.system():
            rights.exclude(person, SINCE, user=world.staff["marek"].user_id)
        assert self.offered(world, made) == before

    @pytest.mark.parametrize("kind", ["exclusion-review", "share-review", "share-ending"])
    def test_duties_of_an_office_are_not_offered_at_all(self, world, person, kind):
        made = owed(world, person, kind=kind)
        page = world.client("priya")
        with clock.at(NOW):
            assert "Hand over" not in page.get("/work").text
            assert "cannot be handed over" in page.get(f"/deadlines/{made}/hand-over").text
