"""A logged visit is corrected by its author, signed by another, and never lost."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from mappa.access.terms import Capacity, Role
from mappa.audit.models import AuditEntry
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline, Notice
from mappa.visits import queries as visits
from mappa.visits.correcting import queries, service
from mappa.visits.correcting.rules import Correct, Sign, Withdraw
from mappa.visits.countersigning import COUNTERSIGN
from mappa.visits.entry.trying import TRY_AGAIN
from mappa.visits.models import Visit, VisitOfficer, VisitVersion
from mappa.visits.rules import Outcome, Turnout
from tests.factories.visits import a_made_visit, a_planned_visit, told
from tests.factories.world import NOW, World, a_shared_person, count, northmoor

LATER = NOW + timedelta(hours=25)


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


@pytest.fixture
def in_high_band(world):
    made = world.person(manager="priya", level=2, risk_band="high")
    world.on_team(made, "police", Capacity.RESPONSIBLE)
    world.on_team(made, "children", Capacity.COOPERATE_CHILDREN)
    for who in ("owen", "piet", "leah"):
        world.worker(made, who)
    return made


def correct(world, who, visit, *, why="", at=NOW, **changes):
    with world.as_reader(who, Kind.WRITE) as actor:
        officers = (visits.reader(actor),)
        made = told(**({"officers": officers} | changes))
        service.correct_visit(actor, visit, Correct(made, why), now=at)


def withdraw(world, who, visit, reason="Logged for somebody else", at=NOW):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.withdraw_visit(actor, visit, Withdraw(reason), now=at)


def sign(world, who, visit, note=""):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.sign_visit(actor, visit, Sign(note), now=NOW)


def versions(world, who, person, visit):
    with world.as_reader(who) as actor:
        return queries.versions(actor, person, visit)


def owed(world, who, person):
    with world.as_reader(who) as actor:
        return {(each.kind, each.due_on) for each in reminders.for_person(actor, person)}


def told_of(world, who):
    with world.system():
        user = world.staff[who].user_id
        asked = sa.select(Notice.event).where(Notice.user_id == user).order_by(Notice.event)
        return list(db.session.scalars(asked))


class TestCorrecting:
    def test_every_version_stays_and_the_visit_says_the_last(self, world, person):
        visit = a_made_visit(world, "owen", person)
        correct(world, "owen", visit, place="The garden")
        correct(
            world, "owen", visit, place="The garden", outcome=Outcome.NO_REPLY, why="Wrong line"
        )
        found = versions(world, "owen", person, visit)
        assert [(each.number, each.place, each.outcome) for each in found] == [
            (1, "Flat 4, 18 Tallow Row", "seen_and_spoken_to"),
            (2, "The garden", "seen_and_spoken_to"),
        ]
        assert [(each.why, each.late, each.by_name) for each in found] == [
            ("", False, "Owen Marsh"),
            ("Wrong line", False, "Owen Marsh"),
        ]
        with world.as_reader("owen") as actor:
            now = visits.visit(actor, person, visit)
        assert (now.place, now.outcome, now.concern_child) == ("The garden", "no_reply", None)

    def test_after_a_day_it_takes_a_reason_and_the_supervisor_is_told(self, world, person):
        visit = a_made_visit(world, "owen", person)
        with pytest.raises(RuleBroken) as refused:
            correct(world, "owen", visit, place="The garden", at=LATER)
        assert refused.value.field == "why"
        assert versions(world, "owen", person, visit) == []
        assert told_of(world, "naomi") == []
        correct(world, "owen", visit, place="The garden", why="The notebook says so", at=LATER)
        assert [each.late for each in versions(world, "owen", person, visit)] == [True]
        assert told_of(world, "naomi") == [service.CORRECTED_LATE]
        assert told_of(world, "piet") == told_of(world, "owen") == []

    def test_how_the_officers_went_is_a_field_like_the_others(self, world, person):
        visit = a_made_visit(world, "owen", person)
        car = Turnout(plain_clothes=True, marked_car=True, accredited=True)
        with pytest.raises(FieldErrors):
            correct(world, "owen", visit, turnout=car)
        with pytest.raises(RuleBroken):
            correct(world, "owen", visit, turnout=replace(car, reason="No other"), at=LATER)
        for each in (replace(car, reason="No other"), replace(car, marked_car=False)):
            correct(world, "owen", visit, turnout=each, why="As the log has it", at=LATER)
        found = versions(world, "owen", person, visit)
        assert [(each.marked_car, each.turnout_reason) for each in found] == [
            (None, ""),
            (True, "No other"),
        ]
        with world.as_reader("owen") as actor:
            now = visits.visit(actor, person, visit)
        assert (now.marked_car, now.turnout_reason) == (False, "")
        assert told_of(world, "naomi") == [service.CORRECTED_LATE] * 2

    def test_what_is_not_said_of_it_stays_as_it_was(self, world, person):
        car = Turnout(plain_clothes=True, marked_car=True, accredited=True, reason="No other")
        visit = a_made_visit(world, "owen", person, turnout=car)
        correct(world, "owen", visit, place="The garden")
        with world.as_reader("owen") as actor:
            now = visits.visit(actor, person, visit)
        assert (now.marked_car, now.turnout_reason) == (True, "No other")

    def test_within_the_day_nobody_is_told(self, world, person):
        visit = a_made_visit(world, "owen", person)
        correct(world, "owen", visit, place="The garden", at=NOW + timedelta(hours=23, minutes=59))
        assert told_of(world, "naomi") == []

    def test_a_correction_does_not_begin_the_day_anew(self, world, person):
        visit = a_made_visit(world, "owen", person)
        correct(world, "owen", visit, place="The garden", at=NOW + timedelta(hours=20))
        with pytest.raises(RuleBroken):
            correct(world, "owen", visit, place="The yard", at=NOW + timedelta(hours=30))

    @pytest.mark.parametrize("who", ["piet", "naomi", "priya", "grace"])
    def test_nobody_but_the_author_corrects(self, world, person, who):
        visit = a_made_visit(world, "owen", person)
        with pytest.raises(NotPermitted):
            correct(world, who, visit, place="The garden")
        with world.system():
            assert count(VisitVersion) == 0
            assert db.session.scalars(sa.select(Visit.place)).one() == "Flat 4, 18 Tallow Row"

    def test_who_reads_the_summary_finds_neither_it_nor_its_versions(self, world, person):
        visit = a_made_visit(world, "owen", person)
        correct(world, "owen", visit, place="The garden")
        assert versions(world, "leah", person, visit) == []
        assert len(versions(world, "priya", person, visit)) == 1
        with pytest.raises(NotFound):
            correct(world, "leah", visit, place="The garden")

    def test_nothing_changed_is_no_version(self, world, person):
        visit = a_made_visit(world, "owen", person)
        with pytest.raises(RuleBroken):
            correct(world, "owen", visit)
        assert versions(world, "owen", person, visit) == []

    def test_who_went_is_replaced_and_the_names_of_before_stay(self, world, person):
        visit = a_made_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            both = tuple(
                each
                for each in visits.may_attend(actor, person)
                if each.agency == "Northmoor Police"
            )
            made = told(officers=both)
            service.correct_visit(actor, visit, Correct(made, ""), now=NOW)
        with world.as_reader("owen") as actor:
            went = visits.officers(actor, person, visit, attended=True)
        assert {each.name for each in went} == {"Owen Marsh", "Piet Loft"}
        (before,) = versions(world, "owen", person, visit)
        assert before.officers == "Owen Marsh, Northmoor Police"

    def test_a_planned_visit_keeps_its_kind(self, world, person):
        visit = a_planned_visit(world, "owen", person)
        made = told(arrived_at=NOW - timedelta(hours=1))
        with world.as_reader("owen", Kind.WRITE) as actor:
            from mappa.visits.service import log_outcome

            log_outcome(actor, visit, made, now=NOW)
            corrected = replace(made, announced=True, place="The garden")
            service.correct_visit(actor, visit, Correct(corrected, ""), now=NOW)
        with world.system():
            assert db.session.scalars(sa.select(Visit.announced)).one() is False

    def test_the_act_is_on_record_with_what_changed(self, world, person):
        visit = a_made_visit(world, "owen", person)
        correct(world, "owen", visit, place="The garden")
        with world.system():
            events = list(db.session.scalars(sa.select(AuditEntry.event)))
        assert "visit:corrected" in events


@pytest.mark.sql
class TestWhatIsDueAfterwards:
    def test_another_day_moves_the_next_visit(self, world, in_high_band):
        person = in_high_band
        visit = a_made_visit(world, "owen", person)
        before = owed(world, "owen", person)
        earlier = told().arrived_at - timedelta(days=2)
        correct(world, "owen", visit, arrived_at=earlier, made_on=earlier.date())
        after = owed(world, "owen", person)
        moved = {(kind, day) for kind, day in before if kind != COUNTERSIGN}
        assert {(kind, day - timedelta(days=2)) for kind, day in moved} == {
            each for each in after if each[0] != COUNTERSIGN
        }

    def test_not_seen_after_all_counts_from_the_visit_before(self, world, in_high_band):
        person = in_high_band
        first = NOW - timedelta(days=40)
        a_made_visit(world, "owen", person, arrived_at=first)
        counted = {each for each in owed(world, "owen", person) if each[0] != COUNTERSIGN}
        visit = a_made_visit(world, "owen", person)
        assert counted != {each for each in owed(world, "owen", person) if each[0] != COUNTERSIGN}
        correct(world, "owen", visit, outcome=Outcome.NO_REPLY)
        assert {each for each in owed(world, "owen", person) if each[0] != COUNTERSIGN} == counted

    def test_another_place_leaves_the_duties_as_they_are(self, world, in_high_band):
        visit = a_made_visit(world, "owen", in_high_band)
        with world.system():
            before = count(Deadline)
        correct(world, "owen", visit, place="The garden")
        with world.system():
            assert count(Deadline) == before

    def test_the_next_unannounced_visit_stays_with_who_knew_of_it(self, world, in_high_band):
        person = in_high_band
        visit = a_made_visit(world, "owen", person)
        earlier = told().arrived_at - timedelta(days=2)
        correct(world, "owen", visit, arrived_at=earlier, made_on=earlier.date())
        kinds = {
            who: {kind for kind, _ in owed(world, who, person)} for who in ("owen", "naomi", "piet")
        }
        assert "visit-unannounced" in kinds["owen"] & kinds["naomi"]
        assert "visit-unannounced" not in kinds["piet"]


@pytest.mark.sql
class TestWithdrawing:
    def test_it_stays_on_record_and_counts_as_none(self, world, in_high_band):
        person = in_high_band
        a_made_visit(world, "owen", person, arrived_at=NOW - timedelta(days=40))
        counted = {each for each in owed(world, "owen", person) if each[0] != COUNTERSIGN}
        visit = a_made_visit(world, "owen", person)
        withdraw(world, "owen", visit)
        assert {each for each in owed(world, "owen", person) if each[0] != COUNTERSIGN} == counted
        for who in ("owen", "priya"):
            with world.as_reader(who) as actor:
                seen = visits.visit(actor, person, visit)
                assert (seen.state, seen.outcome) == ("withdrawn", "seen_and_spoken_to")
                assert seen.end_reason == "Logged for somebody else"
                assert visit not in {each.id for each in visits.made(actor, person)[0]}
                assert visit in {each.id for each in visits.not_made(actor, person)}
        with world.as_reader("leah") as actor, pytest.raises(NotFound):
            visits.visit(actor, person, visit)

    def test_the_supervisor_may_and_the_author_is_told(self, world, person):
        visit = a_made_visit(world, "owen", person)
        withdraw(world, "naomi", visit)
        assert told_of(world, "owen") == [service.WITHDRAWN]
        assert told_of(world, "naomi") == []

    @pytest.mark.parametrize("who", ["piet", "priya", "grace"])
    def test_nobody_else_may(self, world, person, who):
        visit = a_made_visit(world, "owen", person)
        with pytest.raises(NotPermitted):
            withdraw(world, who, visit)

    def test_once_withdrawn_it_is_not_changed_any_more(self, world, person):
        visit = a_made_visit(world, "owen", person)
        withdraw(world, "owen", visit)
        with pytest.raises(RuleBroken):
            withdraw(world, "owen", visit)
        with pytest.raises(RuleBroken):
            correct(world, "owen", visit, place="The garden")
        with pytest.raises(RuleBroken):
            sign(world, "naomi", visit)


class TestCountersigning:
    def test_the_duty_is_the_supervisors_and_never_the_authors(self, world, in_high_band):
        a_made_visit(world, "owen", in_high_band)
        with world.as_reader("naomi") as actor:
            (duty,) = [each for each in reminders.my_open(actor) if each.kind == COUNTERSIGN]
        assert (duty.due_on, duty.rule_id) == (date(2026, 11, 27), "visit-countersign-high")
        with world.as_reader("owen") as actor:
            assert [each for each in reminders.my_open(actor) if each.kind == COUNTERSIGN] == []

    def test_a_band_without_the_rule_asks_for_none(self, world, person):
        a_made_visit(world, "owen", person)
        assert COUNTERSIGN not in {kind for kind, _ in owed(world, "naomi", person)}

    def test_a_supervisors_own_visit_waits_for_another(self, world, in_high_band):
        world.user("nell", "police", Role.SUPERVISOR, name="Nell Dray", team="police one")
        visit = a_made_visit(world, "naomi", in_high_band)
        with pytest.raises(RuleBroken):
            sign(world, "naomi", visit)
        with world.as_reader("nell") as actor:
            assert [each.about_id for each in reminders.my_open(actor)] == [visit]
        sign(world, "nell", visit)
        with world.as_reader("nell") as actor:
            assert reminders.my_open(actor) == []

    @pytest.mark.parametrize("who", ["piet", "owen", "priya", "grace"])
    def test_only_a_supervisor_of_that_agency_signs(self, world, in_high_band, who):
        visit = a_made_visit(world, "owen", in_high_band)
        with pytest.raises(NotPermitted):
            sign(world, who, visit)

    def test_a_version_is_signed_once_and_a_correction_is_signed_again(self, world, in_high_band):
        person = in_high_band
        visit = a_made_visit(world, "owen", person)
        sign(world, "naomi", visit, "Read")
        with pytest.raises(RuleBroken):
            sign(world, "naomi", visit)
        assert COUNTERSIGN not in {kind for kind, _ in owed(world, "naomi", person)}
        correct(world, "owen", visit, place="The garden")
        assert COUNTERSIGN in {kind for kind, _ in owed(world, "naomi", person)}
        sign(world, "naomi", visit)
        with world.as_reader("naomi") as actor:
            signed = queries.signatures(actor, person, visit)
        assert [(each.of_version, each.note) for each in signed] == [(1, "Read"), (2, "")]

    def test_a_correction_does_not_put_off_the_day(self, world, in_high_band):
        visit = a_made_visit(world, "owen", in_high_band)
        correct(world, "owen", visit, place="The garden", at=NOW + timedelta(hours=20))
        days = {day for kind, day in owed(world, "naomi", in_high_band) if kind == COUNTERSIGN}
        assert days == {date(2026, 11, 27)}

    def test_a_failed_attempt_is_countersigned_too(self, world, in_high_band):
        a_made_visit(world, "owen", in_high_band, outcome=Outcome.NO_REPLY)
        kinds = {kind for kind, _ in owed(world, "naomi", in_high_band)}
        assert kinds == {COUNTERSIGN, TRY_AGAIN}


def test_nobody_went_who_is_not_on_the_last_version(world, person):
    visit = a_made_visit(world, "owen", person)
    correct(world, "owen", visit, place="The garden")
    with world.system():
        assert count(VisitOfficer) == 1


@pytest.mark.sql
class TestAppendOnly:
    @pytest.fixture
    def version(self, world, person):
        correct(world, "owen", a_made_visit(world, "owen", person), place="The garden")

    @pytest.mark.parametrize("column", VisitVersion.__table__.c.keys())
    def test_no_column_of_a_version_can_be_changed(self, world, version, column):
        refused(world, f"UPDATE visit_version SET {column} = {column}")

    def test_no_version_can_be_removed(self, world, version):
        refused(world, "DELETE FROM visit_version")

    def test_the_table_cannot_be_emptied(self, world, version):
        with world.system():
            if db.engine.dialect.name != "postgresql":
                pytest.skip("only PostgreSQL has TRUNCATE")
        refused(world, "TRUNCATE visit_version")


def refused(world, statement):
    with pytest.raises(DBAPIError, match=r"append-only|permission denied"), world.system():
        db.session.execute(sa.text(statement))
    with world.system():
        assert count(VisitVersion) == 1
