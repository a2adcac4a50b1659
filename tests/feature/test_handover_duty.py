"""A handover that waits for its answer is a duty of the one who was asked."""

from datetime import date, timedelta

import pytest

from mappa.kernel.errors import NotFound
from mappa.kernel.uow import Kind
from mappa.offenders.handover import service as handovers
from mappa.offenders.handover.rules import Answer
from mappa.reminders import queries as duties
from tests.factories.handover import a_proposal, with_marek
from tests.factories.world import NOW, a_shared_person, northmoor

TODAY = date(2026, 11, 20)


@pytest.fixture
def world(app):
    found = northmoor(app)
    with_marek(found)
    return found


@pytest.fixture
def person(world):
    return a_shared_person(world)


class TestHandoverToAnswer:
    def test_the_one_who_is_asked_owes_an_answer_in_fourteen_days(self, world, person):
        (proposal,) = a_proposal(world, "marek", person)
        with world.as_reader("marek") as actor:
            (due,) = duties.my_open(actor)
            assert (due.kind, due.about_id) == (handovers.ANSWER, proposal)
            assert due.due_on == TODAY + timedelta(days=14)
        with world.as_reader("priya") as actor:
            assert duties.my_open(actor) == []

    @pytest.mark.parametrize("accept", [True, False])
    def test_answering_is_what_ends_it(self, world, person, accept):
        (proposal,) = a_proposal(world, "marek", person)
        with world.as_reader("marek", Kind.WRITE) as actor:
            said = Answer(handovers=(proposal,), accept=accept, why="On leave")
            handovers.answer(actor, said, now=NOW)
            assert duties.my_open(actor) == []

    def test_withdrawing_ends_it(self, world, person):
        (proposal,) = a_proposal(world, "marek", person)
        with world.as_reader("priya", Kind.WRITE) as actor:
            handovers.withdraw(actor, proposal, "Not needed", now=NOW)
        with world.as_reader("marek") as actor:
            assert duties.my_open(actor) == []

    @pytest.mark.sql
    def test_another_agency_is_owed_nothing_it_cannot_see(self, world, person):
        a_proposal(world, "owen", person)
        with world.as_reader("owen") as actor:
            (due,) = duties.my_open(actor)
            assert due.owed_by_agency_id == world.agencies["police"]
        with world.as_reader("sam") as actor, pytest.raises(NotFound):
            duties.deadline(actor, due.id)
