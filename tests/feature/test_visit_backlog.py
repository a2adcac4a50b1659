"""What a supervisor's view of visits counts, and what it must never count."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Role
from mappa.kernel import clock
from mappa.visits.backlog import counting, queries, rules
from mappa.visits.backlog.queries import Narrow
from mappa.visits.backlog.rules import BANDS, Age
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.support import slow_backlog as slow
from tests.support.slow_backlog import Late, Stood

TODAY = date(2027, 12, 31)
bands = st.sampled_from([*BANDS, None])


class TestCounting:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
    @given(st.lists(st.tuples(bands, st.integers(1, 400)), max_size=20))
    def test_every_late_visit_is_in_one_cell_and_the_list_of_the_cell_has_it(self, drawn):
        late = [Late(band, TODAY - timedelta(days=days)) for band, days in drawn]
        found = slow.backlog(late, TODAY)
        assert found.all == len(late) == sum(found.of_age(age) for age in Age)
        for band in found.bands:
            for age in Age:
                first, last = rules.due_between(age, TODAY)
                inside = [
                    each
                    for each in late
                    if (each.band or rules.UNKNOWN) == band and first <= each.due_on <= last
                ]
                assert len(inside) == found.counts[band, age]
            waited = [(TODAY - x.due_on).days for x in late if (x.band or rules.UNKNOWN) == band]
            assert found.oldest.get(band, 0) == max(waited, default=0)

    def test_month_ends_are_real_and_the_last_is_today(self):
        ends = rules.month_ends(date(2027, 3, 15))
        assert ends == [
            date(2026, 10, 31), date(2026, 11, 30), date(2026, 12, 31),
            date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 15),
        ]  # fmt: skip

    def test_what_ended_was_late_until_then_and_not_before_it_was_due(self):
        stood = [Stood(date(2026, 1, 1), date(2026, 6, 10), date(2026, 4, 10))]
        days = (date(2026, 4, 10), date(2026, 4, 11), date(2026, 6, 9), date(2026, 6, 10))
        assert [slow.late_on(stood, on) for on in days] == [0, 1, 1, 0]

    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=30)
    @given(st.lists(st.tuples(st.sampled_from(BANDS), st.integers(1, 200)), max_size=20))
    def test_no_bar_is_wider_than_the_picture(self, drawn):
        late = [Late(band, TODAY - timedelta(days=days)) for band, days in drawn]
        found = slow.backlog(late, TODAY)
        for band, parts in rules.bars(found, 560).items():
            assert sum(each.count for each in parts) == found.of_band(band)
            assert all(each.x >= 0 and each.x + each.width <= 560.2 for each in parts)


@pytest.fixture
def world(app):
    world = northmoor(app)
    world.user("agnes", "police", Role.AGENCY_LEAD, name="Agnes Hale")
    return world


@pytest.fixture
def person(world):
    return a_shared_person(world)


def late_of(world, who, **narrow):
    """Kinds of what is counted as due by the end of 2027."""
    with world.as_reader(who) as actor:
        return sorted(each.kind for each in slow.counted(actor, Narrow(**narrow), TODAY))


@pytest.mark.sql
class TestOnlyWhatTheReaderMaySee:
    def test_own_duties_are_counted_by_team_and_agency_and_no_others(self, world, person):
        a_made_visit(world, "owen", person)
        a_made_visit(world, "priya", person, announced=True)
        assert late_of(world, "naomi") == ["visit", "visit-unannounced"]
        assert late_of(world, "agnes") == ["visit", "visit-unannounced"]
        assert late_of(world, "grace") == ["visit"]

    def test_an_owed_unannounced_visit_of_another_team_is_not_counted(self, world, person):
        world.team("police two", "police")
        world.user("nell", "police", Role.SUPERVISOR, name="Nell Ash", team="police two")
        a_made_visit(world, "owen", person)
        assert late_of(world, "nell") == []

    def test_a_person_kept_from_the_reader_is_not_counted(self, world, person):
        a_made_visit(world, "owen", person)
        with world.system():
            given = Given(at=NOW, by=world.staff["iris"].user_id, reason="a relative")
            rights.exclude(person, given, user=world.staff["naomi"].user_id)
        assert late_of(world, "naomi") == []
        assert late_of(world, "agnes") == ["visit", "visit-unannounced"]

    def test_a_list_has_what_its_figure_counts(self, world, person):
        a_made_visit(world, "owen", person)
        with world.as_reader("naomi") as actor:
            due = (date.min, TODAY)
            every = queries.listed(actor, Narrow(), due)
            assert len(every) == 2
            bands = [queries.listed(actor, Narrow(), due, band) for band in (*BANDS, "unknown")]
            assert sum(len(each) for each in bands) == len(every)
            officer = world.staff["owen"].user_id
            assert len(queries.listed(actor, Narrow(officer=officer), due)) == 2
            nobody = world.staff["naomi"].user_id
            assert queries.listed(actor, Narrow(officer=nobody), due) == []

    def test_plans_are_counted_where_they_may_be_seen(self, world, person):
        a_planned_visit(world, "owen", person)
        counted = {}
        for who in ("naomi", "grace"):
            with world.as_reader(who) as actor:
                kinds = Narrow(("visit-write-up",))
                counted[who] = len(slow.counted(actor, kinds, TODAY))
        assert counted == {"naomi": 1, "grace": 0}


@pytest.mark.sql
class TestOfficers:
    def test_who_has_more_than_fifty_people_is_named_with_those_seen(self, world, monkeypatch):
        monkeypatch.setattr(queries, "MOST_PEOPLE", 2)
        people = []
        for number in range(4):
            made = world.person(f"Number{number}", manager="priya")
            world.on_team(made, "police", Capacity.RESPONSIBLE)
            world.worker(made, "owen")
            people.append(made)
        owen = world.staff["owen"].user_id
        with world.as_reader("naomi") as actor:
            staff = queries.staff(actor)
            assert queries.above(actor, staff) == [(owen, 4)]
            listed = queries.people_of(actor, owen)
            assert {each.id for each in listed} == set(people)
            assert queries.people_of(actor, world.staff["priya"].user_id) == []

    def test_made_visits_are_those_to_people_of_the_team(self, world, person):
        a_made_visit(world, "owen", person)
        a_made_visit(world, "priya", person, announced=True)
        with world.as_reader("naomi") as actor:
            today = clock.day_of(NOW)
            made = counting.kept(actor, queries.staff(actor), today, NOW)
        assert [(each.announced, each.several) for each in made] == [(False, 1)]


def test_nobody_else_has_the_page(world, person):
    with clock.at(NOW):
        for who in ("owen", "leah", "carl"):
            assert world.client(who).get("/visits/team").status_code in (403, 404)
            assert world.client(who).get("/visits/team/list").status_code in (403, 404)
