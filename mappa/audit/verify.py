"""Proving that nobody altered the history: recompute every partition and compare.

Rows are read as they are stored and spelled for the digest without making anything of them: a
history of millions is walked in half a minute, in the memory of one batch.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from json.encoder import encode_basestring
from typing import Any

import sqlalchemy as sa

from mappa.audit.chain import PARTITIONS, START, digest_of_spelled
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.kernel.db import Query, db

_AT_ONCE = 5000
_MOMENT = len("2026-11-20 09:30:00.000000")


@dataclass(frozen=True)
class Fault:
    """Where the history does not agree with itself."""

    partition: int
    sequence: int
    what: str


@dataclass(frozen=True)
class Verified:
    """How much was checked, and every fault found."""

    entries: int
    faults: tuple[Fault, ...]


def verify() -> Verified:
    """Check every entry, the order in each partition, the heads and the look-up table."""
    pairs = Pairs(secrets.token_hex(16))
    entries, faults = walk(range(PARTITIONS), pairs)
    faults.extend(strangers())
    if pairs.named != pairs.of_table():
        faults.extend(_subjects())
    return Verified(entries, tuple(faults))


def walk(partitions: Iterable[int], pairs: "Pairs") -> tuple[int, list[Fault]]:
    """How many entries these partitions have, and what is wrong with them or their heads."""
    faults: list[Fault] = []
    heads = {head.partition: head for head in db.session.scalars(sa.select(AuditHead))}
    entries = 0
    for partition in partitions:
        head = heads.get(partition)
        if head is None:
            faults.append(Fault(partition, 0, "the head of the partition is missing"))
            continue
        walked = _Walk(partition, pairs)
        faults.extend(walked.faults())
        entries += walked.entries
        if (head.sequence, head.digest) != (walked.sequence, walked.digest):
            faults.append(Fault(partition, head.sequence, "the tail is missing or was replaced"))
    return entries, faults


class _Walk:
    """One partition, entry by entry."""

    def __init__(self, partition: int, pairs: "Pairs") -> None:
        self.partition, self._pairs = partition, pairs
        self.entries, self.sequence, self.digest = 0, 0, START

    def faults(self) -> Iterator[Fault]:
        """Every fault, in the order of the entries."""
        for row in _as_stored(_entries(self.partition)):
            sequence, previous, digest = row[:3]
            if sequence != self.sequence + 1 or previous != self.digest:
                yield from self._broken(sequence, previous)
            if digest_of_spelled(previous, spelled(self.partition, row, self._pairs)) != digest:
                yield Fault(self.partition, sequence, "was altered")
            self.sequence, self.digest = sequence, digest
            self.entries += 1

    def _broken(self, sequence: int, previous: str) -> Iterator[Fault]:
        at = (self.partition, sequence)
        if sequence != self.sequence + 1:
            yield Fault(*at, f"entries {self.sequence + 1} to {sequence - 1} are missing")
        if previous != self.digest:
            yield Fault(*at, "does not follow the entry before it")


def spelled(partition: int, row: Sequence[Any], pairs: "Pairs") -> tuple[object, ...]:
    """What the digest of a row of ``stored`` covers; ``pairs`` counts what the row names."""
    (
        sequence, _, _, agency, actor, at, basis, event, fields, entry, operation, outcome,
        recipients, records, request, session,
    ) = row  # fmt: skip
    named = _loaded(records)
    pairs.add(entry, named)
    quote = encode_basestring
    return (
        quote(agency), quote(actor), moment(at), quote(basis), quote(event), list_of(fields),
        quote(entry), quote(operation), quote(outcome), partition, list_of(recipients),
        _quoted(named, records), quote(request), sequence, quote(session),
    )  # fmt: skip


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _quoted(named: Any, text: str) -> str:
    """A list of texts as the chain spells it; anything else in a spelling that fits no digest."""
    if isinstance(named, list) and all(isinstance(each, str) for each in named):
        return "[" + ",".join(map(encode_basestring, named)) + "]"
    return encode_basestring(text)


@lru_cache(maxsize=10_000)
def list_of(text: str) -> str:
    """A stored list of texts as the chain spells it."""
    return _quoted(_loaded(text), text)


def moment(text: str) -> str:
    """A stored moment as the chain spells it: without a fraction where that is nothing."""
    if len(text) != _MOMENT or text[10] != " ":
        return encode_basestring(text)
    end = 19 if text.endswith(".000000") else _MOMENT
    return f'"{text[:10]}T{text[11:end]}+00:00"'


class Pairs:
    """A sum over which entry names which record, under a key of this run alone.

    Two tables with the same sum hold the same pairs, in whatever order: nobody can make others fit
    without the key.
    """

    def __init__(self, key: str) -> None:
        self._key = key
        self.named = 0

    def add(self, entry: str, records: Any) -> None:
        """Count what an entry says itself."""
        if isinstance(records, list):
            key = self._key + entry
            for record in dict.fromkeys(map(str, records)):
                self.named += hash(key + record)

    def add_one(self, entry: str, record: str) -> None:
        """Count the one record that an entry names."""
        self.named += hash(self._key + entry + record)

    def of_table(self) -> int:
        """The sum of the look-up table."""
        table = AuditSubject.__table__
        statement = sa.select(_hex(table.c.entry_id), _hex(table.c.record_id))
        key = self._key
        return sum(hash(key + entry + record) for entry, record in _as_stored(statement))


def _as_stored(statement: Query) -> Iterator[Any]:
    rows = db.session.execute(statement.execution_options(yield_per=_AT_ONCE))
    return iter(rows)


def _postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _hex(column: Any) -> sa.ColumnElement[str]:
    if _postgresql():
        return sa.func.translate(sa.cast(column, sa.Text), "-", "", type_=sa.Text())
    return sa.type_coerce(column, sa.Text())


def _json(column: Any) -> sa.ColumnElement[str]:
    return sa.cast(column, sa.Text) if _postgresql() else sa.type_coerce(column, sa.Text())


def _utc(column: Any) -> sa.ColumnElement[str]:
    if _postgresql():
        in_utc = sa.func.timezone("UTC", column)
        return sa.func.to_char(in_utc, "YYYY-MM-DD HH24:MI:SS.US", type_=sa.Text())
    return sa.type_coerce(column, sa.Text())


def _entries(partition: int) -> Query:
    of = AuditEntry.__table__.c
    return sa.select(*stored()).where(of.partition == partition).order_by(of.sequence)


def stored() -> tuple[sa.ColumnElement[Any], ...]:
    """An entry as texts: the three that chain it, then what the digest covers, in order."""
    of = AuditEntry.__table__.c
    return (
        of.sequence, of.previous, of.digest, _hex(of.actor_agency_id), _hex(of.actor_id),
        _utc(of.at), of.basis, of.event, _json(of.fields), _hex(of.id), of.operation,
        of.outcome, _json(of.recipients), _json(of.records), of.request_id, _hex(of.session_id),
    )  # fmt: skip


def strangers() -> Iterator[Fault]:
    """Entries and heads outside the partitions there are: they would never be walked."""
    for model in (AuditEntry, AuditHead):
        table = model.__table__
        outside = sa.or_(table.c.partition < 0, table.c.partition >= PARTITIONS)
        statement = sa.select(table.c.partition, table.c.sequence).where(outside)
        for partition, sequence in db.session.execute(statement):
            yield Fault(partition, sequence, "there is no such partition")


def _subjects() -> Iterator[Fault]:
    """Entries whose look-up rows do not name the same records, and rows of no entry."""
    entry, subject = AuditEntry.__table__, AuditSubject.__table__
    statement = (
        sa.select(
            entry.c.id, entry.c.partition, entry.c.sequence, entry.c.records, subject.c.record_id
        )
        .outerjoin(subject, subject.c.entry_id == entry.c.id)
        .order_by(entry.c.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for _, rows in groupby(db.session.execute(statement), key=lambda row: row.id):
        found = list(rows)
        named = {row.record_id.hex for row in found if row.record_id is not None}
        if named != set(found[0].records):
            what = "its look-up rows do not match"
            yield Fault(found[0].partition, found[0].sequence, what)
    lost = sa.select(subject.c.entry_id).where(subject.c.entry_id.not_in(sa.select(entry.c.id)))
    for _ in db.session.execute(lost):
        yield Fault(0, 0, "a look-up row names no entry")
