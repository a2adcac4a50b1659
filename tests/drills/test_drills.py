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
    assert len(outcome.acknowledged) == VISITS, outcome.told()
    assert outcome.lost == outcome.doubled == outcome.strange == []
    assert outcome.faults == 0


def test_writers_of_several_processes_take_turns(settings):
    """No errors, and nobody is left waiting; how long a turn takes depends on the machine."""
    outcome = writers.write(
        dataclasses.replace(settings, mode=Mode.TEST), processes=2, threads=4, seconds=2
    )
    assert outcome.errors == []
    assert min(outcome.by_writer) * 3 + 2 >= max(outcome.by_writer), outcome.told()
