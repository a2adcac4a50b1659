"""The audit tables. Triggers refuse any change or removal of an entry."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model


class AuditEntry(Model):
    """One act, reading or refusal. No content: record ids and field names only."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.UniqueConstraint("partition", "sequence"),
        sa.Index("ix_audit_entry_agency", "actor_agency_id", "at"),
        sa.Index("ix_audit_entry_actor", "actor_id", "at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    partition: Mapped[int] = mapped_column(sa.SmallInteger)
    sequence: Mapped[int] = mapped_column(sa.BigInteger)
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    actor_agency_id: Mapped[UUID]
    session_id: Mapped[UUID]
    operation: Mapped[str]
    event: Mapped[str]
    records: Mapped[list[Any]] = mapped_column(sa.JSON)
    fields: Mapped[list[Any]] = mapped_column(sa.JSON)
    basis: Mapped[str]
    recipients: Mapped[list[Any]] = mapped_column(sa.JSON)
    outcome: Mapped[str]
    request_id: Mapped[str]
    previous: Mapped[str]
    digest: Mapped[str]


class AuditHead(Model):
    """The last entry of each partition; locked while an entry is added."""

    __tablename__ = "audit_head"

    partition: Mapped[int] = mapped_column(sa.SmallInteger, primary_key=True, autoincrement=False)
    sequence: Mapped[int] = mapped_column(sa.BigInteger)
    digest: Mapped[str]


class AuditSubject(Model):
    """Which entries speak of a record, and of which agency's and person's record: for look-ups.

    Derived from ``audit_entry.records``; append-only like it. Every reading writes one row for each
    record it shows, so a row is its own key: an id of its own cost one more page for each of them.
    """

    __tablename__ = "audit_subject"
    __table_args__ = (
        sa.Index("ix_audit_subject_record", "record_id", "entry_id"),
        {"sqlite_with_rowid": False},
    )

    entry_id: Mapped[UUID] = mapped_column(sa.ForeignKey("audit_entry.id"), primary_key=True)
    record_id: Mapped[UUID] = mapped_column(primary_key=True)
