"""Who may say how often somebody is visited, what holds where nobody did, and what stays."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from mappa.access.terms import Level, Section
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.models import Person
from mappa.reminders import queries as reminders
from mappa.reminders.standards import recounting
from mappa.rules.levels import Jurisdiction
from mappa.visits.commitment import jobs, queries, service
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.rules import (
    DEFAULTS,
    INTERVALS,
    Basis,
    EndCommitment,
    Facts,
    Interval,
    Manner,
    SetCommitment,
    Source,
    Times,
    default_of,
    faults,
    governing,
    window,
)
from mappa.visits.countersigning import COUNTERSIGN
from tests.factories.plans import an_agreed_plan
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

NOW_ID = UUID(int=1)
MONTHLY, QUARTERLY = INTERVALS["1 months"], INTERVALS["3 months"]


def said(**changes: object) -> SetCommitment:
    plain = {
        "basis": Basis.SUPERVISOR,
        "every": MONTHLY,
        "unannounced": QUARTERLY,
        "times": (Times.EVENING, Times.WEEKEND),
        "manner": Manner.TWO,
        "devices": "Phone and tablet",
        "reason": "No plan yet",
    }
    return SetCommitment(**(plain | changes))


def sets(world, who, person, **changes):
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.set_commitment(actor, person, said(**changes), now=NOW).id


def owed(world, who, person):
    """Which visits the reader finds owed by the police, and the alarm, kind to day."""
    with world.as_reader(who) as actor:
        police = world.agencies["police"]
        found = reminders.for_person(actor, person)
        return {
            each.kind: each.due_on
            for each in found
            if each.owed_by_agency_id == police and each.kind != COUNTERSIGN
        }


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


class TestWhatHolds:
    @given(
        jurisdiction=st.sampled_from(["england-wales", "scotland"]),
        agency_type=st.sampled_from(["police", "probation", "justice-social-work"]),
        category=st.sampled_from([None, 1, 2, 3]),
        band=st.sampled_from([None, *DEFAULTS]),
        own=st.sampled_from([None, MONTHLY]),
        area=st.sampled_from([None, QUARTERLY]),
    )
    def test_own_before_area_before_default_and_else_not_set(
        self, jurisdiction, agency_type, category, band, own, area
    ):
        known = Facts(
            jurisdiction=jurisdiction, agency_type=agency_type, category=category, band=band
        )
        found = governing(known, own, area)
        usual = (jurisdiction, agency_type, category) == ("england-wales", "police", 1) and band
        expected = [(Source.NOT_SET, None)]
        expected += [(Source.DEFAULT, DEFAULTS[band])] if usual else []
        expected += [(Source.AREA, area)] if area else []
        expected += [(Source.SET, own)] if own else []
        assert (found.source, found.every) == expected[-1]
        assert jurisdiction == "england-wales" or default_of(known) is None

    def test_the_defaults_are_1_3_6_and_12_months(self):
        months = {band: (each.amount, each.unit) for band, each in DEFAULTS.items()}
        assert months == {
            "very_high": (1, "months"),
            "high": (3, "months"),
            "medium": (6, "months"),
            "low": (12, "months"),
        }

    @given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
    def test_a_window_ends_on_the_due_day_and_never_begins_after_it(self, start, days):
        found = window(start, start + timedelta(days=days))
        assert start <= found.from_on <= found.until_on == start + timedelta(days=days)
        assert not found.is_overdue(found.until_on)
        assert found.is_overdue(found.until_on + timedelta(days=1))

    def test_what_is_wrong_is_said_at_its_field(self):
        wrong = said(every=QUARTERLY, unannounced=MONTHLY, times=(), manner=Manner.JOINT, reason="")
        assert set(faults(wrong)) == {"unannounced", "times", "agencies", "reason"}
        assert faults(said()) == {}

    def test_an_interval_is_said_in_words(self):
        assert [Interval(1, "weeks").words, Interval(6, "months").words] == [
            "every week",
            "every 6 months",
        ]


@pytest.mark.sql
class TestWhoMaySet:
    def test_without_a_plan_only_who_answers_for_the_visits_decides(self, world, person):
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.set_commitment(actor, person, said(), now=NOW)
        assert sets(world, "naomi", person)

    def test_from_the_plan_needs_an_agreed_one_and_names_its_version(self, world, person):
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken) as told:
            service.set_commitment(actor, person, said(basis=Basis.PLAN, reason=""), now=NOW)
        assert told.value.field == "basis"
        an_agreed_plan(world, person)
        sets(world, "owen", person, basis=Basis.PLAN, reason="")
        with world.as_reader("priya") as actor:
            (row,) = queries.history(actor, person)
            assert (row.plan_number, row.every, row.by_name) == (1, "1 months", "Owen Marsh")

    def test_agencies_that_do_not_visit_commit_to_nothing(self, world, person):
        with (
            world.as_reader("leah", Kind.WRITE) as actor,
            pytest.raises(RuleBroken),
        ):
            service.set_commitment(actor, person, said(basis=Basis.PLAN), now=NOW)

    def test_faults_write_nothing(self, world, person):
        with world.as_reader("naomi", Kind.WRITE) as actor, pytest.raises(FieldErrors):
            service.set_commitment(actor, person, said(times=()), now=NOW)
        with world.system():
            assert db.session.scalars(sa.select(VisitCommitment)).all() == []

    def test_a_summary_says_how_often_and_nothing_of_unannounced_ones(self, world, person):
        sets(world, "naomi", person)
        with world.as_reader("leah") as actor:
            (row,) = queries.history(actor, person)
            assert row.level is Level.SUM
            assert row.every == "1 months"
            for name in ("unannounced", "times", "devices", "reason", "manner", "set_by_id"):
                assert not row.shows(name)


@pytest.mark.sql
class TestWhatFollows:
    def test_the_next_visits_are_counted_anew_and_the_former_days_stay(self, world, person):
        an_assessment(world, person)
        a_made_visit(world, "owen", person)
        before = owed(world, "naomi", person)
        sets(world, "naomi", person)
        after = owed(world, "naomi", person)
        assert before == {"visit": date(2027, 2, 19), "visit-unannounced": date(2027, 5, 19)}
        assert after == {"visit": date(2026, 12, 19), "visit-unannounced": date(2027, 2, 19)}
        with world.as_reader("naomi") as actor:
            rows = queries.windows(actor, person)
        days = [(each.kind, each.due_on, each.closed_at is None) for each in rows]
        assert sorted(days) == sorted(
            [(kind, on, True) for kind, on in after.items()]
            + [(kind, on, False) for kind, on in before.items()]
        )

    def test_nobody_learns_of_an_unannounced_visit_that_is_owed(self, world, person):
        sets(world, "naomi", person)
        assert set(owed(world, "owen", person)) == {"visit", "visit-unannounced"}
        assert set(owed(world, "priya", person)) == {"visit"}
        with world.as_reader("priya") as actor:
            assert {each.kind for each in queries.windows(actor, person)} == {"visit"}

    def test_a_visit_goes_on_at_the_interval_that_was_set(self, world, person):
        sets(world, "naomi", person)
        a_made_visit(world, "owen", person)
        assert owed(world, "naomi", person) == {
            "visit": date(2026, 12, 19),
            "visit-unannounced": date(2027, 2, 19),
        }

    def test_an_area_that_sets_a_standard_moves_no_day_that_was_agreed(self, world, person):
        sets(world, "naomi", person)
        before = owed(world, "naomi", person)
        with world.system():
            recounting.ask(
                "standard:set", NOW_ID, Jurisdiction.ENGLAND_WALES, from_on=date(2020, 1, 1),
                because="a test", now=NOW, rule_id="visit-review-not-assessed",
            )  # fmt: skip
        with clock.at(NOW):
            assert recounting.recount(world.app).moved == 0
        assert owed(world, "naomi", person) == before

    def test_not_set_is_an_alarm_until_it_is_set(self, world, person):
        with world.system():
            scots = sa.update(Person).where(Person.id == person)
            db.session.execute(scots.values(jurisdiction="scotland"))
        a_made_visit(world, "owen", person, announced=True)
        # Ten working days; St Andrew's Day is none.
        assert owed(world, "owen", person)["visit-commitment"] == date(2026, 12, 7)
        a_made_visit(world, "owen", person, announced=True)
        sets(world, "naomi", person, unannounced=None)
        assert set(owed(world, "naomi", person)) == {"visit"}
        with world.as_reader("naomi", Kind.WRITE) as actor:
            end = EndCommitment(reason="The plan was withdrawn")
            service.end_commitment(actor, person, end, now=NOW + timedelta(seconds=1))
        assert set(owed(world, "naomi", person)) == {"visit", "visit-commitment"}

    def test_the_alarm_ends_when_the_band_gives_a_default(self, world, person):
        a_made_visit(world, "owen", person, announced=True)
        assert "visit-commitment" in owed(world, "owen", person)
        an_assessment(world, person)
        jobs.follow_bands(world.app)
        assert owed(world, "owen", person) == {"visit": date(2027, 2, 19)}

    def test_ended_once_it_cannot_be_ended_again(self, world, person):
        with world.as_reader("naomi", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.end_commitment(actor, person, EndCommitment(reason="-"), now=NOW)


def test_the_section_is_that_of_visits():
    assert VisitCommitment.__section__ is Section.VISITS
