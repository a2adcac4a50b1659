"""Rows that requests leave behind: keys of committed posts, parked forms, kept searches."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import Model
from mappa.kernel.types import EncryptedText


class CommittedPost(Model):
    """Where a committed post led; the same key again goes there, and writes nothing."""

    __tablename__ = "committed_post"
    __table_args__ = (sa.UniqueConstraint("user_id", "route", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID]
    route: Mapped[str]
    key: Mapped[str]
    body: Mapped[str]
    location: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class ParkedForm(Model):
    """What somebody was typing when the session ran out. Offered after signing in again."""

    __tablename__ = "parked_form"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(index=True)
    session_id: Mapped[UUID]
    page: Mapped[str]
    typed: Mapped[str] = mapped_column(EncryptedText("parked_form.typed"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime]


class KeptSearch(Model):
    """A search that carries names: its text stays here, encrypted, and out of every URL."""

    __tablename__ = "kept_search"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    session_id: Mapped[UUID] = mapped_column(index=True)
    typed: Mapped[str] = mapped_column(EncryptedText("kept_search.typed"))
    at: Mapped[datetime]


class KeptFilter(Model):
    """How a user last narrowed a list; offered again when the list is opened."""

    __tablename__ = "kept_filter"

    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    page: Mapped[str] = mapped_column(primary_key=True)
    chosen: Mapped[dict[str, str]] = mapped_column(sa.JSON)
