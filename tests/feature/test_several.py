"""The same is shared about several people: alone about 50, and of nobody but whom one may."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access import mirroring, rights
from mappa.access.mirroring import Said
from mappa.access.models import Posting, Share
from mappa.access.reading import load
from mappa.access.rights import Given
from mappa.access.terms import Level, Role, Section
from mappa.audit.models import AuditEntry
from mappa.audit.verify import verify
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import queries as people
from mappa.reminders import queries as duties
from mappa.sharing.approvals import queries as approvals
from mappa.sharing.approvals import service as answers
from mappa.sharing.several import queries, service
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.rules import Left
from mappa.sharing.shares import queries as shares
from mappa.sharing.shares import service as one_by_one
from mappa.sharing.shares.models import ShareRecord
from tests.factories.sharing import TODAY, a_crowd, of_identity, to_give
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.support.stages import staged

CROWD = 53


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def crowd(world):
    """Led by the police; children's services get a summary of each by the agreement."""
    return staged(world.app, "crowd", lambda: a_crowd(world, CROWD), after="northmoor")


@pytest.fixture
def second(world):
    return world.user("rhona", "police", Role.INFORMATION_OFFICER, name="Rhona Blyth")


def choose(world, people, who="iris"):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.choose(actor, people, now=NOW)


def share(world, command, who="iris"):
    with world.as_reader(who, Kind.WRITE) as actor:
        made = service.share(actor, command, now=NOW)
        return made.id, made.approval_id


def outcome(world, several, who="iris"):
    with world.as_reader(who) as actor:
        return queries.outcome_of(queries.several(actor, several))


def answer(world, who, approval, at=NOW, approved=True):
    with clock.at(at), world.as_reader(who, Kind.WRITE) as actor:
        return answers.answer(actor, approval, approved, "" if approved else "No", at)


def level(world, who, person):
    with world.as_reader(who) as actor:
        return people.person(actor, person).level


def how_many(world):
    with world.system():
        return count(Share), count(ShareRecord)


class TestAlone:
    @pytest.mark.sql
    def test_the_receiver_gets_of_each_what_the_share_says(self, world, crowd):
        choose(world, crowd[:50])
        several, _ = share(world, of_identity(world))
        assert set(outcome(world, several).shared) == set(crowd[:50])
        assert {level(world, "leah", each) for each in crowd[:3]} == {Level.FULL}
        assert level(world, "leah", crowd[50]) == Level.SUM
        assert how_many(world) == (50, 50)

    def test_it_writes_what_sharing_one_by_one_writes(self, world, crowd):
        """The same rows of every table that either way writes, but for ids and names of notices."""
        command = of_identity(world)
        with world.as_reader("iris", Kind.WRITE) as actor:
            (alone,) = one_by_one.make(actor, crowd[0], command, now=NOW)
            alone = alone.id
        choose(world, crowd[1:2])
        share(world, command)
        with world.as_reader("iris") as actor:
            (other,) = shares.on_person(actor, crowd[1])
            first, second = (load(actor, ShareRecord, each) for each in (alone, other.id))
            assert _plain(first) == _plain(second)
            rights_of = [db.session.get_one(Share, each) for each in (alone, other.id)]
            assert _plain(rights_of[0]) == _plain(rights_of[1])
            owed = [each for each in duties.my_open(actor) if each.about_id in (alone, other.id)]
            said = {alone: set(), other.id: set()}
            for each in owed:
                said[each.about_id].add((each.kind, each.due_on, each.title, each.owner_user_id))
            assert said[alone] == said[other.id] != set()
        with world.system():
            made = db.session.scalars(sa.select(AuditEntry).where(
                AuditEntry.event == one_by_one.MADE)).all()  # fmt: skip
            kept = [(each.fields, each.basis, each.recipients, each.operation) for each in made]
            assert kept[0] == kept[1]
            assert {each.records[0] for each in made} == {crowd[0].hex, crowd[1].hex}

    def test_who_works_on_a_case_is_told_of_it_and_others_of_one(self, world, crowd):
        for person in crowd[:2]:
            world.worker(person, "leah")
        choose(world, crowd[:6])
        share(world, of_identity(world))
        with world.as_reader("leah") as actor:
            assert sorted(each.about_id for each in duties.notices(actor)) == sorted(crowd[:3])

    def test_a_choice_is_shared_once(self, world, crowd):
        choose(world, crowd[:2])
        share(world, of_identity(world))
        with pytest.raises(NotFound):
            share(world, of_identity(world))
        choose(world, crowd[:2])
        with pytest.raises(RuleBroken, match="SHARE-NOBODY"):
            share(world, of_identity(world))
        assert how_many(world) == (2, 2)

    def test_the_audit_still_verifies(self, world, crowd):
        choose(world, crowd[:20])
        share(world, of_identity(world))
        with world.system():
            assert verify().faults == ()


def _plain(row):
    left_out = {"id", "person_id"}
    return {key: value for key, value in vars(row).items()
            if not key.startswith("_") and key not in left_out}  # fmt: skip


