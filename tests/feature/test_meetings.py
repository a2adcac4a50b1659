"""Planning, running and signing off a meeting; who reads what of it, and when nothing changes."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking
from mappa.access.terms import Level, Section
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.meetings import queries, service
from mappa.meetings.models import Meeting, MeetingEntry
from mappa.meetings.rules import MeetingState, Presence
from mappa.meetings.service import (
    AddLine,
    ChangeAttendance,
    DecideLevel,
    GiveAction,
    RecordAttendance,
    SetNextDate,
)
from mappa.offenders.models import Person, PersonChange
from mappa.reminders.models import Deadline, Notice
from tests.factories.meetings import (
    TODAY,
    a_case,
    a_planned_meeting,
    an_open_meeting,
    plan_for,
    stored,
)
from tests.factories.world import NOW, count, northmoor

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_case(world)


class TestPlanning:
    @pytest.mark.parametrize("who", ["carl", "grace"])
    def test_the_chair_is_told_and_has_the_case(self, world, person, who):
        with world.as_reader("helen") as helen, pytest.raises(NotFound):
            asking.standing(helen, person)
        meeting = a_planned_meeting(world, person, by=who)
        with world.system():
            row = stored(meeting)
            assert row.owner_agency_id == world.agencies["probation"]
            assert db.session.scalars(sa.select(Notice.user_id)).all() == [
                world.staff["helen"].user_id
            ]
        with world.as_reader("helen") as helen:
            assert asking.standing(helen, person).levels[Section.VISITS] == Level.FULL
            assert [m.id for m in queries.listed(helen, MeetingState.PLANNED)] == [meeting]

    @pytest.mark.parametrize("who", ["helen", "priya", "owen", "leah", "naomi"])
    def test_nobody_else_plans(self, world, person, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises((NotPermitted, NotFound)):
            service.plan_meeting(actor, person, plan_for(world), now=NOW)
        with world.system():
            assert count(Meeting) == 0

    def test_a_chair_of_another_agency_owns_the_meeting(self, world, person):
        from mappa.access.terms import Role

        world.user("petra", "police", Role.CHAIR, name="Petra Vale")
        chair = world.staff["petra"].user_id
        meeting = a_planned_meeting(world, person, chair=chair)
        with world.system():
            assert stored(meeting).owner_agency_id == world.agencies["police"]
        with world.as_reader("petra", Kind.WRITE) as petra:
            service.open_meeting(petra, meeting, now=NOW)
            service.decide_level(
                petra, meeting, DecideLevel(level=3, category=1, reason="Media."), now=NOW
            )
            service.add_line(petra, meeting, "media", AddLine(text="Press office told."), now=NOW)
        with world.as_reader("carl", Kind.WRITE) as carl, pytest.raises(NotPermitted):
            service.read_confidentiality(carl, meeting, now=NOW)
        with world.system():
            assert db.session.get_one(Person, person).level == 3
            assert db.session.scalars(sa.select(PersonChange.owner_agency_id)).all() == [
                world.agencies["probation"]
            ]

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"held_on": TODAY - timedelta(days=1)}, "held_on"),
            ({"chair": "priya"}, "chair"),
            ({"agencies": "foreign"}, "agencies"),
        ],
    )
    def test_a_wrong_choice_writes_nothing(self, world, person, change, field):
        if change.get("chair"):
            change = {"chair": world.staff["priya"].user_id}
        if change.get("agencies"):
            change = {"agencies": (person,)}
        with pytest.raises(FieldErrors) as refused:
            a_planned_meeting(world, person, **change)
        assert set(refused.value.errors) == {field}
        with world.system():
            assert count(Meeting) == 0

    def test_a_cancelled_meeting_ends_the_chairs_access(self, world, person):
        meeting = a_planned_meeting(world, person)
        with world.as_reader("carl", Kind.WRITE) as carl:
            with pytest.raises(RuleBroken):
                service.cancel_meeting(carl, meeting, "", now=NOW)
            service.cancel_meeting(carl, meeting, "The person died.", now=NOW)
        with world.as_reader("helen") as helen:
            assert asking.standing(helen, person).levels[Section.VISITS] == Level.NONE


class TestRunning:
    def test_a_chair_who_opens_the_meeting_is_there(self, world, person):
        meeting = an_open_meeting(world, person, held_on=TODAY + timedelta(days=5))
        with world.as_reader("helen") as helen:
            seen = queries.meeting(helen, meeting)
            assert clock.day_of(seen.held_at) == TODAY
            (there,) = queries.attendance(helen, seen)
            assert (there.name, there.presence) == ("Helen Carswell", Presence.PRESENT)

    def test_nothing_is_written_before_the_meeting_is_open(self, world, person):
        meeting = a_planned_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen, pytest.raises(RuleBroken):
            service.add_line(helen, meeting, "updates", AddLine(text="x"), now=NOW)
        with world.system():
            assert count(MeetingEntry) == 0

    @pytest.mark.parametrize("who", ["priya", "owen", "leah", "sam", "grace", "amit"])
    def test_nobody_but_chair_and_coordinator_writes(self, world, person, who):
        meeting = an_open_meeting(world, person)
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises((NotPermitted, NotFound)):
            service.add_line(actor, meeting, "updates", AddLine(text="x"), now=NOW)
        with world.system():
            assert count(MeetingEntry) == 0

    def test_a_line_is_said_by_somebody_on_the_list(self, world, person):
        meeting = an_open_meeting(world, person)
        owen = RecordAttendance(
            user=world.staff["owen"].user_id,
            name="",
            agency=None,
            presence=Presence.PRESENT,
            agreed=True,
        )
        with world.as_reader("helen", Kind.WRITE) as helen:
            there = service.record_attendance(helen, meeting, owen, now=NOW)
            line = AddLine(text="New address.", said_by=there.id)
            service.add_line(helen, meeting, "updates", line, now=NOW)
            with pytest.raises(FieldErrors):
                service.record_attendance(helen, meeting, owen, now=NOW)
            stranger = AddLine(text="x", said_by=meeting)
            with pytest.raises(FieldErrors):
                service.add_line(helen, meeting, "updates", stranger, now=NOW)
            with pytest.raises(NotFound):
                service.add_line(helen, meeting, "no-such-item", AddLine(text="x"), now=NOW)
            with pytest.raises(FieldErrors):
                service.add_line(helen, meeting, "updates", AddLine(text=""), now=NOW)
        with world.as_reader("priya") as priya:
            (entry,) = queries.entries(priya, queries.meeting(priya, meeting))
            assert (entry.said_by, entry.agency_name) == ("Owen Marsh", "Northmoor Police")

    def test_attendance_with_a_typed_name_and_its_changes(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen:
            typed = RecordAttendance(
                user=None,
                name="Una Brook",
                agency=world.agencies["housing"],
                presence=Presence.PRESENT,
                agreed=False,
            )
            there = service.record_attendance(helen, meeting, typed, now=NOW)
            service.record_agreement(helen, meeting, there.id, now=NOW)
            assert there.agreed_at == NOW
            sent = ChangeAttendance(presence=Presence.APOLOGIES, agreed=True)
            service.change_attendance(helen, meeting, there.id, sent, now=NOW)
            assert (there.presence, there.agreed_at) == ("apologies", None)
            for wrong in ({"name": ""}, {"agency": None}, {"agency": meeting}):
                values = vars(typed) | wrong
                with pytest.raises(FieldErrors):
                    service.record_attendance(helen, meeting, RecordAttendance(**values), now=NOW)
            with pytest.raises(NotFound):
                service.record_agreement(helen, meeting, meeting, now=NOW)

    def test_the_decided_level_is_the_persons_and_the_manager_is_told(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen:
            wrong = DecideLevel(level=1, category=3, reason="No.")
            with pytest.raises(RuleBroken):
                service.decide_level(helen, meeting, wrong, now=NOW)
            right = DecideLevel(level=3, category=2, reason="Senior people are needed.")
            service.decide_level(helen, meeting, right, now=NOW)
        with world.system():
            row = db.session.get_one(Person, person)
            assert (row.level, row.category, row.level_since) == (3, 2, TODAY)
            told = sa.select(Notice.user_id).where(Notice.event == "meeting:level-decided")
            assert db.session.scalars(told).all() == [world.staff["priya"].user_id]
            change = db.session.scalars(sa.select(PersonChange)).one()
            assert (change.before, change.after) == (
                "Category 1, level 2",
                "Category 2, level 3",
            )
            assert "Senior people" not in change.why

    def test_the_next_date_follows_the_rule_of_the_level(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen:
            late = SetNextDate(next_on=date(2027, 3, 13), reason="")
            with pytest.raises(FieldErrors):
                service.set_next_date(helen, meeting, late, now=NOW)
            edge = SetNextDate(next_on=date(2027, 3, 12), reason="unused")
            row = service.set_next_date(helen, meeting, edge, now=NOW)
            assert (row.next_on, row.next_reason) == (date(2027, 3, 12), "")
            level = DecideLevel(level=1, category=1, reason="One agency is enough.")
            assert service.decide_level(helen, meeting, level, now=NOW).next_on is None
            with pytest.raises(RuleBroken):
                service.set_next_date(helen, meeting, edge, now=NOW)

    def test_an_action_opens_on_its_owners_home(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen:
            given = GiveAction(
                what="Check the move-on flat",
                who=world.staff["owen"].user_id,
                due_on=date(2026, 12, 4),
            )
            service.give_action(helen, meeting, given, now=NOW)
            foreign = GiveAction(
                what="x", who=world.staff["adam"].user_id, due_on=date(2026, 12, 4)
            )
            with pytest.raises(FieldErrors):
                service.give_action(helen, meeting, foreign, now=NOW)
            seen = queries.meeting(helen, meeting)
            assert [a.owner_name for a in queries.actions_of(helen, seen)] == ["Owen Marsh"]
        with world.system():
            duty = db.session.scalars(sa.select(Deadline)).one()
            assert (duty.owner_user_id, duty.kind) == (world.staff["owen"].user_id, "action")
