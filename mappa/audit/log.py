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
    """Add one entry. ``records`` starts with the subject (a person, if one is concerned).

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
    _chain(entry, partition_of(records[0] if records else who), records)


def _chain(entry: dict[str, Any], partition: int, records: Sequence[UUID]) -> None:
    head = _head(partition)
    entry |= {"partition": partition, "sequence": head.sequence + 1}
    digest = digest_of(entry, head.digest)
    added = AuditEntry(id=new_id(), **entry, previous=head.digest, digest=digest)
    db.session.add(added)
    db.session.flush()
    db.session.add_all(
        AuditSubject(entry_id=added.id, record_id=each) for each in dict.fromkeys(records)
    )
    head.sequence += 1
    head.digest = digest
    db.session.flush()


def _head(partition: int) -> AuditHead:
    return db.session.scalars(
        sa.select(AuditHead).where(AuditHead.partition == partition).with_for_update()
    ).one()
