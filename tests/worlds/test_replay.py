"""Every route, walked as one reader: what the answers show, the committed audit names."""

import html
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
import sqlalchemy as sa

from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.sharing.requests.models import AskedRequest
from mappa.sharing.requests.service import read
from mappa.web.models import KeptSearch
from tests.support.replay import Markers, Recorder, Sent, markers_of, named_by_request, replay
from tests.worlds import test_two_worlds as worlds
from tests.worlds.walking import steps, walk


def _sought(world: worlds.World) -> Iterator[tuple[str, str]]:
    """By which name somebody unseen was asked for, and the request that says it."""
    with world.app.app_context(), unit_of_work(Kind.READ, system="test"):
        unseen = sa.select(AskedRequest).where(AskedRequest.person_id == NOBODY)
        yield from ((read(each.typed).name, each.id.hex) for each in db.session.scalars(unseen))


def _with_what_was_asked(world: worlds.World, markers: Markers) -> Markers:
    """A name in a request about somebody unseen is its asker's word: the request is what was read.

    That the audit named the person too would tell an auditor of the asker that there is one.
    """
    asked = list(_sought(world))
    return {
        text: records | {request for name, request in asked if text in name}
        for text, records in markers.items()
    }


def _drafts(world: worlds.World) -> Mapping[str, list[str]]:
    """What readers typed of people to be added, by the draft that keeps it."""
    with world.app.app_context(), unit_of_work(Kind.READ, system="test"):
        kept = [(str(each.id), each.typed) for each in db.session.scalars(sa.select(KeptSearch))]
    return {
        draft: [html.escape(value) for value in json.loads(typed)[1].values() if value]
        for draft, typed in kept
        if typed.startswith("[")
    }


def _without_drafts(sent: list[Sent], drafts: Mapping[str, list[str]]) -> Iterator[Sent]:
    """The answers; a page of a draft without what its own reader typed into it."""
    for each in sent:
        body = each.body
        for value in (text for draft in drafts if draft in each.path for text in drafts[draft]):
            body = body.replace(value, "")
        yield replace(each, body=body)


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
    markers = _with_what_was_asked(world, markers)
    sent = list(_without_drafts(recorder.sent, _drafts(world)))
    found = replay(sent, markers, named_by_request(world.path))
    sys.stdout.write(f"{who}: {found.figures[0]} answers, {found.figures[1]} show somebody\n")
    assert found.answers >= len(wanted)
    assert found.faults == ()
