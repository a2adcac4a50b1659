"""A share gives exactly what it says, to whom it says, until it ends; nobody else may make one."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Share
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Role, Section
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders import queries as duties
from mappa.risk import queries as risk
from mappa.sharing.shares import queries, service
from mappa.sharing.shares.models import ShareDecision, ShareRecord
from mappa.sharing.shares.rules import Renew, Review
from mappa.visits import queries as visits
from tests.factories.sharing import LAW, TODAY, a_share, to_give
from tests.factories.visits import a_made_visit, a_planned_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def seen(world, who, person):
    """The made visits of a person as one of the staff gets them, by id."""
    with world.as_reader(who) as actor:
        made, _ = visits.made(actor, person)
        return {each.id: each for each in made}


class TestWhatTheReceiverGets:
    @pytest.mark.sql
    def test_it_sees_at_once_what_the_share_says_and_no_more(self, world, person):
        police, other = a_made_visit(world, "owen", person), a_made_visit(world, "priya", person)
        a_planned_visit(world, "owen", person)
        assert {each.level for each in seen(world, "leah", person).values()} == {Level.SUM}
        a_share(world, person)
        found = seen(world, "leah", person)
        assert (found[police].level, found[other].level) == (Level.FULL, Level.SUM)
        with world.as_reader("leah") as actor:
            assert visits.planned(actor, person) == []
            assert risk.history(actor, person) == []

    def test_a_summary_gives_no_more_than_a_summary(self, world, person):
        world.on_team(person, "health", Capacity.ASSOCIATE)
        made = a_made_visit(world, "owen", person)
        assert seen(world, "amit", person) == {}
        a_share(world, person, "health", level=Level.SUM)
        found = seen(world, "amit", person)[made]
        assert found.level == Level.SUM
        assert not found.shows("account")

    def test_one_record_opens_no_other(self, world, person):
        first, second = a_made_visit(world, "owen", person), a_made_visit(world, "owen", person)
        a_share(world, person, record_id=first)
        found = seen(world, "leah", person)
        assert (found[first].level, found[second].level) == (Level.FULL, Level.SUM)

    def test_no_other_agency_gets_anything(self, world, person):
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        made = a_made_visit(world, "owen", person)
        a_share(world, person)
        assert seen(world, "sam", person)[made].level == Level.SUM

    def test_a_sealed_record_stays_sealed(self, world, person):
        made = a_made_visit(world, "owen", person)
        with world.system():
            rights.mark(made, MarkKind.SEALED, NOW, Given(at=NOW))
        a_made_visit(world, "owen", person)
        a_share(world, person)
        assert made not in seen(world, "leah", person)

    def test_it_begins_on_its_day_and_ends_after_its_last(self, world, person):
        made = a_made_visit(world, "owen", person)
        a_share(world, person, starts_on=date(2026, 11, 23), ends_on=date(2026, 12, 1),
                review_on=date(2026, 11, 27))  # fmt: skip
        levels = {}
        for day, hour in ((20, 12), (22, 23), (23, 0), (31, 23), (32, 0)):
            at = NOW.replace(day=1, hour=hour, minute=30) + timedelta(days=day - 1)
            with clock.at(at), world.app.app_context():
                levels[day] = _level_at(world, "leah", person, made)
        assert levels == {20: 2, 22: 2, 23: 3, 31: 3, 32: 2}

    def test_whoever_works_on_the_case_is_told_at_once(self, world, person):
        a_made_visit(world, "owen", person)
        a_share(world, person)
        with world.as_reader("leah") as actor:
            assert [each.event for each in duties.notices(actor)] == [service.MADE]
        with world.as_reader("sam") as actor:
            assert duties.notices(actor) == []


def _level_at(world, who, person, record):
    from mappa.access import guard
    from mappa.kernel.uow import unit_of_work

    with unit_of_work(Kind.READ):
        actor = world.staff[who].actor
        guard.acts_as(actor)
        made, _ = visits.made(actor, person)
        return next(each.level for each in made if each.id == record)


class TestEnding:
    @pytest.mark.sql
    def test_the_next_question_is_answered_without_it(self, world, person):
        made = a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "The plan has ended", now=NOW)
        assert seen(world, "leah", person)[made].level == Level.SUM
        with world.as_reader("iris") as actor:
            assert queries.of_agency(actor).shares == []
            assert duties.my_open(actor) == []

    def test_it_ends_once(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "Not needed", now=NOW)
            with pytest.raises(RuleBroken):
                service.end(actor, share, "Not needed", now=NOW)

    def test_a_reason_is_needed(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.end(actor, share, " ", now=NOW)

    @pytest.mark.parametrize("who", ["leah", "priya", "nadia"])
    def test_no_other_agency_ends_it(self, world, person, who):
        world.user("nadia", "probation", Role.INFORMATION_OFFICER)
        made = a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotFound):
            service.end(actor, share, "Because", now=NOW)
        assert seen(world, "leah", person)[made].level == Level.FULL

    def test_an_officer_of_the_own_agency_who_is_no_information_officer_may_not(
        self, world, person
    ):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.end(actor, share, "Because", now=NOW)


class TestWhoMayShare:
    @pytest.mark.parametrize("who", ["owen", "naomi", "priya", "carl", "leah"])
    def test_nobody_but_the_information_officer(self, world, person, who):
        a_made_visit(world, "owen", person)
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises((NotPermitted, NotFound)):
            service.make(actor, person, to_give(world), now=NOW)
        assert_nothing_written(world)

    def test_a_person_with_whom_the_agency_has_nothing_to_do_is_not_found(self, world):
        other = world.person("Ruth", "Ambleby", lead="probation")
        with world.as_reader("iris", Kind.WRITE) as actor:
            for person in (other, uuid4()):
                with pytest.raises(NotFound):
                    service.make(actor, person, to_give(world), now=NOW)
        assert_nothing_written(world)

    def test_what_another_agency_owns_is_refused_and_named(self, world, person):
        a_made_visit(world, "priya", person)
        give = to_give(world, sections=(Section.RISK,))
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
            service.make(actor, person, give, now=NOW)
        assert refused.value.sentences == (
            "You can only share what Northmoor Police owns. Ask Northmoor Probation to share risk",
        )
        assert_nothing_written(world)

    def test_a_record_of_another_agency_is_not_found(self, world, person):
        a_made_visit(world, "owen", person)
        other = a_made_visit(world, "priya", person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            for record in (other, uuid4()):
                with pytest.raises(NotFound):
                    service.make(actor, person, to_give(world, record_id=record), now=NOW)
        assert_nothing_written(world)

    def test_an_agency_that_cannot_open_the_person_needs_the_identity_first(self, world, person):
        a_made_visit(world, "owen", person)
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
            service.make(actor, person, to_give(world, "housing"), now=NOW)
        assert "Ask Northmoor Probation to share identity first" in refused.value.sentences[0]


class TestIntelligence:
    def test_only_a_member_of_its_handling_group_shares_an_item(self, world, person):
        from tests.factories.intelligence import an_item

        group = world.handling_group("police", "owen")
        item = an_item(world, person, group)
        give = to_give(world, "probation", sections=(Section.INTELLIGENCE,), record_id=item)
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.make(actor, person, give, now=NOW)
        with world.system():
            rights.join_handling(group, world.staff["iris"].user_id, Given(at=NOW))
        with world.as_reader("iris", Kind.WRITE) as actor:
            (made,) = service.make(actor, person, give, now=NOW)
            share = made.id
        with world.as_reader("naomi") as actor, pytest.raises(NotFound):
            queries.share(actor, share)


def assert_nothing_written(world):
    with world.system():
        assert (count(Share), count(ShareRecord), count(ShareDecision)) == (0, 0, 0)


class TestWhatIsKept:
    def test_beside_the_right_stands_why(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris") as actor:
            kept = queries.own_share(actor, share)
            assert (kept.purpose, kept.why) == (to_give(world).purpose, to_give(world).why)
            assert (kept.by_name, kept.to_agency_id) == ("Iris Venn", world.agencies["children"])
        with world.system():
            entry = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == service.MADE)
            ).one()
            assert entry.recipients == [world.agencies["children"].hex]
            assert entry.records[:2] == [person.hex, share.hex]

    def test_another_agency_at_summary_learns_of_shares_with_itself_only(self, world, person):
        world.on_team(person, "housing", Capacity.COOPERATE_HOUSING)
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("sam") as actor:
            assert queries.on_person(actor, person) == []
        with world.as_reader("leah") as actor:
            assert [each.id for each in queries.on_person(actor, person)] == [share]


class TestDuties:
    def test_the_authoriser_owes_the_end_and_the_review(self, world, person):
        a_made_visit(world, "owen", person)
        a_share(world, person)
        with world.as_reader("iris") as actor:
            owed = {each.kind: each.due_on for each in duties.my_open(actor)}
        assert owed == {
            service.ENDING: date(2027, 5, 20),
            service.REVIEW: date(2027, 2, 22),
        }

    def test_letting_it_end_meets_both(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.let_end(actor, share, now=NOW)
            assert duties.my_open(actor) == []
            assert queries.ending(actor, date(2027, 5, 19)) == []
            assert [each.id for each in queries.of_agency(actor).shares] == [share]

    def test_reviewing_moves_the_review(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.review(actor, share, Review(found="Still needed", next_on=date(2027, 4, 1)),
                           now=NOW)  # fmt: skip
            owed = {each.kind: each.due_on for each in duties.my_open(actor)}
            (said,) = queries.decisions(actor, person, share)
        assert owed[service.REVIEW] == date(2027, 4, 1)
        assert (said.kind, said.found) == ("reviewed", "Still needed")

    def test_renewing_gives_again_from_the_day_after(self, world, person):
        made = a_made_visit(world, "owen", person)
        share = a_share(world, person, ends_on=date(2026, 12, 1), review_on=date(2026, 11, 27))
        again = Renew(ends_on=date(2027, 6, 1), review_on=date(2027, 3, 1), why="Still needed")
        with world.as_reader("iris", Kind.WRITE) as actor:
            (new,) = service.renew(actor, share, again, now=NOW)
            kept = queries.own_share(actor, new.id)
            assert (kept.starts_on, kept.renews_id) == (date(2026, 12, 2), share)
            owed = {each.about_id for each in duties.my_open(actor)}
            assert owed == {new.id}
        later = NOW + timedelta(days=60)
        with clock.at(later), world.app.app_context():
            assert _level_at(world, "leah", person, made) == Level.FULL

    def test_what_was_ended_is_not_left_to_end(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "The plan has ended", now=NOW)
            with pytest.raises(RuleBroken, match="SHARE-ENDED"):
                service.let_end(actor, share, now=NOW)

    def test_what_was_ended_is_given_again_from_today(self, world, person):
        a_made_visit(world, "owen", person)
        share = a_share(world, person)
        again = Renew(ends_on=date(2027, 6, 1), review_on=date(2027, 3, 1), why="Needed after all")
        with world.as_reader("iris", Kind.WRITE) as actor:
            service.end(actor, share, "The plan has ended", now=NOW)
            (new,) = service.renew(actor, share, again, now=NOW)
            assert queries.own_share(actor, new.id).starts_on == date(2026, 11, 20)


class TestLeaving:
    def test_another_information_officer_owes_what_the_one_who_left_owed(self, world, person):
        from mappa.agencies import service as accounts
        from mappa.sharing.shares import jobs

        world.user("petra", "police", Role.AGENCY_ADMINISTRATOR)
        world.user("rhona", "police", Role.INFORMATION_OFFICER, name="Rhona Blyth")
        a_made_visit(world, "owen", person)
        a_share(world, person)
        with clock.at(NOW):
            assert jobs.pass_on(world.app) == 0
            with world.as_reader("petra", Kind.WRITE) as actor:
                posting = world.staff["iris"].posting_id
                accounts.end_posting(actor, posting, "Left", now=NOW, anyway=True)
            assert jobs.pass_on(world.app) == 1
            assert jobs.pass_on(world.app) == 0
        with world.as_reader("rhona") as actor:
            owed = {each.kind for each in duties.my_open(actor)}
            assert owed == {service.ENDING, service.REVIEW}
            assert len(queries.made_by(actor, world.staff["iris"].user_id)) == 1


class TestBadInput:
    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            ({"ends_on": TODAY}, "SHARE-END"),
            ({"why": " "}, "SHARE-WHY"),
            ({"basis": replace(LAW, condition="gdpr-6-1-e")}, "SHARE-CONDITION"),
            ({"level": Level.SUM}, "SHARE-MORE"),
        ],
    )
    def test_nothing_changes(self, world, person, said, rule):
        a_made_visit(world, "owen", person)
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
            service.make(actor, person, to_give(world, **said), now=NOW)
        assert refused.value.rule == rule
        assert_nothing_written(world)

    def test_an_agency_of_another_area_is_none(self, world, person):
        from mappa.agencies import seed

        a_made_visit(world, "owen", person)
        with world.system():
            seed.add_area("far", "Far", "scotland")
        world.agency("elsewhere", "police", "Far Police", area="far")
        with world.as_reader("iris", Kind.WRITE) as actor, pytest.raises(RuleBroken) as refused:
            service.make(actor, person, to_give(world, "elsewhere"), now=NOW)
        assert refused.value.rule == "SHARE-AGENCY"
