"""What becomes of a request: it comes to the owner's officers, who answer it once."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from mappa.access import rights
from mappa.access.models import Share
from mappa.access.rights import Given
from mappa.access.terms import Level, Role, Section
from mappa.kernel import clock
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders import queries as duties
from mappa.sharing.requests import asking, jobs, queries, service
from mappa.sharing.requests.rules import Sought, State
from mappa.visits import queries as visits
from tests.factories.offenders import keyed
from tests.factories.requests import (
    a_request,
    an_unseen_request,
    answered,
    delivered,
    to_us,
    with_ines,
)
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, count, northmoor

TODAY = date(2026, 11, 20)
LATE = NOW + timedelta(days=30)


@pytest.fixture
def world(app):
    found = northmoor(app)
    with_ines(found)
    return found


@pytest.fixture
def person(world):
    return a_shared_person(world)


@pytest.fixture
def asked(world, person):
    """Leah of children's services asks the police for visits."""
    made = a_request(world, "police", person)
    delivered(world)
    return made


def told(world, asked: UUID, who: str = "leah") -> State:
    with world.as_reader(who) as actor:
        return asking.asked(actor, asked).state


class TestDelivery:
    @pytest.mark.sql
    def test_it_is_a_duty_of_the_owners_officer_by_its_urgency(self, world, person):
        a_request(world, "police", person, urgency="today")
        a_request(world, "police", person, urgency="five-days")
        a_request(world, "police", person, urgency="routine")
        delivered(world)
        with world.as_reader("iris") as actor:
            due = [each.due_on for each in duties.my_open(actor) if each.kind == service.DUTY]
            assert due == [date(2026, 11, 23), date(2026, 11, 27), date(2026, 12, 18)]
            assert {each.event for each in duties.notices(actor)} == {jobs.ASKED}

    @pytest.mark.sql
    @pytest.mark.parametrize("who", ["leah", "priya", "ines", "grace", "sam"])
    def test_no_other_agency_sees_the_duty_or_the_request(self, world, person, asked, who):
        (request,) = to_us(world, "iris")
        with world.as_reader(who) as actor:
            assert [x for x in duties.for_person(actor, person) if x.kind == service.DUTY] == []
            assert queries.to_us_page(actor, None).found == []
            with pytest.raises(NotFound):
                queries.to_us(actor, request)
            assert queries.card(actor, person).to_us == []

    def test_it_is_taken_up_once(self, world, person, asked):
        with clock.at(NOW):
            assert jobs.deliver(world.app) == jobs.Delivered(0, 0)
        assert len(to_us(world, "iris")) == 1

    def test_who_is_not_on_the_case_team_is_brought_nothing_and_the_asker_no_sign(
        self, world, person
    ):
        world.user("ian", "housing", Role.INFORMATION_OFFICER)
        made = a_request(world, "housing", person)
        delivered(world)
        assert to_us(world, "ian") == []
        assert told(world, made) is State.OPEN

    def test_what_was_taken_back_ends_for_the_owner(self, world, asked):
        with world.as_reader("leah", Kind.WRITE) as actor:
            service.withdraw(actor, asked, "Not needed", now=NOW)
        (request,) = to_us(world, "iris")
        with pytest.raises(RuleBroken, match="REQUEST-OPEN") as refused:
            answered(world, "iris", request, State.NO_TRACE)
        assert "withdrawn by the asker" in refused.value.sentences[0]
        delivered(world)
        with world.as_reader("iris") as actor:
            assert [x for x in duties.my_open(actor) if x.kind == service.DUTY] == []
            assert queries.to_us(actor, request).state == State.WITHDRAWN.value


