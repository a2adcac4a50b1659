"""Level 1 reviews: owed by the manager, renewed by reviewing, gone with the level."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.kernel import clock
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import levels, service
from mappa.offenders.level_review import service as reviews
from mappa.offenders.level_review.rules import KIND, Finding, ReviewLevel
from mappa.offenders.merging import service as merging
from mappa.offenders.merging.rules import MergeRecords, UndoMerge
from mappa.offenders.models import Person, PersonChange
from mappa.offenders.rules import AddPerson
from mappa.reminders.models import Deadline, DutyState, Notice
from tests.factories.handover import a_handover, with_marek
from tests.factories.offenders import with_overview
from tests.factories.world import NOW, a_shared_person, northmoor

TODAY = date(2026, 11, 20)
TWICE, APART = MergeRecords(reason="Entered a second time"), UndoMerge(reason="Two people")
STAYS = ReviewLevel(finding=Finding.STAYS, reason="Keeps every appointment")
ASKS = ReviewLevel(finding=Finding.LEVEL_2, reason="Children's services and housing must act")


@pytest.fixture
def world(app):
    found = northmoor(with_overview(app))
    with_marek(found)
    return found


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def add(world, **said):
    fixed = {"given_name": "Ewa", "family_name": "Nowak-Test", "category": 1, "level": 1}
    with world.as_reader("priya", Kind.WRITE) as actor:
        return service.add_person(actor, AddPerson(**(fixed | said)), now=NOW).id


def owed(world, person):
    with world.system():
        open_still = sa.select(Deadline).where(
            Deadline.person_id == person,
            Deadline.kind == KIND,
            Deadline.state == DutyState.OPEN.value,
        )
        found = db.session.scalars(open_still).all()
        return [(each.owner_user_id, each.starts_on, each.due_on) for each in found]


def review(world, person, command=STAYS, *, who="priya", now=NOW):
    with clock.at(now), world.as_reader(who, Kind.WRITE) as actor:
        reviews.review(actor, person, command, now=now)


class TestOwed:
    def test_by_the_manager_three_months_after_the_person_is_added(self, world):
        person = add(world)
        priya = world.staff["priya"].user_id
        assert owed(world, person) == [(priya, TODAY, date(2027, 2, 20))]

    def test_not_at_level_2(self, world):
        assert owed(world, add(world, level=2)) == []

    def test_again_three_months_after_a_review(self, world):
        person = add(world)
        later = NOW + timedelta(days=80)
        review(world, person, now=later)
        ((_, starts_on, due_on),) = owed(world, person)
        assert (starts_on, due_on) == (day_of(later), date(2027, 5, 8))

    def test_no_longer_once_a_meeting_has_raised_the_level(self, world):
        person = add(world)
        with world.as_reader("priya", Kind.WRITE) as actor:
            levels.apply_meeting_level(
                actor, person, level=2, category=1, why="Decided at a meeting", now=NOW
            )
        assert owed(world, person) == []

    def test_from_the_day_on_which_a_meeting_lowered_it(self, world):
        person, later = add(world, level=2), NOW + timedelta(days=30)
        with clock.at(later), world.as_reader("priya", Kind.WRITE) as actor:
            levels.apply_meeting_level(
                actor, person, level=1, category=1, why="Decided at a meeting", now=later
            )
        ((_, starts_on, _),) = owed(world, person)
        assert starts_on == day_of(later)

    def test_by_the_new_manager_on_the_same_day(self, world):
        person = add(world)
        before = owed(world, person)
        a_handover(world, "marek", person)
        ((owner, *days),) = owed(world, person)
        assert owner == world.staff["marek"].user_id
        assert days == list(before[0][1:])


class TestReviewing:
    def test_it_is_told_in_the_history_with_its_reason(self, world):
        person = add(world)
        review(world, person)
        with world.system():
            told = db.session.scalars(
                sa.select(PersonChange).where(PersonChange.kind == "level:reviewed")
            ).one()
        assert (told.after, told.why) == ("Level 1 is still right", "Keeps every appointment")

    def test_the_level_stays_until_a_meeting_decides(self, world):
        person = add(world)
        review(world, person, ASKS)
        with world.system():
            assert db.session.get_one(Person, person).level == 1

    def test_who_asks_for_a_meeting_asks_the_co_ordinator(self, world):
        person = add(world)
        review(world, person, ASKS)
        with world.system():
            asked = sa.select(Notice.user_id).where(Notice.event == reviews.ASKED)
            assert db.session.scalars(asked).all() == [world.staff["carl"].user_id]

    def test_nobody_is_told_where_level_1_stays(self, world):
        review(world, add(world))
        with world.system():
            told = sa.select(Notice).where(Notice.event == reviews.ASKED)
            assert db.session.scalars(told).all() == []

    def test_somebody_at_level_2_is_left_to_a_meeting(self, world):
        person = add(world, level=2)
        with pytest.raises(RuleBroken) as broken:
            review(world, person)
        assert broken.value.rule == "LEVEL-1-REVIEW"

    @pytest.mark.parametrize("who", ["owen", "leah", "helen", "carl"])
    def test_it_is_for_the_lead_agency_alone(self, world, daniel, who):
        with pytest.raises((NotFound, NotPermitted)):
            review(world, daniel, who=who)
        assert owed(world, daniel) == []

    def test_whoever_cannot_see_the_person_finds_no_page(self, world):
        person = add(world)
        with clock.at(NOW):
            answer = world.client("leah").get(f"/people/{person}/level/review")
        assert answer.status_code == 404

    def test_the_reason_is_asked_for_and_what_was_chosen_is_kept(self, world):
        person = add(world)
        with clock.at(NOW):
            browser = world.client("priya")
            page = browser.get(f"/people/{person}/level/review").text
            key = page.split('name="idempotency_key" value="')[1].split('"')[0]
            token = page.split('name="csrf_token" value="')[1].split('"')[0]
            form = {"csrf_token": token, "idempotency_key": key, "finding": "level_2"}
            answer = browser.post(f"/people/{person}/level/review", data=form | {"reason": ""})
        assert answer.status_code == 422
        assert "Say what the finding rests on" in answer.text
        assert 'value="level_2" checked' in answer.text


def test_of_two_records_of_one_person_the_surviving_one_is_reviewed(world):
    survivor, loser = add(world), add(world, given_name="Eva")
    with world.as_reader("priya", Kind.WRITE) as actor:
        made = merging.merge(actor, survivor, loser, TWICE, now=NOW)
    assert owed(world, loser) == []
    assert len(owed(world, survivor)) == 1
    with world.as_reader("priya", Kind.WRITE) as actor:
        merging.undo(actor, survivor, made.id, APART, now=NOW)
    assert len(owed(world, loser)) == len(owed(world, survivor)) == 1
