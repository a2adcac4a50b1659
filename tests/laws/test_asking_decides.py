"""What the policy answers about one thing: whole decisions, with their reasons."""

from dataclasses import FrozenInstanceError
from itertools import product
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import asking, rights
from mappa.access.actions import GRANTS, Action
from mappa.access.asking import Decision, Target
from mappa.access.rights import Given
from mappa.access.terms import Capacity, Level, MarkKind, Part, Role, Section
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted
from tests.factories.world import AREA, LONG_AGO, NOW, SHARED, a_shared_person, northmoor
from tests.support.stages import staged

pytestmark = pytest.mark.sql
GIVEN = Given(at=NOW, starts_at=LONG_AGO)
SEALED, MEETING = UUID(int=9), UUID(int=10)
WRITES = ("writes_records", "own_record", "in_area", "on_team_at_all", "of_own_team")
NO_LINE = Decision(False, ("no_line",))


@pytest.fixture
def world(app):
    """A person whose agencies work together; one who is kept from owen, and hidden; a meeting."""
    world = northmoor(app)
    world.daniel = a_shared_person(world)
    world.hidden, world.group = staged(app, "asked_of", lambda: _asked_of(world), after=SHARED)
    return world


def _asked_of(world) -> tuple[UUID, UUID]:
    hidden = world.person("Else", "Verden", manager="priya")
    world.on_team(hidden, "police", Capacity.RESPONSIBLE)
    group = world.handling_group("police", "owen")
    with world.system():
        rights.mark(SEALED, MarkKind.SEALED, NOW, GIVEN)
        rights.mark(hidden, MarkKind.HIDDEN, NOW, GIVEN)
        rights.exclude(hidden, GIVEN, user=world.staff["owen"].user_id)
        rights.seat(
            MEETING, world.daniel, world.agencies["probation"], AREA, Part.CHAIR,
            "wexcombe,daniel", GIVEN, user=world.staff["helen"].user_id,
        )  # fmt: skip
    return hidden, group


def targets(world) -> dict[str, Target]:
    own, other = world.agencies["probation"], world.agencies["police"]
    return {
        "own": Target(person=world.daniel, owner=own),
        "police": Target(person=world.daniel, owner=other),
        "sealed": Target(person=world.daniel, owner=own, record=SEALED),
        "handling": Target(person=world.daniel, owner=other, handling=world.group),
        "meeting": Target(person=world.daniel, owner=own, meeting=MEETING),
        "hidden": Target(person=world.hidden, owner=other),
        "nothing": Target(),
    }


class TestValues:
    def test_a_target_is_of_nobody_unless_said(self):
        assert Target() == Target(
            person=NOBODY, owner=NOBODY, record=NOBODY, handling=NOBODY, meeting=NOBODY
        )
        with pytest.raises(TypeError):
            Target(NOBODY)
        with pytest.raises(FrozenInstanceError):
            Target().person = NOBODY

    def test_a_target_binds_each_part_under_its_own_name(self):
        ids = [UUID(int=each) for each in range(1, 6)]
        person, owner, record, handling, meeting = ids
        made = Target(person=person, owner=owner, record=record, handling=handling, meeting=meeting)
        assert made.binds() == {
            "of_person": person, "of_owner": owner, "of_record": record,
            "of_handling": handling, "of_meeting": meeting,
        }  # fmt: skip

    def test_a_decision_cannot_be_changed(self):
        with pytest.raises(FrozenInstanceError):
            Decision(True, ()).allowed = False


