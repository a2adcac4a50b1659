"""Requests for information: what an agency asked, what an owner has to answer, what was said.

The asker's row and the owner's are two. The asker's is written before anybody was looked for and
is the same whether somebody is found or not; it says of a person only what its asker knew. The
owner's row is made by the system, and only where there is an owner.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, ActorColumns, Clause, Labelled
from mappa.access.terms import Section
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText
from mappa.sharing.requests.rules import State

_STATES = (
    "state IN ('open', 'discussed', 'no-trace', 'not-relevant', 'shared', 'declined', 'withdrawn')"
)


class AskedRequest(Model):
    """What somebody asked for, as the own agency keeps it.

    ``person_id`` and ``owner_agency_id`` are ``NOBODY`` for a person whom the asker did not see;
    then ``typed`` holds by what the person was looked for. ``state`` is what the asker was told.
    ``looked_at`` is when the system has taken it up, whatever it found.
    """

    __tablename__ = "asked_request"
    __table_args__ = (
        sa.CheckConstraint(_STATES, name="known_state"),
        sa.Index("ix_asked_request_agency", "agency_id", "asked_at", "id"),
        sa.Index("ix_asked_request_asker", "asked_by_id", "agency_id", "asked_at", "id"),
        sa.Index("ix_asked_request_person", "person_id", "agency_id"),
        sa.Index("ix_asked_request_waiting", "looked_at", "asked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asked_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"))
    person_id: Mapped[UUID] = mapped_column(default=NOBODY)
    owner_agency_id: Mapped[UUID] = mapped_column(default=NOBODY)
    typed: Mapped[str] = mapped_column(EncryptedText("asked_request.typed"), default="")
    sections: Mapped[list[str]] = mapped_column(sa.JSON)
    what: Mapped[str] = mapped_column(EncryptedText("asked_request.what"))
    why: Mapped[str] = mapped_column(EncryptedText("asked_request.why"))
    urgency: Mapped[str]
    basis: Mapped[dict[str, object]] = mapped_column(sa.JSON)
    asked_at: Mapped[datetime]
    answer_by: Mapped[date]
    looked_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(default=State.OPEN.value)
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    @property
    def unseen(self) -> bool:
        """Whether it was asked about somebody whom the asker did not see."""
        return self.person_id == NOBODY


class ShareRequest(Labelled, Model):
    """What an agency is asked about a person, for its own people alone: nobody else is named."""

    __tablename__ = "share_request"
    __section__ = Section.SHARING
    __table_args__ = (
        sa.CheckConstraint(_STATES, name="known_state"),
        sa.UniqueConstraint("asked_id", "person_id"),
        sa.Index("ix_share_request_owner", "owner_agency_id", "asked_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    asked_id: Mapped[UUID] = mapped_column(sa.ForeignKey("asked_request.id"), info=FULL)
    asked_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    asker_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=FULL)
    unseen: Mapped[bool] = mapped_column(info=FULL)
    sections: Mapped[list[str]] = mapped_column(sa.JSON, info=FULL)
    what: Mapped[str] = mapped_column(info=FULL)
    why: Mapped[str] = mapped_column(info=FULL)
    urgency: Mapped[str] = mapped_column(info=FULL)
    basis: Mapped[dict[str, object]] = mapped_column(sa.JSON, info=FULL)
    asked_at: Mapped[datetime] = mapped_column(info=FULL)
    state: Mapped[str] = mapped_column(default=State.OPEN.value, info=FULL)
    answer: Mapped[str] = mapped_column(default="", info=FULL)
    answered_by_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    answered_at: Mapped[datetime | None] = mapped_column(info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """It is open to named readers, who read it whole; nobody has a summary of it."""
        return sa.false()


class RequestStep(Model):
    """What one side said to the other about a request, and how the request stood then."""

    __tablename__ = "request_step"
    __table_args__ = (
        sa.CheckConstraint(_STATES, name="known_state"),
        sa.Index("ix_request_step_asked", "asked_id", "at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    asked_id: Mapped[UUID] = mapped_column(sa.ForeignKey("asked_request.id"))
    at: Mapped[datetime]
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    state: Mapped[str]
    said: Mapped[str] = mapped_column(EncryptedText("request_step.said"), default="")
