"""Nothing of a person's record began before the person was born."""

from datetime import date

import pytest

from mappa.kernel.errors import RuleBroken
from mappa.offenders.record.rules import KINDS, checks
from tests.factories.world import a_shared_person, northmoor
from tests.feature.test_record import ADDABLE, SOME, add, correct, history, seen

BORN = date(1979, 3, 14)


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.mark.parametrize(
    ("began", "born", "about", "refused"),
    [
        (date(1979, 3, 13), BORN, None, True),
        (BORN, BORN, None, False),
        (date(1978, 12, 31), None, 1979, True),
        (date(1979, 1, 1), None, 1979, False),
        (date(1900, 1, 1), None, None, False),
        (None, BORN, None, False),
    ],
)
def test_what_began_is_held_against_the_birth(began, born, about, refused):
    if not refused:
        checks.after_birth({"from_on": began}, "from_on", born, about)
        return
    with pytest.raises(RuleBroken) as broken:
        checks.after_birth({"from_on": began}, "from_on", born, about)
    assert (broken.value.rule, broken.value.field) == ("RECORD-AFTER-BIRTH", "from_on")


@pytest.mark.sql
def test_no_kind_of_record_is_added_with_a_day_before_the_birth(world):
    daniel = a_shared_person(world)
    early = date(1950, 1, 1)
    for key in [key for key in ADDABLE if key != "level"]:
        begins = KINDS[key].begins
        if begins not in {field.name for field in KINDS[key].fields}:
            continue
        with pytest.raises(RuleBroken) as broken:
            add(world, daniel, key, **(SOME[key] | {begins: early}))
        assert broken.value.field == begins, key
        assert seen(world, daniel, key) == [], key
    assert history(world, daniel) == []


@pytest.mark.sql
def test_a_correction_is_held_against_the_birth_too(world):
    daniel = a_shared_person(world)
    record = add(world, daniel, "custody")
    with pytest.raises(RuleBroken):
        correct(world, daniel, "custody", record, from_on=date(1950, 1, 1))
    assert [each.kind for each in history(world, daniel)] == ["custody:added"]