DECIDED = {
    ("priya", Action.WARNING_ADD, "own"): (True, WRITES),
    ("priya", Action.WARNING_ADD, "police"): (False, ("no_line",)),
    ("priya", Action.WARNING_ADD, "sealed"): (False, ("marked",)),
    ("priya", Action.WARNING_ADD, "nothing"): (False, ("no_line",)),
    ("owen", Action.WARNING_ADD, "police"): (True, WRITES),
    ("owen", Action.WARNING_ADD, "hidden"): (False, ("excluded", "marked")),
    ("naomi", Action.WARNING_ADD, "hidden"): (False, ("marked",)),
    ("owen", Action.PERSON_READ, "hidden"): (False, ("excluded", "marked")),
    ("owen", Action.PERSON_ADD, "hidden"): (True, ("adds_people",)),
    ("owen", Action.HOME, "hidden"): (True, ("is_signed_in",)),
    ("owen", Action.HOME, None): (True, ("is_signed_in",)),
    ("priya", Action.PERSON_ADD, None): (True, ("adds_people",)),
    ("leah", Action.PERSON_ADD, None): (False, ("no_line",)),
    ("priya", Action.AUDIT_READ, None): (False, ("no_line",)),
    ("ada", Action.AUDIT_READ, None): (True, ("is_auditor",)),
    ("sys", Action.PERSON_READ, "own"): (False, ("no_line",)),
    ("sys", Action.PERSON_READ, None): (False, ("no_line",)),
    ("grace", Action.WARNING_ADD, None): (False, ("no_line",)),
    ("grace", Action.EXCLUDE, "police"): (
        True, ("supervises", "in_area", "on_team_at_all", "of_own_team"),
    ),
    ("carl", Action.EXCLUDE, "own"): (True, ("is_coordinator", "in_area")),
    ("carl", Action.PERSON_MERGE, "own"): (True, ("is_coordinator", "in_area")),
    ("owen", Action.PERSON_MERGE, "own"): (
        True, ("writes_records", "in_area", "on_team_at_all", "of_own_team"),
    ),
    ("owen", Action.MARK_SET, "police"): (False, ("no_line",)),
    ("owen", Action.MARK_SET, "handling"): (
        True, ("writes_records", "own_record", "in_area", "in_handling_group"),
    ),
    ("grace", Action.VISIT_COUNTERSIGN, "own"): (
        True, ("supervises", "own_record", "in_area", "on_team_at_all", "of_own_team"),
    ),
    ("helen", Action.MEETING_CHAIR, "own"): (False, ("no_line",)),
    ("helen", Action.MEETING_CHAIR, "meeting"): (True, ("is_chair", "chaired", "own_record")),
}  # fmt: skip


class TestDecide:
    def test_the_answer_and_what_gave_it(self, world):
        at = targets(world)
        for (who, action, target), (allowed, reasons) in DECIDED.items():
            with world.as_reader(who) as actor:
                said = asking.decide(actor, action, target and at[target])
                assert said == Decision(allowed, reasons), (who, action, target)

    def test_who_may_not_is_told_the_act_and_the_reasons(self, world):
        at = targets(world)
        with world.as_reader("owen") as actor:
            with pytest.raises(NotPermitted) as refused:
                asking.require(actor, Action.WARNING_ADD, at["hidden"])
            assert str(refused.value) == f"{Action.WARNING_ADD.value}: excluded, marked"
            with pytest.raises(NotPermitted) as refused:
                asking.require(actor, Action.AUDIT_READ)
            assert str(refused.value) == f"{Action.AUDIT_READ.value}: no_line"
            asking.require(actor, Action.WARNING_ADD, at["police"])
            asking.require(actor, Action.HOME)


def sent(work) -> list[str]:
    """Every statement that asks anything meanwhile; the time of the unit of work was read."""
    assert uow.current().at == NOW
    found = []

    def note(_connection, _cursor, text, *_):
        if text != "BEGIN" and "set_config" not in text:
            found.append(text)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
    return found


BY_ROLE = {
    Action.SIGN_IN: True, Action.HOME: True, Action.AUDIT_READ: True, Action.PEOPLE_EXPORT: True,
    Action.EMERGENCY_OPEN: True, Action.SHARE_LIST: True, Action.DUTY_ASSIGN: True,
    Action.PEOPLE_LIST: True, Action.PERSON_ADD: False, Action.PEOPLE_IMPORT: False,
    Action.PERSON_READ: False, Action.WARNING_ADD: False, Action.EXCLUDE: False,
}  # fmt: skip


