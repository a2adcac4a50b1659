"""Reactive management through the services: who decides on what, what follows, what comes back."""

from contextlib import contextmanager, suppress
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import guard, rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Reader, Role
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders import queries as people
from mappa.offenders import service as records
from mappa.offenders.models import Person, PersonChange
from mappa.offenders.rules import AddAddress
from mappa.reminders.models import Deadline
from mappa.reminders.standards import service as standards
from mappa.risk.rules import Band, Group
from mappa.rules.deadlines import Unit
from mappa.visits.commitment import queries as commitments
from mappa.visits.commitment.rules import Source
from mappa.visits.reactive import jobs, queries, service
from mappa.visits.reactive.models import ReactiveManagement, ReactiveReview
from mappa.visits.reactive.rules import Answer, EndReactive, Reconsider
from tests.factories.entries import a_home
from tests.factories.intelligence import an_item
from tests.factories.reactive import LOW_ON, decided, low, proposed, standing
from tests.factories.risk import an_assessment
from tests.factories.standards import written_down
from tests.factories.visits import ARRIVED, a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor
from tests.feature.test_visit_commitment import sets

HIGH = {Group.PUBLIC: (Band.HIGH, Band.LOW)}
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


@contextmanager
def refused(words):
    """Refused by the rule of who is eligible, in these words."""
    with pytest.raises(RuleBroken) as found:
        yield
    assert (found.value.rule, words in str(found.value.sentences)) == ("reactive-eligible", True)


def owed(world, *kinds):
    """What stands of these kinds: kind to owner, first day, due day and rule."""
    with world.system():
        found = db.session.scalars(
            sa.select(Deadline).where(Deadline.kind.in_(kinds), Deadline.state == "open")
        )
        return {
            each.kind: (each.owner_user_id, each.starts_on, each.due_on, each.rule_id)
            for each in found
        }


def visits_owed(world):
    return {kind: (days[1], days[3]) for kind, days in owed(world, *commitments.KINDS).items()}


def governs(world, person, who="owen"):
    with world.as_reader(who) as actor:
        seen = people.person(actor, person)
        last = commitments.last_own(actor, person)
        return commitments.governs(seen, actor.agency_id, "police", last, NOW.date())


def state_of(world, reactive):
    with world.system():
        return db.session.get_one(ReactiveManagement, reactive).state


def ends(world, person, reactive, who="naomi"):
    with world.as_reader(who, Kind.WRITE) as actor:
        service.end(actor, person, reactive, EndReactive(reason="New address"), now=LATER)


class TestProposing:
    def test_a_supervisor_of_the_team_owes_the_decision_never_the_proposer(self, world, person):
        low(world, person)
        proposed(world, person)
        (found,) = owed(world, service.DECISION).values()
        assert found[0] == world.staff["naomi"].user_id
        with pytest.raises(RuleBroken):
            proposed(world, person)

    def test_a_supervisor_who_is_alone_cannot_propose(self, world, person):
        low(world, person)
        with pytest.raises(RuleBroken) as refused:
            proposed(world, person, "naomi")
        assert refused.value.rule == "reactive-needs-another"
        with world.system():
            assert count(ReactiveManagement) == 0

    @pytest.mark.parametrize("who", ["priya", "leah", "grace"])
    def test_it_is_the_police_s_alone(self, world, person, who):
        low(world, person)
        with pytest.raises((NotPermitted, NotFound)):
            proposed(world, person, who)

    def test_a_day_short_of_three_years_is_too_short(self, world, person):
        low(world, person, on=LOW_ON + timedelta(days=1))
        with refused("3 years"):
            proposed(world, person)

    def test_an_agency_that_still_says_high_breaks_the_years(self, world, person):
        an_assessment(world, person, "owen", levels=HIGH, assessed_on=date(2020, 1, 1))
        low(world, person)
        with refused("3 years"):
            proposed(world, person)


@pytest.mark.sql
class TestIntelligence:
    def test_it_stops_who_may_read_it(self, world, person):
        low(world, person)
        group = world.handling_group("police", "owen")
        an_item(world, person, group)
        with refused("No recent intelligence"):
            proposed(world, person)

    def test_it_neither_stops_nor_hints_at_it_to_who_may_not(self, world, person):
        low(world, person)
        made = proposed(world, person)
        world.user("bea", "police", Role.PROTECTION_OFFICER, team="police one")
        world.worker(person, "bea")
        with world.as_reader("naomi") as actor:
            before = queries.known(actor, people.person(actor, person), NOW.date())
        an_item(world, person, world.handling_group("police", "bea"), by="bea")
        with world.as_reader("naomi") as actor:
            assert queries.known(actor, people.person(actor, person), NOW.date()) == before
        decided(world, person, made)
        assert state_of(world, made) == "standing"


