"""Proposing, answering and withdrawing a handover: who may, when, and who is told."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import guard, rights
from mappa.access.models import CapacityRow, CaseTeam
from mappa.access.rights import Given
from mappa.access.terms import Capacity, State
from mappa.agencies.models import User
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.handover import jobs, queries, service
from mappa.offenders.handover.models import Handover
from mappa.offenders.handover.rules import Answer, HandoverState, Stays
from mappa.offenders.models import Person, PersonChange
from mappa.reminders.models import Notice
from tests.factories.handover import (
    a_handover,
    a_proposal,
    proposal,
    taken,
    with_marek,
)
from tests.factories.offenders import with_overview
from tests.factories.reminders import all_of
from tests.factories.world import NOW, a_shared_person, count, northmoor

LATER = NOW + timedelta(days=20)


@pytest.fixture
def world(app):
    found = northmoor(with_overview(app))
    with_marek(found)
    return found


@pytest.fixture
def daniel(world):
    return a_shared_person(world)


def team_of(world, person):
    """Agency key to capacity, of the rows that are live now."""
    by_id = {value: key for key, value in world.agencies.items()}
    with world.system():
        found = db.session.execute(
            sa.select(CaseTeam.agency_id, CapacityRow.code)
            .join(CapacityRow, CapacityRow.id == CaseTeam.capacity_id)
            .where(
                CaseTeam.person_id == person,
                CaseTeam.state == State.LIVE.value,
                CaseTeam.starts_at <= NOW,
                CaseTeam.ends_at > NOW,
            )
        )
        return {by_id[agency]: code for agency, code in found}


def hands_of(world, person):
    with world.system():
        found = db.session.get_one(Person, person)
        return found.owner_agency_id, found.manager_id


class TestBeforeItIsAccepted:
    def test_nothing_changes_and_those_concerned_are_told_once(self, world, daniel):
        before = hands_of(world, daniel), team_of(world, daniel)
        other = world.person("Ishaan", "Colbeck", manager="priya")
        world.on_team(other, "police", Capacity.RESPONSIBLE)
        a_proposal(world, "owen", daniel, other)
        by_id = {each.user_id: key for key, each in world.staff.items()}
        told = {(by_id[n.user_id], n.event) for n in all_of(world, Notice)}
        assert told == {
            ("owen", "handover:proposed"),
            ("naomi", "handover:to-know"),
            ("grace", "handover:to-know"),
        }
        assert (hands_of(world, daniel), team_of(world, daniel)) == before
        with world.system():
            assert count(PersonChange) == 0

    def test_the_sender_and_the_supervisors_are_told_of_the_answer(self, world, daniel):
        a_handover(world, "owen", daniel)
        by_id = {each.user_id: key for key, each in world.staff.items()}
        told = {by_id[n.user_id] for n in all_of(world, Notice) if n.event == "handover:accepted"}
        assert told == {"priya", "grace", "naomi"}

    def test_a_notice_opens_nothing_to_one_who_does_not_see_the_person(self, world, daniel):
        a_proposal(world, "owen", daniel)
        with world.system():
            rights.exclude(daniel, Given(at=NOW), user=world.staff["owen"].user_id)
        from mappa.reminders import queries as reminders

        with world.as_reader("owen") as actor:
            assert reminders.notices(actor) == []
            assert queries.to_answer(actor) == []

    def test_declining_needs_a_reason_and_leaves_everything(self, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        before = hands_of(world, daniel)
        with world.as_reader("marek", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken, match="HANDOVER-DECLINED"):
                service.answer(actor, Answer(handovers=(made,), accept=False), now=NOW)
            no = Answer(handovers=(made,), accept=False, why="Too many cases")
            service.answer(actor, no, now=NOW)
        assert hands_of(world, daniel) == before
        with world.system():
            found = db.session.get_one(Handover, made)
            assert (found.state, found.answer) == (HandoverState.DECLINED, "Too many cases")

    def test_only_the_one_who_was_asked_answers_and_only_once(self, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        for who in ("priya", "grace", "owen"):
            with world.as_reader(who, Kind.WRITE) as actor, pytest.raises(NotPermitted):
                service.answer(actor, Answer(handovers=(made,), accept=True), now=NOW)
        with world.as_reader("sam", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.answer(actor, Answer(handovers=(made,), accept=True), now=NOW)
        taken(world, "marek", made)
        with pytest.raises(RuleBroken, match="HANDOVER-OPEN"):
            taken(world, "marek", made)
        with world.system():
            events = db.session.scalars(sa.select(AuditEntry.event)).all()
        assert events.count("person:handed-over") == 1

    @pytest.mark.sql
    def test_a_person_is_handed_over_once_at_a_time(self, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        with world.as_reader("grace", Kind.WRITE) as actor:
            with pytest.raises(RuleBroken, match="HANDOVER-ONCE"):
                service.propose(actor, proposal(world, "owen", daniel), now=NOW)
            service.withdraw(actor, made, "Somebody else takes it", now=NOW)
        a_handover(world, "owen", daniel)
        with pytest.raises(RuleBroken, match="HANDOVER-OPEN"):
            taken(world, "marek", made)

    def test_a_case_that_changed_hands_since_is_not_taken_over(self, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        with world.system():
            db.session.get_one(Person, daniel).manager_id = world.staff["grace"].user_id
            db.session.flush()
        with pytest.raises(RuleBroken, match="HANDOVER-CHANGED"):
            taken(world, "marek", made)

    def test_a_caseload_is_taken_over_whole_or_not_at_all(self, world, daniel):
        other = world.person("Ishaan", "Colbeck", manager="priya")
        made = a_proposal(world, "marek", daniel, other)
        with world.system():
            rights.exclude(other, Given(at=NOW), user=world.staff["marek"].user_id)
        with pytest.raises(NotFound):
            taken(world, "marek", *made)
        assert hands_of(world, daniel)[1] == world.staff["priya"].user_id

    def test_withdrawing_is_for_the_sender_and_superiors(self, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        with world.as_reader("marek", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.withdraw(actor, made, "I do not want it", now=NOW)
        with world.as_reader("priya", Kind.WRITE) as actor:
            service.withdraw(actor, made, "A mistake", now=NOW)


class TestWhoMayPropose:
    def test_nobody_but_the_manager_and_superiors_of_the_lead(self, world, daniel, subtests):
        world.worker(daniel, "marek")
        for who in ("marek", "owen", "naomi", "leah", "carl", "helen", "iris"):
            with (
                subtests.test(who),
                world.as_reader(who, Kind.WRITE) as actor,
                pytest.raises((NotPermitted, NotFound)),
            ):
                service.propose(actor, proposal(world, "marek", daniel), now=NOW)
        with world.system():
            assert count(Handover) == 0
        assert a_proposal(world, "marek", daniel, by="grace")

    def test_nobody_receives_who_could_not_lead_or_manages_already(self, world, daniel, subtests):
        for to in ("leah", "grace", "sam", "helen", "amit", "carl"):
            command = proposal(world, to, daniel, stays=Stays.RESPONSIBLE)
            with (
                subtests.test(to),
                world.as_reader("priya", Kind.WRITE) as actor,
                pytest.raises(RuleBroken, match="HANDOVER-RECEIVER"),
            ):
                service.propose(actor, command, now=NOW)
        with (
            world.as_reader("grace", Kind.WRITE) as actor,
            pytest.raises(RuleBroken, match="HANDOVER-OTHER"),
        ):
            service.propose(actor, proposal(world, "priya", daniel), now=NOW)

    def test_a_receiver_who_is_kept_out_gets_the_same_words_whatever_the_reason(
        self, world, daniel
    ):
        owen = world.staff["owen"].actor
        off_the_team = world.person("Daniel", "Wexcombe", manager="priya")
        said = {self.refusal(world, off_the_team)}
        with world.system():
            given = Given(at=NOW)
            excluded = rights.exclude(daniel, given, user=owen.user_id)
        said.add(self.refusal(world, daniel))
        with world.system():
            rights.end([db.session.merge(excluded)], at=NOW, by=NOBODY, reason="")
            rights.exclude(daniel, given, agency=owen.agency_id)
        said.add(self.refusal(world, daniel))
        with world.system():
            db.session.get_one(User, owen.user_id).disabled_at = NOW
            db.session.flush()
        said.add(self.refusal(world, off_the_team))
        assert said == {
            "This receiver cannot take over Daniel Wexcombe. Choose somebody who manages cases at "
            "an agency of the case team"
        }

    def refusal(self, world, person):
        with (
            world.as_reader("priya", Kind.WRITE) as actor,
            pytest.raises(RuleBroken) as refused,
        ):
            service.propose(actor, proposal(world, "owen", person), now=NOW)
        return refused.value.sentences[0]

    def test_the_receiver_whose_posting_ended_cannot_answer_and_the_proposal_lapses(
        self, app, world, daniel
    ):
        from mappa.agencies import service as accounts

        (made,) = a_proposal(world, "marek", daniel)
        with world.as_reader("adam", Kind.WRITE) as actor:
            accounts.end_posting(actor, world.staff["marek"].posting_id, "Left", now=NOW)
        with clock.at(NOW):
            assert jobs.lapse(app) == 1
        with world.system():
            found = db.session.get_one(Handover, made)
            assert found.state == HandoverState.LAPSED
        a_proposal(world, "owen", daniel)

    @pytest.mark.sql
    def test_a_proposal_lapses_by_itself_and_both_are_told(self, app, world, daniel):
        (made,) = a_proposal(world, "marek", daniel)
        after = NOW + timedelta(days=15)
        with clock.at(after), world.app.app_context(), unit_of_work(Kind.WRITE):
            actor = world.staff["marek"].actor
            guard.writes_as(actor.agency_id)
            with pytest.raises(RuleBroken, match="HANDOVER-OPEN"):
                service.answer(actor, Answer(handovers=(made,), accept=True), now=after)
        with clock.at(NOW + timedelta(days=14)):
            assert jobs.lapse(app) == 0
        with clock.at(after):
            assert (jobs.lapse(app), jobs.lapse(app)) == (1, 0)
        by_id = {each.user_id: key for key, each in world.staff.items()}
        told = {by_id[n.user_id] for n in all_of(world, Notice) if n.event == "handover:lapsed"}
        assert told == {"priya", "marek", "grace"}
