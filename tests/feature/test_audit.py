"""The audit: what a row holds, that it is part of its act, and that nothing is taken from it."""

import json
import sqlite3
import threading
from collections import Counter
from contextlib import closing, contextmanager
from datetime import date, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from mappa.audit import log
from mappa.audit.chain import PARTITIONS, START, digest_of, partition_of
from mappa.audit.log import Operation
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.audit.verify import verify
from mappa.kernel import clock, uow
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import NotPermitted
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.offenders import service
from mappa.offenders.models import StaffWarning
from mappa.offenders.rules import AddWarning
from tests.factories.world import NOW, World, a_shared_person, count, northmoor
from tests.pages.forms import submit

pytestmark = [pytest.mark.sql, pytest.mark.as_owner]

THREADS, EACH = 8, 12
COLUMNS = [column.name for column in AuditEntry.__table__.columns]
WARNING = AddWarning(
    headline="Keeps a dog that bites", detail="Ring first.", serious=1,
    review_on=date(2027, 2, 1),
)  # fmt: skip
TYPED = {
    "headline": WARNING.headline, "detail": WARNING.detail, "serious": "1", "officers": "1",
    "review_on": "1 2 2027",
}  # fmt: skip


@pytest.fixture
def world(app) -> World:
    return northmoor(app)


@pytest.fixture
def person(world) -> UUID:
    return a_shared_person(world)


def entries(**same):
    """Rows of the log, oldest first; call inside a system unit of work."""
    return db.session.scalars(
        sa.select(AuditEntry).filter_by(**same).order_by(AuditEntry.sequence)
    ).all()


def add_warning(world, person, who="priya"):
    with world.as_reader(who, Kind.WRITE) as actor:
        return service.add_warning(actor, person, WARNING, now=current().at).id


@contextmanager
def broken(world, table):
    """The table is really not there."""
    with world.system():
        db.session.execute(sa.text(f"ALTER TABLE {table} RENAME TO {table}_gone"))
    try:
        yield
    finally:
        with world.system():
            db.session.execute(sa.text(f"ALTER TABLE {table}_gone RENAME TO {table}"))


class TestARow:
    def test_holds_every_field(self, world):
        actor = world.staff["priya"].actor
        records, told = [new_id(), new_id()], [world.agencies["police"]]
        token = log.request_id.set("request-7")
        try:
            with world.system():
                log.record(
                    actor, Operation.DISCLOSURE, "warning:told", records,
                    at=NOW, fields=("name", "detail"), basis="s325(4) CJA 2003", recipients=told,
                    outcome="done in part",
                )  # fmt: skip
        finally:
            log.request_id.reset(token)
        with world.system():
            [row] = entries(event="warning:told")
            kept = {column.name: getattr(row, column.name) for column in AuditEntry.__table__.c}
            subjects = sa.select(AuditSubject.record_id).where(AuditSubject.entry_id == row.id)
            found = set(db.session.scalars(subjects))
        said = {
            "partition": partition_of(records[0]),
            "sequence": 1,
            "at": NOW,
            "actor_id": actor.user_id,
            "actor_agency_id": actor.agency_id,
            "session_id": actor.session_id,
            "operation": "disclosure",
            "event": "warning:told",
            "records": [each.hex for each in records],
            "fields": ["detail", "name"],
            "basis": "s325(4) CJA 2003",
            "recipients": [told[0].hex],
            "outcome": "done in part",
            "request_id": "request-7",
            "previous": START,
        }
        assert kept == said | {name: kept[name] for name in ("id", "digest")}
        covered = {k: v for k, v in kept.items() if k not in ("previous", "digest")}
        assert digest_of(covered, START) == kept["digest"]
        assert found == set(records)

    def test_of_a_command_names_the_account_only(self, world):
        account = world.staff["priya"].user_id
        with world.system():
            log.record(None, Operation.ADMINISTRATION, "user:retired", [], at=NOW, actor_id=account)
        with world.system():
            [row] = entries(event="user:retired")
            assert (row.actor_id, row.actor_agency_id) == (account, NOBODY)
            assert (row.session_id, row.records) == (NOBODY, [])
            assert row.partition == partition_of(account)

    def test_names_fields_and_never_what_they_hold(self, world, person):
        warning = add_warning(world, person)
        with world.system():
            [row] = entries(event="warning:added")
            assert row.records == [person.hex, warning.hex]
            named = ("detail", "headline", "lone_working", "officers", "review_on", "serious")
            assert row.fields == list(named)
            assert WARNING.headline not in json.dumps([row.fields, row.basis, row.outcome])

    def test_stands_in_the_partition_of_its_first_subject(self, world):
        subjects = [new_id() for _ in range(40)]
        with world.system():
            for each in subjects:
                log.record(None, Operation.ALTERATION, "x:changed", [each, new_id()], at=NOW)
        with world.system():
            stood = {UUID(row.records[0]): row.partition for row in entries(event="x:changed")}
        assert stood == {each: partition_of(each) for each in subjects}
        assert set(stood.values()) <= set(range(PARTITIONS))
        assert len(set(stood.values())) > 15

    def test_follows_the_one_before_it_in_its_partition(self, world):
        subject = new_id()
        with world.system():
            for _ in range(5):
                log.record(None, Operation.ALTERATION, "x:changed", [subject], at=NOW)
        with world.system():
            rows = entries(event="x:changed")
            head = db.session.get_one(AuditHead, partition_of(subject))
            assert [row.sequence for row in rows] == [1, 2, 3, 4, 5]
            assert [row.previous for row in rows] == [START, *(row.digest for row in rows[:-1])]
            assert (head.sequence, head.digest) == (5, rows[-1].digest)
            assert verify().faults == ()


