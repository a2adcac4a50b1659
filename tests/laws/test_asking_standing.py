"""Where a reader stands on a person: every section, own writing, emergency access and shares."""

from dataclasses import FrozenInstanceError
from datetime import timedelta

import pytest
import sqlalchemy as sa

from mappa.access import asking, rights
from mappa.access.actions import GRANTS, OWN_RECORD, Action
from mappa.access.asking import Standing, standing_from
from mappa.access.models import Reach
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, Role, Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from tests.factories.world import AREA, LONG_AGO, NOW, a_shared_person, northmoor
from tests.support.kept_rights import BY

GIVEN = Given(at=NOW, starts_at=LONG_AGO)
PERSON = BY
EVERY = tuple(Section)
LEVELS = dict.fromkeys(EVERY, Level.NONE) | {
    Section.IDENTITY: Level.SUM, Section.RISK: Level.FULL, Section.HEALTH: Level.SEALED,
}  # fmt: skip


def levels(digits: str) -> dict[Section, Level]:
    """One digit for each section, in their order."""
    return {each: Level(int(digit)) for each, digit in zip(EVERY, digits, strict=True)}


class TestStanding:
    made = Standing(PERSON, LEVELS, shared=frozenset({Section.PLAN, Section.HEALTH}))

    def test_nothing_but_levels_is_had_unless_said(self):
        made = Standing(PERSON, LEVELS)
        assert (made.person, made.levels) == (PERSON, LEVELS)
        assert made.writes_own is False
        assert made.emergency_until is None
        assert made.shared == frozenset()
        with pytest.raises(FrozenInstanceError):
            made.writes_own = True

    @pytest.mark.parametrize("writes", [True, False])
    def test_it_answers_for_writing_the_own_record_and_nothing_else(self, writes):
        made = Standing(PERSON, LEVELS, writes)
        for action, grant in GRANTS.items():
            if grant.lines == (OWN_RECORD,):
                assert made.may(action) is writes
            else:
                with pytest.raises(KeyError) as refused:
                    made.may(action)
                assert refused.value.args == (action,)
        assert made.may(Action.VISIT_LOG) is writes

    @pytest.mark.parametrize(
        ("section", "gets"),
        [
            (Section.IDENTITY, Level.SUM), (Section.RISK, Level.FULL), (Section.PLAN, Level.SUM),
            (Section.VICTIMS, Level.NONE), (Section.HEALTH, Level.SUM),
        ],
    )  # fmt: skip
    def test_how_much_of_a_section(self, section, gets):
        assert [self.made.at_least(section, level) for level in Level] == [
            level <= gets for level in Level
        ]
        assert self.made.opens(section) is (gets >= Level.SEALED)

    def test_a_sealed_section_opens(self):
        assert Standing(PERSON, LEVELS).opens(Section.HEALTH) is True
        assert Standing(PERSON, LEVELS).at_least(Section.HEALTH, Level.SUM) is False


class TestFromColumns:
    def row(self, levels_said=0, shared=0, writes=0, until=None):
        return {
            "standing_levels": levels_said, "standing_shared": shared, "writes_own": writes,
            "emergency_until": until,
        }  # fmt: skip

    @pytest.mark.parametrize("place", range(1, len(EVERY)))
    def test_each_section_has_its_place(self, place):
        for level in Level:
            said = standing_from(PERSON, self.row(2 + level * 4**place, 2**place))
            wanted = dict.fromkeys(EVERY, Level.NONE)
            wanted |= {Section.IDENTITY: Level.SUM, EVERY[place]: level}
            assert said == Standing(PERSON, wanted, False, None, frozenset({EVERY[place]}))

    def test_the_rest_is_taken_as_it_is(self):
        said = standing_from(PERSON, self.row("3", "5", 1, NOW))
        wanted = dict.fromkeys(EVERY, Level.NONE) | {Section.IDENTITY: Level.FULL}
        shared = frozenset({EVERY[0], EVERY[2]})
        assert said == Standing(PERSON, wanted, True, NOW, shared)
        assert said.writes_own is True

    @pytest.mark.parametrize("said", [0, 1, 4, 4**5 + 1])
    def test_without_the_identity_there_is_nobody(self, said):
        with pytest.raises(NotFound):
            standing_from(PERSON, self.row(said))

    def test_the_columns_have_these_names_in_this_order(self):
        names = ["standing_levels", "writes_own", "emergency_until", "standing_shared"]
        assert [each.name for each in asking.standing_columns()] == names


