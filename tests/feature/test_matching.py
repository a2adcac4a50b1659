"""Duplicates: only whom the asker may see is shown; the rest is the co-ordinator's, unnoticed."""

from datetime import date

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import Capacity, MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind
from mappa.offenders.matching import jobs, queries, service
from mappa.offenders.matching.models import MatchCheck, MatchTask
from mappa.offenders.matching.rules import Candidate, Different, Strength
from mappa.offenders.merging import service as merging
from mappa.offenders.merging.rules import MergeRecords
from tests.factories.offenders import an_alias, keyed
from tests.factories.world import NOW, count, northmoor

pytestmark = pytest.mark.sql

ASKED = Candidate(given_name="Danial", family_name="Wexcome", born_on=date(1979, 3, 14))


@pytest.fixture
def world(app):
    return northmoor(app)


def a_daniel(world, **said):
    person = world.person(**{"manager": "priya", "crn": "Z900412"} | said)
    keyed(world, person)
    return person


def matches(world, who, candidate=ASKED):
    with world.as_reader(who) as actor:
        return [
            (each.person.id, each.strength, each.reasons)
            for each in service.visible_matches(actor, candidate)
        ]


def checked(world):
    with clock.at(NOW):
        return jobs.check_matches(world.app)


def asked_later(world, person, **said):
    with world.system():
        service.check_later(person, NOW, **said)


class TestVisibleMatches:
    def test_a_misspelt_name_with_the_same_birth_is_likely(self, world):
        daniel = a_daniel(world)
        reasons = ("Sounds the same. 2 letters differ", "Same date of birth")
        assert matches(world, "priya") == [(daniel, Strength.LIKELY, reasons)]

    def test_whom_the_asker_cannot_see_moves_nothing(self, world):
        daniel = a_daniel(world)
        before = matches(world, "priya")
        police = a_daniel(world, lead="police", manager="owen")
        an_alias(world, police, "Danial Wexcome", "probation")
        assert matches(world, "priya") == before
        assert matches(world, "owen")[0][0] == police
        assert daniel not in [each[0] for each in matches(world, "owen")]

    def test_a_number_matches_only_for_who_may_see_it(self, world):
        daniel = a_daniel(world)
        world.on_team(daniel, "children", Capacity.COOPERATE_CHILDREN)
        by_number = Candidate(given_name="Tobias", family_name="Quill", crn="z900412")
        assert matches(world, "priya", by_number) == [(daniel, Strength.SAME, ("Same CRN",))]
        assert matches(world, "leah", by_number) == []

    def test_the_strongest_is_first(self, world):
        possible = a_daniel(world, given="Daniel", family="Wexcombe", born=None, crn="")
        likely = a_daniel(world, born=date(1979, 3, 15), crn="")
        same = a_daniel(world, given="Tobias", family="Quill", crn="Z900499", born=None)
        asked = Candidate(
            given_name="Daniel", family_name="Wexcombe", born_on=date(1979, 3, 14), crn="Z900499"
        )
        assert [each[0] for each in matches(world, "priya", asked)] == [same, likely, possible]

    def test_a_hidden_alias_finds_nobody(self, world):
        daniel = a_daniel(world)
        alias = an_alias(world, daniel, "Tobias Quillfeather")
        asked = Candidate(
            given_name="Tobias", family_name="Quillfeather", born_on=date(1979, 3, 14)
        )
        assert len(matches(world, "priya", asked)) == 1
        with world.system():
            rights.mark(alias, MarkKind.HIDDEN, NOW, Given(at=NOW))
        assert matches(world, "priya", asked) == []


