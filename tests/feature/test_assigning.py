"""Snoozing and handing over: what they never touch, for whom they hold, and who learns of it."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import guard, rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role, Section
from mappa.actions import service as actions
from mappa.actions.models import ActionItem
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import queries as duties
from mappa.reminders import service as reminders
from mappa.reminders.assigning import queries, service
from mappa.reminders.assigning.models import DutyPassed, Snooze
from mappa.reminders.assigning.rules import Assign, Chosen
from mappa.reminders.assigning.rules import Snooze as PutOff
from mappa.reminders.models import Deadline, Event, Notice
from tests.factories.handover import a_cover, with_marek
from tests.factories.reminders import all_of, duty, label, swept, to_named
from tests.factories.world import LONG_AGO, NOW, a_shared_person, northmoor

TODAY = date(2026, 11, 20)
SINCE = Given(at=NOW, starts_at=LONG_AGO)


@pytest.fixture
def world(app):
    found = northmoor(app)
    with_marek(found)
    found.user("tess", "probation", Role.OFFENDER_MANAGER, name="Tess Ore")
    found.user("lead", "probation", Role.AGENCY_LEAD, name="Ruth Ambleby")
    return found


@pytest.fixture
def person(world):
    return a_shared_person(world)


def owed(world, person, who="priya", *, due_in=0, rule="plan-review", kind="plan-review", **of):
    """A duty of probation; ``plan-review`` is a local standard, ``risk-assessment-review`` not."""
    with world.system():
        actor = world.staff[who].actor
        made = reminders.open_deadline(
            rule, label(world, person, section=Section.PLAN, **of), kind=kind,
            starts_on=TODAY - timedelta(days=40), jurisdiction="england-wales",
            owner_user=actor.user_id, owner_team=actor.team_id, owner_agency=actor.agency_id,
            now=NOW,
        )  # fmt: skip
        made.due_on = TODAY + timedelta(days=due_in)
        db.session.flush()
        return made.id


def national(world, person, **how):
    return owed(world, person, rule="risk-assessment-review", kind="risk-review", **how)


def at(world, who, moment, kind=Kind.WRITE):
    """A unit of work of a reader at any moment."""

    class Block:
        def __enter__(self):
            self.stack = [
                clock.at(moment),
                world.app.app_context(),
                unit_of_work(kind),
            ]
            for each in self.stack:
                each.__enter__()
            guard.acts_as(world.staff[who].actor)
            return world.staff[who].actor

        def __exit__(self, *error):
            for each in reversed(self.stack):
                each.__exit__(*error)

    return Block()


def snooze(world, who, duty_id, *, days=3, now=NOW):
    day = clock.day_of(now) + timedelta(days=days)
    with at(world, who, now) as actor:
        service.snooze(actor, duty_id, PutOff(until_on=day, why="Waits for a report"), now=now)


def assign(world, who, to, *ids, owner="priya", now=NOW):
    with at(world, who, now) as actor:
        days = {each.id: each.due_on for each in queries.chosen(actor, ids)}
        chosen = tuple(
            Chosen(id=each, owner=world.staff[owner].user_id, due_on=days.get(each, TODAY))
            for each in ids
        )
        command = Assign(chosen=chosen, to=world.staff[to].user_id, why="Priya is at court")
        return service.assign(actor, command, now=now)


def off(world, duty_id, now=NOW):
    """Whether the duty is put off, as its row is now."""
    with world.system():
        found = sa.select(Deadline.id).where(Deadline.id == duty_id, queries.put_off())
        binds = world.staff["priya"].actor.binds(now) | {"today": clock.day_of(now)}
        return db.session.execute(found, binds).one_or_none() is not None


def notices(world, who, event):
    user = world.staff[who].user_id
    return [each for each in all_of(world, Notice) if (each.user_id, each.event) == (user, event)]


class TestSnooze:
    def test_the_sweep_tells_of_a_snoozed_duty_as_of_any_other(self, world, person):
        snoozed, other = owed(world, person, due_in=1), owed(world, person, due_in=1)
        snooze(world, "priya", snoozed, days=14)
        swept(world.app, at=NOW + timedelta(days=2))
        told = {each.duty_id for each in notices(world, "priya", Event.OVERDUE)}
        assert told == {snoozed, other}
        assert off(world, snoozed)

    def test_it_moves_no_date(self, world, person):
        made = owed(world, person, due_in=1)
        before = vars(next(each for each in all_of(world, Deadline) if each.id == made)).copy()
        snooze(world, "priya", made, days=14)
        after = vars(next(each for each in all_of(world, Deadline) if each.id == made))
        for each in (before, after):
            each.pop("_sa_instance_state", None)
        assert after == before

    def test_a_national_duty_is_back_on_its_day_at_the_latest(self, world, person):
        made = national(world, person, due_in=5)
        with pytest.raises(RuleBroken) as refused:
            snooze(world, "priya", made, days=6)
        assert refused.value.rule == "SNOOZE-LAST-DAY"
        snooze(world, "priya", made, days=5)
        assert off(world, made, NOW + timedelta(days=4))
        assert not off(world, made, NOW + timedelta(days=5))

    @pytest.mark.parametrize("who", ["priya", "grace", "lead"])
    def test_nobody_puts_an_overdue_national_duty_off(self, world, person, who):
        made = national(world, person, due_in=-1)
        with pytest.raises(RuleBroken):
            snooze(world, who, made, days=1)
        assert all_of(world, Snooze) == []

    def test_a_date_that_moves_takes_the_snooze_with_it(self, world, person):
        """What was judged was that date: an earlier one must not stay hidden behind it."""
        made = national(world, person, due_in=30)
        snooze(world, "priya", made, days=30)
        with world.system():
            db.session.get_one(Deadline, made).due_on = TODAY + timedelta(days=2)
        assert not off(world, made)

    def test_it_holds_for_one_owner(self, world, person):
        made = owed(world, person, due_in=1)
        snooze(world, "priya", made)
        assign(world, "grace", "marek", made)
        assert not off(world, made)

    def test_the_owner_puts_off_once_and_the_supervisor_once_more(self, world, person):
        made = owed(world, person, due_in=1)
        snooze(world, "priya", made, days=1)
        with pytest.raises(RuleBroken):
            snooze(world, "priya", made, now=NOW + timedelta(days=1))
        snooze(world, "grace", made, now=NOW + timedelta(days=1))
        with pytest.raises(RuleBroken):
            snooze(world, "grace", made, now=NOW + timedelta(days=5))
        assert len(all_of(world, Snooze)) == 2

    def test_taking_it_up_again_gives_no_second_time(self, world, person):
        made = owed(world, person, due_in=1)
        snooze(world, "priya", made)
        with at(world, "priya", NOW) as actor:
            service.take_up(actor, made, now=NOW)
        assert not off(world, made)
        with pytest.raises(RuleBroken):
            snooze(world, "priya", made)

    def test_a_supervisor_is_not_the_supervisor_of_what_they_owe(self, world, person):
        made = owed(world, person, "grace", due_in=1)
        snooze(world, "grace", made, days=1)
        with pytest.raises(RuleBroken):
            snooze(world, "grace", made, now=NOW + timedelta(days=1))

    def test_a_deputy_stands_in_for_the_owner(self, world, person):
        made = owed(world, person, due_in=1)
        with pytest.raises(NotPermitted):
            snooze(world, "marek", made)
        a_cover(world, "marek")
        snooze(world, "marek", made)
        assert off(world, made)

    @pytest.mark.parametrize(
        ("who", "error"),
        [
            ("marek", NotPermitted),
            ("tess", NotPermitted),
            ("owen", NotPermitted),
            ("sam", NotFound),
        ],
    )
    def test_nobody_else_does(self, world, person, who, error):
        made = owed(world, person, due_in=1)
        with pytest.raises(error):
            snooze(world, who, made)
        assert all_of(world, Snooze) == []

    def test_a_duty_that_is_done_is_not_put_off(self, world, person):
        made = owed(world, person, due_in=1)
        with world.system():
            reminders.close_for_person(person, "plan-review", NOW)
        with pytest.raises(RuleBroken):
            snooze(world, "priya", made)

    @pytest.mark.sql
    def test_what_is_owed_on_another_agencys_record_is_put_off_and_audited(self, world, person):
        """The label is the record's, so the row is written for its owner, by the police."""
        made = duty(world, label(world, person, section=Section.PLAN), "owen", kind="action",
                    rule="action-due", set_on=TODAY).id  # fmt: skip
        snooze(world, "owen", made)
        (row,) = all_of(world, Snooze)
        assert row.owner_agency_id == world.agencies["probation"]
        assert row.agency_id == world.agencies["police"]
        entry = next(each for each in all_of(world, AuditEntry) if each.event == "duty:snoozed")
        assert entry.records[:2] == [person.hex, made.hex]
        assert entry.basis == "Waits for a report"

    def test_another_agency_does_not_learn_of_it(self, world, person):
        made = owed(world, person, due_in=1)
        snooze(world, "priya", made)
        for who, seen in (("grace", 1), ("sam", 0)):
            with world.as_reader(who) as actor:
                assert len(queries.snoozes_of(actor, made)) == seen