@pytest.fixture
def world(app):
    world = northmoor(app)
    world.daniel = a_shared_person(world)
    return world


def stands(world, who, person=None) -> Standing:
    with world.as_reader(who) as actor:
        return asking.standing(actor, person or world.daniel)


@pytest.mark.sql
class TestAsked:
    def test_every_section_of_each_reader(self, world):
        for who, digits, writes in (
            ("priya", "3333333313313", True), ("grace", "3333333313113", True),
            ("owen", "3333333313213", True), ("leah", "2322222210202", True),
            ("iris", "2300000000003", False), ("carl", "3300022003003", False),
        ):  # fmt: skip
            assert stands(world, who) == Standing(world.daniel, levels(digits), writes), who
            assert type(stands(world, who).writes_own) is bool

    @pytest.mark.parametrize("who", ["sam", "helen", "ada"])
    def test_without_a_right_there_is_nobody(self, world, who):
        with pytest.raises(NotFound):
            stands(world, who)

    def test_who_is_kept_out_sees_nobody_and_writes_nothing(self, world):
        with world.system():
            rights.exclude(world.daniel, GIVEN, user=world.staff["owen"].user_id)
        with pytest.raises(NotFound):
            stands(world, "owen")
        assert self.columns(world, "owen")[1:] == (False, None, 0)
        assert self.columns(world, "naomi")[1:] == (True, None, 0)

    def columns(self, world, who) -> tuple:
        with world.as_reader(who) as actor:
            binds = actor.binds(NOW) | asking.Target(person=world.daniel).binds()
            found = tuple(db.session.execute(asking._standing_statement(), binds).one())
            return found[0], bool(found[1]), *found[2:]

    def test_as_columns_of_a_row_it_is_the_standing_on_the_rows_person(self, world):
        other = world.person("Else", "Verden", manager="priya")
        world.on_team(other, "police", Capacity.COOPERATE)
        housing, probation = world.agencies["housing"], world.agencies["probation"]
        with world.system():
            for person, section in (
                (world.daniel, Section.IDENTITY), (other, Section.IDENTITY), (other, Section.PLAN),
            ):  # fmt: skip
                rights.share(person, probation, housing, section, Level.SUM, "x", GIVEN)
            kit = world.staff["sam"].user_id, housing, other, AREA, "x", GIVEN
            rights.open_emergency(*kit)
        person = Reach.__table__.c.person_id
        statement = sa.select(person, *asking.standing_columns(person)).distinct()
        for who in ("priya", "owen", "sam", "carl"):
            with world.as_reader(who) as actor:
                found = db.session.execute(statement, actor.binds(NOW)).mappings().all()
                assert {each["person_id"] for each in found} == {world.daniel, other}
                for each in found:
                    alone = asking.standing(actor, each["person_id"])
                    assert standing_from(each["person_id"], each) == alone

    def test_emergency_access_lasts_until_the_latest_end(self, world):
        kit = world.user("kit", "housing", Role.DUTY_OFFICER)
        other = world.user("kim", "housing", Role.DUTY_OFFICER)
        else_ = world.person("Else", "Verden", manager="priya")
        hours = [timedelta(hours=each) for each in range(10)]
        with world.system():
            for user, person, begins, ends in (
                (kit, world.daniel, -1, 3), (kit, world.daniel, -2, 5), (kit, world.daniel, -1, 4),
                (kit, world.daniel, 1, 9), (other, world.daniel, -1, 8), (kit, else_, -1, 7),
                (kit, world.daniel, -3, 0), (other, else_, -1, 6),
            ):  # fmt: skip
                given = Given(
                    at=NOW, starts_at=NOW + timedelta(hours=begins), ends_at=NOW + hours[ends]
                )
                rights.open_emergency(
                    user.user_id, world.agencies["housing"], person, AREA, "x", given
                )
        found = {
            (who, person): stands(world, who, person).emergency_until
            for who in ("kit", "kim") for person in (world.daniel, else_)
        }  # fmt: skip
        assert found == {
            ("kit", world.daniel): NOW + hours[5], ("kit", else_): NOW + hours[7],
            ("kim", world.daniel): NOW + hours[8], ("kim", else_): NOW + hours[6],
        }  # fmt: skip
        assert stands(world, "priya").emergency_until is None