class TestByRole:
    @pytest.fixture(autouse=True)
    def as_if_nothing_was_asked(self, monkeypatch):
        monkeypatch.setattr(asking, "_of_roles", {})

    def test_which_acts_hang_on_the_role_alone(self, world):
        assert {act: asking._looks_at_the_role_alone(act) for act in BY_ROLE} == BY_ROLE

    def test_they_are_asked_once_for_each_act_and_role(self, world):
        wanted = {
            ("ada", Action.AUDIT_READ): Decision(True, ("is_auditor",)),
            ("priya", Action.AUDIT_READ): NO_LINE,
            ("priya", Action.HOME): Decision(True, ("is_signed_in",)),
        }
        for who, action in wanted:
            with world.as_reader(who) as actor:
                assert len(sent(lambda a=actor, act=action: asking.decide(a, act))) == 1
                assert sent(lambda a=actor, act=action: asking.decide(a, act)) == []
                assert asking.decide(actor, action) == wanted[who, action]
        assert asking._of_roles == {
            (action, world.staff[who].actor.role): said for (who, action), said in wanted.items()
        }
        assert {role for _, role in asking._of_roles} == {Role.AUDITOR, Role.OFFENDER_MANAGER}

    def test_others_and_those_with_a_target_are_asked_each_time(self, world):
        with world.as_reader("priya") as actor:
            for action, target in (
                (Action.PERSON_ADD, None), (Action.WARNING_ADD, None), (Action.HOME, Target()),
            ):  # fmt: skip
                for _ in range(2):
                    assert sent(lambda a=action, t=target: asking.decide(actor, a, t))
        assert asking._of_roles == {}


SEVERAL = (
    Action.WARNING_ADD, Action.EXCLUDE, Action.PERSON_MERGE, Action.HOME, Action.AUDIT_READ,
    Action.PERSON_ADD, Action.MARK_SET, Action.MEETING_CHAIR, Action.PERSON_READ,
    Action.INTELLIGENCE_ADD,
)  # fmt: skip


class TestMayEach:
    @pytest.mark.parametrize("who", ["priya", "owen", "carl", "helen", "ada"])
    def test_it_is_what_each_alone_would_be(self, world, who):
        with world.as_reader(who) as actor:
            for name, target in targets(world).items():
                alone = {act for act in SEVERAL if asking.decide(actor, act, target).allowed}
                assert asking.may_each(actor, SEVERAL, target) == alone, name

    def test_the_answers_are_of_the_acts_in_whatever_order(self, world):
        own = targets(world)["own"]
        may = {Action.WARNING_ADD, Action.HOME, Action.PERSON_MERGE, Action.PERSON_ADD}
        with world.as_reader("priya") as actor:
            for asked in (SEVERAL, SEVERAL[::-1]):
                said = asking.may_each(actor, asked, own)
                assert isinstance(said, frozenset)
                assert said == may | {Action.PERSON_READ}

    def test_of_nothing_nothing_is_asked(self, world):
        with world.as_reader("priya") as actor:
            said = []
            assert sent(lambda: said.append(asking.may_each(actor, (), Target()))) == []
            assert said == [frozenset()]
            assert len(sent(lambda: asking.may_each(actor, SEVERAL, Target()))) == 1

    def test_two_answers_for_one_act_are_a_fault(self, world, monkeypatch):
        monkeypatch.setattr(
            asking, "_acts_statement", lambda _: sa.select(sa.true().label("a"), sa.true())
        )
        with world.as_reader("priya") as actor, pytest.raises(ValueError, match="zip"):
            asking.may_each(actor, (Action.HOME,), Target())

    def test_each_answer_has_a_name_of_its_own(self, world):
        names = [each.name for each in asking._acts_statement(SEVERAL[:3]).selected_columns]
        assert names == ["may_0", "may_1", "may_2"]