class TestCheckLater:
    def test_a_clash_with_a_person_hidden_from_the_adder_goes_to_the_coordinator(self, world):
        police = a_daniel(world, lead="police", manager="owen", crn="")
        added = a_daniel(world, given="Danial", family="Wexcome", crn="")
        asked_later(world, added)
        assert checked(world) == jobs.Checked(people=1, clashes=1)
        with world.as_reader("carl") as actor:
            pair = queries.open_pairs(actor)[0]
            assert (pair.person.id, pair.other.id) == (added, police)
            assert "Same date of birth" in pair.likeness.reasons
            assert queries.how_many_open(actor) == 1

    @pytest.mark.parametrize("who", ["priya", "owen", "naomi", "helen", "iris", "ada", "sam"])
    def test_nobody_else_is_told(self, world, who):
        a_daniel(world, lead="police", manager="owen")
        asked_later(world, a_daniel(world))
        checked(world)
        with world.as_reader(who) as actor:
            assert queries.open_pairs(actor) == []
            assert queries.how_many_open(actor) == 0

    def test_it_may_run_twice(self, world):
        a_daniel(world, lead="police", manager="owen")
        added = a_daniel(world)
        asked_later(world, added)
        asked_later(world, added)
        assert checked(world) == jobs.Checked(people=2, clashes=1)
        assert checked(world) == jobs.Checked(people=0, clashes=0)
        with world.system():
            assert count(MatchTask) == 1
            assert count(MatchCheck) == 2

    def test_whom_the_adder_ruled_out_is_no_clash_but_for_the_same_number(self, world):
        known = a_daniel(world, crn="")
        asked_later(world, a_daniel(world, crn=""), dismissed=[known])
        assert checked(world).clashes == 0
        numbered = a_daniel(world, given="Ann", family="Other", crn="Z900411", born=None)
        again = a_daniel(world, given="Bea", family="Tarn", crn="Z900411", born=None)
        asked_later(world, again, dismissed=[numbered])
        assert checked(world).clashes == 1

    def test_a_name_alone_is_no_clash(self, world):
        a_daniel(world, crn="", born=None)
        asked_later(world, a_daniel(world, crn=""))
        assert checked(world) == jobs.Checked(people=1, clashes=0)

    def test_where_one_of_the_two_is_hidden_from_the_coordinator_there_is_no_task(self, world):
        police = a_daniel(world, lead="police", manager="owen")
        asked_later(world, a_daniel(world))
        checked(world)
        with world.system():
            rights.mark(police, MarkKind.HIDDEN, NOW, Given(at=NOW))
            task = db.session.scalars(sa.select(MatchTask.id)).one()
        with world.as_reader("carl") as actor:
            assert queries.open_pairs(actor) == []
            with pytest.raises(NotFound):
                queries.one_pair(actor, task)


class TestDeciding:
    @pytest.fixture
    def task(self, world):
        a_daniel(world, lead="police", manager="owen")
        asked_later(world, a_daniel(world))
        checked(world)
        with world.system():
            return db.session.scalars(sa.select(MatchTask.id)).one()

    def test_two_people_are_kept_apart_with_a_reason(self, world, task):
        with world.as_reader("carl", Kind.WRITE) as actor:
            service.keep_different(actor, task, Different(reason="Cousins"), now=NOW)
        with world.system():
            row = db.session.get_one(MatchTask, task)
            told = db.session.scalars(sa.select(AuditEntry.event)).all()
            assert (row.state, row.reason) == ("different", "Cousins")
            assert told == ["match:kept_apart"]
        with world.as_reader("carl") as actor:
            assert queries.open_pairs(actor) == []

    def test_it_is_decided_once(self, world, task):
        with world.as_reader("carl", Kind.WRITE) as actor:
            service.keep_different(actor, task, Different(reason="Cousins"), now=NOW)
        with world.as_reader("carl", Kind.WRITE) as actor, pytest.raises(RuleBroken):
            service.keep_different(actor, task, Different(reason="Cousins"), now=NOW)

    def test_the_same_two_are_not_put_together_again(self, world, task):
        with world.as_reader("carl", Kind.WRITE) as actor:
            service.keep_different(actor, task, Different(reason="Cousins"), now=NOW)
        with world.system():
            row = db.session.get_one(MatchTask, task)
        asked_later(world, row.other_id)
        assert checked(world).clashes == 0

    def test_a_merge_closes_the_task(self, world, task):
        with world.system():
            row = db.session.get_one(MatchTask, task)
        command = MergeRecords(reason="The same person, seen today")
        with world.as_reader("carl", Kind.WRITE) as actor:
            merging.merge(actor, row.other_id, row.person_id, command, now=NOW)
        with world.system():
            assert db.session.get_one(MatchTask, task).state == "merged"

    def test_nobody_but_the_coordinator_decides(self, world, task):
        with world.as_reader("priya", Kind.WRITE) as actor, pytest.raises(NotPermitted):
            service.keep_different(actor, task, Different(reason="Cousins"), now=NOW)
        with world.system():
            assert db.session.get_one(MatchTask, task).state == "open"