@pytest.mark.sql
class TestShared:
    @pytest.fixture(autouse=True)
    def with_another(self, world):
        world.other = world.person("Else", "Verden", manager="priya")

    def give(self, world, section, level, *, person=None, owner="police", to="housing", **said):
        given = Given(at=NOW, starts_at=said.get("starts_at", LONG_AGO), ends_at=said.get(
            "ends_at", GIVEN.ends_at))  # fmt: skip
        with world.system():
            rights.share(
                person or world.daniel, world.agencies[owner], world.agencies[to], section, level,
                "wexcombe,daniel", given, record=said.get("record", rights.NOBODY),
            )  # fmt: skip

    def test_of_the_identity_the_share_of_who_leads_counts(self, world):
        self.give(world, Section.IDENTITY, Level.SUM)
        with pytest.raises(NotFound):
            stands(world, "sam")  # the police do not lead
        self.give(world, Section.IDENTITY, Level.FULL, owner="probation")
        found = stands(world, "sam")
        wanted = levels("3000000000000")
        assert found == Standing(world.daniel, wanted, False, None, frozenset({Section.IDENTITY}))
        with pytest.raises(NotFound):
            stands(world, "amit")
        with pytest.raises(NotFound):
            stands(world, "sam", world.other)

    @pytest.mark.parametrize(
        ("section", "level"),
        [(Section.RISK, Level.FULL), (Section.VISITS, Level.SUM), (Section.HEALTH, Level.SUM)],
    )
    def test_a_section_of_one_owner_is_shared_and_no_level(self, world, section, level):
        self.give(world, Section.IDENTITY, Level.SUM, owner="probation")
        self.give(world, section, level)
        world.worker(world.daniel, "sam")
        assert stands(world, "sam") == Standing(
            world.daniel, levels("2000000000000"), False, None, {Section.IDENTITY, section}
        )

    def test_one_record_of_the_section_is_enough(self, world):
        self.give(world, Section.IDENTITY, Level.SUM, owner="probation")
        self.give(world, Section.PLAN, Level.SUM, record=new_id())
        assert stands(world, "sam").shared == {Section.IDENTITY, Section.PLAN}

    def test_what_counts_not_as_shared(self, world):
        self.give(world, Section.IDENTITY, Level.SUM, owner="probation")
        self.give(world, Section.RISK, Level.SEALED)
        self.give(world, Section.PLAN, Level.SUM, person=world.other)
        self.give(world, Section.ORDERS, Level.SUM, to="health")
        self.give(world, Section.CONTACT, Level.SUM, ends_at=NOW)
        self.give(world, Section.OFFENCES, Level.SUM, starts_at=NOW + timedelta(hours=1))
        assert stands(world, "sam").shared == {Section.IDENTITY}

    def test_two_shares_of_a_section_are_one(self, world):
        for _ in range(2):
            self.give(world, Section.WARNINGS, Level.FULL, to="children")
            self.give(world, Section.PLAN, Level.SUM, to="children")
        assert stands(world, "leah") == Standing(
            world.daniel, levels("2322222210202"), True, None, {Section.WARNINGS, Section.PLAN}
        )

    def test_who_is_kept_out_gets_nothing_by_a_share(self, world):
        self.give(world, Section.PLAN, Level.SUM, to="children")
        with world.system():
            rights.exclude(world.daniel, GIVEN, user=world.staff["leah"].user_id)
        assert TestAsked().columns(world, "leah") == (0, False, None, 0)

    def test_the_lead_counts_for_the_identity_alone(self, world):
        world.on_team(world.other, "health", Capacity.COOPERATE)
        self.give(world, Section.RISK, Level.FULL, owner="probation")
        self.give(world, Section.IDENTITY, Level.SUM, owner="probation")
        found = stands(world, "sam")
        assert found.levels == levels("2000000000000")
        assert found.shared == {Section.IDENTITY, Section.RISK}