class TestAssign:
    def test_many_pass_in_one_act_and_each_is_on_record(self, world, person):
        ids = [owed(world, person, due_in=each) for each in range(3)]
        swept(world.app)
        found = assign(world, "grace", "marek", *ids)
        assert set(found.moved) == set(ids)
        with world.as_reader("marek") as actor:
            assert {each.id for each in duties.my_open(actor)} == set(ids)
        entries = [each for each in all_of(world, AuditEntry) if each.event == service.PASSED]
        assert {each.records[1] for each in entries} == {each.hex for each in ids}
        assert len(all_of(world, DutyPassed)) == 3

    def test_what_the_old_owner_was_told_ends_and_the_new_one_is_told(self, world, person):
        made = owed(world, person)
        swept(world.app)
        assign(world, "grace", "marek", made)
        assert all(each.ended_at for each in notices(world, "priya", Event.DUE))
        (told,) = notices(world, "marek", service.PASSED)
        assert told.about_id == made
        swept(world.app)
        assert len(notices(world, "marek", Event.DUE)) == 1

    def test_to_and_fro_nobody_is_told_twice(self, world, person):
        made = owed(world, person)
        assign(world, "grace", "marek", made)
        assign(world, "grace", "priya", made, owner="marek")
        assign(world, "grace", "marek", made)
        (told,) = notices(world, "marek", service.PASSED)
        assert told.ended_at is None
        assert all(each.ended_at for each in notices(world, "priya", service.PASSED))

    def test_the_notice_ends_with_the_duty(self, world, person):
        made = owed(world, person)
        assign(world, "grace", "marek", made)
        with world.system():
            reminders.close_for_person(person, "plan-review", NOW)
        (told,) = notices(world, "marek", service.PASSED)
        assert told.ended_at is not None

    def test_stale_rows_are_said_and_the_rest_passes(self, world, person):
        done, passed, fresh = (owed(world, person, due_in=each) for each in range(3))
        with world.system():
            found = db.session.get_one(Deadline, done)
            found.state, found.closed_at = "closed", NOW
        assign(world, "grace", "grace", passed)
        found = assign(world, "grace", "marek", done, passed, fresh)
        assert (set(found.stale), found.moved, found.kept) == ({done, passed}, (fresh,), ())

    def test_a_date_that_moved_meanwhile_is_stale(self, world, person):
        made = owed(world, person)
        with at(world, "grace", NOW) as actor:
            chosen = Chosen(
                id=made, owner=world.staff["priya"].user_id, due_on=TODAY + timedelta(days=9)
            )
            command = Assign(chosen=(chosen,), to=world.staff["marek"].user_id, why="x")
            assert service.assign(actor, command, now=NOW).stale == (made,)

    def test_what_the_colleague_may_not_see_stays_without_a_reason(self, world, person):
        other = world.person(family="Arkwright", manager="priya")
        kept, moved = owed(world, person), owed(world, other)
        with world.system():
            rights.exclude(person, SINCE, user=world.staff["marek"].user_id)
        found = assign(world, "grace", "marek", kept, moved)
        assert (found.moved, found.kept) == ((moved,), (kept,))

    def test_a_record_hidden_from_the_colleague_stays(self, world, person):
        of = label(world, person, section=Section.PLAN)
        made = duty(world, of, "priya", kind="plan-review", rule="plan-review").id
        with world.system():
            rights.mark(of.record, MarkKind.HIDDEN, NOW, SINCE)
        to_named(world, of, "priya", "grace")
        assert assign(world, "grace", "marek", made).kept == (made,)

    def test_an_unannounced_visit_opens_to_whoever_takes_it_over(self, world, person):
        of = label(world, person, named=True)
        made = duty(world, of, "priya", kind="visit-unannounced").id
        to_named(world, of, "priya", "grace")
        with world.as_reader("marek") as actor, pytest.raises(NotFound):
            duties.deadline(actor, made)
        assert assign(world, "grace", "marek", made).moved == (made,)
        with world.as_reader("marek") as actor:
            assert duties.deadline(actor, made).owner_name == "Marek Dolny"
        with world.as_reader("tess") as actor, pytest.raises(NotFound):
            duties.deadline(actor, made)

    def test_an_unannounced_visit_stays_shut_to_somebody_kept_out(self, world, person):
        of = label(world, person, named=True)
        made = duty(world, of, "priya", kind="visit-unannounced").id
        to_named(world, of, "priya", "grace")
        with world.system():
            rights.exclude(person, SINCE, user=world.staff["marek"].user_id)
        assert assign(world, "grace", "marek", made).kept == (made,)

    def test_a_closed_item_opens_to_nobody(self, world, person):
        """Only visits open by passing; what a meeting keeps to named agencies does not."""
        of = label(world, person, section=Section.MEETINGS, named=True)
        made = duty(world, of, "priya", kind="action", rule="action-due", set_on=TODAY).id
        to_named(world, of, "priya", "grace")
        assert assign(world, "grace", "marek", made).kept == (made,)

    def test_an_action_goes_with_its_duty_and_the_new_owner_completes_it(self, world, person):
        with world.system():
            item = actions.add_action(
                world.staff["helen"].actor, label(world, person, section=Section.IDENTITY),
                what="Confirm the accommodation", owner_user=world.staff["priya"].user_id,
                owner_team=world.staff["priya"].actor.team_id,
                owner_agency=world.agencies["probation"], due_on=TODAY,
                jurisdiction="england-wales", now=NOW,
            ).id  # fmt: skip
        (made,) = [each.id for each in all_of(world, Deadline) if each.about_id == item]
        assert assign(world, "priya", "marek", made).moved == (made,)
        with world.as_reader("marek", Kind.WRITE) as actor:
            actions.complete_action(actor, item, "Letter of the landlord", now=NOW)
        (row,) = all_of(world, ActionItem)
        assert (row.owner_user_id, row.state) == (world.staff["marek"].user_id, "done")

    def test_what_goes_with_a_seat_stays(self, world, person):
        made = duty(world, label(world, person, section=Section.IDENTITY), "priya",
                    kind="minutes").id  # fmt: skip
        assert assign(world, "grace", "marek", made).kept == (made,)

    @pytest.mark.parametrize("to", ["tess", "owen", "carl"])
    def test_only_the_team_and_the_case_team_take_it(self, world, person, to):
        made = owed(world, person)
        with pytest.raises(RuleBroken) as refused:
            assign(world, "grace", to, made)
        assert refused.value.rule == "ASSIGN-COLLEAGUE"

    def test_somebody_on_the_case_team_takes_it_and_a_lead_gives_it_to_anybody(self, world, person):
        made = owed(world, person)
        assert assign(world, "lead", "tess", made).moved == (made,)
        world.worker(person, "marek")
        assert assign(world, "tess", "marek", made, owner="tess").moved == (made,)

    @pytest.mark.parametrize("who", ["marek", "tess", "naomi"])
    def test_nobody_gives_away_what_is_none_of_their_affair(self, world, person, who):
        made = owed(world, person)
        with pytest.raises((NotPermitted, RuleBroken)):
            assign(world, who, "grace", made)
        assert all_of(world, DutyPassed) == []

    def test_only_who_supervises_gives_many(self, world, person):
        ids = [owed(world, person, due_in=each) for each in range(2)]
        with pytest.raises(NotPermitted):
            assign(world, "priya", "marek", *ids)
        assert assign(world, "priya", "marek", ids[0]).moved == (ids[0],)

    def test_an_unknown_id_reads_like_one_that_is_gone(self, world, person):
        made = owed(world, person)
        found = assign(world, "grace", "marek", made, NOBODY)
        assert (found.moved, found.stale) == ((made,), (NOBODY,))
