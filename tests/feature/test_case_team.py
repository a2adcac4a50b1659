"""The case team: agencies and workers come on and leave, with a reason, and all of it is kept."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking
from mappa.access.models import CaseTeam, CaseWorker
from mappa.access.terms import Capacity, Level, Part, Role, Section
from mappa.agencies import queries as agencies
from mappa.audit.models import AuditEntry
from mappa.kernel import clock, uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders import queries as people
from mappa.offenders.handover.rules import Stays
from mappa.reminders.models import Notice
from mappa.sharing.case_team import queries, service
from mappa.sharing.case_team.rules import BringOn, NameWorker
from tests.factories.handover import a_cover, a_handover, with_marek
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor
from tests.pages.forms import submit

LATER = NOW + timedelta(minutes=5)
WHY = "He is offered a flat of the council"


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.person_id = a_shared_person(made)
    return made


def bring(world, by="priya", agency="housing", now=NOW, **said):
    with world.as_reader(by, Kind.WRITE) as actor:
        service.bring_on(
            actor,
            world.person_id,
            world.agencies[agency],
            BringOn(**({"why": WHY} | said)),
            now=now,
        )


def name(world, by, who, now=NOW):
    actor = world.staff[who].actor
    command = NameWorker(user=actor.user_id, agency=actor.agency_id, why="Meets him weekly")
    with world.as_reader(by, Kind.WRITE) as reader:
        service.name_worker(reader, world.person_id, command, now=now)


def places(world, by="priya", at=LATER):
    with world.as_reader(by) as actor:
        uow.current()._at = at
        return queries.places(actor, world.person_id)


def names(world, agency, who):
    user = world.staff[who].user_id
    with world.system():
        return agencies.agency(world.agencies[agency]).name, agencies.user_names([user])[user]


def place_of(world, agency, who=None):
    user = world.staff[who].user_id if who else NOBODY
    return next(
        each.id
        for each in places(world)
        if each.stands and (each.agency, each.user) == (world.agencies[agency], user)
    )


def let_go(world, by, agency, who=None, now=LATER):
    place = place_of(world, agency, who)
    with world.as_reader(by, Kind.WRITE) as actor:
        uow.current()._at = now
        service.let_go(actor, world.person_id, place, "The flat was refused", now=now)


def level(world, who, section, at=LATER):
    with world.as_reader(who) as actor:
        uow.current()._at = at
        try:
            return asking.standing(actor, world.person_id).levels[section]
        except NotFound:
            return None


@pytest.mark.sql
def test_an_agency_sees_by_the_agreement_while_it_is_on_the_team_and_not_after(world):
    assert level(world, "sam", Section.CONTACT) is None
    bring(world)
    assert level(world, "sam", Section.CONTACT) is Level.FULL
    assert level(world, "sam", Section.RISK) is Level.SUM
    let_go(world, "priya", "housing")
    assert level(world, "sam", Section.CONTACT, at=LATER + timedelta(seconds=1)) is None


@pytest.mark.sql
def test_who_was_on_the_team_stays_told_with_who_when_and_why(world):
    bring(world, worker=world.staff["sam"].user_id)
    let_go(world, "priya", "housing")
    gone = [each for each in places(world) if each.agency == world.agencies["housing"]]
    assert [(each.what, each.why, each.ended.reason) for each in gone] == [
        (Capacity.COOPERATE_HOUSING, WHY, "The flat was refused"),
        (Part.WORKER, WHY, "The flat was refused"),
    ]
    assert {each.made_by for each in gone} == {world.staff["priya"].user_id}
    assert {each.ended.at for each in gone} == {LATER}
    assert not any(each.stands for each in gone)


def history(world, who="priya"):
    with world.as_reader(who) as actor:
        uow.current()._at = LATER + timedelta(seconds=1)
        found, _ = people.history(actor, world.person_id, only=("team:joined", "team:left"))
    return [(each.kind, each.before, each.after, each.why) for each in found]


@pytest.mark.sql
def test_the_history_says_who_joined_and_left_to_readers_of_the_team_in_full_alone(world):
    bring(world, worker=world.staff["sam"].user_id)
    let_go(world, "priya", "housing", "sam")
    housing, name = names(world, "housing", "sam")
    sam = f"{name}, {housing}"
    assert sorted(history(world)) == [
        ("team:joined", "", f"{housing}, duty to co-operate", WHY),
        ("team:joined", "", sam, WHY),
        ("team:left", sam, "", "The flat was refused"),
    ]
    assert level(world, "leah", Section.SHARING) is not Level.FULL
    assert history(world, "leah") == []


def test_a_reason_that_was_typed_for_something_else_is_never_shown(world):
    with world.system():
        row = db.session.scalars(
            sa.select(CaseWorker).where(CaseWorker.user_id == world.staff["owen"].user_id)
        ).one()
        row.reason = "A conflict that only supervisors know"
    assert not [each.why for each in places(world) if "conflict" in each.why]


class TestWhoMay:
    @pytest.mark.parametrize("who", ["owen", "naomi", "leah", "carl", "iris", "helen"])
    def test_only_the_lead_says_which_agencies(self, world, who):
        with pytest.raises((NotFound, NotPermitted)):
            bring(world, by=who)
        with world.system():
            housing = sa.select(CaseTeam).where(CaseTeam.agency_id == world.agencies["housing"])
            assert db.session.scalars(housing).first() is None

    def test_a_colleague_of_the_manager_does_not_but_their_supervisor_does(self, world):
        with_marek(world)
        with pytest.raises(NotPermitted):
            bring(world, by="marek")
        bring(world, by="grace")

    def test_each_agency_names_its_own_workers_and_no_others(self, world):
        world.user("bethan", "police", Role.PROTECTION_OFFICER, team="police one")
        world.user("femi", "children", Role.SOCIAL_WORKER)
        name(world, "naomi", "bethan")
        with pytest.raises(NotPermitted):
            name(world, "naomi", "femi")
        with pytest.raises(NotPermitted):
            name(world, "owen", "femi")
        name(world, "priya", "femi")

    def test_nobody_opens_victims_to_themselves(self, world):
        assert level(world, "naomi", Section.VICTIMS) is Level.SEALED
        with pytest.raises(RuleBroken) as broken:
            name(world, "naomi", "naomi")
        assert broken.value.rule == "TEAM-ONESELF"
        name(world, "grace", "naomi")
        assert level(world, "naomi", Section.VICTIMS) is Level.SUM

    def test_a_reader_of_the_own_line_finds_no_page(self, world):
        with clock.at(NOW):
            for path in ("team", "team/bring", "team/name"):
                answer = world.client("leah").get(f"/people/{world.person_id}/{path}")
                assert answer.status_code in (403, 404)

    def test_an_agency_of_another_area_is_not_found(self, world):
        from mappa.agencies import seed

        with world.system():
            seed.add_area("strathannan", "Strathannan", "scotland")
        world.agency("far", "housing", "Strathannan Council Housing", area="strathannan")
        with pytest.raises(NotFound):
            bring(world, agency="far")


class TestWhatCannotLeave:
    @pytest.mark.parametrize(
        ("agency", "who", "rule"),
        [("probation", None, "TEAM-LEAD"), ("probation", "priya", "TEAM-MANAGER")],
    )
    def test_the_lead_and_the_manager_are_handed_over(self, world, agency, who, rule):
        with pytest.raises(RuleBroken) as broken:
            let_go(world, "grace", agency, who)
        assert broken.value.rule == rule

    def test_a_deputy_leaves_with_the_cover(self, world):
        with_marek(world)
        a_cover(world, "marek")
        with pytest.raises(RuleBroken) as broken:
            let_go(world, "grace", "probation", "marek")
        assert broken.value.rule == "TEAM-DEPUTY"

    def test_the_old_lead_may_once_the_case_is_handed_over(self, world):
        a_handover(world, "owen", world.person_id, stays=Stays.RESPONSIBLE)
        let_go(world, "owen", "probation")
        assert level(world, "priya", Section.RISK, at=LATER + timedelta(seconds=1)) is None


def test_what_an_agency_wrote_stays_its_own(world):
    a_made_visit(world, "owen", world.person_id)
    let_go(world, "priya", "police")
    assert level(world, "owen", Section.VISITS) is None  # of others nothing
    with world.as_reader("owen") as actor:
        found = asking.decide_reading(
            actor,
            Section.VISITS,
            Level.FULL,
            asking.Target(person=world.person_id, owner=actor.agency_id),
        )
    assert found.allowed


def test_the_same_agency_or_worker_comes_on_once(world):
    with pytest.raises(RuleBroken) as broken:
        bring(world, agency="police")
    assert broken.value.rule == "TEAM-ONCE"
    with pytest.raises(RuleBroken) as broken:
        name(world, "priya", "owen")
    assert broken.value.rule == "TEAM-NAMED"


def test_everybody_concerned_is_told_and_every_act_is_in_the_audit(world):
    world.user("hugo", "housing", Role.AGENCY_LEAD)
    bring(world, worker=world.staff["sam"].user_id)
    let_go(world, "priya", "housing")
    with world.system():
        told = db.session.execute(sa.select(Notice.user_id, Notice.event)).all()
        acts = {
            row.event: (row.operation, row.recipients)
            for row in db.session.scalars(sa.select(AuditEntry))
            if row.event.startswith("team:")
        }
    assert {
        (world.staff[w].user_id, e) for w, e in (("hugo", service.BROUGHT), ("sam", service.NAMED))
    } == set(told)
    housing = [world.agencies["housing"].hex]
    assert acts[service.BROUGHT] == ("disclosure", housing)
    assert acts[service.LEFT][1] == housing


def test_the_pages_ask_show_what_opens_and_keep_what_was_typed(world):
    sam = world.staff["sam"].actor
    worker = f"{sam.user_id}.{sam.agency_id}"
    with clock.at(NOW):
        client = world.client("priya")
        team = f"/people/{world.person_id}/team"
        assert "There is a problem" in client.get(f"{team}/bring?agency=").text
        page = f"{team}/bring/{world.agencies['housing']}"
        refused = submit(client, page, {"worker": worker, "why": ""})
        assert refused.status_code == 422
        assert "Say why it comes on to the case team" in refused.text
        assert f'value="{worker}" selected' in refused.text
        after = submit(client, page, {"worker": worker, "why": WHY}, follow=True).text
    assert WHY in after
    assert "Sam Ortega" in after