class TestAnswers:
    @pytest.mark.parametrize("state", [State.NO_TRACE, State.NOT_RELEVANT, State.DECLINED])
    def test_an_answer_is_told_and_ends_the_duty(self, world, asked, state):
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, state, "Held for another purpose")
        assert told(world, asked) is state
        with world.as_reader("iris") as actor:
            assert [x for x in duties.my_open(actor) if x.kind == service.DUTY] == []
        with world.as_reader("leah") as actor:
            (notice,) = duties.notices(actor)
            assert (notice.event, notice.about_id) == (service.ANSWERED, asked)
            (step,) = asking.steps(asked)
            assert (step.said, step.agency) == ("Held for another purpose", "Northmoor Police")

    def test_sharing_makes_the_share_in_the_same_act(self, world, person, asked):
        with world.system():
            before = count(Share)
        a_made_visit(world, "owen", person)
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.SHARED, to="children")
        assert told(world, asked) is State.SHARED
        with world.system():
            assert count(Share) == before + 1
        with world.as_reader("leah") as actor:
            (visit,), _ = visits.made(actor, person)
            assert visit.level is Level.FULL

    def test_a_share_that_may_not_be_made_leaves_the_request_open(self, world, asked):
        (request,) = to_us(world, "iris")
        with pytest.raises(RuleBroken, match="SHARE-"):
            answered(world, "iris", request, State.SHARED, sections=(Section.SHARING,))
        assert told(world, asked) is State.OPEN

    def test_a_share_goes_to_who_asked_whatever_the_form_says(self, world, person, asked):
        a_made_visit(world, "owen", person)
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.SHARED, to="probation")
        with world.as_reader("leah") as actor:
            assert len(visits.made(actor, person)[0]) == 1

    def test_what_is_discussed_stays_open_until_it_is_answered(self, world, asked):
        (request,) = to_us(world, "iris")
        with (
            world.as_reader("leah", Kind.WRITE) as actor,
            pytest.raises(RuleBroken, match="REQUEST-REPLY"),
        ):
            service.reply(actor, asked, "The eldest", now=NOW)
        answered(world, "iris", request, State.DISCUSSED, "Which child?")
        with world.as_reader("leah", Kind.WRITE) as actor:
            service.reply(actor, asked, "The eldest", now=NOW + timedelta(minutes=1))
        assert told(world, asked) is State.DISCUSSED
        with world.as_reader("iris") as actor:
            assert len([x for x in duties.my_open(actor) if x.kind == service.DUTY]) == 1
            assert [x.said for x in asking.steps(asked)] == ["Which child?", "The eldest"]
        answered(world, "iris", request, State.DECLINED, "Not necessary")
        assert told(world, asked) is State.DECLINED

    def test_an_answer_is_given_once(self, world, asked):
        world.user("ivo", "police", Role.INFORMATION_OFFICER)
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.NOT_RELEVANT)
        for officer in ("iris", "ivo"):
            with pytest.raises(RuleBroken, match="REQUEST-OPEN") as refused:
                answered(world, officer, request, State.DECLINED, "No")
            assert "answered: trace, not relevant" in refused.value.sentences[0]
        assert told(world, asked) is State.NOT_RELEVANT
        with world.as_reader("leah"):
            assert len(asking.steps(asked)) == 1

    @pytest.mark.parametrize(
        ("who", "refused"),
        [("leah", NotFound), ("ines", NotFound), ("owen", NotPermitted), ("naomi", NotPermitted)],
    )
    def test_only_the_owners_officers_answer(self, world, asked, who, refused):
        (request,) = to_us(world, "iris")
        with pytest.raises(refused):
            answered(world, who, request, State.NO_TRACE)
        assert told(world, asked) is State.OPEN

    def test_nobody_answers_what_they_asked_under_another_posting(self, world, person):
        made = a_request(world, "police", person, by="leah")
        with world.system() as unit:
            post = Given(at=unit.at)
            rights.post(
                world.staff["leah"].user_id, world.agencies["police"], "northmoor",
                Role.INFORMATION_OFFICER, post,
            )  # fmt: skip
        delivered(world)
        (request,) = to_us(world, "iris")
        police = world.staff["iris"].actor
        leah = world.staff["leah"]
        both = leah.actor.__class__(**{**vars(police), "user_id": leah.user_id})
        world.staff["both"] = leah.__class__(leah.user_id, leah.posting_id, both)
        with pytest.raises(RuleBroken, match="REQUEST-OWN-ANSWER"):
            answered(world, "both", request, State.NO_TRACE)
        assert told(world, made) is State.OPEN

    def test_a_request_that_never_was_is_not_found(self, world, asked):
        for forged in (UUID(int=9), asked):
            with pytest.raises(NotFound):
                answered(world, "iris", forged, State.NO_TRACE)


