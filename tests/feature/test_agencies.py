"""Accounts, postings and sign-in against the database: what is written, and what never is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access.models import Posting, RightEnd
from mappa.access.terms import Role, State
from mappa.agencies import queries, second_factor, service, sessions, signing_in
from mappa.agencies.models import RecoveryCode, Session, SignInTry, User
from mappa.agencies.service import NewPosting, NewUser
from mappa.agencies.signing_in import Refused
from mappa.audit.verify import verify
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from tests.factories.world import AREA, NOW, northmoor

pytestmark = pytest.mark.sql

PASSWORD = "seven wet otters"


@pytest.fixture
def world(app):
    return northmoor(app)


def a_session(world, who):
    with world.system() as unit:
        user = db.session.get_one(User, world.staff[who].user_id)
        sessions.begin(
            user, world.staff[who].posting_id, at=unit.at, second_factor=False,
            address="", device="",
        )  # fmt: skip


def ended(world, who):
    with world.system():
        return db.session.scalars(
            sa.select(Session.end_reason).where(
                Session.user_id == world.staff[who].user_id, Session.ended_at.is_not(None)
            )
        ).all()


def test_an_account_from_first_link_to_the_end_of_its_posting(world):
    command = NewUser(name="Nadia Quill", email="nadia@example.org", role=Role.OFFENDER_MANAGER)
    with world.as_reader("adam", Kind.WRITE) as actor:
        made = service.create_user(actor, command, now=NOW)
    with world.system():
        assert not signing_in.check("k", signing_in.stored_for("nadia@example.org"), "").right
        service.use_link(made.token, PASSWORD, now=NOW, refused="demo")
    with world.system():
        with pytest.raises(NotFound):
            service.open_link(made.token, now=NOW)
        checked = signing_in.check("k", signing_in.stored_for("NADIA@example.org"), PASSWORD)
        assert signing_in.decide(checked, NOW).email == "nadia@example.org"
        (posting,) = queries.live_postings(made.user.id)
        assert posting.words == "Offender manager, Northmoor Probation"
    with world.as_reader("adam", Kind.WRITE) as actor:
        service.end_posting(actor, posting.id, "Moved", now=NOW)
    with world.system():
        assert queries.live_postings(made.user.id) == []
        assert db.session.get_one(Posting, posting.id).state == State.REVOKED
        assert db.session.get_one(RightEnd, posting.id).reason == "Moved"
        assert signing_in.decide(checked, NOW) == Refused(0), "nothing to act under"
        assert verify().faults == ()


def test_a_reader_who_may_not_administer_writes_nothing(world):
    command = NewUser(name="Nadia Quill", email="nadia@example.org", role=Role.CHAIR)
    theirs = world.staff["grace"]
    with world.as_reader("priya", Kind.WRITE) as actor:
        for refused in (
            lambda: service.create_user(actor, command, now=NOW),
            lambda: service.post(actor, theirs.user_id, NewPosting(role=Role.CHAIR), now=NOW),
            lambda: service.disable(actor, theirs.user_id, "x", now=NOW),
            lambda: service.make_link(actor, theirs.user_id, now=NOW),
            lambda: service.end_posting(actor, theirs.posting_id, "x", now=NOW),
            lambda: service.end_sessions(actor, theirs.user_id, now=NOW),
        ):
            with pytest.raises(NotPermitted):
                refused()
    with world.system():
        assert queries.account_by_email("nadia@example.org") is None
        assert db.session.get_one(User, theirs.user_id).disabled_at is None
        assert len(queries.live_postings(theirs.user_id)) == 1


def test_disabling_ends_every_session_and_ending_a_posting_only_its_own(world):
    a_session(world, "priya")
    a_session(world, "grace")
    with world.as_reader("adam", Kind.WRITE) as actor:
        service.disable(actor, world.staff["priya"].user_id, "Left", now=NOW)
        service.end_posting(actor, world.staff["grace"].posting_id, "Moved", now=NOW)
    assert ended(world, "priya") == ["disabled"]
    assert ended(world, "grace") == ["posting ended"]
    with world.as_reader("adam", Kind.WRITE) as actor:
        with pytest.raises(RuleBroken):
            service.disable(actor, world.staff["priya"].user_id, "Left", now=NOW)
        with pytest.raises(RuleBroken):
            service.make_link(actor, world.staff["priya"].user_id, now=NOW)
        with pytest.raises(RuleBroken):
            service.enable(actor, world.staff["grace"].user_id, "x", now=NOW)


def test_an_agency_administrator_cannot_take_over_who_runs_the_system(world):
    theirs = world.staff["sys"]
    with world.as_reader("adam", Kind.WRITE) as actor:
        for refused in (
            lambda: service.make_link(actor, theirs.user_id, now=NOW),
            lambda: service.disable(actor, theirs.user_id, "x", now=NOW),
            lambda: service.post(actor, theirs.user_id, NewPosting(role=Role.CHAIR), now=NOW),
            lambda: service.end_posting(actor, theirs.posting_id, "x", now=NOW),
        ):
            with pytest.raises(RuleBroken, match="operators-by-command"):
                refused()
    with world.system():
        assert len(queries.live_postings(theirs.user_id)) == 1


def test_a_command_acts_on_any_agency_and_says_so(world):
    command = NewUser(name="Zed", email="zed@example.org", role=Role.AGENCY_ADMINISTRATOR)
    with world.system():
        police = world.agencies["police"]
        made = service.create_user(None, command, now=NOW, agency_id=police, basis="mappa users")
        service.end_sessions(None, made.user.id, now=NOW)
        with pytest.raises(FieldErrors):
            service.create_user(None, command, now=NOW, agency_id=police)
        assert [row.email for row in queries.users_of(police) if row.name == "Zed"] == [
            "zed@example.org"
        ]


def test_tries_are_counted_alike_for_addresses_with_and_without_an_account(world):
    with world.system():
        rows = {}
        for who in ("priya", "nobody"):
            stored = signing_in.stored_for(f"{who}@example.org")
            checked = signing_in.check(who, stored, "wrong")
            said = [signing_in.decide(checked, NOW) for _ in range(7)]
            assert said == [*[Refused(0)] * 4, *[Refused(5)] * 3], "waiting is not counted on"
            row = db.session.get_one(SignInTry, who)
            rows[who] = (row.failures, row.locked_until)
        assert rows["priya"] == rows["nobody"] == (5, NOW + timedelta(minutes=5))
        signing_in.forget_old_tries(NOW + timedelta(hours=25))
        assert db.session.scalars(sa.select(SignInTry.email_digest)).all() == []


def test_a_code_and_a_recovery_code_are_each_good_once(world):
    with world.system():
        user = db.session.get_one(User, world.staff["priya"].user_id)
        secret = second_factor.new_secret()
        step = int(NOW.timestamp()) // 30
        codes = second_factor.set_up(user, secret, step - 1, by=None, now=NOW)
        assert len(set(codes)) == 10
        assert second_factor.accept(user, "", NOW) is None
        from pyotp import TOTP

        code = TOTP(secret).at(NOW)
        assert second_factor.accept(user, code[:3] + " " + code[3:], NOW) == "app"
        assert second_factor.accept(user, code, NOW) is None
        assert second_factor.accept(user, codes[0], NOW) == "recovery code"
        assert second_factor.accept(user, codes[0], NOW) is None
        assert second_factor.codes_left(user.id) == 9
        digests = db.session.scalars(sa.select(RecoveryCode.code_digest)).all()
        assert not set(codes) & set(digests)
        second_factor.remove(user, by=None, now=NOW)
        assert second_factor.accept(user, codes[1], NOW) is None


def test_who_works_where(world):
    with world.system():
        police = world.agencies["police"]
        staff = queries.staff_of([police])
        assert [each.name for each in staff] == ["Iris Venn", "Naomi Pell", "Owen Marsh"]
        assert staff[2].role is Role.PROTECTION_OFFICER
        assert queries.staff_of([]) == []
        owen = world.staff["owen"].user_id
        assert queries.user_names({owen, NOBODY}) == {owen: "Owen Marsh"}
        assert queries.user_names([]) == {}
        assert [each.name for each in queries.teams_of(police)] == ["police one"]
        assert len(queries.agencies_in(AREA)) == 5
        assert queries.jurisdiction_of(AREA) == "england-wales"
        assert queries.agency(police).name == "Northmoor Police"
        for missing in (lambda: queries.agency(NOBODY), lambda: queries.jurisdiction_of("x")):
            with pytest.raises(NotFound):
                missing()
        db.session.get_one(User, owen).disabled_at = NOW
        db.session.flush()
        assert [each.name for each in queries.staff_of([police])] == ["Iris Venn", "Naomi Pell"]


def test_the_demo_lists_one_of_each_role_first_unless_told(world):
    with world.system():
        for who in ("priya", "grace", "owen", "naomi"):
            db.session.get_one(User, world.staff[who].user_id).demo = True
        db.session.flush()
        first, others = queries.demo_accounts()
        assert [each.name for each in first] == ["Priya Sandhurst", "Owen Marsh", "Grace Ilford"]
        assert [each.name for each in others] == ["Naomi Pell"]
        db.session.get_one(User, world.staff["naomi"].user_id).demo_order = 1
        db.session.flush()
        first, others = queries.demo_accounts()
        assert [each.name for each in first] == ["Naomi Pell"]
        assert [each.role for each in others] == [
            "Offender manager", "Public protection officer", "Supervisor",
        ]  # fmt: skip
