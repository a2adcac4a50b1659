"""The run that tells of what is due, and what people were told."""

import contextvars
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.kernel import crypto
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind
from mappa.reminders import queries, service
from mappa.reminders.models import Event, Notice, SweepRun
from mappa.reminders.sweep import Swept
from mappa.reminders.telling import delivery
from mappa.reminders.telling.models import Outgoing
from tests.factories.reminders import all_of, duty, label, swept
from tests.factories.world import LONG_AGO, NOW, a_shared_person, count, northmoor

pytestmark = pytest.mark.sql


# The sweep


def test_the_owner_is_told_when_a_duty_is_due_and_when_it_is_overdue_once_each(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world))
    owed = duty(world, of, "priya", starts_on=date(2026, 11, 18))
    assert owed.due_on == date(2026, 11, 20)
    assert swept(app, at=NOW - timedelta(days=1)) == Swept(due=0, told=0, failed=0)
    assert swept(app) == Swept(due=1, told=1, failed=0)
    assert swept(app) == Swept(due=1, told=0, failed=0)
    assert swept(app, at=NOW + timedelta(days=1)) == Swept(due=1, told=1, failed=0)
    assert swept(app, at=NOW + timedelta(days=1)) == Swept(due=1, told=0, failed=0)
    told = all_of(world, Notice)
    assert sorted(each.event for each in told) == [Event.DUE, Event.OVERDUE]
    assert {each.user_id for each in told} == {world.staff["priya"].user_id}
    assert {(each.subject_id, each.duty_id) for each in told} == {(of.record, owed.id)}


def test_the_day_turns_in_london(app):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya", starts_on=date(2026, 6, 17))
    late = datetime(2026, 6, 18, 23, 30, tzinfo=UTC)  # half past midnight on the 19th
    assert swept(app, at=late - timedelta(hours=1)).told == 0
    assert swept(app, at=late).told == 1


def test_a_run_in_several_chunks_misses_none(app, monkeypatch):
    monkeypatch.setattr("mappa.reminders.telling.opening.CHUNK", 3)
    monkeypatch.setattr(delivery, "BATCH", dict.fromkeys(delivery.BATCH, 4))
    world = northmoor(app)
    person = a_shared_person(world)
    for number in range(10):
        duty(world, label(world, person), "priya", starts_on=date(2026, 11, 9 + number % 4))
    assert swept(app) == Swept(due=10, told=20, failed=0)  # the owner, and her supervisor
    assert swept(app).told == 0


def test_two_runs_at_once_tell_once(app):
    world = northmoor(app)
    person = a_shared_person(world)
    for _ in range(8):
        duty(world, label(world, person), "priya")
    found: list[Swept] = []
    together = threading.Barrier(2)

    def one_of_two() -> None:
        together.wait()
        found.append(swept(app))

    threads = [
        threading.Thread(target=contextvars.copy_context().run, args=(one_of_two,))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(each.told for each in found) == 16
    assert sum(each.failed for each in found) == 0
    assert len(all_of(world, Notice)) == 16


def test_a_dry_run_and_another_day_say_what_would_be(app):
    world = northmoor(app)
    duty(world, label(world, a_shared_person(world)), "priya", starts_on=date(2026, 11, 20))
    assert swept(app, dry_run=True) == Swept(due=0, told=0, failed=0)
    later = swept(app, on=date(2026, 11, 30), dry_run=True)
    assert later == Swept(due=1, told=2, failed=0)
    said = {what: count for what, count in later.expected.items() if count}
    assert said == {"overdue": 1, "late, supervisor": 1}
    assert all_of(world, Notice) == all_of(world, SweepRun) == all_of(world, Outgoing) == []
    assert swept(app, on=date(2026, 11, 30)).told == 2
    assert all_of(world, SweepRun) == []


def test_a_chunk_that_cannot_be_written_is_counted_and_found_again(app):
    world = northmoor(app)
    person = a_shared_person(world)
    duty(world, label(world, person), "priya", starts_on=date(2026, 11, 18))

    def refuse(_connection, _cursor, statement, parameters, context, _many):
        if statement.startswith("INSERT INTO notice"):
            raise sa.exc.OperationalError(statement, parameters, OSError("no room left"))

    with app.app_context():
        engine = db.engines.get("system", db.engine)
    sa.event.listen(engine, "before_cursor_execute", refuse)
    assert swept(app) == Swept(due=1, told=0, failed=1)
    sa.event.remove(engine, "before_cursor_execute", refuse)
    assert swept(app) == Swept(due=1, told=0, failed=0)  # it rests until its time has come
    later = swept(app, at=NOW + timedelta(minutes=10))
    assert later == Swept(due=1, told=1, failed=0)
    assert sorted(each.failed for each in all_of(world, SweepRun)) == [0, 0, 1]


def test_an_hour_without_a_run_is_an_alarm(app):
    world = northmoor(app)
    with world.as_reader("sys"):
        assert queries.health(NOW).alarm
    swept(app)
    with world.as_reader("sys"):
        assert not queries.health(NOW + timedelta(minutes=59)).alarm
        assert queries.health(NOW + timedelta(minutes=61)).alarm


def test_runs_of_long_ago_are_not_kept(app):
    world = northmoor(app)
    swept(app, at=NOW - timedelta(days=31))
    swept(app)
    assert [each.began_at for each in all_of(world, SweepRun)] == [NOW]


# Notices


def test_a_met_duty_takes_its_notice_away(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world))
    duty(world, of, "priya")
    swept(app)
    with world.as_reader("priya", Kind.WRITE) as actor:
        assert queries.unread(actor) == 1
        service.close_deadlines(of.record, NOW)
        assert queries.unread(actor) == 0
        assert queries.notices(actor) == []
    assert swept(app).told == 0


