"""Files of a person: who sees them, what lies on the disk, what the scanner says."""

import os
import socket
import struct
import threading
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from mappa.access import rights
from mappa.access.rights import Given
from mappa.access.terms import MarkKind
from mappa.audit.models import AuditEntry
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind as Unit
from mappa.offenders import queries as people
from mappa.offenders.files import jobs, queries, service
from mappa.offenders.files.models import PersonFile
from mappa.offenders.files.rules import AddFile, EndFile, Kind
from mappa.offenders.files.store import NotStored, Store
from tests.factories.files import PDF, TEXT, WHERE, a_file, bomb, picture, store_of
from tests.factories.world import NOW, a_shared_person, count, northmoor


@pytest.fixture
def world(app):
    return northmoor(app)


@pytest.fixture
def person(world):
    return a_shared_person(world)


def titles(world, who, person):
    with world.as_reader(who) as actor:
        return [each.title for each in queries.files(actor, person)]


def opened(world, who, person, file_id, what=queries.original):
    with world.as_reader(who) as actor:
        return what(actor, store_of(world), person, file_id)


@pytest.mark.sql
class TestWhoSees:
    def test_readers_of_the_whole_section_and_nobody_of_its_summary(self, world, person):
        a_file(world, "owen", person)
        a_file(world, "priya", person, kind=Kind.COURT_DOCUMENT, data=TEXT, title="Order")
        seen = {who: sorted(titles(world, who, person)) for who in ("priya", "owen", "leah")}
        assert seen == {
            "priya": ["Custody photograph", "Order"],
            "owen": ["Custody photograph", "Order"],
            "leah": [],
        }
        # The co-ordinator reads identity in full, orders not at all.
        assert titles(world, "carl", person) == ["Custody photograph"]

    def test_a_hidden_mark_hides_the_file_and_its_bytes(self, world, person):
        made = a_file(world, "owen", person)
        with world.system():
            rights.mark(made, MarkKind.HIDDEN, NOW, Given(at=NOW))
        assert titles(world, "priya", person) == []
        for what in (queries.original, queries.picture):
            with pytest.raises(NotFound):
                opened(world, "priya", person, made, what)

    def test_a_file_of_somebody_else_is_not_found_under_this_person(self, world, person):
        other = world.person(family="Marsworth", manager="priya")
        made = a_file(world, "priya", other)
        for what in (queries.original, queries.picture):
            with pytest.raises(NotFound):
                opened(world, "priya", person, made, what)
        with world.as_reader("priya", Unit.WRITE) as actor, pytest.raises(NotFound):
            service.end_file(actor, person, made, EndFile(reason="x"), now=NOW)


class TestAdding:
    def test_both_copies_lie_encrypted_under_random_names(self, world, person):
        sent = picture(exif=True)
        made = a_file(world, "owen", person, data=sent, name="../../daniel.jpg")
        folder = store_of(world).folder
        stored = sorted(folder.iterdir())
        assert len(stored) == 2
        assert oct(folder.stat().st_mode)[-3:] == "700"
        for path in stored:
            assert len(path.name) == 32
            assert oct(path.stat().st_mode)[-3:] == "600"
            assert b"JFIF" not in path.read_bytes()
            assert WHERE not in path.read_bytes()
        assert opened(world, "owen", person, made).data == sent
        with pytest.raises(RuleBroken, match="original-of-own-agency"):
            opened(world, "priya", person, made)
        shown = opened(world, "priya", person, made, queries.picture).data
        assert WHERE not in shown
        with world.system():
            row = db.session.get_one(PersonFile, made)
            assert {row.stored_as, row.view_as} == {path.name for path in stored}
            assert row.name == "daniel"

    def test_what_was_moved_or_altered_on_the_disk_does_not_open(self, world, person):
        one = a_file(world, "owen", person)
        two = a_file(world, "owen", person, data=picture("PNG"))
        with world.system():
            names = [db.session.get_one(PersonFile, each).stored_as for each in (one, two)]
        first, second = (store_of(world).folder / name for name in names)
        first.write_bytes(second.read_bytes())
        second.write_bytes(second.read_bytes()[:-1] + b"x")
        for each in (one, two):
            with pytest.raises(RuleBroken, match="file-stored"):
                opened(world, "owen", person, each)

    @pytest.mark.parametrize("name", ["../keys/field", "x" * 32, "", "a" * 31])
    def test_only_names_of_its_own_making_are_read(self, tmp_path, name):
        (tmp_path / "keys").mkdir()
        (tmp_path / "keys" / "field").write_text("secret")
        with pytest.raises(NotStored):
            Store(tmp_path / "uploads").read(name)

    @pytest.mark.parametrize(
        ("kind", "data"),
        [(Kind.PHOTOGRAPH, PDF), (Kind.PHOTOGRAPH, bomb()), (Kind.OTHER, b"<html>"),
         (Kind.OTHER, bomb()), (Kind.OTHER, b"")],
    )  # fmt: skip
    def test_what_is_refused_leaves_no_row_and_no_bytes(self, world, person, kind, data):
        with pytest.raises(FieldErrors, match="file"):
            a_file(world, "owen", person, kind=kind, data=data)
        with world.system():
            assert count(PersonFile) == 0
        assert not store_of(world).folder.exists()

    def test_the_history_and_the_audit_name_it(self, world, person):
        made = a_file(world, "owen", person)
        with world.as_reader("owen", Unit.WRITE) as actor:
            service.end_file(actor, person, made, EndFile(reason="Another person"), now=NOW)
        with world.as_reader("priya") as actor:
            changes, _ = people.history(actor, person, before=None)
        said = {(each.kind, each.before, each.after, each.why) for each in changes}
        assert {
            ("file:added", "", "Custody photograph", ""),
            ("file:ended", "Custody photograph", "Ended", "Another person"),
        } <= said
        with world.system():
            found = db.session.execute(
                sa.select(AuditEntry.event, AuditEntry.records).where(
                    AuditEntry.event.like("file:%")
                )
            ).all()
        assert sorted(event for event, _ in found) == ["file:added", "file:ended"]
        assert all(records == [person.hex, made.hex] for _, records in found)

    @pytest.mark.parametrize(("who", "error"), [("carl", NotPermitted), ("sam", NotFound)])
    def test_who_may_not_write_adds_nothing(self, world, person, who, error):
        with pytest.raises(error):
            a_file(world, who, person)
        assert not store_of(world).folder.exists()

    def test_a_date_to_come_is_refused(self, world, person):
        given = AddFile(
            kind=Kind.OTHER, title="x", dated_on=date(2026, 11, 21), name="x", data=TEXT
        )
        with (
            world.as_reader("owen", Unit.WRITE) as actor,
            pytest.raises(FieldErrors, match="dated_on"),
        ):
            service.add_file(actor, person, given, store=store_of(world), now=NOW)