class TestMayToEach:
    def test_it_is_what_each_alone_would_be(self, world):
        people = [
            world.daniel, world.hidden, world.person("Ada", "Lorne"),
            world.person("Bob", "Lorne", lead="police", manager="owen"),
        ]  # fmt: skip
        acts = (
            Action.WARNING_ADD, Action.EXCLUDE, Action.PERSON_MERGE, Action.HOME,
            Action.AUDIT_READ, Action.MARK_SET, Action.VISIT_LOG,
        )  # fmt: skip
        reached = {
            "priya": {*people[:3]}, "owen": {*people[:2], people[3]},
            "naomi": {*people[:2], people[3]}, "leah": {people[0]},
        }  # fmt: skip
        for who, action in product(reached, acts):
            with world.as_reader(who) as actor:
                alone = {
                    each for each in reached[who]
                    if asking.decide(
                        actor, action, Target(person=each, owner=actor.agency_id)
                    ).allowed
                }  # fmt: skip
                said = asking.may_to_each(actor, action, people)
                assert isinstance(said, frozenset)
                assert said == alone, (who, action)

    def test_only_of_those_who_are_asked_about(self, world):
        with world.as_reader("priya") as actor:
            may = asking.may_to_each(actor, Action.WARNING_ADD, (world.daniel,))
            assert may == {world.daniel}
            assert asking.may_to_each(actor, Action.WARNING_ADD, []) == frozenset()
        with world.as_reader("owen") as actor:
            people = [world.daniel, world.hidden]
            assert asking.may_to_each(actor, Action.WARNING_ADD, people) == {world.daniel}
            assert asking.may_to_each(actor, Action.HOME, people) == {*people}


TEAM = ("works_cases", "on_team", "of_own_team")
READ = {
    ("priya", Section.RISK, 3, "own"): (True, TEAM),
    ("leah", Section.RISK, 2, "own"): (True, TEAM),
    ("leah", Section.RISK, 3, "own"): (False, ("no_line",)),
    ("leah", Section.RISK, 2, "sealed"): (False, ("marked",)),
    ("leah", Section.RISK, 1, "sealed"): (True, TEAM),
    ("priya", Section.INTELLIGENCE, 1, "own"): (True, ("only_told_of", *TEAM)),
    ("priya", Section.INTELLIGENCE, 2, "own"): (False, ("no_line",)),
    ("priya", Section.VICTIMS, 3, "own"): (True, (*TEAM, "on_team_as_person")),
    ("carl", Section.RISK, 2, "own"): (True, ("is_coordinator", "by_role", "in_area")),
    ("carl", Section.RISK, 3, "own"): (False, ("no_line",)),
    ("owen", Section.RISK, 2, "hidden"): (False, ("excluded", "marked")),
    ("sam", Section.RISK, 1, "own"): (False, ("no_line",)),
    ("owen", Section.INTELLIGENCE, 3, "handling"): (
        True, ("reads_content", "in_handling_group", "own_record", "in_area"),
    ),
}  # fmt: skip


def test_reading_is_decided_by_section_level_and_record(world):
    at = targets(world)
    for (who, section, need, target), (allowed, reasons) in READ.items():
        with world.as_reader(who) as actor:
            said = asking.decide_reading(actor, section, Level(need), at[target])
            assert said == Decision(allowed, reasons), (who, section, need, target)
            assert type(said.allowed) is bool


def test_every_act_can_be_asked(world):
    with world.as_reader("helen") as actor:
        whole = tuple(GRANTS)
        nothing = Target()
        alone = {act for act in whole if asking.decide(actor, act, nothing).allowed}
        assert asking.may_each(actor, whole, nothing) == alone
