"""Who sees which visit, and what follows from making one."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Audience, Capacity, Role
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline
from mappa.visits import queries, service
from mappa.visits.countersigning import COUNTERSIGN
from mappa.visits.entry.trying import TRY_AGAIN
from mappa.visits.models import Visit, VisitDuty, VisitOfficer
from mappa.visits.preparing import service as preparing
from mappa.visits.rules import EndVisit, Outcome, VisitState
from tests.factories.visits import ARRIVED, a_made_visit, a_planned_visit, to_come, told
from tests.factories.world import NOW, World, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql

LABEL = {"person_id", "owner_agency_id", "agency_name", "agency_type"}
EVERYBODY = ("priya", "grace", "helen", "owen", "piet", "naomi", "leah", "sam", "carl", "iris")
WHOLE = {"owen", "piet", "naomi", "iris", "priya", "grace"}
"""Who reads the visits of the police in full; iris keeps the agency's own records."""


@pytest.fixture
def world(app) -> World:
    world = northmoor(app)
    world.user("piet", "police", Role.PROTECTION_OFFICER, name="Piet Loft", team="police one")
    return world


@pytest.fixture
def person(world):
    made = a_shared_person(world)
    world.worker(made, "piet")
    return made


def readers(world, person, visit):
    """Who of the staff sees the visit at all."""
    seen = set()
    for who in EVERYBODY:
        with world.as_reader(who) as actor:
            try:
                queries.visit(actor, person, visit)
            except NotFound:
                continue
            seen.add(who)
    return seen