@pytest.mark.parametrize("how", ["marked", "excluded", "off the team"])
def test_a_notice_of_what_one_no_longer_sees_is_neither_shown_nor_counted(app, how):
    world = northmoor(app)
    person = a_shared_person(world)
    of = label(world, person)
    duty(world, of, "owen")
    swept(app)
    with world.as_reader("owen") as actor:
        assert (queries.unread(actor), len(queries.notices(actor))) == (1, 1)
    given = Given(at=NOW, starts_at=LONG_AGO)
    with world.system():
        if how == "marked":
            rights.mark(of.record, MarkKind.HIDDEN, NOW + timedelta(days=30), given)
        elif how == "excluded":
            rights.exclude(person, given, user=world.staff["owen"].user_id)
        else:
            from mappa.access.models import CaseTeam

            rows = db.session.scalars(
                sa.select(CaseTeam).where(CaseTeam.agency_id == world.agencies["police"])
            ).all()
            rights.end(rows, at=NOW, by=NOBODY, reason="left")
    with world.as_reader("owen") as actor:
        assert (queries.unread(actor), queries.notices(actor)) == (0, [])
        assert queries.my_open(actor) == []


def test_nobody_is_told_twice_of_the_same_thing(app):
    world = northmoor(app)
    of = label(world, a_shared_person(world))
    owen = world.staff["owen"].user_id
    for first in (True, False):
        with world.as_reader("priya", Kind.WRITE):
            said = service.tell(owen, of, event="visit:planned", text_key="a", now=NOW)
        assert said is first
    with world.as_reader("priya", Kind.WRITE):
        assert service.tell(owen, of, event="visit:planned", text_key="b", now=NOW)
    with world.system():
        assert count(Notice) == 2


def test_only_one_s_own_notices_can_be_marked_as_read(app):
    world = northmoor(app)
    person = a_shared_person(world)
    duty(world, label(world, person), "priya")
    duty(world, label(world, person), "owen")
    swept(app)
    ids = [each.id for each in all_of(world, Notice)]
    with world.as_reader("priya", Kind.WRITE) as actor:
        assert service.mark_read(actor, [*ids, crypto.new_id()], now=NOW) == 1
        assert service.mark_read(actor, ids, now=NOW) == 0
    with world.as_reader("owen") as actor:
        assert queries.unread(actor) == 1


def test_the_bell_stops_at_99(app):
    world = northmoor(app)
    person = a_shared_person(world)
    owen = world.staff["owen"].user_id
    of = label(world, person)
    with world.as_reader("priya", Kind.WRITE):
        for number in range(105):
            service.tell(owen, of, event="visit:planned", text_key=str(number), now=NOW)
    with world.as_reader("owen") as actor:
        assert queries.unread(actor) == 99
        assert len(queries.notices(actor)) == 100
