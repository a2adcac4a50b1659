"""Adding to the audit: part of the act's own transaction, never after it."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from mappa.access import giving
from mappa.access.actor import Actor
from mappa.audit.chain import digest_of, partition_of
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.kernel import sent_rows, uow
from mappa.kernel.clock import database_now
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import MappaError

request_id: ContextVar[str] = ContextVar("mappa_request_id", default="")


class Operation(StrEnum):
    """The verbs of s62 DPA 2018, and two of our own."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    SIGN_IN = "sign-in"
    ADMINISTRATION = "administration"


class RightsEnded(MappaError):
    """A right of the reader's agency was ended while it was read. ``ends`` is what is known now."""

    def __init__(self, ends: int) -> None:
        super().__init__()
        self.ends = ends


def unless_ended(agency: UUID, read_at: datetime, known: int) -> None:
    """Let this unit of work record a reading only if no right of the agency has ended since.

    ``known`` is how many ends were known before it was read; another number raises
    ``RightsEnded`` in the very statement that takes the place in the chain.
    """
    uow.current().kept["watched"] = [(giving.ends_binds(agency, read_at), known)]


def record(
    actor: Actor | None,
    operation: Operation,
    event: str,
    records: Sequence[UUID],
    *,
    at: datetime | None,
    fields: Iterable[str] = (),
    basis: str = "",
    recipients: Iterable[UUID] = (),
    outcome: str = "done",
    actor_id: UUID = NOBODY,
) -> None:
    """Add one entry to this unit of work, in whose commit it is chained.

    ``records`` starts with the subject (a person, if one is concerned). ``at`` is None for the
    moment at which the unit is chained.

    ``actor`` is None for commands, jobs and sign-in; ``actor_id`` then names the account, if any.
    """
    who = actor.user_id if actor else actor_id
    entry: dict[str, Any] = {
        "at": at,
        "actor_id": who,
        "actor_agency_id": actor.agency_id if actor else NOBODY,
        "session_id": actor.session_id if actor else NOBODY,
        "operation": operation.value,
        "event": event,
        "records": [each.hex for each in records],
        "fields": sorted(fields),
        "basis": basis,
        "recipients": [each.hex for each in recipients],
        "outcome": outcome,
        "request_id": request_id.get(),
    }
    unit = uow.current()
    pending = unit.kept.setdefault("audit", [])
    if not pending:
        unit.before.append(_chain)
    pending.append((partition_of(records[0] if records else who), entry, list(records)))


_BESIDE = "beside-audit"
_HEAD = AuditHead.__table__.c
_SUBJECTS = cast(sa.Table, AuditSubject.__table__)


@cache
def _heads() -> Query:
    wanted = sa.bindparam("partitions", type_=sa.SmallInteger(), expanding=True)
    return (
        sa.select(_HEAD.partition, _HEAD.sequence, _HEAD.digest, database_now())
        .where(_HEAD.partition.in_(wanted))
        .order_by(_HEAD.partition)
        .with_for_update()
    )


@cache
def _heads_watching() -> Query:
    return _heads().add_columns(giving.ends_of().label("ends"))


def _take_heads(partitions: Sequence[int]) -> Sequence[Any]:
    """The heads, locked. Raises ``RightsEnded`` if a right was ended that the unit watches."""
    watched = uow.current().kept.get("watched")
    if not watched:
        return db.session.execute(_heads(), {"partitions": partitions}).all()
    ((binds, known),) = watched
    found = db.session.execute(_heads_watching(), {"partitions": partitions, **binds}).all()
    if found[0].ends != known:
        raise RightsEnded(found[0].ends)
    return [row[:-1] for row in found]


@cache
def _move_head() -> sa.Update:
    return (
        sa.update(AuditHead)
        .where(_HEAD.partition == sa.bindparam("of_partition"))
        .values(sequence=sa.bindparam("to_sequence"), digest=sa.bindparam("to_digest"))
    )


@cache
def _add_entries() -> sa.Insert:
    return sa.insert(AuditEntry)


def beside(table: sa.Table, row: dict[str, Any]) -> None:
    """Add a row at the end of this unit of work, in the message of its entry if it has one.

    The row gives every column of its table. It is the only one of the unit.
    """
    unit = uow.current()
    if not unit.kept.setdefault(_BESIDE, []):
        unit.before.append(_add_beside)
    unit.kept[_BESIDE].append((table, row))


def _add_beside() -> None:
    for table, row in uow.current().kept.pop(_BESIDE, []):
        db.session.execute(_adding(table), row)


@cache
def _adding(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


@cache
def _add_one(beside: sa.Table | None) -> sa.Insert:
    """One entry, whom it names, and the head moved on, in one message to PostgreSQL.

    With them a row of ``beside``, if that is given.
    """
    columns = AuditEntry.__table__.columns
    # A bind that bears a column's name would be set in every table of the statement that has one.
    values = {each.name: sa.bindparam(f"entry_{each.name}", type_=each.type) for each in columns}
    added = sa.insert(AuditEntry).values(values).returning(AuditEntry.id).cte("added")
    moved = _move_head().returning(_HEAD.partition).cte("moved")
    if beside is None:
        return sent_rows.unfolding(_SUBJECTS).add_cte(added, moved)
    named = {each.name: sa.bindparam(f"beside_{each.name}", type_=each.type) for each in beside.c}
    kept = sa.insert(beside).values(named).cte("beside")
    return sent_rows.unfolding(_SUBJECTS).add_cte(added, moved, kept)


def _chain() -> None:
    """Chain what the unit gathered. Heads are locked in sorted order, so nobody waits in a ring."""
    unit = uow.current()
    pending = sorted(unit.kept["audit"], key=lambda each: each[0])
    partitions = sorted({partition for partition, _, _ in pending})
    heads: dict[int, tuple[int, str]] = {}
    for partition, sequence, digest, now in _take_heads(partitions):
        heads[partition] = (sequence, digest)
        unit.began_at(now)
    entries = [_entry(heads, partition, entry) for partition, entry, _ in pending]
    subjects = [
        {"entry_id": entry["id"], "record_id": record}
        for entry, (_, _, records) in zip(entries, pending, strict=True)
        for record in dict.fromkeys(records)
    ]
    moved = [
        {"of_partition": partition, "to_sequence": sequence, "to_digest": digest}
        for partition, (sequence, digest) in heads.items()
    ]
    db.session.flush()
    connection = db.session.connection()
    if len(entries) == 1 and connection.dialect.name == "postgresql":
        binds = {f"entry_{name}": value for name, value in entries[0].items()}
        rows = {"rows": sent_rows.spelled(subjects)}
        ((table, row),) = unit.kept.pop(_BESIDE, None) or [(None, {})]
        binds |= {f"beside_{name}": value for name, value in row.items()}
        connection.execute(_add_one(table), binds | moved[0] | rows)
        return
    connection.execute(_add_entries(), entries)
    sent_rows.add(connection, _SUBJECTS, subjects)
    connection.execute(_move_head(), moved)


def _entry(
    heads: dict[int, tuple[int, str]], partition: int, entry: dict[str, Any]
) -> dict[str, Any]:
    """The entry as a row, behind the last of its partition, whose place it takes."""
    sequence, previous = heads[partition]
    entry["at"] = entry["at"] or uow.current().at
    entry |= {"id": new_id(), "partition": partition, "sequence": sequence + 1}
    entry |= {"digest": digest_of(entry, previous), "previous": previous}
    heads[partition] = (entry["sequence"], entry["digest"])
    return entry
