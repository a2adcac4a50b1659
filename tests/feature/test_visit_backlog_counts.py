"""What the database counts for a supervisor is what is counted row by row."""

from datetime import datetime, time, timedelta

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.kernel import clock
from mappa.visits.backlog import counting, queries, rules
from mappa.visits.backlog.queries import Narrow
from mappa.visits.backlog.rules import Age
from mappa.visits.commitment.queries import KINDS
from mappa.visits.rules import Outcome
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.support import slow_backlog as slow
from tests.support.slow_backlog import Late

READERS = ("naomi", "agnes", "grace")
LATER = NOW + timedelta(days=200)
TODAY = clock.day_of(LATER)


@pytest.fixture
def world(app):
    world = northmoor(app)
    world.user("agnes", "police", Role.AGENCY_LEAD, name="Agnes Hale")
    return world


@pytest.fixture
def people(world):
    """Some that are late by little and by much, some done, planned, assessed, or kept away."""
    made = [a_shared_person(world)]
    made += [world.person(f"Number{n}", lead="police", manager="owen") for n in range(6)]
    for number, person in enumerate(made):
        ago = NOW - timedelta(days=60 * number)
        with clock.at(ago):
            a_made_visit(world, "owen", person, arrived_at=ago - timedelta(hours=2))
    an_assessment(world, made[0])
    for person in made[1:3]:
        a_made_visit(world, "owen", person, arrived_at=NOW - timedelta(hours=3))
    a_made_visit(world, "owen", made[3], announced=True, outcome=Outcome.NO_REPLY)
    a_planned_visit(world, "owen", made[0])
    with world.system():
        given = Given(at=NOW, by=world.staff["iris"].user_id, reason="a relative")
        rights.exclude(made[4], given, user=world.staff["naomi"].user_id)
    return made


def moment(on) -> datetime:
    return datetime.combine(on, time(), tzinfo=clock.LONDON)


@pytest.mark.sql
@pytest.mark.parametrize("who", READERS)
@pytest.mark.parametrize("kinds", [KINDS, KINDS[:1], KINDS[1:]], ids=["all", "first", "second"])
def test_it_counts_what_rows_would(world, people, who, kinds):
    owen = world.staff["owen"].user_id
    ends = rules.month_ends(TODAY)
    with clock.at(LATER), world.as_reader(who) as actor:
        for officer in (None, owen, actor.user_id):
            narrow = Narrow(kinds, officer)
            found = counting.counted(actor, narrow, TODAY, ends, [owen])
            late = slow.counted(actor, narrow, TODAY - timedelta(days=1))
            assert found.backlog == slow.backlog([Late(x.band, x.due_on) for x in late], TODAY)
            assert not found.more
            still = [slow.Stood(clock.day_of(x.opened_at), None, x.due_on) for x in late]
            assert list(found.at_ends) == [slow.late_on(still, on) for on in ends]
            of_owen = sum(x.owner_user_id == owen for x in late)
            assert found.by_officer == ({owen: of_owen} if of_owen else {})
            owed = slow.owed(actor, narrow, TODAY)
            assert found.owed == {
                kind: counting.Owed(len(each), min(x.due_on for x in each))
                for kind, each in owed.items()
            }
        since = moment(ends[0]) - timedelta(days=700)
        ended = slow.ended(actor, Narrow(kinds), since)
        assert counting.ended_late(actor, Narrow(kinds), since, ends) == [
            slow.late_on(ended, on) for on in ends
        ]
        staff, day = queries.staff(actor), clock.day_of(NOW)
        kept = counting.kept(actor, staff, day, since)
        assert {tuple(x)[:4]: x.several for x in kept} == slow.kept(actor, staff, day, since)


@pytest.mark.sql
def test_something_of_each_figure_is_there(world, people):
    ends = rules.month_ends(TODAY)
    with clock.at(LATER), world.as_reader("agnes") as actor:
        found = counting.counted(actor, Narrow(), TODAY, ends, [world.staff["owen"].user_id])
        assert found.backlog.of_age(Age.LONGER) > 0
        assert sum(found.backlog.of_band(band) > 0 for band in found.backlog.bands) > 1
        assert found.by_officer
        assert found.owed.keys() == {"visit-write-up", "visit-commitment"}
        assert found.at_ends[-1] == found.backlog.all > found.at_ends[0] > 0


@pytest.mark.sql
def test_beyond_the_most_only_the_oldest_are_counted(world, people, monkeypatch):
    ends = rules.month_ends(TODAY)
    monkeypatch.setattr(counting, "MOST", 2)
    counting._late.cache_clear()
    counting._ended.cache_clear()
    try:
        with clock.at(LATER), world.as_reader("agnes") as actor:
            found = counting.counted(actor, Narrow(), TODAY, ends)
            late = slow.counted(actor, Narrow(), TODAY - timedelta(days=1))
            oldest = sorted(each.due_on for each in late)[:2]
            assert found.more
            assert found.backlog.all == 2
            assert max(found.backlog.oldest.values()) == (TODAY - oldest[0]).days
            long_ago = moment(ends[0]) - timedelta(days=700)
            many = slow.ended(actor, Narrow(), long_ago)
            ended = counting.ended_late(actor, Narrow(), long_ago, ends)
            assert (ended is None) == (sum(x.due_on < x.until_on for x in many) > 2)
    finally:
        counting._late.cache_clear()
        counting._ended.cache_clear()
