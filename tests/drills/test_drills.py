"""The drills, small: what ``make drills`` does with 10,000 visits and for half a minute."""

import dataclasses

import pytest

from config.settings import Mode
from mappa.demo.command import fill
from tests.drills import kill, writers
from tests.drills.__main__ import SILENT, SMALL

CLIENTS, VISITS = 8, 64


@pytest.mark.deep
@pytest.mark.sql
def test_no_visit_is_lost_or_doubled_when_servers_are_killed(app, settings, tmp_path):
    fill(app, SMALL, seed=1, show=SILENT)
    demo = kill.as_demo(settings, tmp_path / "home")
    outcome = kill.drill(demo, clients=CLIENTS, visits=VISITS, every=3)
    assert outcome.kills > 0, outcome.told()
    assert outcome.held, outcome.told()


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param({"acknowledged": {}}, id="a client gave up"),
        pytest.param({"entries": 0}, id="the audit could not be seen"),
        pytest.param({"lost": ["drill 0-0"]}, id="a visit is lost"),
        pytest.param({"doubled": ["drill 0-0"]}, id="a visit is there twice"),
        pytest.param({"unaudited": ["drill 0-0"]}, id="a visit has no entry of its own"),
        pytest.param({"strange": ["check: 422"]}, id="a form was refused"),
        pytest.param({"faults": 1}, id="the audit does not agree with itself"),
    ],
)
def test_the_drill_holds_only_if_everything_was_seen_and_right(wrong):
    right = kill.Outcome(1, {"drill 0-0": "/people/1/visits/2"}, entries=2)
    assert right.held
    assert not dataclasses.replace(right, **wrong).held


def test_writers_of_several_processes_take_turns(settings):
    """No errors, and nobody is left waiting; how long a turn takes depends on the machine."""
    outcome = writers.write(
        dataclasses.replace(settings, mode=Mode.TEST), processes=2, threads=4, seconds=2
    )
    assert outcome.errors == []
    assert not outcome.starved, outcome.told()
