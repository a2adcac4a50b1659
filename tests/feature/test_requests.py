"""Asking another agency for information: whom, how often, and what the asker keeps."""

from datetime import timedelta
from uuid import UUID

import pytest

from mappa.access.terms import Section
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.sharing.requests import asking, service
from mappa.sharing.requests.models import AskedRequest
from mappa.sharing.requests.rules import MOST_IN_AN_HOUR, State
from tests.factories.requests import a_request, an_unseen_request, asked_of, with_ines
from tests.factories.world import NOW, a_shared_person, count, northmoor


@pytest.fixture
def world(app):
    found = northmoor(app)
    with_ines(found)
    return found


@pytest.fixture
def person(world):
    return a_shared_person(world)


class TestAsking:
    @pytest.mark.sql
    def test_what_was_asked_is_kept_for_its_asker(self, world, person):
        made = a_request(world, "probation", person)
        with world.as_reader("leah") as actor:
            kept = asking.asked(actor, made)
            assert (kept.person_name, kept.owner) == ("Daniel Wexcombe", "Northmoor Probation")
            assert (kept.state, kept.sections) == (State.OPEN, ("visits",))
            assert [each.id for each in asking.waiting(actor)] == [made]

    @pytest.mark.parametrize("who", ["priya", "ines", "owen", "iris", "sam"])
    def test_nobody_else_reads_the_askers_own(self, world, person, who):
        made = a_request(world, "probation", person)
        with world.as_reader(who) as actor, pytest.raises(NotFound):
            asking.asked(actor, made)

    def test_about_somebody_who_is_not_seen_there_is_nobody_to_ask(self, world, person):
        for who in (person, UUID(int=7)):
            with world.as_reader("sam", Kind.WRITE) as actor, pytest.raises(NotFound):
                service.ask(actor, who, asked_of(world, "probation"), now=NOW)

    def test_ones_own_agency_is_not_asked(self, world, person):
        with world.as_reader("owen", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken, match="REQUEST-OWN") as refused:
                service.ask(actor, person, asked_of(world, "police"), now=NOW)
            assert "Ask its information officer" in refused.value.sentences[0]

    def test_an_agency_that_is_none_is_not_found(self, world, person):
        with world.as_reader("leah", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.ask(actor, person, asked_of(world, "police", owner_agency_id=person), now=NOW)

    def test_an_agency_where_nobody_could_answer_is_to_be_rung(self, world, person):
        with world.as_reader("leah", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken, match="REQUEST-NOBODY") as refused:
                service.ask(actor, person, asked_of(world, "housing"), now=NOW)
            assert "01632 960140" in refused.value.sentences[0]

    @pytest.mark.parametrize("sections", [(), (Section.SHARING,)])
    def test_something_is_asked_for(self, world, person, sections):
        with (
            world.as_reader("leah", Kind.WRITE) as actor,
            pytest.raises(RuleBroken, match="REQUEST-SECTIONS"),
        ):
            service.ask(actor, person, asked_of(world, "police", sections=sections), now=NOW)

    @pytest.mark.parametrize("who", ["carl", "helen", "ada", "adam", "sys"])
    def test_who_works_on_no_case_asks_nothing(self, world, person, who):
        with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.ask(actor, person, asked_of(world, "police"), now=NOW)

    def test_a_request_about_somebody_who_is_hidden_later_is_out_of_sight(self, world, person):
        from mappa.access import rights
        from mappa.access.rights import Given

        made = a_request(world, "probation", person)
        with world.system():
            rights.exclude(person, Given(at=NOW), agency=world.agencies["children"])
        with world.as_reader("leah") as actor:
            assert asking.waiting(actor) == []
            with pytest.raises(NotFound):
                asking.asked(actor, made)


class TestHowOften:
    def test_the_eleventh_in_an_hour_is_told_when_to_try_again(self, world):
        for _ in range(MOST_IN_AN_HOUR):
            an_unseen_request(world)
        with pytest.raises(RuleBroken, match="REQUEST-RATE") as refused:
            an_unseen_request(world)
        assert "in 60 minutes" in refused.value.sentences[0]
        an_unseen_request(world, by="leah")
        with world.system():
            assert count(AskedRequest) == MOST_IN_AN_HOUR + 1

    def test_requests_about_people_who_are_seen_do_not_count(self, world, person):
        for _ in range(MOST_IN_AN_HOUR + 1):
            a_request(world, "probation", person)
        an_unseen_request(world, by="leah")


class TestTakingBack:
    def test_only_the_asker_takes_a_request_back_and_only_once(self, world, person):
        made = a_request(world, "probation", person)
        for who in ("priya", "sam", "ines"):
            with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotFound):
                service.withdraw(actor, made, "Not needed", now=NOW)
        with world.as_reader("leah", Kind.WRITE) as actor:
            service.withdraw(actor, made, "Not needed", now=NOW)
            assert asking.asked(actor, made).state is State.WITHDRAWN
            assert [each.said for each in asking.steps(made)] == ["Not needed"]
            with pytest.raises(RuleBroken, match="REQUEST-OPEN"):
                service.withdraw(actor, made, "Again", now=NOW + timedelta(minutes=1))
