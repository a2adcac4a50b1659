"""The reads of insight on both databases: each statement once, with what it must say."""

from datetime import timedelta

import pytest

from mappa.access import asking, team_grid
from mappa.access.terms import Capacity, Level, Section
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.audit.queries import Filter, entries, entry, reference
from mappa.insight.queries import timeline, work, work_list
from mappa.insight.queries.held import held
from mappa.insight.rules import Whose, WorkFilter
from mappa.sharing.owners import owners
from tests.factories.intelligence import an_item
from tests.factories.risk import an_assessment
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def test_the_grid_is_the_agreement_of_each_agency(world, person):
    with world.as_reader("priya") as actor:
        team = {each.agency_id: each for each in team_grid.team(person)}
        own = team_grid.own_levels(actor, person)
        signed = team_grid.agreement(actor.area_id)
    children = team[world.agencies["children"]]
    assert children.capacity is Capacity.COOPERATE_CHILDREN
    assert children.cells[Section.VISITS].level is Level.SUM
    assert children.cells[Section.INTELLIGENCE].level is Level.SEALED
    assert children.cells[Section.HEALTH].level is Level.NONE
    assert children.cells[Section.VICTIMS].named_workers
    assert own[Section.VISITS] is Level.FULL
    assert signed.version == 1
    assert signed.purposes


def test_a_share_is_known_to_giver_receiver_and_readers_of_it(world, person):
    world.share(person, "police", "children", Section.INTELLIGENCE, Level.FULL)
    known = {}
    for who in ("owen", "leah", "priya"):
        with world.as_reader(who) as actor:
            known[who] = [each.section for each in team_grid.shares(actor, person)]
    assert known == {
        "owen": [Section.INTELLIGENCE],
        "leah": [Section.INTELLIGENCE],
        "priya": [],
    }


def test_the_reason_is_that_of_the_policy(world, person):
    with world.as_reader("priya"):
        decided = team_grid.why(
            world.agencies["children"], "northmoor", person, Section.VISITS, Level.SUM
        )
        refused = team_grid.why(
            world.agencies["housing"], "northmoor", person, Section.VISITS, Level.SUM
        )
    assert decided.reasons == ("works_cases", "on_team", "of_own_team")
    assert refused.reasons == ("no_line",)


def test_owners_and_holders_are_counted_from_what_is_seen(world, person):
    a_made_visit(world, "owen", person)
    an_item(world, person, world.handling_group("police", "owen"))
    with world.as_reader("leah") as actor:
        assert owners(actor, person)[Section.VISITS] == {world.agencies["police"]: 1}
        assert Section.INTELLIGENCE not in owners(actor, person)
        assert [(each.section, each.agency) for each in held(actor, person)] == [
            (Section.INTELLIGENCE, "Northmoor Police")
        ]


def test_the_timeline_unites_all_features(world, person):
    an_assessment(world, person)
    a_made_visit(world, "owen", person)
    with world.as_reader("priya") as actor:
        standing = asking.standing(actor, person)
        found, more = timeline.happenings(actor, standing)
        last = found[-1]
        older, _ = timeline.happenings(actor, standing, before=(last.at, last.record))
        for part in timeline.PARTS:
            timeline.happenings(actor, standing, only=part.key)
    assert {each.part for each in found} >= {"risk", "visits"}
    assert (more, list(older)) == (False, [])
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)


def test_work_waits_and_changes(world, person):
    with world.as_reader("priya") as actor:
        assert work_list.at_home(actor, NOW.date()) == []
        assert work.waiting(actor) == []
        assert work_list.listed(actor, Whose.TEAM, WorkFilter(), NOW.date()).duties == []
        assert work.changes(actor, NOW - timedelta(days=1)) == []
        assert work.around(actor).has_people
    with world.as_reader("grace") as actor:
        assert work_list.listed(actor, Whose.TEAM, WorkFilter(), NOW.date()).duties == []
        assert not work.around(actor).has_people


def test_the_audit_of_an_agency(world, person):
    with world.system():
        log.record(
            world.staff["owen"].actor, Operation.ALTERATION, "person:changed", [person], at=NOW
        )
    with world.as_reader("ada") as actor:
        wanted = Filter(
            since=NOW - timedelta(days=1),
            until=NOW + timedelta(days=1),
            operation=Operation.ALTERATION,
            actor_id=world.staff["owen"].user_id,
        )
        (found,), more = entries(actor, wanted)
        assert entry(actor, found.id) == found
        after, _ = entries(actor, Filter(before=(found.at, found.id)))
    assert found.references == [reference(person)]
    assert (more, after) == (False, [])