class TestPartOfItsAct:
    def test_an_act_that_fails_leaves_no_row(self, world, person):
        def breaks_off():
            with world.as_reader("priya", Kind.WRITE) as actor:
                service.add_warning(actor, person, WARNING, now=NOW)
                assert uow.current().kept["audit"], "the row waits for the act's own commit"
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            breaks_off()
        with world.system():
            assert entries(event="warning:added") == []
            assert count(StaffWarning) == 0
            assert verify().faults == ()

    def test_a_refused_act_leaves_nothing_of_itself(self, world, person):
        with pytest.raises(NotPermitted), world.as_reader("carl", Kind.WRITE) as actor:
            service.add_warning(actor, person, WARNING, now=NOW)
        with world.system():
            assert entries(event="warning:added") == []
            assert count(StaffWarning) == 0

    @pytest.mark.parametrize("table", ["audit_entry", "audit_subject", "audit_head"])
    def test_a_row_that_fails_leaves_no_act(self, world, person, table):
        with broken(world, table), pytest.raises(SQLAlchemyError):
            add_warning(world, person)
        with world.system():
            assert count(StaffWarning) == 0
        add_warning(world, person)
        with world.system():
            assert count(StaffWarning) == 1
            assert verify().faults == ()

    @pytest.mark.parametrize("table", ["audit_entry", "audit_subject", "audit_head"])
    def test_a_reading_that_cannot_be_recorded_gives_no_page(self, world, person, table):
        with clock.at(NOW):
            client = world.client("priya")
            for page in (f"/people/{person}/addresses", "/people"):
                assert "Wexcombe" in client.get(page).get_data(as_text=True)
                with broken(world, table):
                    answer = client.get(page)
                said = answer.get_data(as_text=True)
                assert answer.status_code == 503
                assert "cannot be shown now" in said
                assert not any(name in said for name in ("Wexcombe", "Daniel", person.hex))
                assert client.get(page).status_code == 200

    def test_a_form_whose_row_fails_saves_nothing(self, world, person):
        at = f"/people/{person}/warnings/add"
        with clock.at(NOW):
            client = world.client("priya")
            client.application.testing = False  # as it is served: no error reaches the browser
            with broken(world, "audit_subject"):
                page = client.get(at)
            assert page.status_code == 503
            with failing_writes(world):
                assert submit(client, at, TYPED).status_code in (500, 503)
            with world.system():
                assert count(StaffWarning) == 0
            assert submit(client, at, TYPED).status_code == 302
            with world.system():
                assert count(StaffWarning) == 1

    def test_a_refusal_is_on_record(self, world, person):
        with clock.at(NOW):
            assert world.client("carl").get(f"/people/{person}/warnings/add").status_code == 403
        with world.system():
            [row] = entries(outcome="refused")
            assert row.records == [person.hex]
            assert row.actor_id == world.staff["carl"].user_id
            assert "warning:add" in row.basis

    def test_reading_is_on_record_with_what_was_read_and_the_request(self, world, person):
        with clock.at(NOW):
            world.client("leah").get(f"/people/{person}/addresses")
        with world.system():
            [row] = entries(event="address:read")
            assert row.records[0] == person.hex
            assert (row.operation, row.outcome) == ("consultation", "done")
            assert row.request_id
            assert row.actor_agency_id == world.agencies["children"]


