"""Two people for one act: what cannot be got round, and what is done is what was asked."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import Posting
from mappa.access.terms import Role
from mappa.agencies import service as agencies
from mappa.agencies.models import User
from mappa.agencies.service import ChangePosting, NewPosting, NewUser
from mappa.audit.models import AuditEntry
from mappa.audit.verify import verify
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.sharing.approvals import jobs, queries, service
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.rules import ApprovalState
from tests.factories.world import NOW, northmoor

WHY = "Grace leaves in December"
PROMOTED = NewPosting(role=Role.SUPERVISOR, why=WHY)


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("bea", "probation", Role.AGENCY_ADMINISTRATOR, name="Bea Rook")
    return made


def ask(world, who="adam", whom="priya", command=PROMOTED):
    with world.as_reader(who, Kind.WRITE) as actor:
        return agencies.ask_to_post(actor, world.staff[whom].user_id, command, now=NOW)


def answer(world, who, approval, approved=True, why="", at=NOW):
    with clock.at(at), world.as_reader(who, Kind.WRITE) as actor:
        return service.answer(actor, approval, approved, why, at)


def roles(world, whom="priya"):
    with world.system():
        return {
            each.role
            for each in db.session.scalars(
                sa.select(Posting).where(
                    Posting.user_id == world.staff[whom].user_id, Posting.state == 1
                )
            )
        }


def of(world, approval):
    with world.system():
        found = db.session.get_one(Approval, approval)
        return found.state, found.answered_by_id


class TestAnswering:
    @pytest.mark.sql
    def test_nothing_changes_until_another_approves_and_then_exactly_what_was_asked(self, world):
        approval = ask(world)
        assert roles(world) == {"offender_manager"}
        assert answer(world, "bea", approval) is ApprovalState.APPROVED
        assert roles(world) == {"offender_manager", "supervisor"}
        with world.system():
            events = set(db.session.scalars(sa.select(AuditEntry.event)))
            assert {"approval:asked", "approval:approved", "posting:made"} <= events
            assert verify().faults == ()

    def test_the_asker_does_not_approve_under_any_posting(self, world):
        approval = ask(world)
        with pytest.raises(RuleBroken, match="APPROVAL-OWN"):
            answer(world, "adam", approval)
        with world.system():
            adam = world.staff["adam"]
            rights.post(
                adam.user_id, adam.actor.agency_id, adam.actor.area_id, Role.AGENCY_LEAD,
                rights.Given(at=NOW),
            )  # fmt: skip
        with world.as_reader("adam", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.answer(replace(actor, role=Role.AGENCY_LEAD), approval, True, "", NOW)
        assert of(world, approval)[0] == "asked"
        assert roles(world) == {"offender_manager"}

    def test_nobody_approves_their_own_promotion(self, world):
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        command = NewPosting(role=Role.INFORMATION_OFFICER, why=WHY)
        approval = ask(world, whom="bea", command=command)
        with pytest.raises(NotFound):
            answer(world, "bea", approval)
        answer(world, "ruth", approval)
        assert "information_officer" in roles(world, "bea")

    def test_a_second_answer_is_refused_and_does_nothing(self, world):
        world.user("cleo", "probation", Role.AGENCY_ADMINISTRATOR)
        approval = ask(world)
        answer(world, "bea", approval)
        for who in ("bea", "cleo"):
            with pytest.raises(RuleBroken, match="APPROVAL-ONCE"):
                answer(world, who, approval)
        with world.system():
            assert len(list(db.session.scalars(
                sa.select(Posting).where(Posting.user_id == world.staff["priya"].user_id)
            ))) == 2  # fmt: skip

    def test_what_was_declined_cannot_be_approved_after_all(self, world):
        approval = ask(world)
        with pytest.raises(RuleBroken, match="APPROVAL-WHY"):
            answer(world, "bea", approval, approved=False)
        answer(world, "bea", approval, approved=False, why="Not agreed")
        with pytest.raises(RuleBroken, match="APPROVAL-ONCE"):
            answer(world, "bea", approval)
        assert roles(world) == {"offender_manager"}

    def test_a_payload_that_changed_meanwhile_is_not_done(self, world):
        for column, value in (
            ("payload", lambda x: x.replace("supervisor", "information_officer")),
            ("why", lambda x: x + "!"),
            ("asked_by_id", lambda x: world.staff["ada"].user_id),
        ):
            approval = ask(world, command=NewPosting(role=Role.SUPERVISOR, why=f"{column} {WHY}"))
            with world.system():
                found = db.session.get_one(Approval, approval)
                setattr(found, column, value(getattr(found, column)))
            with pytest.raises(RuleBroken, match="APPROVAL-CHANGED"):
                answer(world, "bea", approval)
            with world.system():
                db.session.delete(db.session.get_one(Approval, approval))
        assert roles(world) == {"offender_manager"}

    def test_the_policy_is_asked_again_of_whoever_asked(self, world):
        approval = ask(world)
        with world.system():
            posting = db.session.get_one(Posting, world.staff["adam"].posting_id)
            rights.end([posting], at=NOW, by=world.staff["bea"].user_id, reason="Left")
        with pytest.raises(RuleBroken, match="APPROVAL-ASKER"):
            answer(world, "bea", approval)
        assert roles(world) == {"offender_manager"}
        answer(world, "bea", approval, approved=False, why="Adam left")

    def test_if_it_cannot_be_done_any_more_the_question_still_stands(self, world):
        approval = ask(world)
        with world.system():
            priya = world.staff["priya"].actor
            rights.post(
                priya.user_id, priya.agency_id, priya.area_id, Role.SUPERVISOR,
                rights.Given(at=NOW),
            )  # fmt: skip
        with pytest.raises(Exception, match="role"):
            answer(world, "bea", approval)
        assert of(world, approval)[0] == "asked"

    def test_after_fourteen_days_it_has_lapsed(self, world):
        approval = ask(world)
        last, late = NOW + timedelta(days=14), NOW + timedelta(days=15)
        with pytest.raises(RuleBroken, match="APPROVAL-ONCE"):
            answer(world, "bea", approval, at=late)
        with clock.at(last):
            assert jobs.lapse(world.app) == 0
        with clock.at(late):
            assert (jobs.lapse(world.app), jobs.lapse(world.app)) == (1, 0)
        assert of(world, approval)[0] == "lapsed"


class TestWhoKnows:
    def test_others_and_other_agencies_find_nothing(self, world):
        world.user("pat", "police", Role.AGENCY_ADMINISTRATOR)
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        approval = ask(world)
        for who in ("pat", "priya", "grace", "carl", "ruth", "iris"):
            with world.as_reader(who, Kind.WRITE) as actor:
                with pytest.raises(NotFound):
                    queries.question(actor, approval)
                with pytest.raises(NotFound):
                    service.answer(actor, approval, True, "", NOW)
                with pytest.raises(NotFound):
                    service.withdraw(actor, approval, now=NOW)
                assert queries.to_answer(actor) == []
        with world.as_reader("ada", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.answer(actor, approval, True, "", NOW)
        with world.as_reader("bea", Kind.WRITE) as actor, pytest.raises(NotFound):
            service.answer(actor, uuid4(), True, "", NOW)

    def test_the_lead_is_the_second_where_one_administrator_is_posted(self, app):
        world = northmoor(app)
        with pytest.raises(RuleBroken, match="APPROVAL-NOBODY"):
            ask(world)
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        approval = ask(world)
        with world.as_reader("ruth") as actor:
            assert [each.id for each in queries.to_answer(actor)] == [approval]
        answer(world, "ruth", approval)
        assert "supervisor" in roles(world)

    def test_the_asker_takes_it_back_and_may_ask_again(self, world):
        approval = ask(world)
        with pytest.raises(RuleBroken, match="APPROVAL-ASKED"):
            ask(world)
        with world.as_reader("adam", Kind.WRITE) as actor:
            service.withdraw(actor, approval, now=NOW)
        with pytest.raises(RuleBroken, match="APPROVAL-ONCE"):
            answer(world, "bea", approval)
        assert ask(world) != approval


class TestRoles:
    def test_one_alone_gives_no_role_of_more_rights_by_any_service(self, world):
        priya = world.staff["priya"]
        new = NewUser(name="Nadia Quill", email="nadia@example.org", role=Role.DUTY_OFFICER)
        with world.as_reader("adam", Kind.WRITE) as actor:
            for refused in (
                lambda: agencies.post(actor, priya.user_id, PROMOTED, now=NOW),
                lambda: agencies.post(actor, priya.user_id, PROMOTED, now=NOW, second=actor),
                lambda: agencies.post(actor, priya.user_id, PROMOTED, now=NOW, second=priya.actor),
                lambda: agencies.post(
                    actor, priya.user_id, PROMOTED, now=NOW, second=world.staff["naomi"].actor
                ),
                lambda: agencies.change_posting(
                    actor, priya.posting_id, ChangePosting(role=Role.CHAIR, reason=WHY), now=NOW
                ),
                lambda: agencies.post(
                    actor, priya.user_id, NewPosting(role=Role.REPRESENTATIVE), now=NOW
                ),
                lambda: agencies.create_user(actor, new, now=NOW),
            ):
                with pytest.raises(RuleBroken, match="ROLE-TWO"):
                    refused()
            db.session.rollback()
        assert roles(world) == {"offender_manager"}

    def test_an_account_in_such_a_role_is_there_once_it_is_approved(self, world):
        new = NewUser(
            name="Nadia Quill", email="nadia@example.org", role=Role.DUTY_OFFICER, why=WHY
        )
        with world.as_reader("adam", Kind.WRITE) as actor:
            approval = agencies.ask_to_add(actor, new, now=NOW)
        named = sa.select(User).where(User.email == "nadia@example.org")
        with world.system():
            assert db.session.scalars(named).all() == []
        answer(world, "bea", approval)
        with world.system():
            assert db.session.scalars(named).one().name == "Nadia Quill"

    def test_what_is_kept_of_a_question_is_plain_words_and_no_more(self, world):
        approval = ask(world)
        with world.system():
            kept = json.loads(db.session.get_one(Approval, approval).payload)
        assert kept == {
            "act": "post", "user": world.staff["priya"].user_id.hex, "role": "supervisor",
            "team": "0" * 32, "from_on": "", "until_on": "",
        }  # fmt: skip
