"""What ``mappa audit verify`` finds when somebody with the database in hand alters the history.

The triggers are dropped first, as such a person would. Known limit: who can rewrite the rows of a
partition *and* its head leaves a chain that agrees with itself, and so does who cuts off the tail
and sets the head back. No chain alone can show that; it takes a digest kept elsewhere. The kinds
in ``BEYOND_A_CHAIN`` are asserted *not* to be found, so that the limit stays honest.
"""

import base64
import json
import multiprocessing
import sys
from contextlib import suppress
from uuid import UUID

import pytest

from mappa import cli
from mappa.audit import apart
from mappa.audit.apart import agreed, verify_apart
from mappa.audit.chain import (
    COVERED,
    digest_of,
    digest_of_plain,
)
from mappa.audit.models import AuditEntry
from mappa.audit.scan import Scanned, halves, linked_by_heads, scan
from mappa.audit.verify import Pairs, list_of, moment, verify
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from tests.factories.tampering import (
    BEYOND_A_CHAIN,
    FOUND,
    LENGTH,
    OTHER,
    History,
    Undo,
    drop_triggers,
)

pytestmark = [pytest.mark.sql, pytest.mark.as_owner]


@pytest.fixture
def history(app) -> History:
    with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
        drop_triggers()
        return History()


def after(app, history, tampering):
    """What ``verify`` finds; the tampering is undone."""
    with app.app_context():
        try:
            with unit_of_work(Kind.WRITE, system="test"):
                tampering(history)
                found = verify().faults
                raise Undo
        except Undo:
            return found


def tell(lines: list[tuple[str, str]]) -> None:
    sys.stdout.write("\n" + "".join(f"{kind:40} {what}\n" for kind, what in lines))


def test_an_untouched_history_has_no_fault(app, history):
    found = after(app, history, lambda _history: None)
    assert found == ()


def test_every_column_of_an_entry_is_tried():
    assert set(OTHER) | {"id"} == {column.name for column in AuditEntry.__table__.columns}


def test_every_kind_of_tampering_is_found(app, history, subtests):
    said = []
    for kind, tampering in FOUND.items():
        faults = after(app, history, tampering)
        said.append((kind, ", ".join(sorted({fault.what for fault in faults})) or "NOT FOUND"))
        with subtests.test(kind):
            assert faults != ()
    tell(said)
    assert after(app, history, lambda _history: None) == ()


@pytest.mark.parametrize("kind", ["edited event", "delete middle", "lose look up rows"])
def test_a_fault_says_where_it_is(app, history, kind):
    faults = after(app, history, FOUND[kind])
    where = {(fault.partition, fault.sequence) for fault in faults}
    assert where <= {(history.first, sequence) for sequence in (3, 4)}


def test_what_no_chain_alone_can_show_is_not_found(app, history):
    """Rows and head rewritten together agree with themselves: a known limit, kept honest here."""
    said = {kind: after(app, history, each) for kind, each in BEYOND_A_CHAIN.items()}
    tell([(kind, "cannot be found by a chain alone") for kind in said])
    assert said == dict.fromkeys(BEYOND_A_CHAIN, ())


@pytest.mark.sql
@pytest.mark.parametrize("kind", ["nothing", "edited event", "delete tail", "add a look up row"])
def test_several_processes_find_the_same_as_one(app, history, kind):
    with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
        FOUND.get(kind, lambda _history: None)(history)
    with app.app_context(), unit_of_work(Kind.READ, system="test"):
        found = verify()
    assert verify_apart(app, worth_it=0) == found
    assert (found.faults == ()) == (kind == "nothing")


def scanned(key="a key"):
    """What the parts and the heads say to each other, read in one process."""
    parts = [scan(part, key) for part in halves()]
    table = Scanned(0, 0, 0, -Pairs(key).of_table())
    return agreed([*parts, table], linked_by_heads(key))


def test_one_reading_in_any_order_agrees_only_where_nothing_is_found(app, history, subtests):
    with app.app_context():
        for kind, tampering in {
            "nothing": lambda _history: None,
            **FOUND,
            **BEYOND_A_CHAIN,
        }.items():
            with (
                subtests.test(kind),
                suppress(Undo),
                unit_of_work(Kind.WRITE, system="test"),
            ):
                tampering(history)
                db.session.flush()
                found = verify()
                assert scanned() == (None if found.faults else found)
                raise Undo


def test_who_gives_no_answer_proves_nothing(app, history):
    here, there = multiprocessing.Pipe(duplex=False)
    apart._do(app, lambda: Scanned(2, 0, 0, 0), there)
    assert apart._answer(here) == Scanned(2, 0, 0, 0)
    there.close()
    assert apart._answer(here) is None
    assert agreed([None], (0, 0)) is None


def test_both_spellings_have_one_digest():
    plain = OTHER | {"id": new_id(), "partition": 3}
    text = {
        name: f"{value.hex}" if isinstance(value, UUID) else value for name, value in plain.items()
    }
    text |= {name: list_of(json.dumps(plain[name])) for name in ("fields", "records", "recipients")}
    text["at"] = moment("2026-11-29 09:30:00.000000")
    row = [text[name] for name in COVERED if name not in ("partition", "sequence")]
    expected = digest_of({name: plain[name] for name in COVERED}, "f" * 64)
    assert digest_of_plain("f" * 64, 3, 90, row) == expected


class TestTheCommand:
    @pytest.fixture(autouse=True)
    def production(self, monkeypatch, settings, tmp_path):
        monkeypatch.setenv("MAPPA_MODE", "production")
        monkeypatch.setenv("MAPPA_HOME", str(tmp_path))
        monkeypatch.setenv("MAPPA_DATABASE_URL", settings.database_url)
        if settings.postgresql:
            monkeypatch.setenv("MAPPA_SYSTEM_DATABASE_URL", str(settings.system_database_url))
        monkeypatch.setenv("MAPPA_SECRET_KEY", "only for tests, only for tests, only")
        monkeypatch.setenv("MAPPA_FIELD_KEY", base64.urlsafe_b64encode(bytes(range(32))).decode())
        monkeypatch.setenv("MAPPA_BASE_URL", "https://mappa.example.org")

    def test_ends_with_0_where_there_is_no_fault(self, history, capsys):
        assert cli.main(["audit", "verify"]) == 0
        assert capsys.readouterr().out == f"{2 * LENGTH} entries, 0 faults\n"

    def test_ends_with_1_and_says_where(self, app, history, capsys):
        with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
            history.change(3, outcome="refused")
        assert cli.main(["audit", "verify"]) == 1
        said = capsys.readouterr().out
        assert f"partition {history.first}, entry 3: was altered\n" in said
        assert said.endswith(f"{2 * LENGTH} entries, 1 faults\n")