@contextmanager
def failing_writes(world):
    """The log takes readings and refuses what an act adds: a real check in the real table."""
    with world.system():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(
                sa.text(
                    "ALTER TABLE audit_entry ADD CONSTRAINT no_acts"
                    " CHECK (operation <> 'collection') NOT VALID"
                )
            )
        else:
            db.session.execute(
                sa.text(
                    "CREATE TRIGGER no_acts BEFORE INSERT ON audit_entry"
                    " WHEN NEW.operation = 'collection'"
                    " BEGIN SELECT RAISE(ABORT, 'no acts'); END"
                )
            )
    try:
        yield
    finally:
        with world.system():
            if db.engine.dialect.name == "postgresql":
                db.session.execute(sa.text("ALTER TABLE audit_entry DROP CONSTRAINT no_acts"))
            else:
                db.session.execute(sa.text("DROP TRIGGER no_acts"))


class TestAppendOnly:
    @pytest.fixture
    def refused(self, world, person):
        add_warning(world, person)

        def attempt(statement):
            with (
                pytest.raises(DBAPIError, match="append-only"),
                world.system(),
            ):
                db.session.execute(sa.text(statement))
            with world.system():
                assert verify().faults == ()
                assert entries(event="warning:added")

        return attempt

    @pytest.mark.parametrize("column", COLUMNS)
    def test_no_column_of_an_entry_can_be_updated(self, refused, column):
        refused(f"UPDATE audit_entry SET {column} = {column}")

    @pytest.mark.parametrize("column", AuditSubject.__table__.c.keys())
    def test_no_column_of_a_look_up_row_can_be_updated(self, refused, column):
        refused(f"UPDATE audit_subject SET {column} = {column}")

    @pytest.mark.parametrize("table", ["audit_entry", "audit_subject"])
    def test_nothing_can_be_deleted(self, refused, table):
        refused(f"DELETE FROM {table}")

    @pytest.mark.parametrize("table", ["audit_entry", "audit_subject"])
    def test_nothing_can_be_replaced_or_truncated(self, app, refused, table):
        with app.app_context():
            postgresql = db.engine.dialect.name == "postgresql"
        if postgresql:
            refused(f"TRUNCATE {table} CASCADE")
        else:
            refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")

    def test_a_replacement_past_the_trigger_is_still_found(self, app, world, person):
        """A connection of somebody else's need not have recursive triggers on: the chain finds it.

        PostgreSQL has no such way round a trigger, so there the owner of the table does it.
        """
        add_warning(world, person)
        with app.app_context():
            url, name = db.engine.url, db.engine.dialect.name
        if name == "sqlite":
            with closing(sqlite3.connect(url.database)) as connection, connection:
                kept = ", ".join("'read'" if column == "event" else column for column in COLUMNS)
                connection.execute(
                    f"INSERT OR REPLACE INTO audit_entry SELECT {kept} FROM audit_entry"
                )
        else:
            with world.system():
                db.session.execute(
                    sa.text("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
                )
                db.session.execute(sa.text("UPDATE audit_entry SET event = 'read'"))
        with world.system():
            assert {fault.what for fault in verify().faults} == {"was altered"}


class TestManyAtOnce:
    def write(self, app, start, subjects, failures):
        try:
            start.wait(30)
            for number in range(EACH):
                with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
                    subject = subjects[number % len(subjects)]
                    log.record(None, Operation.ALTERATION, "x:changed", [subject], at=current().at)
        except BaseException as error:
            failures.append(error)

    @pytest.mark.parametrize("subjects", [1, 5])
    def test_the_chain_of_eight_threads_is_unbroken(self, app, subjects):
        several = [new_id() for _ in range(subjects)]
        start, failures = threading.Barrier(THREADS), []
        threads = [
            threading.Thread(target=self.write, args=(app, start, several, failures))
            for _ in range(THREADS)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert failures == []
        with app.app_context(), unit_of_work(Kind.READ, system="test"):
            found = verify()
            assert (found.entries, found.faults) == (THREADS * EACH, ())
            written = Counter(row.partition for row in entries(event="x:changed"))
            heads = {
                head.partition: head.sequence
                for head in db.session.scalars(sa.select(AuditHead).where(AuditHead.sequence > 0))
            }
            assert heads == written
            assert set(written) == {partition_of(each) for each in several}


def test_time_in_the_chain_does_not_depend_on_the_zone_it_was_given_in(world):
    """What is stored is UTC; a chain over local spelling could not be recomputed in summer."""
    summer = (NOW - timedelta(days=120)).astimezone(clock.LONDON)
    with world.system():
        log.record(None, Operation.ALTERATION, "x:changed", [new_id()], at=summer)
    with world.system():
        assert verify().faults == ()
