"""For whom of a drawn sample an unannounced visit can be planned in one step."""

from uuid import UUID

import pytest

from mappa.visits.sampled.rules import (
    MOST_AT_ONCE,
    Line,
    PlanSample,
    Stop,
    at_once,
    faults,
    stop,
    wanted,
)

OWEN, PRIYA = UUID(int=1), UUID(int=2)
FREE = {"seen": True, "may_plan": True, "planned": False, "warned": False, "address": True}


@pytest.mark.parametrize(
    ("known", "stopped", "alone"),
    [
        pytest.param({}, None, False, id="nothing stands against it"),
        pytest.param({"seen": False}, Stop.UNSEEN, False, id="not seen"),
        pytest.param({"may_plan": False}, Stop.NOT_YOURS, False, id="not the reader's to plan"),
        pytest.param({"planned": True}, Stop.PLANNED, False, id="planned already"),
        pytest.param({"warned": True}, Stop.WARNED, True, id="warnings to read"),
        pytest.param({"address": False}, Stop.NO_ADDRESS, True, id="no address"),
        pytest.param(
            {"seen": False, "planned": True, "warned": True}, Stop.UNSEEN, False,
            id="of somebody unseen nothing is said",
        ),
        pytest.param(
            {"may_plan": False, "warned": True}, Stop.NOT_YOURS, False,
            id="no link to a plan that is not the reader's",
        ),
        pytest.param({"planned": True, "warned": True}, Stop.PLANNED, False, id="both"),
    ],
)  # fmt: skip
def test_what_stops_a_plan_in_one_step(known, stopped, alone):
    found = stop(**FREE | known)
    assert found is stopped
    assert (found is not None and found.alone) is alone


def a_line(place, stopped=None, officers=(OWEN,)):
    named = {each: str(each) for each in officers}
    return Line(place=place, person_id=UUID(int=100 + place), stop=stopped, officers=named)


def a_command(*chosen, everybody=False, **officers):
    goes = {int(place.removeprefix("at_")): user for place, user in officers.items()}
    return PlanSample(everybody=everybody, chosen=chosen, officers=goes)


LINES = [a_line(0), a_line(1, Stop.WARNED), a_line(2), a_line(3, Stop.PLANNED)]


def test_what_is_stopped_is_never_planned_though_it_was_ticked():
    assert [each.place for each in wanted(LINES, a_command(0, 1, 3))] == [0]
    assert [each.place for each in wanted(LINES, a_command(everybody=True))] == [0, 2]


def test_one_step_plans_for_so_many_at_most():
    many = [a_line(place) for place in range(MOST_AT_ONCE + 5)]
    assert len(at_once(many)) == len(wanted(many, a_command(everybody=True))) == MOST_AT_ONCE
    assert wanted(many, a_command(MOST_AT_ONCE)) == []


@pytest.mark.parametrize(
    ("command", "wrong"),
    [
        pytest.param(a_command(0, at_0=OWEN), set(), id="one who can go"),
        pytest.param(a_command(0, at_0=None), {"officer_0"}, id="nobody goes"),
        pytest.param(a_command(0, at_0=PRIYA), {"officer_0"}, id="who is not offered"),
        pytest.param(a_command(0, 2, at_0=OWEN), {"officer_2"}, id="one without an officer"),
        pytest.param(a_command(), {"chosen"}, id="nobody ticked"),
        pytest.param(a_command(1, at_1=None), set(), id="what is stopped needs no officer"),
        pytest.param(
            a_command(everybody=True), {"officer_0", "officer_2"}, id="everybody, and nobody goes"
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(command, wrong):
    assert set(faults(LINES, command)) == wrong
