"""While a share ends, no request begun after the commit of its end is answered with it."""

import threading
import time

import pytest
import sqlalchemy as sa

from mappa.audit.models import AuditEntry
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.uow import Kind
from mappa.sharing.shares import service
from tests.conftest import FIGURE
from tests.drills.revoking import Answers, read_on
from tests.factories.sharing import a_share
from tests.factories.visits import a_made_visit
from tests.factories.world import NOW, a_shared_person, northmoor

PLACE = "The depot on Quay Street"


@pytest.fixture
def world(app):
    with clock.at(NOW):
        yield northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def visit_page(person, visit):
    return f"/people/{person}/visits/{visit}"


def end(world, share):
    with world.as_reader("iris", Kind.WRITE) as actor:
        service.end(actor, share, "Not needed", now=NOW)


def wait_for(happened):
    """Until it has, a minute at most."""
    until = time.monotonic() + 60
    while not happened() and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.sql
def test_a_page_that_was_read_before_the_end_is_read_again_before_it_is_sent(
    world, person, monkeypatch
):
    """The share ends after the page was drawn and before its reading is recorded."""
    from mappa.web import witness

    visit = a_made_visit(world, "owen", person, place=PLACE)
    share = a_share(world, person)
    leah = world.client("leah")
    assert PLACE in leah.get(visit_page(person, visit)).text
    write, ended = witness.write, []

    def first_let_it_end(*args, **kwargs):
        if not ended:
            ended.append(share)
            end(world, share)
        return write(*args, **kwargs)

    monkeypatch.setattr(witness, "write", first_let_it_end)
    answer = leah.get(visit_page(person, visit))
    assert ended
    assert answer.status_code == 200
    assert PLACE not in answer.text


@pytest.mark.deep
@pytest.mark.sql
def test_thirty_two_clients_read_while_shares_end(world, person, record_property):
    clients = [world.client("leah") for _ in range(32)]
    for number in range(3):
        visit = a_made_visit(world, "owen", person, place=PLACE)
        share = a_share(world, person, record_id=visit)
        answers, done = Answers(), threading.Event()
        readers = [
            threading.Thread(
                target=read_on, args=(each, visit_page(person, visit), PLACE, answers, done)
            )
            for each in clients
        ]
        for each in readers:
            each.start()
        wait_for(lambda: any(held for _, held in answers.seen))
        end(world, share)
        ended = time.monotonic()
        wait_for(lambda: len(answers.after(ended)) >= 2 * len(clients))
        done.set()
        for each in readers:
            each.join()
        assert set(answers.faults) <= {"503"}, answers.faults
        before = [held for began, held in answers.seen if began <= ended]
        after = answers.after(ended)
        assert True in before, f"share {number}"
        assert len(after) >= 2 * len(clients)
        assert True not in after
        record_property(FIGURE, f"{len(before)} answers begun before the end, {len(after)} after")


def test_the_reading_is_recorded_once_for_what_was_sent(world, person, monkeypatch):
    from mappa.web import witness

    visit = a_made_visit(world, "owen", person, place=PLACE)
    share = a_share(world, person)
    leah = world.client("leah")
    write, ended = witness.write, []

    def first_let_it_end(*args, **kwargs):
        if not ended:
            ended.append(share)
            end(world, share)
        return write(*args, **kwargs)

    monkeypatch.setattr(witness, "write", first_let_it_end)
    leah.get(visit_page(person, visit))
    with world.system():
        found = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.event == "visit:read"))
        assert len(found.all()) == 1