@pytest.mark.sql
class TestHowLongItIsRecent:
    def test_a_co_ordinator_sets_the_days_for_the_area(self, world, person):
        low(world, person)
        an_item(world, person, world.handling_group("police", "owen"))
        with refused("No recent intelligence"):
            proposed(world, person)
        days = {"rule": queries.RECENT, "unit": Unit.CALENDAR_DAYS}
        made = written_down(world, 1, NOW.date() - timedelta(days=1), **days)
        with world.as_reader("carl", Kind.WRITE) as actor:
            standards.confirm(actor, made.id, now=NOW)
        ten_days_on = NOW + timedelta(days=10)
        with clock.at(ten_days_on), world.app.app_context(), unit_of_work(Kind.WRITE):
            actor = world.staff["owen"].actor
            guard.acts_as(actor)
            known = queries.known(actor, people.person(actor, person), ten_days_on.date())
        assert known.recent == ""

    def test_a_lifetime_and_what_a_source_says_are_not_an_area_s(self, world):
        for rule in ("retention-lifetime", queries.ELIGIBLE):
            with pytest.raises(NotFound):
                written_down(world, 1, NOW.date(), rule=rule, unit=Unit.YEARS)


@pytest.mark.sql
class TestDeciding:
    def test_nobody_decides_on_their_own_proposal(self, world, person):
        low(world, person)
        world.user("vera", "police", Role.SUPERVISOR, team="police one")
        made = proposed(world, person, "naomi")
        with pytest.raises(NotPermitted):
            decided(world, person, made)
        assert state_of(world, made) == "proposed"
        decided(world, person, made, "vera")
        assert state_of(world, made) == "standing"

    @pytest.mark.parametrize("who", ["owen", "grace", "priya"])
    def test_only_a_police_supervisor_decides(self, world, person, who):
        low(world, person)
        made = proposed(world, person)
        with pytest.raises((NotPermitted, NotFound)):
            decided(world, person, made, who)

    def test_approving_stops_what_was_owed_and_declining_does_not(self, world, person):
        low(world, person)
        a_made_visit(world, "owen", person)
        stood = visits_owed(world)
        made = proposed(world, person)
        decided(world, person, made, approve=False)
        assert visits_owed(world) == stood != {}
        decided(world, person, proposed(world, person))
        assert visits_owed(world) == {}
        assert owed(world, service.DECISION, "visit-commitment") == {}
        assert governs(world, person).source is Source.REACTIVE

    def test_the_risk_that_rose_since_it_was_proposed_stops_it(self, world, person):
        low(world, person)
        made = proposed(world, person)
        an_assessment(world, person, levels=HIGH)
        with refused("low"):
            decided(world, person, made)
        decided(world, person, made, approve=False)
        assert state_of(world, made) == "declined"


@pytest.mark.sql
class TestWhileItStands:
    def test_a_visit_that_is_made_all_the_same_leaves_nothing_owed(self, world, person):
        standing(world, person)
        a_made_visit(world, "owen", person, arrived_at=ARRIVED + timedelta(hours=1))
        assert visits_owed(world) == {}
        assert owed(world, "visit-commitment") == {}

    def test_no_commitment_is_set_under_it(self, world, person):
        standing(world, person)
        with pytest.raises(RuleBroken) as refused:
            sets(world, "naomi", person)
        assert refused.value.rule == "commitment-reactive"


@pytest.mark.sql
class TestEnding:
    def test_what_was_owed_by_the_default_is_owed_again_as_it_was(self, world, person):
        low(world, person)
        a_made_visit(world, "owen", person)
        stood = owed(world, *commitments.KINDS)
        made = proposed(world, person)
        decided(world, person, made)
        ends(world, person, made)
        assert owed(world, *commitments.KINDS) == stood
        assert governs(world, person).source is Source.DEFAULT

    def test_it_counts_from_a_visit_that_was_made_meanwhile(self, world, person):
        low(world, person)
        a_made_visit(world, "owen", person, arrived_at=ARRIVED - timedelta(days=9))
        made = proposed(world, person)
        decided(world, person, made)
        a_made_visit(world, "owen", person, announced=True)
        ends(world, person, made)
        days = {kind: found[0] for kind, found in visits_owed(world).items()}
        assert days == {
            "visit": ARRIVED.date(),
            "visit-unannounced": ARRIVED.date() - timedelta(days=9),
        }

    def test_a_commitment_that_was_set_stands_again(self, world, person):
        low(world, person)
        sets(world, "naomi", person)
        stood = owed(world, *commitments.KINDS)
        made = proposed(world, person)
        decided(world, person, made)
        assert visits_owed(world) == {}
        ends(world, person, made)
        assert owed(world, *commitments.KINDS) == stood
        found = governs(world, person)
        assert (found.source, found.every.code) == (Source.SET, "1 months")

    def test_the_risk_that_rises_ends_it_by_itself_at_the_new_band(self, app, world, person):
        made = standing(world, person)
        an_assessment(world, person, levels=HIGH)
        with world.system():
            assert db.session.get_one(Person, person).risk_band == "high"
        with clock.at(LATER):
            assert jobs.follow(app) == 1
            assert jobs.follow(app) == 0
        assert state_of(world, made) == "ended"
        assert visits_owed(world)["visit"] == (ARRIVED.date(), "visit-review-high")
        assert governs(world, person).source is Source.DEFAULT

    def test_ending_twice_is_refused_and_changes_nothing(self, world, person):
        made = standing(world, person)
        ends(world, person, made)
        stood = owed(world, *commitments.KINDS)
        with pytest.raises(RuleBroken):
            ends(world, person, made)
        assert owed(world, *commitments.KINDS) == stood