class TestWhoSeesWhat:
    def test_a_summary_has_day_kind_outcome_and_concern_for_a_child_only(self, world, person):
        visit = a_made_visit(
            world, "owen", person, concern=True, concerns="A child stayed.", concern_child=True
        )
        with world.as_reader("leah") as actor:
            seen = queries.visit(actor, person, visit)
            fields = {"id", "announced", "state", "made_on", "outcome", "concern_child"}
            assert set(seen.fields()) == fields | LABEL
            assert (seen.made_on, seen.announced) == (date(2026, 11, 19), False)
            assert (seen.outcome, seen.concern_child) == ("seen_and_spoken_to", True)
            assert queries.officers(actor, person, visit, attended=True) == []

    def test_a_partner_with_full_access_sees_all_of_it(self, world, person):
        visit = a_made_visit(world, "owen", person)
        with world.as_reader("priya") as actor:
            seen = queries.visit(actor, person, visit)
            assert (seen.arrived_at, seen.by_name) == (ARRIVED, "Owen Marsh")
            went = queries.officers(actor, person, visit, attended=True)
            assert [(each.name, each.agency) for each in went] == [
                ("Owen Marsh", "Northmoor Police")
            ]

    def test_an_unannounced_plan_is_for_those_who_go_and_their_supervisor(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        assert readers(world, person, visit) == {"owen", "naomi"}

    def test_a_joint_unannounced_plan_is_also_for_the_partner_who_goes(self, world, person):
        visit = a_planned_visit(world, "owen", person, "priya")
        assert readers(world, person, visit) == {"owen", "naomi", "priya", "grace"}

    def test_nothing_else_tells_of_an_unannounced_plan(self, world, person):
        a_planned_visit(world, "owen", person)
        for who in ("piet", "priya", "grace", "leah"):
            with world.as_reader(who) as actor:
                assert queries.planned(actor, person) == []
                assert queries.made(actor, person) == ([], None)
                assert reminders.for_person(actor, person) == []
                assert queries.latest(actor, person) is None

    def test_a_scheduled_plan_is_for_readers_of_the_whole(self, world, person):
        visit = a_planned_visit(world, "owen", person, announced=True)
        assert readers(world, person, visit) == WHOLE

    def test_made_it_follows_the_agreement_and_its_copies_follow_it(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            made = told(
                arrived_at=NOW - timedelta(hours=1),
                officers=tuple(queries.may_attend(actor, person)),
            )
            service.log_outcome(actor, visit, made, now=NOW)
        assert readers(world, person, visit) == WHOLE | {"leah"}
        with world.system():
            audiences = set(db.session.scalars(sa.select(VisitOfficer.audience)))
            assert audiences == {Audience.AGREEMENT.value}

    def test_withdrawn_it_stays_with_those_who_knew_of_it(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            end = EndVisit(VisitState.WITHDRAWN, "Moved to another area")
            service.end_visit(actor, visit, end, now=NOW)
        assert readers(world, person, visit) == {"owen", "naomi"}

    def test_the_timeline_shows_a_summary_its_day(self, world, person):
        a_made_visit(
            world, "owen", person, concern=True, concerns="A child stayed.", concern_child=True
        )
        a_planned_visit(world, "owen", person)
        entries = {}
        for who in ("leah", "priya"):
            with world.as_reader(who) as actor:
                binds = actor.binds(NOW) | {"person": person}
                found = db.session.execute(queries.timeline_part(), binds).mappings().all()
                (entries[who],) = found
        assert entries["leah"]["title"] == "Unannounced visit: Seen and spoken to"
        assert (entries["leah"]["body"], entries["leah"]["by_name"]) == ("Concern for a child.", "")
        assert entries["leah"]["at"] != ARRIVED
        assert entries["leah"]["day"] == date(2026, 11, 19)
        assert (entries["priya"]["at"], entries["priya"]["body"]) == (ARRIVED, "A child stayed.")
        assert entries["priya"]["by_name"] == "Owen Marsh"

    def test_the_latest_is_the_newest_made(self, world, person):
        a_made_visit(world, "owen", person)
        newest = a_made_visit(world, "owen", person, arrived_at=NOW - timedelta(hours=2))
        with world.as_reader("leah") as actor:
            assert queries.latest(actor, person).id == newest


class TestWhoMay:
    @pytest.mark.parametrize("who", ["carl", "helen", "sam", "ada", "adam", "sys"])
    def test_others_log_nothing(self, world, person, who):
        with world.as_reader(who, Kind.WRITE) as actor:
            with pytest.raises(NotPermitted):
                service.log_visit(actor, person, told(), now=NOW)
            with pytest.raises(NotPermitted):
                preparing.plan_visit(actor, person, to_come(), now=NOW)
        with world.system():
            assert (count(Visit), count(VisitOfficer), count(AuditEntry)) == (0, 0, 0)

    def test_a_plan_that_is_not_seen_is_not_found(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        for who in ("piet", "priya", "leah"):
            with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotFound):
                service.log_outcome(actor, visit, told(), now=NOW)

    def test_only_the_owner_logs_a_plan(self, world, person):
        visit = a_planned_visit(world, "owen", person, "priya")
        with world.as_reader("priya", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.log_outcome(actor, visit, told(), now=NOW)
        with world.system():
            assert db.session.scalars(sa.select(Visit.state)).all() == ["planned"]

    def test_a_visit_is_made_or_ended_once(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        end = EndVisit(VisitState.WITHDRAWN, "Called away")
        with world.as_reader("owen", Kind.WRITE) as actor:
            service.end_visit(actor, visit, end, now=NOW)
        with world.as_reader("owen", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken):
                service.end_visit(actor, visit, end, now=NOW)
            with pytest.raises(RuleBroken):
                service.log_outcome(actor, visit, told(), now=NOW)

    def test_faults_write_nothing(self, world, person):
        with world.as_reader("owen", Kind.WRITE) as actor:
            with pytest.raises(FieldErrors):
                service.log_visit(actor, person, told(officers=()), now=NOW)
            with pytest.raises(FieldErrors):
                preparing.plan_visit(actor, person, to_come(officers=()), now=NOW)
        with world.system():
            assert (count(Visit), count(Deadline)) == (0, 0)

    def test_every_act_is_on_record(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            made = told(arrived_at=NOW - timedelta(hours=1))
            service.log_outcome(actor, visit, made, now=NOW)
        with world.system():
            events = db.session.scalars(sa.select(AuditEntry.event).order_by(AuditEntry.sequence))
            assert list(events) == ["visit:planned", "visit:logged"]


def open_duties(world, who, person):
    """What is owed on the person; that a visit is countersigned is owed on the visit."""
    with world.as_reader(who) as actor:
        return {
            (each.kind, each.due_on)
            for each in reminders.for_person(actor, person)
            if each.kind != COUNTERSIGN
        }


class TestWhatFollows:
    @pytest.fixture
    def person(self, world):
        made = world.person(manager="priya", level=2, risk_band="high")
        world.on_team(made, "police", Capacity.RESPONSIBLE)
        world.on_team(made, "children", Capacity.COOPERATE_CHILDREN)
        for who in ("owen", "piet", "leah"):
            world.worker(made, who)
        return made

    def test_a_visit_opens_the_next_by_the_risk_band(self, world, person):
        a_made_visit(world, "owen", person, announced=True)
        assert open_duties(world, "owen", person) == {("visit", date(2027, 2, 19))}

    def test_the_next_unannounced_one_is_for_the_officer_and_the_supervisor(self, world, person):
        a_made_visit(world, "owen", person)
        shared = ("visit", date(2027, 2, 19))
        secret = ("visit-unannounced", date(2027, 5, 19))
        seen = {who: open_duties(world, who, person) for who in ("owen", "naomi", "piet", "priya")}
        assert seen == {
            "owen": {shared, secret},
            "naomi": {shared, secret},
            "piet": {shared},
            "priya": {shared},
        }

    def test_a_newer_visit_closes_what_was_open(self, world, person):
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=30))
        a_made_visit(world, "owen", person)
        assert open_duties(world, "owen", person) == {
            ("visit", date(2027, 2, 19)),
            ("visit-unannounced", date(2027, 5, 19)),
        }

    def test_a_colleague_who_knows_of_no_duty_meets_it_too(self, world, person):
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=30))
        a_made_visit(world, "piet", person)
        assert open_duties(world, "owen", person) == {("visit", date(2027, 2, 19))}
        assert ("visit-unannounced", date(2027, 5, 19)) in open_duties(world, "piet", person)

    def test_a_visit_logged_late_moves_no_newer_day(self, world, person):
        a_made_visit(world, "owen", person)
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=30))
        assert ("visit", date(2027, 2, 19)) in open_duties(world, "owen", person)

    @pytest.mark.parametrize("outcome", [each for each in Outcome if not each.asks.seen])
    def test_a_visit_at_which_nobody_was_seen_clears_nothing(self, world, person, outcome):
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=30))
        before = open_duties(world, "owen", person)
        a_made_visit(world, "owen", person, outcome=outcome)
        added = {kind for kind, _ in open_duties(world, "owen", person) - before}
        assert before <= open_duties(world, "owen", person)
        moved = {"action"} if outcome is Outcome.NOT_LIVING_THERE else set()
        assert added == ({TRY_AGAIN} if outcome.asks.failed else moved)

    def test_agencies_that_do_not_visit_by_rule_owe_no_next_one(self, world, person):
        a_made_visit(world, "leah", person)
        assert open_duties(world, "leah", person) == set()

    def test_each_agency_clears_its_own(self, world, person):
        a_made_visit(world, "owen", person, announced=True)
        a_made_visit(world, "priya", person, announced=True)
        with world.as_reader("priya") as actor:
            kinds = [each.kind for each in reminders.for_person(actor, person)]
        assert sorted(kinds) == ["visit"] * 2 + ["visit-commitment"] + [COUNTERSIGN] * 2

    def test_a_duty_and_its_deadline_carry_one_label(self, world, person):
        a_made_visit(world, "owen", person)
        with world.system():
            duty = db.session.scalars(sa.select(VisitDuty)).one()
            deadline = db.session.scalars(
                sa.select(Deadline).where(Deadline.kind == "visit-unannounced")
            ).one()
            assert (deadline.subject_id, deadline.audience) == (duty.id, duty.audience)

    def test_failed_attempts_count_until_the_person_is_seen(self, world, person):
        counted = []
        for days, outcome in enumerate(
            (Outcome.NO_REPLY, Outcome.SEEN_NOT_SPOKEN_TO, Outcome.ENTRY_REFUSED, Outcome.NO_REPLY)
        ):
            at = ARRIVED - timedelta(days=30 - days)
            visit = a_made_visit(world, "owen", person, arrived_at=at, outcome=outcome)
            with world.as_reader("owen") as actor:
                counted.append(queries.failed_attempts(actor, person, visit))
        assert counted == [1, 0, 1, 2]


class TestLists:
    def test_pages_follow_each_other_without_gap_or_repeat(self, world, person):
        for day in range(45):
            a_made_visit(world, "priya", person, arrived_at=ARRIVED - timedelta(days=day // 2))
        with world.as_reader("leah") as actor:
            seen, onward = queries.made(actor, person)
            while onward:
                more, onward = queries.made(actor, person, before=onward)
                seen += more
        assert len({each.id for each in seen}) == len(seen) == 45
        days = [each.made_on for each in seen]
        assert days == sorted(days, reverse=True)

    def test_my_visits_are_those_i_am_to_make(self, world, person):
        mine = a_planned_visit(world, "owen", person)
        a_planned_visit(world, "piet", person)
        with world.as_reader("owen") as actor:
            found = queries.my_planned(actor)
            assert [(each.id, each.family_name) for each in found] == [(mine, "Wexcombe")]

    def test_a_plan_of_yesterday_cannot_have_been_made_before(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            with pytest.raises(FieldErrors) as said:
                service.log_outcome(actor, visit, replace(told(), announced=True), now=NOW)
            assert set(said.value.errors) == {"made_on"}
