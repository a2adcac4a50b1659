"""Local standards: who sets them, what they govern, what they move, and what never moves."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Role, Section
from mappa.agencies import seed
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import service as reminders
from mappa.reminders.holidays import service as holidays
from mappa.reminders.models import Deadline, Notice
from mappa.reminders.standards import recounting, service
from mappa.reminders.standards.models import LocalStandard, Recount
from mappa.rules.deadlines import Unit
from mappa.rules.levels import Jurisdiction
from tests.factories.reminders import all_of, duty, label, swept
from tests.factories.standards import (
    MINUTES,
    minutes_duty,
    mourning,
    recounted,
    set_standard,
    written_down,
)
from tests.factories.world import NOW, a_shared_person, northmoor

NOVEMBER = date(2026, 11, 2)
TODAY = date(2026, 11, 20)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
    return made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def open_days(world):
    """Counted from → due, of every duty that stands."""
    return {
        (each.starts_on, each.due_on) for each in all_of(world, Deadline) if each.state == "open"
    }


def reckoned(world, starts_on, agency="probation", rule=MINUTES):
    with world.system():
        found = reminders.reckon(rule, "england-wales", starts_on, owed_by=world.agencies[agency])
        return found.rule.version, found.counted.due_on


def southmoor(world):
    """Another area of the same jurisdiction, and its co-ordinator."""
    with world.system():
        seed.add_area("southmoor", "Southmoor", "england-wales")
    world.agency("south", "probation", "Southmoor Probation", area="southmoor")
    world.user("sue", "south", Role.COORDINATOR)


class TestOldCases:
    def test_they_keep_the_rule_of_the_day_on_which_their_count_started(self, world, person):
        before = minutes_duty(world, person, date(2026, 11, 13))
        after = minutes_duty(world, person, date(2026, 11, 16))
        set_standard(world, 5, date(2026, 11, 16))
        assert recounted(world).moved == 1
        stands = {each.id: each for each in all_of(world, Deadline)}
        assert (stands[before.id].state, stands[before.id].rule_version) == ("open", 1)
        assert stands[after.id].state == "closed"
        (moved,) = [each for each in stands.values() if each.moved_from]
        assert (moved.rule_version, moved.due_on) == (1001, date(2026, 11, 23))
        assert moved.moved_from == after.due_on == date(2026, 11, 30)

    def test_what_starts_later_is_reckoned_so_in_the_area_and_nowhere_else(self, world):
        southmoor(world)
        set_standard(world, 5, date(2026, 11, 16))
        assert reckoned(world, date(2026, 11, 13)) == (1, date(2026, 11, 27))
        assert reckoned(world, date(2026, 11, 16)) == (1001, date(2026, 11, 23))
        assert reckoned(world, date(2026, 11, 16), "south") == (1, date(2026, 11, 30))
        set_standard(world, 7, date(2026, 11, 16), who="sue")
        assert reckoned(world, date(2026, 11, 16), "south") == (1002, date(2026, 11, 25))
        assert reckoned(world, date(2026, 11, 16)) == (1001, date(2026, 11, 23))

    def test_a_standard_that_ended_gives_way_from_that_day_on(self, world, person):
        set_standard(world, 5, NOVEMBER)
        early = minutes_duty(world, person, date(2026, 11, 10))
        late = minutes_duty(world, person, date(2026, 11, 17))
        set_standard(world, None, date(2026, 11, 16))
        recounted(world)
        assert open_days(world) == {
            (early.starts_on, date(2026, 11, 17)), (late.starts_on, date(2026, 12, 1)),
        }  # fmt: skip

    def test_a_day_that_people_set_never_moves(self, world, person):
        of = label(world, person, section=Section.MEETINGS)
        rule = "meeting-review-level-3"
        set_by_hand = duty(
            world, of, "carl", rule=rule, kind="review", starts_on=date(2026, 11, 10),
            set_on=date(2026, 12, 1),
        )  # fmt: skip
        with pytest.raises(NotFound):
            set_standard(world, 5, NOVEMBER, rule=rule)
        with world.system():
            recounting.ask(
                "standard:set", new_id(), Jurisdiction.ENGLAND_WALES, from_on=NOVEMBER,
                because="x", now=NOW, area="northmoor", rule_id=rule,
            )  # fmt: skip
        assert recounted(world).moved == 0
        assert all_of(world, Deadline)[0].id == set_by_hand.id

    def test_a_duty_that_is_handed_to_another_area_is_still_explained(self, world, person):
        set_standard(world, 5, NOVEMBER)
        opened = minutes_duty(world, person, date(2026, 11, 10))
        southmoor(world)
        old, new = (world.staff[who].actor for who in ("carl", "sue"))
        with world.system():
            reminders.pass_on(
                person,
                reminders.Owes(user=old.user_id, team=old.team_id, agency=old.agency_id),
                reminders.Owes(user=new.user_id, team=new.team_id, agency=new.agency_id),
                {"coordinator"},
                NOW,
            )
        (passed,) = all_of(world, Deadline)
        assert (passed.id, passed.owed_by_agency_id) == (opened.id, new.agency_id)
        assert (passed.rule_version, passed.due_on) == (1001, opened.due_on)


class TestWhoAndWhat:
    @pytest.mark.parametrize("who", ["priya", "grace", "helen", "ada", "adam", "iris", "sys"])
    def test_nobody_else_sets_one(self, world, who):
        with pytest.raises(NotPermitted):
            written_down(world, 5, NOVEMBER, who=who)

    def test_a_verified_rule_is_not_there_to_be_set(self, world):
        for rule in ("risk-assessment-review", "meeting-review-level-2", "no-such-rule"):
            with pytest.raises(NotFound):
                written_down(world, 5, NOVEMBER, rule=rule)

    def test_another_kind_of_count_is_refused_at_its_field(self, world):
        with pytest.raises(FieldErrors) as refused:
            written_down(world, 2, NOVEMBER, unit=Unit.WEEKS)
        assert list(refused.value.errors) == ["unit"]

    def test_nothing_that_holds_cannot_be_ended(self, world):
        with pytest.raises(FieldErrors) as refused:
            written_down(world, None, NOVEMBER)
        assert list(refused.value.errors) == ["from_on"]
        set_standard(world, 5, date(2026, 12, 1))
        set_standard(world, None, date(2026, 12, 1))
        with pytest.raises(FieldErrors):
            written_down(world, None, date(2026, 12, 1))

    def test_a_proposal_moves_nothing_and_another_areas_is_not_found(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        made = written_down(world, 5, NOVEMBER)
        assert recounted(world).moved == 0
        assert reckoned(world, date(2026, 11, 16))[0] == 1
        southmoor(world)
        with world.as_reader("sue", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.confirm(actor, made.id, now=NOW)

    def test_it_is_confirmed_once_and_not_after_another_was_set(self, world):
        first, second = written_down(world, 5, NOVEMBER), written_down(world, 6, NOVEMBER)
        with clock.at(LATER), world.app.app_context(), unit_of_work(Kind.WRITE):
            from mappa.access import guard

            actor = world.staff["rosa"].actor
            guard.acts_as(actor)
            service.confirm(actor, first.id, now=LATER)
            with pytest.raises(RuleBroken, match="standard-proposed"):
                service.confirm(actor, first.id, now=LATER)
            with pytest.raises(RuleBroken, match="standard-effect-seen"):
                service.confirm(actor, second.id, now=LATER)

    def test_every_step_is_on_record(self, world):
        set_standard(world, 5, NOVEMBER, who="rosa")
        set_standard(world, None, TODAY, who="rosa")
        with world.system():
            found = db.session.execute(
                sa.select(AuditEntry.event, AuditEntry.basis).where(
                    AuditEntry.event.like("standard:%")
                )
            ).all()
        events = ["standard:ended", "standard:proposed", "standard:proposed", "standard:set"]
        assert sorted(tuple(each) for each in found) == [(each, "Backlog") for each in events]


@pytest.mark.sql
class TestRecount:
    def test_the_owner_is_told_once_and_what_was_told_of_the_old_day_ends(self, world, person):
        minutes_duty(world, person, NOVEMBER)
        swept(world.app)
        set_standard(world, 20, NOVEMBER)
        assert recounted(world).moved == 1
        recounted(world, at=LATER + timedelta(hours=1))
        notices = all_of(world, Notice)
        assert sorted((each.event, each.ended_at is None) for each in notices) == [
            ("deadline:moved", True), ("deadline:overdue", False),
        ]  # fmt: skip
        client = world.client("carl")
        with clock.at(LATER):
            page = client.get("/notices").text
        assert (
            "The date moved from Monday 16 November 2026 to Monday 30 November 2026, because"
            " Northmoor set a local standard of 20 working days from 2 November 2026 on."
        ) in page

    def test_a_count_that_gives_the_same_day_writes_nothing(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        set_standard(world, 10, NOVEMBER)
        assert recounted(world) == recounting.Recounted(moved=0, waiting=0)
        assert [each.rule_version for each in all_of(world, Deadline)] == [1]
        assert all_of(world, Notice) == []

    def test_what_a_request_opened_that_began_before_is_found_by_the_next_pass(self, world, person):
        set_standard(world, 5, NOVEMBER)
        assert recounted(world, at=NOW + timedelta(seconds=5)).waiting == 1
        late = minutes_duty(world, person, date(2026, 11, 16))
        with world.system():  # as a request that had read the rules before
            db.session.execute(
                sa.update(Deadline)
                .where(Deadline.id == late.id)
                .values(rule_version=1, due_on=date(2026, 11, 30))
            )
        assert recounted(world) == recounting.Recounted(moved=1, waiting=0)
        assert open_days(world) == {(date(2026, 11, 16), date(2026, 11, 23))}

    def test_one_that_was_killed_half_way_goes_on(self, world, person, monkeypatch):
        for number in range(7):
            minutes_duty(world, person, date(2026, 11, 9) + timedelta(days=number))
        set_standard(world, 20, NOVEMBER)
        monkeypatch.setattr(recounting, "CHUNK", 2)
        told, move = [], recounting._move

        def killed(*given):
            if len(told) == 2:
                raise KeyboardInterrupt
            told.append(move(*given))
            return told[-1]

        monkeypatch.setattr(recounting, "_move", killed)
        with pytest.raises(KeyboardInterrupt):
            recounted(world)
        assert sum(told) == 4
        monkeypatch.setattr(recounting, "_move", move)
        assert recounted(world).moved == 3
        assert recounted(world, at=LATER + timedelta(minutes=1)).waiting == 0
        (row,) = all_of(world, Recount)
        assert (row.moved, row.done_at is not None) == (7, True)
        assert len(all_of(world, Notice)) == 7

    def test_two_at_once_move_nothing_twice(self, world, person, monkeypatch):
        for number in range(12):
            minutes_duty(world, person, date(2026, 11, 9) + timedelta(days=number))
        set_standard(world, 20, NOVEMBER)
        monkeypatch.setattr(recounting, "CHUNK", 3)
        with clock.at(LATER), ThreadPoolExecutor(2) as pool:
            found = list(pool.map(recounting.recount, [world.app, world.app]))
        assert sum(each.moved for each in found) == 12
        rows = all_of(world, Deadline)
        assert sorted(each.state for each in rows) == ["closed"] * 12 + ["open"] * 12
        assert len(all_of(world, Notice)) == 12

    def test_a_duty_that_was_met_meanwhile_is_not_opened_again(self, world, person, monkeypatch):
        opened = minutes_duty(world, person, date(2026, 11, 16))
        set_standard(world, 20, NOVEMBER)
        move = recounting._move

        def met_first(*given):
            with world.system():
                reminders.close_deadlines(opened.about_id, NOW)
            return move(*given)

        monkeypatch.setattr(recounting, "_move", met_first)
        assert recounted(world).moved == 0
        assert [each.state for each in all_of(world, Deadline)] == ["closed"]


@pytest.mark.sql
class TestADayOff:
    def test_it_moves_what_was_counted_over_it_and_back_when_it_is_counted_again(
        self, world, person
    ):
        over = minutes_duty(world, person, date(2026, 11, 16))
        ended = minutes_duty(world, person, date(2026, 11, 9))
        begins = minutes_duty(world, person, date(2026, 11, 26))
        rests = {(each.starts_on, each.due_on) for each in (ended, begins)}
        added = mourning(world)
        assert recounted(world) == recounting.Recounted(moved=1, waiting=0)
        assert open_days(world) == {*rests, (over.starts_on, date(2026, 12, 1))}
        (moved,) = [each for each in all_of(world, Deadline) if each.moved_from]
        client = world.client("carl")
        with clock.at(LATER):
            page = client.get(f"/deadlines/{moved.id}/why").text
        assert (
            "Moved from Monday 30 November 2026 on 20 November 2026, because Wednesday 25 November"
            " 2026 was added to the days that are not counted (Day of mourning)."
        ) in page
        with world.as_reader("rosa", Kind.WRITE) as actor:
            holidays.end_holiday(actor, added.id, "Withdrawn", now=NOW)
        assert recounted(world, at=LATER + timedelta(minutes=1)).moved == 1
        assert open_days(world) == {*rests, (over.starts_on, over.due_on)}

    def test_a_date_keeps_the_version_of_its_rule_when_a_day_off_moves_it(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        with world.system():  # as if the area had set another standard since
            db.session.add(
                LocalStandard(
                    jurisdiction="england-wales", area_id="northmoor", rule_id=MINUTES,
                    of_version=1, version=1001, amount=3, unit="working_days", from_on=NOVEMBER,
                    reason="x", source="y", proposed_at=NOW,
                    proposed_by_id=world.staff["carl"].user_id, set_at=NOW,
                )
            )  # fmt: skip
        mourning(world)
        recounted(world)
        (moved,) = [each for each in all_of(world, Deadline) if each.state == "open"]
        assert (moved.rule_version, moved.due_on) == (1, date(2026, 12, 1))

    def test_a_local_one_moves_dates_of_its_area_only(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        southmoor(world)
        of = label(world, person, owner="south", section=Section.MEETINGS)
        elsewhere = duty(
            world, of, "sue", rule=MINUTES, kind="minutes", starts_on=date(2026, 11, 17)
        )
        mourning(world, "local")
        assert recounted(world).moved == 1
        assert (elsewhere.starts_on, elsewhere.due_on) in open_days(world)

    def test_no_day_that_people_set_moves(self, world, person):
        of = label(world, person, section=Section.MEETINGS)
        duty(
            world, of, "carl", rule="meeting-review-level-3", kind="review",
            starts_on=date(2026, 11, 10), set_on=date(2026, 12, 1),
        )  # fmt: skip
        mourning(world)
        assert recounted(world).moved == 0
