"""Write-ups, first meetings and yearly reviews: opened where they begin, met by doing the thing."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access.terms import Role
from mappa.agencies.models import Area
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.meetings.referring import service as referring
from mappa.meetings.referring.rules import AcceptReferral, SentBack, Withdraw
from mappa.offenders.models import Person
from mappa.plans import service as plans
from mappa.plans.duties import REVIEW, YEARLY
from mappa.plans.models import Plan
from mappa.reminders import queries as reminders
from mappa.reminders.holidays import service as days_off
from mappa.reminders.holidays.rules import AddHoliday
from mappa.reminders.models import Deadline, DutyState, Event, Notice
from mappa.reminders.standards import recounting
from mappa.visits import service as visits
from mappa.visits.rules import Attending, EndVisit, VisitState
from tests.factories.meetings import an_open_meeting
from tests.factories.plans import REVIEW_ON, a_draft, a_writing
from tests.factories.reminders import swept
from tests.factories.visits import a_planned_visit, told
from tests.factories.world import NOW, World, a_shared_person, northmoor

TODAY = date(2026, 11, 20)
SCOTLAND = "scotland"


@pytest.fixture
def world(app) -> World:
    made = northmoor(app)
    made.user("piet", "police", Role.PROTECTION_OFFICER, name="Piet Loft", team="police one")
    return made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def of_kind(world, kind, *, open_only=True):
    """The duties of a kind, those of before first."""
    with world.system():
        statement = sa.select(Deadline).where(Deadline.kind == kind).order_by(Deadline.opened_at)
        found = list(db.session.scalars(statement))
    if open_only:
        return [each for each in found if each.state == DutyState.OPEN.value]
    return found


def due(world, kind):
    (found,) = of_kind(world, kind)
    return found.due_on


def sees(world, who, person):
    with world.as_reader(who) as actor:
        return {each.kind for each in reminders.for_person(actor, person)}


def in_scotland(world, person):
    with world.system():
        db.session.get_one(Person, person).jurisdiction = SCOTLAND


class TestWriteUp:
    def test_it_counts_from_the_last_day_on_which_the_visit_can_be_made(self, world, person):
        world.worker(person, "piet")
        a_planned_visit(world, "owen", person)
        (found,) = of_kind(world, visits.WRITE_UP)
        assert (found.starts_on, found.due_on) == (date(2026, 11, 28), date(2026, 12, 1))
        assert found.owner_user_id == world.staff["owen"].user_id

    def test_of_an_unannounced_visit_nobody_learns_by_it(self, world, person):
        world.worker(person, "piet")
        a_planned_visit(world, "owen", person)
        knows = {who: visits.WRITE_UP in sees(world, who, person) for who in world.staff}
        assert {who for who, known in knows.items() if known} == {"owen", "naomi"}

    def test_late_it_is_told_to_the_supervisor_and_no_further(self, world, person):
        world.worker(person, "piet")
        a_planned_visit(world, "owen", person)
        swept(world.app, at=NOW + timedelta(days=30))
        with world.system():
            notices = db.session.scalars(sa.select(Notice).where(Notice.event.like("deadline%")))
            whom = {each.user_id for each in notices}
        assert whom == {world.staff["owen"].user_id, world.staff["naomi"].user_id}

    def test_recording_the_outcome_meets_it(self, world, person):
        visit = a_planned_visit(world, "owen", person, announced=True)
        assert len(of_kind(world, visits.WRITE_UP)) == 1
        with world.as_reader("owen", Kind.WRITE) as actor:
            visits.log_outcome(
                actor, visit, told(arrived_at=NOW - timedelta(hours=1), officers=_own(world)),
                now=NOW,
            )  # fmt: skip
        assert of_kind(world, visits.WRITE_UP) == []

    @pytest.mark.parametrize("end", [VisitState.MISSED, VisitState.WITHDRAWN])
    def test_a_visit_that_is_not_made_is_not_written_up(self, world, person, end):
        visit = a_planned_visit(world, "owen", person)
        with world.as_reader("owen", Kind.WRITE) as actor:
            visits.end_visit(actor, visit, EndVisit(end, "Ill"), now=NOW + timedelta(days=9))
        assert of_kind(world, visits.WRITE_UP) == []


def _own(world):
    owen = world.staff["owen"].actor
    return (Attending(owen.name, owen.agency_name, owen.user_id, owen.agency_id, owen.team_id),)


class TestYearlyReview:
    def agreed(self, world, person, *, lifelong):
        a_draft(world, person)
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            plans.set_review(w, plans.draft(w), REVIEW_ON, lifelong=lifelong)
            plans.agree(w, plans.draft(w))

    def test_under_such_an_order_a_plan_is_reviewed_every_year_besides(self, world, person):
        in_scotland(world, person)
        self.agreed(world, person, lifelong=True)
        assert due(world, YEARLY) == date(2027, 11, 20)
        assert due(world, REVIEW) == REVIEW_ON
        with world.system():
            assert (
                "order for lifelong restriction" in db.session.scalars(sa.select(Plan)).one().frozen
            )

    def test_without_one_it_is_not(self, world, person):
        in_scotland(world, person)
        self.agreed(world, person, lifelong=False)
        assert of_kind(world, YEARLY) == []
        assert due(world, REVIEW) == REVIEW_ON

    def test_the_next_version_meets_it_and_its_year_begins(self, world, person):
        in_scotland(world, person)
        self.agreed(world, person, lifelong=True)
        first = of_kind(world, YEARLY)[0].id
        with world.as_reader("priya", Kind.WRITE) as actor:
            w = a_writing(actor, person)
            draft = plans.start(w)
            assert draft.lifelong, "what was said of the order is copied"
        self.agreed(world, person, lifelong=True)
        (now,) = of_kind(world, YEARLY)
        assert now.id != first
        self.agreed(world, person, lifelong=False)
        assert of_kind(world, YEARLY) == [], "the order was quashed"

    def test_it_is_seen_by_readers_of_the_plan_and_hidden_with_it(self, world, person):
        in_scotland(world, person)
        self.agreed(world, person, lifelong=True)
        assert YEARLY in sees(world, "owen", person)
        assert YEARLY not in sees(world, "amit", person)


class TestFirstMeeting:
    def accept(self, world, person, **said):
        given = {"level": 2, "accepted_on": date(2026, 11, 16), "first_by": None}
        with world.as_reader("carl", Kind.WRITE) as actor:
            referring.accept(actor, person, AcceptReferral(**(given | said)), now=NOW)

    def back(self, world, person, from_on, until_on):
        with world.as_reader("carl", Kind.WRITE) as actor:
            command = SentBack(from_on=from_on, until_on=until_on)
            return referring.sent_back(actor, person, command, now=NOW)

    def test_in_scotland_it_is_twenty_working_days(self, world, person):
        in_scotland(world, person)
        self.accept(world, person)
        (found,) = of_kind(world, "first-meeting")
        # 30 November is a holiday there.
        assert (found.rule_id, found.due_on) == ("first-meeting-level-2", date(2026, 12, 15))
        assert found.owner_user_id == world.staff["carl"].user_id

    def test_in_england_the_coordinator_sets_the_day(self, world, person):
        with pytest.raises(FieldErrors):
            self.accept(world, person)
        self.accept(world, person, first_by=date(2026, 12, 4))
        (found,) = of_kind(world, "first-meeting")
        assert (found.due_on, found.set_on) == (date(2026, 12, 4), date(2026, 12, 4))

    @pytest.mark.parametrize("who", ["priya", "owen", "helen", "leah"])
    def test_nobody_else_accepts(self, world, person, who):
        command = AcceptReferral(level=2, accepted_on=TODAY, first_by=date(2026, 12, 4))
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises((NotPermitted, NotFound)):
            referring.accept(actor, person, command, now=NOW)
        assert of_kind(world, "first-meeting", open_only=False) == []

    def test_opening_the_meeting_meets_it(self, world, person):
        self.accept(world, person, first_by=date(2026, 12, 4))
        an_open_meeting(world, person, agencies=(world.agencies["probation"],))
        assert of_kind(world, "first-meeting") == []

    def test_a_second_one_is_refused_while_one_stands(self, world, person):
        self.accept(world, person, first_by=date(2026, 12, 4))
        with pytest.raises(RuleBroken, match="REFERRAL-ONCE"):
            self.accept(world, person, first_by=date(2026, 12, 11))

    def test_withdrawn_it_is_owed_no_more(self, world, person):
        self.accept(world, person, first_by=date(2026, 12, 4))
        with world.as_reader("carl", Kind.WRITE) as actor:
            referring.withdraw(actor, person, Withdraw(reason="Moved away"), now=NOW)
        assert of_kind(world, "first-meeting") == []
        with world.as_reader("carl", Kind.WRITE) as actor, pytest.raises(NotFound):
            referring.withdraw(actor, person, Withdraw(reason="Moved away"), now=NOW)

    def test_days_at_the_sender_are_left_out_and_the_owner_is_told_once(self, world, person):
        in_scotland(world, person)
        self.accept(world, person)
        assert self.back(world, person, date(2026, 11, 17), date(2026, 11, 19))
        (found,) = of_kind(world, "first-meeting")
        assert (found.due_on, found.moved_from) == (date(2026, 12, 17), date(2026, 12, 15))
        assert found.moved_because == (
            "the referral was with its sender from 17 November 2026 and came back on "
            "19 November 2026"
        )
        with world.system():
            told_of = db.session.scalars(
                sa.select(Notice).where(Notice.event == Event.MOVED.value)
            ).all()
            assert [each.user_id for each in told_of] == [world.staff["carl"].user_id]
        # The same again is no other day, and nobody is told twice.
        assert not self.back(world, person, date(2026, 11, 17), date(2026, 11, 19))
        assert [each.id for each in of_kind(world, "first-meeting")] == [found.id]

    def test_the_page_says_which_days_were_left_out(self, world, person):
        in_scotland(world, person)
        self.accept(world, person)
        self.back(world, person, date(2026, 11, 17), date(2026, 11, 19))
        (found,) = of_kind(world, "first-meeting")
        with clock.at(NOW):
            page = world.client("carl").get(f"/deadlines/{found.id}/why").text
        assert "the referral was with its sender" in page
        assert "17 December 2026" in page

    def test_a_new_holiday_counts_anew_without_losing_the_days_left_out(self, world, person):
        in_scotland(world, person)
        world.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
        self.accept(world, person)
        self.back(world, person, date(2026, 11, 17), date(2026, 11, 19))
        with world.system():
            db.session.get_one(Area, "northmoor").jurisdiction = SCOTLAND
        holiday = AddHoliday(
            falls_on=date(2026, 12, 7), name="Day of mourning", kind="proclaimed",
            source="Proclamation", reason="Proclaimed",
        )  # fmt: skip
        with world.as_reader("rosa", Kind.WRITE) as actor:
            days_off.add_holiday(actor, holiday, now=NOW)
        recounting.recount(world.app)
        (found,) = of_kind(world, "first-meeting")
        assert (found.due_on, found.away) == (
            date(2026, 12, 18), "referral_returned 2026-11-17 2026-11-19",
        )  # fmt: skip

    def test_it_was_away_neither_before_it_was_accepted_nor_after_today(self, world, person):
        in_scotland(world, person)
        self.accept(world, person)
        with pytest.raises(FieldErrors):
            self.back(world, person, date(2026, 11, 13), date(2026, 11, 18))
        with pytest.raises(FieldErrors):
            self.back(world, person, date(2026, 11, 17), date(2026, 11, 24))