class TestWhoReadsARefusal:
    def test_the_asker_and_her_officer_and_the_card_says_no_reason(self, world, person, asked):
        world.user("ciara", "children", Role.INFORMATION_OFFICER)
        world.user("liam", "children", Role.SOCIAL_WORKER)
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.DECLINED, "Held for another purpose")
        for who in ("leah", "ciara"):
            assert told(world, asked, who) is State.DECLINED
        for who in ("liam", "priya", "ines"):
            with world.as_reader(who) as actor, pytest.raises(NotFound):
                asking.asked(actor, asked)
        with world.as_reader("liam") as actor:
            assert queries.card(actor, person).declined_to_us == 1
        with world.as_reader("iris") as actor:
            assert queries.card(actor, person).declined_by_us == 1
        with world.as_reader("priya") as actor:
            third = queries.card(actor, person)
            assert (third.asked, third.to_us) == ([], [])

    def test_refusals_are_counted_by_agency(self, world, person, asked):
        (request,) = to_us(world, "iris")
        answered(world, "iris", request, State.DECLINED, "No")
        with world.as_reader("leah") as actor:
            assert queries.counts(actor, asked_of_us=False) == {
                "Northmoor Police": {State.DECLINED: 1}
            }
        with world.as_reader("iris") as actor:
            assert queries.counts(actor, asked_of_us=True) == {
                "Northmoor Council Children’s services": {State.DECLINED: 1}
            }


class TestSomebodyUnseen:
    @pytest.mark.parametrize(
        "sought",
        [
            Sought(name="daniel  WEXCOMBE", born_on=date(1979, 3, 14)),
            Sought(name="Wexcombe, Daniel", born_on=date(1979, 3, 14)),
            Sought(kind="crn", value=" z900412 "),
        ],
    )
    @pytest.mark.sql
    def test_it_comes_to_the_lead_by_an_exact_match(self, world, sought):
        daniel = world.person(manager="priya", crn="Z900412")
        keyed(world, daniel)
        an_unseen_request(world, sought=sought)
        delivered(world)
        with world.as_reader("ines") as actor:
            (found,) = queries.to_us_page(actor, None).found
            assert (found.person_id, found.unseen) == (daniel, True)

    @pytest.mark.parametrize(
        "sought",
        [
            Sought(name="Daniel Wexcomb", born_on=date(1979, 3, 14)),
            Sought(name="Daniel", born_on=date(1979, 3, 14)),
            Sought(name="Daniel Wexcombe", born_on=date(1979, 3, 15)),
            Sought(kind="crn", value="Z900413"),
            Sought(kind="pnc", value="Z900412"),
        ],
    )
    def test_by_what_is_not_exact_nobody_is_found(self, world, sought):
        keyed(world, world.person(manager="priya", crn="Z900412"))
        an_unseen_request(world, sought=sought)
        delivered(world)
        assert to_us(world, "ines") == []

    def test_who_is_kept_out_is_brought_nowhere_and_hears_what_others_hear(self, world, person):
        keyed(world, person)
        with world.system():
            rights.exclude(person, Given(at=NOW), agency=world.agencies["housing"])
            rights.exclude(person, Given(at=NOW), user=world.staff["leah"].user_id)
        for who in ("sam", "leah"):
            made = an_unseen_request(world, by=who)
            delivered(world)
            assert told(world, made, who) is State.OPEN
            with clock.at(LATE):
                assert later(world, made, who) is State.NO_TRACE
        assert to_us(world, "ines") == []

    def test_no_trace_is_told_on_its_day_and_not_before(self, world, person):
        keyed(world, person)
        made = an_unseen_request(world)
        delivered(world)
        (request,) = to_us(world, "ines")
        answered(world, "ines", request, State.NO_TRACE, "Nothing that I may tell")
        assert told(world, made, "sam") is State.OPEN
        assert later(world, made, "sam") is State.NO_TRACE
        with world.as_reader("sam"):
            assert asking.steps(made) == []

    def test_a_late_answer_still_reaches_the_asker(self, world, person):
        keyed(world, person)
        made = an_unseen_request(world)
        delivered(world)
        (request,) = to_us(world, "ines")
        answered(world, "ines", request, State.DECLINED, "Ring us")
        assert later(world, made, "sam") is State.DECLINED


def later(world, asked: UUID, who: str) -> State:
    """What the asker knows a month later."""
    with world.app.app_context():
        from mappa.access import guard
        from mappa.kernel.uow import unit_of_work

        with clock.at(LATE), unit_of_work(Kind.READ):
            guard.acts_as(world.staff[who].actor)
            return asking.asked(world.staff[who].actor, asked).state


def test_where_nobody_can_answer_the_co_ordinator_hears_of_it_and_the_asker_does_not(app):
    bare = northmoor(app)
    daniel = a_shared_person(bare)
    keyed(bare, daniel)
    made = an_unseen_request(bare)
    delivered(bare)
    with bare.as_reader("carl") as actor:
        heard = [(each.event, each.person_id) for each in duties.notices(actor)]
        assert heard == [(jobs.REACHED_NOBODY, daniel)]
    with bare.as_reader("sam") as actor:
        assert asking.asked(actor, made).state is State.OPEN
        assert list(duties.notices(actor)) == []
