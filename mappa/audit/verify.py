"""Proving that nobody altered the history: recompute every partition and compare."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import sqlalchemy as sa

from mappa.audit.chain import PARTITIONS, START, digest_of
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.kernel.db import db

_COVERED = (
    "id",
    "at",
    "actor_id",
    "actor_agency_id",
    "session_id",
    "operation",
    "event",
    "records",
    "fields",
    "basis",
    "recipients",
    "outcome",
    "request_id",
    "partition",
    "sequence",
)


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
    entries = 0
    faults: list[Fault] = []
    heads = {head.partition: head for head in db.session.scalars(sa.select(AuditHead))}
    for partition in range(PARTITIONS):
        head = heads.get(partition)
        if head is None:
            faults.append(Fault(partition, 0, "the head of the partition is missing"))
            continue
        sequence, found = 0, list[Fault]()
        digest = START
        for entry in _entries(partition):
            found.extend(_check(entry, sequence, digest))
            sequence, digest = entry.sequence, entry.digest
            entries += 1
        if (head.sequence, head.digest) != (sequence, digest):
            found.append(Fault(partition, head.sequence, "the tail is missing or was replaced"))
        faults.extend(found)
    faults.extend(_strangers())
    faults.extend(_subjects())
    return Verified(entries, tuple(faults))


def _entries(partition: int) -> Iterator[sa.Row[tuple[object, ...]]]:
    table = AuditEntry.__table__
    statement = (
        sa.select(table)
        .where(table.c.partition == partition)
        .order_by(table.c.sequence)
        .execution_options(yield_per=2000)
    )
    return iter(db.session.execute(statement))


def _check(entry: sa.Row[tuple[object, ...]], before: int, digest: str) -> Iterator[Fault]:
    at = (entry.partition, entry.sequence)
    if entry.sequence != before + 1:
        yield Fault(*at, f"entries {before + 1} to {entry.sequence - 1} are missing")
    if entry.previous != digest:
        yield Fault(*at, "does not follow the entry before it")
    covered = {name: getattr(entry, name) for name in _COVERED}
    if digest_of(covered, entry.previous) != entry.digest:
        yield Fault(*at, "was altered")


def _strangers() -> Iterator[Fault]:
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
        .execution_options(yield_per=5000)
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
