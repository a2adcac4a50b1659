"""Closed items, and the sign-off of minutes."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import asking
from mappa.access.terms import Level, Section
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.meetings import minutes, queries, service
from mappa.meetings.rules import MeetingState, Presence
from mappa.meetings.service import (
    AddClosedItem,
    AddLine,
    ChangeAttendance,
    DecideDisclosure,
    DecideLevel,
    DecideRisk,
    GiveAction,
    RecordAttendance,
    SetNextDate,
)
from mappa.reminders.models import Deadline
from tests.factories.meetings import (
    TODAY,
    a_case,
    a_closed_item,
    a_planned_meeting,
    a_signed_meeting,
    an_open_meeting,
    attendance_ids,
    settle,
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


class TestClosedItems:
    def test_only_the_named_agencies_and_the_chair_hear_it(self, world, person):
        meeting = an_open_meeting(world, person)
        closed = a_closed_item(world, meeting)
        hears = {}
        for who in ("helen", "owen", "priya", "grace", "leah", "sam", "carl"):
            with world.as_reader(who) as actor:
                seen = queries.meeting(actor, meeting)
                items = [each.id for each in queries.closed_items(actor, seen)]
                lines = [each.text for each in queries.entries(actor, seen)]
                assert (items == [closed]) == (lines == ["A source says so."])
                hears[who] = items == [closed]
        assert hears == {
            "helen": True,
            "owen": True,
            "priya": True,
            "grace": True,
            "leah": False,
            "sam": False,
            "carl": True,
        }

    def test_two_closed_items_have_different_readers(self, world, person):
        meeting = an_open_meeting(world, person)
        a_closed_item(world, meeting)
        with world.as_reader("helen", Kind.WRITE) as helen:
            own = AddClosedItem(agency=world.agencies["children"], heard_by=())
            second = service.add_closed_item(helen, meeting, own, now=NOW)
            service.add_closed_line(helen, meeting, second.id, AddLine(text="A school."), now=NOW)
        with world.as_reader("leah") as leah:
            seen = queries.meeting(leah, meeting)
            assert [each.text for each in queries.entries(leah, seen)] == ["A school."]
        with world.as_reader("owen") as owen:
            seen = queries.meeting(owen, meeting)
            assert [each.text for each in queries.entries(owen, seen)] == ["A source says so."]

    def test_only_invited_agencies_can_be_named(self, world, person):
        meeting = an_open_meeting(world, person)
        police, health = world.agencies["police"], world.agencies["health"]
        with world.as_reader("helen", Kind.WRITE) as helen:
            for command in (
                AddClosedItem(agency=health, heard_by=()),
                AddClosedItem(agency=police, heard_by=(health,)),
            ):
                with pytest.raises(FieldErrors):
                    service.add_closed_item(helen, meeting, command, now=NOW)

    def test_the_coordinator_does_not_open_one(self, world, person):
        meeting = an_open_meeting(world, person)
        command = AddClosedItem(agency=world.agencies["police"], heard_by=())
        with world.as_reader("carl", Kind.WRITE) as carl, pytest.raises(NotPermitted):
            service.add_closed_item(carl, meeting, command, now=NOW)


class TestSignOff:
    def test_everything_missing_is_named_and_nothing_is_frozen(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("helen", Kind.WRITE) as helen:
            with pytest.raises(RuleBroken) as refused:
                service.sign_off(helen, meeting, now=NOW)
            assert len(refused.value.sentences) == 5
        with world.system():
            assert stored(meeting).state == "open"
            assert count(Deadline) == 0

    def test_the_text_is_frozen_with_its_digest(self, world, person):
        meeting = a_signed_meeting(world, person, closed=True)
        with world.as_reader("leah") as leah:
            seen = queries.meeting(leah, meeting)
            assert seen.minutes_digest == minutes.digest_of(seen.minutes)
            assert "Minutes of the level 2 meeting on Daniel Wexcombe" in seen.minutes
            assert "A source says so" not in seen.minutes
            assert "losed item" not in seen.minutes
            assert queries.closed_items(leah, seen) == []
        with world.as_reader("owen") as owen:
            seen = queries.meeting(owen, meeting)
            (closed,) = queries.closed_items(owen, seen)
            assert "A source says so." in closed.minutes
            assert closed.minutes_digest == minutes.digest_of(closed.minutes)

    def test_a_closed_item_moves_neither_text_nor_digest(self, world, person):
        texts = []
        for closed in (False, True):
            meeting = a_signed_meeting(world, person, closed=closed)
            with world.as_reader("leah") as leah:
                seen = queries.meeting(leah, meeting)
                texts.append((seen.minutes, seen.minutes_digest))
        assert texts[0] == texts[1]

    def test_the_next_duties_open_and_the_earlier_review_closes(self, world, person):
        a_signed_meeting(world, person)
        a_signed_meeting(world, person)
        with world.system():
            duties = db.session.scalars(sa.select(Deadline).order_by(Deadline.kind)).all()
            reviews = [d for d in duties if d.kind == "meeting-review"]
            assert sorted(d.state for d in reviews) == ["closed", "open"]
            assert {(d.rule_id, d.due_on) for d in reviews} == {
                ("meeting-review-level-2", date(2027, 2, 24))
            }
            assert {(d.rule_id, d.owner_user_id) for d in duties if d.kind == "minutes"} == {
                ("minutes-circulation-level-2", world.staff["carl"].user_id)
            }

    def test_the_chair_keeps_the_minutes_and_no_more(self, world, person):
        meeting = a_signed_meeting(world, person)
        with world.as_reader("helen") as helen:
            levels = asking.standing(helen, person).levels
            assert {s for s, level in levels.items() if level} == {Section.IDENTITY}
            assert levels[Section.IDENTITY] == Level.SUM
            assert queries.meeting(helen, meeting).minutes

    @pytest.mark.parametrize("who", ["priya", "owen", "grace", "leah", "sam", "carl"])
    def test_those_who_were_asked_read_the_minutes(self, world, person, who):
        meeting = a_signed_meeting(world, person)
        with world.as_reader(who) as actor:
            assert queries.meeting(actor, meeting).minutes
            assert queries.latest(actor, person).id == meeting

    @pytest.mark.parametrize("who", ["amit", "ada", "adam", "sys", "iris"])
    def test_nobody_else_does(self, world, person, who):
        meeting = a_signed_meeting(world, person)
        with world.as_reader(who) as actor:
            with pytest.raises(NotFound):
                queries.meeting(actor, meeting)
            assert queries.listed(actor, MeetingState.SIGNED_OFF) == []

    def test_an_agency_that_was_not_asked_does_not(self, world, person):
        asked = (world.agencies["probation"], world.agencies["police"])
        meeting = an_open_meeting(world, person, agencies=asked)
        with world.as_reader("leah") as leah, pytest.raises(NotFound):
            queries.meeting(leah, meeting)

    def test_only_the_chair_signs(self, world, person):
        meeting = an_open_meeting(world, person)
        settle(world, meeting)
        with world.as_reader("carl", Kind.WRITE) as carl, pytest.raises(NotPermitted):
            service.sign_off(carl, meeting, now=NOW)

    def test_afterwards_no_act_changes_anything(self, world, person):
        meeting = a_signed_meeting(world, person, closed=True)
        with world.system():
            (there,) = attendance_ids(meeting)
        with world.as_reader("helen") as helen:
            (closed,) = queries.closed_items(helen, queries.meeting(helen, meeting))
        refused = []
        for name, act in every_act(world, meeting, there, closed.id).items():
            with world.as_reader("helen", Kind.WRITE) as helen:
                try:
                    act(helen)
                except RuleBroken as error:
                    refused.append((name, error.rule))
        assert {rule for _, rule in refused} == {"MEETING-STATE", "MEETING-RUNNING"}
        assert len(refused) == 15

    def test_circulation_ends_its_duty_and_is_told_once(self, world, person):
        meeting = an_open_meeting(world, person)
        with world.as_reader("carl", Kind.WRITE) as carl, pytest.raises(RuleBroken):
            service.record_circulation(carl, meeting, now=NOW)
        meeting = a_signed_meeting(world, person)
        for _ in range(2):
            with world.as_reader("carl", Kind.WRITE) as carl:
                service.record_circulation(carl, meeting, now=NOW)
        with world.system():
            duty = sa.select(Deadline.state).where(Deadline.kind == "minutes")
            assert db.session.scalars(duty).all() == ["closed"]


def test_the_timeline_tells_of_meetings_that_were_held(world, person):
    a_planned_meeting(world, person)
    a_signed_meeting(world, person)
    part = queries.timeline_part(person=True)
    for who, titles in (("priya", ["Level 2 meeting"]), ("amit", [])):
        with world.as_reader(who) as actor:
            found = db.session.execute(part, actor.binds(NOW) | {"person": person}).mappings()
            assert [row["title"] for row in found] == titles
    with world.as_reader("priya") as priya:
        assert queries.next(priya, person).state == "planned"


def every_act(world, meeting, there, closed):
    """Each act on an open meeting, by name."""
    present = Presence.PRESENT
    line = AddLine(text="Later thought.")
    who = RecordAttendance(
        user=world.staff["owen"].user_id, name="", agency=None, presence=present, agreed=True
    )
    item = AddClosedItem(agency=world.agencies["police"], heard_by=())
    level = DecideLevel(level=3, category=1, reason="x")
    give = GiveAction(what="x", who=world.staff["owen"].user_id, due_on=TODAY)
    change = ChangeAttendance(presence=Presence.APOLOGIES, agreed=False)
    disclose = DecideDisclosure(disclosure=True, reason="x")
    later = SetNextDate(next_on=date(2027, 1, 4), reason="")
    return {
        "open": lambda a: service.open_meeting(a, meeting, now=NOW),
        "cancel": lambda a: service.cancel_meeting(a, meeting, "x", now=NOW),
        "confidentiality": lambda a: service.read_confidentiality(a, meeting, now=NOW),
        "line": lambda a: service.add_line(a, meeting, "updates", line, now=NOW),
        "closed line": lambda a: service.add_closed_line(a, meeting, closed, line, now=NOW),
        "closed item": lambda a: service.add_closed_item(a, meeting, item, now=NOW),
        "attendance": lambda a: service.record_attendance(a, meeting, who, now=NOW),
        "change": lambda a: service.change_attendance(a, meeting, there, change, now=NOW),
        "agreement": lambda a: service.record_agreement(a, meeting, there, now=NOW),
        "risk": lambda a: service.decide_risk(a, meeting, DecideRisk(risk="x"), now=NOW),
        "disclosure": lambda a: service.decide_disclosure(a, meeting, disclose, now=NOW),
        "level": lambda a: service.decide_level(a, meeting, level, now=NOW),
        "next date": lambda a: service.set_next_date(a, meeting, later, now=NOW),
        "action": lambda a: service.give_action(a, meeting, give, now=NOW),
        "sign off": lambda a: service.sign_off(a, meeting, now=NOW),
    }
