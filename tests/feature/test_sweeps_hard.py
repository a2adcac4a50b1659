"""Sweeps at once, killed, frozen and with a clock that goes back: nobody missed, nobody twice.

Real processes on a real database; a process is held at a place and then killed or frozen there.
"""

import signal
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.sweep import sweep
from mappa.reminders.telling import delivery, lease
from mappa.reminders.telling.models import OUTBOX, Lease
from tests.drills.sweeper import CLAIMED, READY, TELLING, Order, Sweeper
from tests.drills.sweeping import outcome
from tests.factories.reminders import duty, label, swept
from tests.factories.world import NOW, a_shared_person, northmoor

DUTIES = 24
SHORT = 3
"""Seconds of a lease: of those that will be killed or frozen."""
LATER = NOW + timedelta(minutes=10)


@pytest.fixture
def world(app, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", dict.fromkeys(delivery.BATCH, 10))
    return northmoor(app)


@pytest.fixture
def to_tell(world):
    """Late duties of two officers; each is told, and each one's supervisor."""
    person = a_shared_person(world)
    found = set()
    for number in range(DUTIES):
        who, over = (("priya", "grace"), ("owen", "naomi"))[number % 2]
        owed = duty(world, label(world, person), who)
        found.add((owed.id, world.staff[who].user_id, "deadline:overdue"))
        found.add((owed.id, world.staff[over].user_id, "deadline:late-1"))
    return found


@pytest.fixture
def start(app, tmp_path):
    """A function that starts a sweep in a process of its own; none outlives the test."""
    started = []

    def begin(name, *, place="", at=NOW, **how):
        started.append(Sweeper(app, Order(tmp_path / name, at, place, **how)))
        return started[-1]

    yield begin
    for each in started:
        each.signal(signal.SIGKILL)
        each.end()


def until_free():
    """Let the lease of whoever is gone run out."""
    time.sleep(SHORT + 0.2)


@pytest.mark.sql
def test_two_processes_at_once(app, to_tell, start):
    both = [start(name, place=READY, patience=20, seconds=45) for name in ("one", "two")]
    for each in both:
        each.arrive()
    for each in both:
        each.go()
    said = [each.end() for each in both]
    assert sorted(said) == ["told 0", f"told {2 * DUTIES}"]
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.sql
def test_one_killed_between_claiming_and_telling(app, to_tell, start):
    killed = start("killed", place=CLAIMED)
    killed.arrive()
    killed.signal(signal.SIGKILL)
    killed.end()
    assert outcome(app, to_tell).missed == to_tell
    assert swept(app, patience=10).told == 2 * DUTIES - 10, "what was claimed rests for a minute"
    assert swept(app, at=LATER).told == 10
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.sql
def test_one_killed_before_it_commits_what_it_told(app, to_tell, start):
    killed = start("killed", place=TELLING)
    killed.arrive()
    killed.signal(signal.SIGKILL)
    killed.end()
    swept(app, patience=10)
    swept(app, at=LATER)
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.sql
def test_one_frozen_past_its_lease_writes_nothing_when_it_goes_on(app, to_tell, start):
    frozen = start("frozen", place=CLAIMED)
    frozen.arrive()
    frozen.signal(signal.SIGSTOP)
    until_free()
    assert swept(app, at=LATER).told == 2 * DUTIES
    before = outcome(app, to_tell)
    frozen.go()
    frozen.signal(signal.SIGCONT)
    assert frozen.end() == "elsewhere", "it learnt that somebody else took over"
    assert before.held, before.words()
    assert outcome(app, to_tell) == before


def test_one_frozen_while_nobody_took_over_writes_nothing_either(app, to_tell, start):
    frozen = start("frozen", place=CLAIMED)
    frozen.arrive()
    frozen.signal(signal.SIGSTOP)
    until_free()
    frozen.go()
    frozen.signal(signal.SIGCONT)
    assert frozen.end() == "elsewhere"
    assert outcome(app, to_tell).missed == to_tell
    swept(app, at=LATER)
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.postgresql
def test_one_frozen_in_the_middle_of_a_transaction_keeps_nobody_from_going_on(app, to_tell, start):
    """On SQLite whoever writes has the whole database, so there is nothing to claim there."""
    frozen = start("frozen", place=TELLING)
    frozen.arrive()
    frozen.signal(signal.SIGSTOP)
    until_free()
    assert swept(app).told == 2 * DUTIES - 10, "all but what the frozen one holds"
    frozen.go()
    frozen.signal(signal.SIGCONT)
    assert frozen.end() == "elsewhere"
    swept(app, at=LATER)
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.postgresql
def test_connections_that_are_cut_in_the_middle(app, to_tell, start, settings):
    cut = start("cut", place=TELLING)
    cut.arrive()
    engine = sa.create_engine(settings.owner_database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            sa.text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()
    with app.app_context():
        for each in db.engines.values():
            each.dispose()
    cut.go()
    assert cut.end() == f"told {2 * DUTIES}", "it goes on with new connections"
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.postgresql
@pytest.mark.parametrize(("cuts", "alone"), [(1, 0), (2, 0), (3, 10)])
def test_what_a_lost_server_kept_back_is_tried_together_twice(
    app, to_tell, monkeypatch, cuts, alone
):
    """No row is at fault; one by one a batch of 2,000 would take minutes after a restart."""
    told, tell = [], delivery._tell

    def counted(held, unit):
        claimed = sa.select(OUTBOX.c.id).where(delivery._claimed())
        told.append(set(db.session.scalars(claimed, {"of_term": held.term})))
        done = tell(held, unit)
        if told[-1] == told[0] and told.count(told[0]) <= cuts:
            db.session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return done

    monkeypatch.setattr(delivery, "_tell", counted)
    assert swept(app).told == 2 * DUTIES
    assert told.count(told[0]) == min(cuts + 1, delivery.TOGETHER)
    assert sum(len(each) == 1 for each in told) == alone
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()


@pytest.mark.sql
def test_the_term_rises_with_every_holder(app, world):
    with app.app_context():
        first = lease.take()
        assert first is not None
        assert lease.take() is None, "held"
        lease.release(first)
        second = lease.take()
        assert second is not None
        assert second.term == first.term + 1
        with pytest.raises(lease.LostLease), lease.writing(first):
            pass
        with lease.writing(second):
            pass


# The clock goes back an hour


def a_clock_that_goes_back(app, settings):
    """From now on the database's clock is an hour behind; connections begin anew."""
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
            if engine.dialect.name == "sqlite":
                sa.event.listen(engine, "connect", _shift_sqlite)
    if settings.database_url.startswith("sqlite"):
        return
    owner = sa.create_engine(settings.owner_database_url, isolation_level="AUTOCOMMIT")
    with owner.connect() as connection:
        name = connection.execute(sa.text("SELECT current_database()")).scalar_one()
        for each in (
            "CREATE SCHEMA shifted",
            "GRANT USAGE ON SCHEMA shifted TO PUBLIC",
            "CREATE FUNCTION shifted.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS"
            " 'SELECT pg_catalog.clock_timestamp() - interval ''1 hour'''",
            f"ALTER DATABASE {name} SET search_path = shifted, pg_catalog, public",
        ):
            connection.execute(sa.text(each))
    owner.dispose()


def _shift_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    def shifted(_format: str, _now: str, *ahead: str) -> str:
        seconds = sum(int(each.removesuffix(" seconds")) for each in ahead)
        moment = datetime.now(UTC) - timedelta(hours=1) + timedelta(seconds=seconds)
        return moment.replace(tzinfo=None).isoformat(" ", "milliseconds") + "000"

    connection.create_function("strftime", -1, shifted)


@pytest.mark.sql
def test_a_clock_that_goes_back_keeps_nobody_waiting_and_tells_nobody_twice(
    app, to_tell, start, settings
):
    """The lease of a holder that died then lasts an hour by the new clock; it is taken anyway."""
    killed = start("killed", place=CLAIMED, at=None, seconds=45)
    killed.arrive()
    killed.signal(signal.SIGKILL)
    killed.end()
    with app.app_context(), unit_of_work(Kind.READ, system="test"):
        until = db.session.scalars(sa.select(Lease.until)).one()
    a_clock_that_goes_back(app, settings)
    with app.app_context(), unit_of_work(Kind.READ, system="test") as unit:
        assert until - unit.at > timedelta(minutes=50)
        later = unit.at + timedelta(minutes=62)
    first = sweep(app, patience=0)
    assert (first.elsewhere, first.told) == (False, 2 * DUTIES - 10)
    assert swept(app, at=later, patience=0).told == 10
    assert outcome(app, to_tell).held, outcome(app, to_tell).words()
