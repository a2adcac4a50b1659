"""Teams and postings that change: who sees which case before and after, and what ends at once."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking
from mappa.access.models import CaseWorker, NamedReader, Posting, RightEnd
from mappa.access.terms import Reader, Role, Section
from mappa.agencies import queries, rules, service
from mappa.agencies.models import Session, Team
from mappa.agencies.service import ChangePosting, CloseTeam, MovePeople, NewAgency, NewPosting
from mappa.audit.verify import verify
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline
from tests.factories.reminders import duty, label
from tests.factories.visits import a_planned_visit
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql

WHY = "Reorganised"


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.team("probation two", "probation")
    made.user("tom", "probation", Role.SUPERVISOR, name="Tom Harrow", team="probation two")
    return made


def sees(world, who, person):
    with world.as_reader(who) as actor:
        try:
            asking.standing(actor, person)
        except NotFound:
            return False
    return True


def move(world, who, team):
    with world.as_reader("adam", Kind.WRITE) as actor:
        command = MovePeople(
            postings=[world.staff[who].posting_id], team=world.teams[team], reason=WHY
        )
        return service.move_people(actor, world.teams["probation one"], command, now=NOW)


def close(world, team, successor):
    with world.as_reader("adam", Kind.WRITE) as actor:
        command = CloseTeam(successor=world.teams[successor], reason=WHY)
        service.close_team(actor, world.teams[team], command, now=NOW)


class TestMovePeople:
    def test_the_cases_and_the_duties_go_with_the_worker(self, world):
        person = a_shared_person(world)
        owed = duty(world, label(world, person), "priya")
        assert (sees(world, "grace", person), sees(world, "tom", person)) == (True, False)
        assert move(world, "priya", "probation two") == 1
        assert (sees(world, "grace", person), sees(world, "tom", person)) == (False, True)
        with world.system():
            assert (
                db.session.get_one(Deadline, owed.id).owner_team_id
                == (world.teams["probation two"])
            )
            ended = db.session.get_one(RightEnd, world.staff["priya"].posting_id)
            assert (ended.reason, ended.ended_by_id) == (WHY, world.staff["adam"].user_id)
            assert verify().faults == ()

    def test_everybody_elses_cases_stay(self, world):
        person = world.person(family="Marsworth", manager="priya")
        world.worker(person, "owen")
        world.user("marek", "probation", Role.OFFENDER_MANAGER, team="probation one")
        other = world.person(family="Aldbourne", manager="marek")
        move(world, "priya", "probation two")
        assert sees(world, "grace", other)
        with world.system():
            teams = set(
                db.session.scalars(
                    sa.select(CaseWorker.team_id).where(
                        CaseWorker.user_id == world.staff["owen"].user_id, CaseWorker.state == 1
                    )
                )
            )
        assert teams == {world.teams["police one"]}

    def test_the_new_supervisors_are_named_for_what_only_supervisors_read(self, world):
        person = a_shared_person(world)
        visit = a_planned_visit(world, "priya", person)
        move(world, "priya", "probation two")
        with world.system():
            named = set(
                db.session.scalars(
                    sa.select(NamedReader.team_id).where(
                        NamedReader.record_id == visit,
                        NamedReader.kind == Reader.TEAM_SUPERVISORS.value,
                        NamedReader.state == 1,
                    )
                )
            )
        assert world.teams["probation two"] in named

    @pytest.mark.parametrize("team", ["probation one", "police one"])
    def test_only_to_another_team_of_the_agency(self, world, team):
        with pytest.raises(FieldErrors, match="team"):
            move(world, "priya", team)

    def test_only_who_is_in_the_team(self, world):
        with pytest.raises(FieldErrors, match="postings"):
            move(world, "owen", "probation two")
        with pytest.raises(FieldErrors, match="postings"):
            move(world, "tom", "probation two")


class TestCloseTeam:
    def test_nobody_and_no_case_is_left_without_a_supervisor(self, world):
        person = a_shared_person(world)
        visit = a_planned_visit(world, "priya", person)
        left = world.person(family="Left behind", manager="priya")
        with world.system():  # the worker is gone, the case still names the team
            posting = db.session.get_one(Posting, world.staff["priya"].posting_id)
            posting.state = 0
        close(world, "probation one", "probation two")
        assert sees(world, "tom", left)
        assert sees(world, "tom", person)
        with world.system():
            for right in (CaseWorker, NamedReader, Posting):
                assert not db.session.scalars(
                    sa.select(right).where(
                        right.team_id == world.teams["probation one"], right.state == 1
                    )
                ).all(), right
            assert db.session.scalars(
                sa.select(NamedReader).where(
                    NamedReader.record_id == visit,
                    NamedReader.team_id == world.teams["probation two"],
                    NamedReader.state == 1,
                )
            ).one()
            assert db.session.get_one(Team, world.teams["probation one"]).closed_at == NOW

    def test_a_record_that_the_successor_reads_already_is_named_once(self, world):
        visit = a_planned_visit(world, "priya", a_shared_person(world))
        move(world, "priya", "probation two")
        close(world, "probation one", "probation two")
        with world.system():
            teams = db.session.scalars(
                sa.select(NamedReader.team_id).where(
                    NamedReader.record_id == visit,
                    NamedReader.kind == Reader.TEAM_SUPERVISORS.value,
                    NamedReader.state == 1,
                )
            ).all()
        assert teams == [world.teams["probation two"]]

    def test_a_closed_team_is_not_offered_not_changed_and_takes_nobody(self, world):
        close(world, "probation one", "probation two")
        closed = world.teams["probation one"]
        with world.as_reader("adam", Kind.WRITE) as actor:
            assert closed not in {each.id for each in queries.teams_of(actor.agency_id)}
            with pytest.raises(RuleBroken, match="team-open"):
                service.rename_team(actor, closed, "Other", now=NOW)
            with pytest.raises(FieldErrors, match="team"):
                service.post(
                    actor, world.staff["helen"].user_id,
                    NewPosting(role=Role.SUPERVISOR, team=closed), now=NOW,
                )  # fmt: skip

    def test_an_administrator_of_the_team_leaves_it_to_another(self, world):
        with world.system():
            posting = db.session.get_one(Posting, world.staff["adam"].posting_id)
            posting.team_id = world.teams["probation one"]
        with pytest.raises(RuleBroken, match="administer-not-oneself"):
            close(world, "probation one", "probation two")

    def test_a_team_of_another_agency_is_not_found(self, world):
        with pytest.raises(NotFound):
            close(world, "police one", "probation two")


class TestNames:
    def test_a_name_is_used_once_whatever_its_capitals(self, world):
        with world.as_reader("adam", Kind.WRITE) as actor:
            with pytest.raises(FieldErrors, match="name"):
                service.add_team(actor, "PROBATION ONE", now=NOW)
            with pytest.raises(FieldErrors, match="name"):
                service.rename_team(actor, world.teams["probation two"], "Probation one", now=NOW)
            added = service.add_team(actor, "Police one", now=NOW)
            service.rename_team(actor, added.id, "POLICE ONE", now=NOW)
            assert service.rename_team(actor, added.id, "POLICE ONE", now=NOW).name == "POLICE ONE"


class TestPostings:
    def test_a_change_ends_one_and_begins_another_until_the_same_day(self, world):
        until = date(2026, 12, 24)
        who, lead = world.staff["helen"], world.user("ruth", "probation", Role.AGENCY_LEAD)
        with world.as_reader("adam", Kind.WRITE) as actor:
            command = NewPosting(role=Role.SUPERVISOR, until_on=until)
            first = service.post(actor, who.user_id, command, now=NOW, second=lead.actor)
            change = ChangePosting(
                role=Role.SUPERVISOR, team=world.teams["probation two"], reason=WHY
            )
            second = service.change_posting(actor, first.id, change, now=NOW)
        assert second.ends_at == clock.end_of(until)
        assert (first.state, first.ends_at) == (0, NOW)
        with world.system():
            rows = queries.users_of(world.agencies["probation"], user_id=who.user_id)[0].postings
        # Both began at the same moment, so their order says nothing.
        assert {(each.state, each.until) for each in rows if each.role is Role.SUPERVISOR} == {
            ("Ended", date(2026, 11, 20)),
            ("In force", until),
        }

    def test_out_of_every_team_only_the_agency_lead_supervises(self, world):
        person = a_shared_person(world)
        with world.as_reader("adam", Kind.WRITE) as actor:
            change = ChangePosting(role=Role.OFFENDER_MANAGER, reason=WHY)
            service.change_posting(actor, world.staff["priya"].posting_id, change, now=NOW)
        world.user("ruth", "probation", Role.AGENCY_LEAD)
        assert [sees(world, who, person) for who in ("grace", "tom", "ruth")] == [
            False, False, True,
        ]  # fmt: skip

    def test_what_does_not_change_is_refused_and_writes_nothing(self, world):
        posting = world.staff["priya"].posting_id
        with world.as_reader("adam", Kind.WRITE) as actor:
            same = ChangePosting(
                role=Role.OFFENDER_MANAGER, team=world.teams["probation one"], reason=WHY
            )
            with pytest.raises(FieldErrors, match="role"):
                service.change_posting(actor, posting, same, now=NOW)
        with world.system():
            assert db.session.get_one(Posting, posting).state == 1

    def test_one_that_is_still_to_begin_opens_nothing_before_its_day(self, world):
        tomorrow = date(2026, 11, 21)
        lead = world.user("ruth", "probation", Role.AGENCY_LEAD).actor
        with world.as_reader("adam", Kind.WRITE) as actor:
            command = NewPosting(role=Role.AUDITOR, from_on=tomorrow)
            made = service.post(actor, world.staff["helen"].user_id, command, now=NOW, second=lead)
        for at, found in ((NOW, False), (clock.start_of(tomorrow), True)):
            with world.system() as unit:
                unit._at = at
                live = queries.live_postings(world.staff["helen"].user_id)
                assert (made.id in {each.id for each in live}) is found

    @pytest.mark.parametrize(
        ("days", "field"),
        [
            ({"from_on": date(2026, 11, 19)}, "from_on"),
            ({"until_on": date(2026, 11, 19)}, "until_on"),
            ({"from_on": date(2026, 12, 2), "until_on": date(2026, 12, 1)}, "until_on"),
        ],
    )
    def test_days_that_cannot_be_are_refused(self, world, days, field):
        with (
            world.as_reader("adam", Kind.WRITE) as actor,
            pytest.raises(FieldErrors, match=field),
        ):
            service.post(
                actor, world.staff["helen"].user_id, NewPosting(role=Role.AUDITOR, **days), now=NOW
            )

    @pytest.mark.parametrize(
        ("role", "field"),
        [(Role.PROTECTION_OFFICER, "role"), *((each, "role") for each in rules.NEED_A_SECOND)],
    )
    def test_a_role_of_other_agencies_or_of_two_people_is_not_given(self, world, role, field):
        with (
            world.as_reader("adam", Kind.WRITE) as actor,
            pytest.raises(FieldErrors, match=field),
        ):
            service.post(actor, world.staff["helen"].user_id, NewPosting(role=role), now=NOW)


class TestSessions:
    def test_one_ends_and_the_other_stays(self, world):
        with clock.at(NOW):
            first, second = world.client("priya"), world.client("priya")
            with world.as_reader("adam", Kind.WRITE) as actor:
                shown = queries.sessions_at(
                    actor.agency_id, idle=NOW - timedelta(minutes=15), began=NOW - timedelta(days=1)
                )
                service.end_one_session(actor, shown[0].id, now=NOW)
            codes = sorted(each.get("/account").status_code for each in (first, second))
            assert codes == [200, 302]

    def test_a_session_of_another_agency_or_ones_own_is_left_alone(self, world):
        world.client("owen")
        world.client("adam")
        with world.system():
            ids = dict(db.session.execute(sa.select(Session.user_id, Session.id)).all())
        with world.as_reader("adam", Kind.WRITE) as actor:
            with pytest.raises(NotFound):
                service.end_one_session(actor, ids[world.staff["owen"].user_id], now=NOW)
            with pytest.raises(RuleBroken, match="administer-not-oneself"):
                service.end_one_session(actor, ids[world.staff["adam"].user_id], now=NOW)


def test_nobody_else_administers_and_nothing_is_written(world):
    team, one = world.teams["probation one"], world.staff["grace"].posting_id
    agency = NewAgency(type="police", name="X", short_name="X")
    with world.as_reader("priya", Kind.WRITE) as actor:
        for refused in (
            lambda: service.add_team(actor, "X", now=NOW),
            lambda: service.rename_team(actor, team, "X", now=NOW),
            lambda: service.move_people(
                actor, team, MovePeople(postings=[one], team=NOBODY, reason=WHY), now=NOW
            ),
            lambda: service.close_team(actor, team, CloseTeam(successor=team, reason="x"), now=NOW),
            lambda: service.change_posting(
                actor, one, ChangePosting(role=Role.CHAIR, reason=WHY), now=NOW
            ),
            lambda: service.end_one_session(actor, NOBODY, now=NOW),
            lambda: service.open_area(actor, "avon-and-somerset", now=NOW),
            lambda: service.add_agency(actor, "northmoor", agency, now=NOW),
            lambda: service.sign_agreement(actor, "northmoor", date(2026, 12, 1), now=NOW),
        ):
            with pytest.raises(NotPermitted):
                refused()
        assert not db.session.new
        assert not db.session.dirty


class TestAreas:
    def test_an_area_from_nothing_to_an_agreement_under_which_agencies_read(self, world):
        with world.as_reader("sys", Kind.WRITE) as actor:
            opened = service.open_area(actor, "avon-and-somerset", now=NOW)
            assert [each.open for each in queries.areas() if each.key == opened.id] == [True]
            kind = NewAgency(type="probation", name="Avon Probation", short_name="Probation")
            added = service.add_agency(actor, opened.id, kind, now=NOW)
        world.agencies["avon"] = added.id
        world.user("ann", "avon", Role.OFFENDER_MANAGER)
        person = world.person(lead="avon", area="avon-and-somerset")
        assert not sees(world, "ann", person) or levels(world, "ann", person) == 0
        with world.as_reader("sys", Kind.WRITE) as actor:
            service.sign_agreement(actor, opened.id, date(2026, 11, 20), now=NOW)
        assert levels(world, "ann", person) == 3
        with world.system():
            assert verify().faults == ()

    def test_what_is_there_already_or_unknown_is_refused(self, world):
        with world.as_reader("sys", Kind.WRITE) as actor:
            with pytest.raises(NotFound):
                service.open_area(actor, "atlantis", now=NOW)
            service.open_area(actor, "avon-and-somerset", now=NOW)
            with pytest.raises(RuleBroken, match="area-not-open"):
                service.open_area(actor, "avon-and-somerset", now=NOW)
            with pytest.raises(RuleBroken, match="no-agreement"):
                service.sign_agreement(actor, "northmoor", date(2026, 11, 20), now=NOW)
            for on in (date(2026, 11, 19), date(2199, 1, 1)):
                with pytest.raises(FieldErrors, match="starts_on"):
                    service.sign_agreement(actor, "avon-and-somerset", on, now=NOW)
            for wrong, field in (
                ({"type": "justice-social-work"}, "type"),
                ({"type": "circus"}, "type"),
                ({"name": "NORTHMOOR police"}, "name"),
            ):
                given = {"type": "police", "name": "Other", "short_name": "Other"} | wrong
                with pytest.raises(FieldErrors, match=field):
                    service.add_agency(actor, "northmoor", NewAgency(**given), now=NOW)


def levels(world, who, person):
    with world.as_reader(who) as actor:
        return int(asking.standing(actor, person).levels[Section.VISITS])
