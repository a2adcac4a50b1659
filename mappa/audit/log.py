"""Adding to the audit: part of the act's own transaction, never after it."""

from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.audit.chain import digest_of, partition_of
from mappa.audit.models import AuditEntry, AuditHead, AuditSubject
from mappa.kernel import uow
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db

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


def record(
    actor: Actor | None,
    operation: Operation,
    event: str,
    records: Sequence[UUID],
    *,
    at: datetime,
    fields: Iterable[str] = (),
    basis: str = "",
    recipients: Iterable[UUID] = (),
    outcome: str = "done",
    actor_id: UUID = NOBODY,
) -> None:
    """Add one entry to this unit of work, in whose commit it is chained.

    ``records`` starts with the subject (a person, if one is concerned).

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


def _chain() -> None:
    """Chain what the unit gathered. Heads are locked in sorted order, so nobody waits in a ring."""
    pending = sorted(uow.current().kept["audit"], key=lambda each: each[0])
    partitions = {partition for partition, _, _ in pending}
    locked = db.session.scalars(
        sa.select(AuditHead)
        .where(AuditHead.partition.in_(sorted(partitions)))
        .order_by(AuditHead.partition)
        .with_for_update()
    )
    heads = {head.partition: head for head in locked}
    for partition, entry, records in pending:
        _add(heads[partition], entry, records)
    db.session.flush()


def _add(head: AuditHead, entry: dict[str, Any], records: Sequence[UUID]) -> None:
    entry |= {"id": new_id(), "partition": head.partition, "sequence": head.sequence + 1}
    digest = digest_of(entry, head.digest)
    db.session.add(AuditEntry(**entry, previous=head.digest, digest=digest))
    db.session.flush()
    db.session.add_all(
        AuditSubject(entry_id=entry["id"], record_id=each) for each in dict.fromkeys(records)
    )
    head.sequence += 1
    head.digest = digest