class TestWhoIsLeftOut:
    def test_each_for_its_own_reason_and_the_others_are_shared(self, world, crowd):
        daniel = a_shared_person(world)  # led by probation: the police own no identity
        excluded, has_all = crowd[0], crowd[1]
        world.share(has_all, "police", "children", Section.IDENTITY, Level.FULL)
        choose(world, [*crowd[:5], daniel])
        with world.system():
            rights.exclude(excluded, Given(at=NOW), user=world.staff["iris"].user_id)
        several, _ = share(world, of_identity(world))
        found = outcome(world, several)
        assert set(found.shared) == set(crowd[2:5])
        assert {why: list(ids) for why, ids in found.left.items()} == {
            Left.CLOSED: [excluded],
            Left.OWNS_NOTHING: [daniel],
            Left.SHARED_ALREADY: [has_all],
        }
        assert level(world, "leah", crowd[3]) == Level.FULL

    def test_it_answers_of_each_as_the_pages_of_one_person_do(self, world, crowd):
        """The same rules, asked together or one by one, person by person."""
        daniel = a_shared_person(world)
        a_made_visit(world, "owen", daniel)
        with world.system():
            rights.exclude(crowd[0], Given(at=NOW), agency=world.agencies["children"])
        people = [*crowd[:4], daniel]
        for command in (
            of_identity(world),
            of_identity(world, level=Level.SUM),
            of_identity(world, "housing"),
            to_give(world),
            to_give(world, "probation"),
            to_give(world, "housing"),
        ):
            with world.as_reader("iris", Kind.WRITE) as actor:
                ready = {x.record for x in queries.weigh(actor, people, command, TODAY).ready}
                for person in people:
                    try:
                        one_by_one.make(actor, person, command, now=NOW)
                        alone = True
                    except RuleBroken:
                        alone = False
                    assert (person in ready) is alone, (command.sections, command.level)
                db.session.rollback()

    def test_a_record_that_was_merged_goes_with_the_surviving_one(self, world, crowd):
        said = Said(at=NOW, by=world.staff["carl"].user_id, reason="The same man")
        choose(world, crowd[:3])
        with world.system():
            mirroring.merge(crowd[0], crowd[1], "crowd 000,rowan", said)
        several, _ = share(world, of_identity(world))
        assert set(outcome(world, several).shared) == {crowd[0], crowd[2]}
        assert {level(world, "leah", each) for each in crowd[:3]} == {Level.FULL}


