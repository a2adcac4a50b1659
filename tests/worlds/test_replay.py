"""Every route, walked as one reader: what the answers show, the committed audit names."""

import sys

import pytest

from tests.support.replay import Recorder, markers_of, named_by_request, replay
from tests.worlds import test_two_worlds as worlds
from tests.worlds.walking import steps, walk


@pytest.mark.deep
@pytest.mark.parametrize("who", [*worlds.EXPOSED, *worlds.EVERYBODY])
def test_what_an_answer_shows_its_audit_row_names(tmp_path, who):
    world, token, actor, now = worlds._base(tmp_path / "one", who)
    with world.engine.connect() as connection:
        wanted = steps(world.app, connection, worlds._people(connection, actor), each=2)
    markers = markers_of(world.path)
    recorder = Recorder()
    recorder.watch(world.app)
    walk(world.app, token, wanted, now)
    found = replay(recorder.sent, markers, named_by_request(world.path))
    sys.stdout.write(f"{who}: {found.figures[0]} answers, {found.figures[1]} show somebody\n")
    assert found.answers >= len(wanted)
    assert found.faults == ()