def changed(world, person, lines="2 New Street"):
    """An address that Owen adds, as a change of the record."""
    command = AddAddress(kind="home", lines=lines, postcode="NM1 1AA", from_on=NOW.date())
    with world.as_reader("owen", Kind.WRITE) as actor:
        records.add_address(actor, person, command, now=NOW)
    with world.system():
        return db.session.scalars(sa.select(PersonChange).order_by(PersonChange.at.desc())).first()


def asks(app):
    with clock.at(NOW):
        return jobs.follow(app)


def hide(world, record, *readers):
    with world.system():
        rights.mark(record, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="hidden"))
        for who in readers:
            staff = world.staff[who]
            rights.name_reader(
                record, Reader.USER, staff.actor.agency_id, Given(at=NOW), user=staff.user_id
            )


def reviews_seen(world, person, who):
    with world.as_reader(who) as actor:
        return [each.id for each in queries.reviews(actor, person)]


@pytest.mark.sql
class TestChanges:
    def test_a_change_asks_the_supervisor_once(self, app, world, person):
        standing(world, person)
        changed(world, person)
        assert asks(app) == 1
        assert asks(app) == 0
        (found,) = owed(world, service.RECONSIDER).values()
        assert found[0] == world.staff["naomi"].user_id
        assert len(reviews_seen(world, person, "naomi")) == 1
        for who in ("owen", "priya", "grace", "leah", "sam"):
            with suppress(NotFound):
                assert reviews_seen(world, person, who) == [], who

    def test_what_is_hidden_asks_who_may_see_it_and_they_decide(self, app, world, person):
        standing(world, person)
        change = changed(world, person)
        hide(world, change.subject_id, "owen")
        assert asks(app) == 1
        (found,) = owed(world, service.RECONSIDER).values()
        assert found[0] == world.staff["owen"].user_id
        assert reviews_seen(world, person, "naomi") == []
        (review,) = reviews_seen(world, person, "owen")
        answer = Reconsider(answer=Answer.ENDED, reason="No")
        with world.as_reader("owen", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.reconsider(actor, person, review, answer, now=LATER)

    def test_keeping_it_closes_the_task_and_nothing_else(self, app, world, person):
        made = standing(world, person)
        changed(world, person)
        asks(app)
        (review,) = reviews_seen(world, person, "naomi")
        with world.as_reader("naomi", Kind.WRITE) as actor:
            answer = Reconsider(answer=Answer.KEPT, reason="The same household")
            service.reconsider(actor, person, review, answer, now=LATER)
        assert owed(world, service.RECONSIDER) == {}
        assert state_of(world, made) == "standing"
        assert asks(app) == 0

    def test_ending_it_says_nothing_of_the_change(self, app, world, person):
        made = standing(world, person)
        changed(world, person)
        asks(app)
        (review,) = reviews_seen(world, person, "naomi")
        with world.as_reader("naomi", Kind.WRITE) as actor:
            answer = Reconsider(answer=Answer.ENDED, reason="A child lives at New Street")
            service.reconsider(actor, person, review, answer, now=LATER)
        with world.system():
            ended = db.session.get_one(ReactiveManagement, made)
            assert (ended.state, ended.ending) == ("ended", "Decided by a police supervisor")
        assert set(visits_owed(world)) == set(commitments.KINDS)

    def test_a_change_before_it_stood_asks_nobody(self, app, world, person):
        a_home(world, person)
        standing(world, person)
        assert asks(app) == 0
        with world.system():
            assert count(ReactiveReview) == 0

    def test_ending_ends_what_was_asked(self, app, world, person):
        made = standing(world, person)
        changed(world, person)
        asks(app)
        ends(world, person, made)
        assert owed(world, service.RECONSIDER) == {}


def test_each_act_is_on_record(world, person):
    made = standing(world, person)
    ends(world, person, made)
    with world.system():
        events = set(db.session.scalars(sa.select(AuditEntry.event)))
    assert {"reactive:proposed", "reactive:approved", "reactive:ended"} <= events