class TestTwoPeople:
    @pytest.mark.sql
    def test_more_than_fifty_wait_for_a_second_person_and_are_shared_once(
        self, world, crowd, second
    ):
        choose(world, crowd)
        several, approval = share(world, of_identity(world))
        assert how_many(world) == (0, 0)
        with (
            world.as_reader("iris", Kind.WRITE) as actor,
            pytest.raises(RuleBroken, match="APPROVAL-OWN"),
        ):
            answers.answer(actor, approval, True, "", NOW)
        answer(world, "rhona", approval)
        assert how_many(world) == (CROWD, CROWD)
        for who in ("rhona", "iris"):
            with pytest.raises((RuleBroken, NotPermitted)):
                answer(world, who, approval)
            assert len(outcome(world, several, who).shared) == CROWD
        assert how_many(world) == (CROWD, CROWD)
        with world.as_reader("iris") as actor:
            assert shares.of_agency(actor).shares[0].by_name == "Iris Venn"

    def test_fifty_one_in_two_parts_of_a_day_take_two_and_the_next_day_do_not(
        self, world, crowd, second
    ):
        later = NOW + timedelta(days=1)
        for part, at, waits in ((crowd[:30], NOW, False), (crowd[30:51], NOW, True),
                                (crowd[30:51], later, False)):  # fmt: skip
            with clock.at(at), world.as_reader("iris", Kind.WRITE) as actor:
                service.choose(actor, part, now=at)
                command = replace(of_identity(world), starts_on=at.date())
                made = service.share(actor, command, now=at)
                assert (made.approval_id != NOBODY) is waits
                assert made.state == ("asked" if waits else "done")

    def test_of_whom_it_may_no_longer_be_shared_is_left_out_when_it_is_done(
        self, world, crowd, second
    ):
        choose(world, crowd)
        several, approval = share(world, of_identity(world))
        with world.system():
            given = Given(at=NOW)
            rights.exclude(crowd[0], given, user=world.staff["iris"].user_id)
            rights.exclude(crowd[1], given, user=second.user_id)
        world.share(crowd[2], "police", "children", Section.IDENTITY, Level.FULL)
        answer(world, "rhona", approval)
        found = outcome(world, several)
        assert set(found.shared) == set(crowd[3:])
        assert set(found.left[Left.CLOSED]) == set(crowd[:2])
        assert found.left[Left.SHARED_ALREADY] == [crowd[2]]
        with world.system():
            assert not set(db.session.scalars(sa.select(Share.person_id))) & set(crowd[:2])

    def test_an_asker_who_left_shares_nothing(self, world, crowd, second):
        choose(world, crowd)
        _, approval = share(world, of_identity(world))
        with world.system():
            posting = db.session.get_one(Posting, world.staff["iris"].posting_id)
            rights.end([posting], at=NOW, by=second.user_id, reason="Left")
        with pytest.raises(RuleBroken, match="APPROVAL-ASKER"):
            answer(world, "rhona", approval)
        assert how_many(world) == (0, 0)

    def test_declined_or_withdrawn_is_never_shared(self, world, crowd, second):
        for end in ("decline", "withdraw"):
            choose(world, crowd)
            several, approval = share(world, of_identity(world))
            if end == "decline":
                answer(world, "rhona", approval, approved=False)
            else:
                with world.as_reader("iris", Kind.WRITE) as actor:
                    answers.withdraw(actor, approval, now=NOW)
            with pytest.raises(RuleBroken, match="APPROVAL-ONCE"):
                answer(world, "rhona", approval)
            assert outcome(world, several).shared == []
        assert how_many(world) == (0, 0)

    def test_approved_after_its_first_day_it_begins_that_day(self, world, crowd, second):
        choose(world, crowd)
        _, approval = share(world, of_identity(world, starts_on=date(2026, 11, 23)))
        answer(world, "rhona", approval, at=NOW + timedelta(days=7))
        with world.system():
            (first,) = set(db.session.scalars(sa.select(ShareRecord.starts_on)))
        assert first == date(2026, 11, 27)

    def test_where_nobody_else_holds_the_office_the_agency_lead_answers(self, world, crowd):
        choose(world, crowd)
        with pytest.raises(RuleBroken, match="APPROVAL-NOBODY"):
            share(world, of_identity(world))
        world.user("ruth", "police", Role.AGENCY_LEAD)
        _, approval = share(world, of_identity(world))
        with world.as_reader("ruth") as actor:
            assert [each.id for each in approvals.to_answer(actor)] == [approval]
        answer(world, "ruth", approval)
        assert how_many(world) == (CROWD, CROWD)

    def test_nobody_else_knows_of_it(self, world, crowd, second):
        world.user("ruth", "police", Role.AGENCY_LEAD)
        world.user("nadia", "probation", Role.INFORMATION_OFFICER)
        choose(world, crowd)
        several, approval = share(world, of_identity(world))
        for who in ("owen", "naomi", "nadia", "carl", "leah", "ruth"):
            with world.as_reader(who, Kind.WRITE) as actor:
                with pytest.raises(NotFound):
                    queries.several(actor, several)
                with pytest.raises((NotFound, NotPermitted)):
                    answers.answer(actor, approval, True, "", NOW)


class TestBadInput:
    @pytest.mark.parametrize("who", ["owen", "naomi", "priya", "carl", "leah"])
    def test_nobody_but_the_information_officer_chooses(self, world, crowd, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.choose(actor, crowd[:1], now=NOW)

    def test_unknown_and_unseen_people_are_alike(self, world, crowd):
        other = world.person("Ruth", "Ambleby", lead="probation")
        for person in (other, uuid4()):
            with pytest.raises(NotFound):
                choose(world, [crowd[0], person])
        with world.system():
            assert count(SeveralShare) == 0

    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            ({"ends_on": TODAY}, "SHARE-END"),
            ({"why": " "}, "SHARE-WHY"),
            ({"sections": ()}, "SHARE-SECTIONS"),
            ({"sections": (Section.SHARING,)}, "SHARE-SECTIONS"),
            ({"sections": (Section.INTELLIGENCE,)}, "SHARE-ONE-BY-ONE"),
            ({"level": Level.SEALED}, "SHARE-LEVEL"),
            ({"purpose": "to see"}, "SHARE-PURPOSE"),
            ({"agency_id": uuid4()}, "SHARE-AGENCY"),
            ({"agency_id": None}, "SHARE-SELF"),
            ({"starts_on": TODAY - timedelta(days=1)}, "SHARE-START"),
        ],
    )
    def test_nothing_changes(self, world, crowd, said, rule):
        if said.get("agency_id", "") is None:
            said = {"agency_id": world.agencies["police"]}
        choose(world, crowd[:2])
        with pytest.raises(RuleBroken, match=rule):
            share(world, replace(of_identity(world), **said))
        assert how_many(world) == (0, 0)
        with world.as_reader("iris") as actor:
            assert len(queries.chosen_of(queries.draft(actor))) == 2

    def test_nobody_or_too_many(self, world, crowd):
        with pytest.raises(RuleBroken, match="SHARE-PEOPLE"):
            choose(world, [])
        with pytest.raises(RuleBroken, match="SHARE-MOST"):
            choose(world, [uuid4() for _ in range(1001)])
        choose(world, crowd[:1])
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.take_out(actor, crowd[:1], now=NOW)
        with pytest.raises(RuleBroken, match="SHARE-PEOPLE"):
            share(world, of_identity(world))
