"""The effect of a standard before it holds: what the recount then does, as far as one sees it."""

import random
from datetime import date, timedelta

import pytest

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind, Role, Section
from mappa.kernel.uow import Kind
from mappa.reminders.models import Deadline
from mappa.reminders.standards import preview, service
from tests.factories.reminders import all_of, duty, label
from tests.factories.standards import (
    MINUTES,
    minutes_duty,
    mourning,
    recounted,
    set_standard,
    written_down,
)
from tests.factories.world import NOW, a_shared_person, northmoor

pytestmark = pytest.mark.sql

NOVEMBER = date(2026, 11, 2)
TODAY = date(2026, 11, 20)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def world(app):
    made = northmoor(app)
    made.user("rosa", "probation", Role.RULES_ADMINISTRATOR)
    return made


@pytest.fixture
def person(world):
    return a_shared_person(world)


def seen_by(world, of, who="carl"):
    with world.as_reader(who) as actor:
        return preview.effect(actor, of, TODAY)


class TestPreview:
    @pytest.mark.parametrize("seed", range(4))
    def test_it_equals_what_the_recount_then_does(self, world, person, seed):
        draw = random.Random(seed)
        for _ in range(draw.randrange(14)):
            minutes_duty(world, person, NOVEMBER + timedelta(days=draw.randrange(20)))
        if draw.random() < 0.6:
            set_standard(world, draw.randrange(4, 16), NOVEMBER + timedelta(days=4))
            recounted(world)
        if draw.random() < 0.5:
            mourning(world)
            recounted(world, at=LATER + timedelta(minutes=1))
        amount = draw.choice([1, 3, 9, 10, 25])
        of = written_down(world, amount, NOVEMBER + timedelta(days=draw.randrange(15)))
        said = seen_by(world, of)
        before = {each.id for each in all_of(world, Deadline)}
        with world.as_reader("carl", Kind.WRITE) as actor:
            service.confirm(actor, of.id, now=NOW + timedelta(seconds=1))
        assert recounted(world, at=LATER + timedelta(hours=1)).moved == said.effect.moved
        moved = [each for each in all_of(world, Deadline) if each.id not in before]
        assert said.effect.sooner == sum(each.due_on < each.moved_from for each in moved)
        assert said.effect.overdue == sum(each.due_on < TODAY <= each.moved_from for each in moved)
        did = sorted((each.moved_from, each.due_on) for each in moved)
        lines = sorted((each.before, each.after) for each in said.lines)
        assert len(lines) == min(len(did), preview.MOST_LINES)
        assert set(lines) <= set(did)

    def test_a_hidden_record_changes_no_number(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        of = written_down(world, 1, NOVEMBER)
        alone = seen_by(world, of)
        assert alone.effect.moved == alone.effect.overdue == 1
        minutes_duty(world, person, date(2026, 11, 16), named=True)
        with world.system():
            hidden = label(world, person, section=Section.MEETINGS)
            rights.mark(hidden.record, MarkKind.HIDDEN, NOW, Given(at=NOW, reason="x"))
        duty(world, hidden, "carl", rule=MINUTES, kind="minutes", starts_on=date(2026, 11, 17))
        visit = label(world, person)  # a section that a co-ordinator does not read
        duty(world, visit, "priya", rule=MINUTES, kind="minutes", starts_on=date(2026, 11, 17))
        assert len(all_of(world, Deadline)) == 4
        assert seen_by(world, of) == alone

    def test_a_rules_administrator_gets_no_number_at_all(self, world, person):
        minutes_duty(world, person, date(2026, 11, 16))
        of = written_down(world, 1, NOVEMBER, who="rosa")
        assert seen_by(world, of, "rosa") is None