class TestEnding:
    def test_it_is_kept_and_only_its_agency_opens_it(self, world, person):
        made = a_file(world, "owen", person)
        with world.as_reader("priya", Unit.WRITE) as actor, pytest.raises(NotPermitted):
            service.end_file(actor, person, made, EndFile(reason="x"), now=NOW)
        with world.as_reader("owen", Unit.WRITE) as actor:
            service.end_file(actor, person, made, EndFile(reason="Another person"), now=NOW)
            with pytest.raises(RuleBroken, match="file-stands"):
                service.end_file(actor, person, made, EndFile(reason="again"), now=NOW)
        assert titles(world, "priya", person) == ["Custody photograph"]
        with pytest.raises(RuleBroken, match="file-not-ended"):
            opened(world, "priya", person, made)
        assert opened(world, "owen", person, made).data


@contextmanager
def clam(*answers):
    """A scanner on loopback that reads INSTREAM as ClamAV does; gives what it was sent."""
    received = []
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        for answer in answers:
            line, _ = server.accept()
            with line, line.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                data = b""
                while size := struct.unpack("!I", sent.read(4))[0]:
                    data += sent.read(size)
                received.append(data)
                line.sendall(answer)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"tcp://127.0.0.1:{server.getsockname()[1]}", received
    finally:
        thread.join(timeout=10)
        server.close()


def with_scanner(world, address):
    settings = world.app.config["SETTINGS"]
    world.app.config["SETTINGS"] = replace(settings, scanner=address)


class TestScanner:
    def test_what_is_found_is_refused_and_never_given_out(self, world, person):
        large = TEXT * 4000
        good = a_file(world, "owen", person, kind=Kind.OTHER, data=large)
        bad = a_file(world, "owen", person)
        order = sorted((good, bad))
        said = {good: b"stream: OK\0", bad: b"stream: Eicar-Test FOUND\0"}
        with clam(*(said[each] for each in order)) as (address, received):
            with_scanner(world, address)
            assert jobs.scan_files(world.app) == jobs.Scanned(clean=1, refused=1)
        assert large in received
        assert opened(world, "priya", person, good).data == large
        for who in ("priya", "owen"):
            for what in (queries.original, queries.picture):
                with pytest.raises(RuleBroken, match="file-not-refused"):
                    opened(world, who, person, bad, what)
        with world.system():
            states = dict(db.session.execute(sa.select(PersonFile.id, PersonFile.scan)).all())
            entry = db.session.scalars(
                sa.select(AuditEntry).where(AuditEntry.event == "file:refused")
            ).one()
        assert states == {good: "clean", bad: "refused"}
        assert (entry.actor_id, entry.records) == (NOBODY, [person.hex, bad.hex])
        assert jobs.scan_files(world.app) == jobs.Scanned(), "nothing waits any more"

    @pytest.mark.parametrize("answer", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"OK\0"])
    def test_an_answer_that_is_not_known_leaves_it_not_scanned(self, world, person, answer):
        made = a_file(world, "owen", person)
        with clam(answer) as (address, _):
            with_scanner(world, address)
            assert jobs.scan_files(world.app) == jobs.Scanned(silent=1)
        with world.system():
            assert db.session.get_one(PersonFile, made).scan == "not_scanned"

    def test_a_scanner_that_is_away_or_none_at_all_changes_nothing(self, world, person):
        a_file(world, "owen", person)
        assert jobs.scan_files(world.app) == jobs.Scanned()
        with_scanner(world, "unix:///nowhere/clamd.sock")
        assert jobs.scan_files(world.app) == jobs.Scanned(silent=1)


def test_bytes_of_no_row_are_swept_after_a_day_and_only_they(world, person):
    made = a_file(world, "owen", person)
    store = store_of(world)
    orphan, fresh = store.keep(b"lost"), store.keep(b"still on its way")
    old = (NOW - timedelta(days=3)).timestamp()
    for path in store.folder.iterdir():
        if path.name != fresh:
            os.utime(path, (old, old))
    assert jobs.sweep_orphans(world.app) == 1
    assert not (store.folder / orphan).exists()
    assert store.read(fresh) == b"still on its way"
    assert opened(world, "owen", person, made).data
