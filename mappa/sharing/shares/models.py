"""Why a share was given, and what was decided about it afterwards."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.access.labels import FULL, KEPT, SUMMARY, ActorColumns, Clause, Derived, Labelled
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText


class ShareRecord(Labelled, Model):
    """What tells why a share right stands; its id is the right's.

    It stands in the section that is shared, so that nobody learns of a share of what they may not
    see. Whether the share lasts is for the right alone to say.
    """

    __tablename__ = "share_record"
    __section__ = None
    __table_args__ = (
        sa.CheckConstraint("ends_on > starts_on", name="ends_after_it_starts"),
        sa.CheckConstraint("statutes <> '' OR other <> ''", name="lawful"),
        sa.CheckConstraint("regime IN ('part-3', 'uk-gdpr')", name="known_regime"),
        sa.Index("ix_share_record_owner", "owner_agency_id", "ends_on", "id"),
        sa.Index("ix_share_record_authoriser", "authorised_by_id", "owner_agency_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, info=SUMMARY)
    section: Mapped[str] = mapped_column(info=SUMMARY)
    to_agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), info=SUMMARY)
    record_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    level: Mapped[int] = mapped_column(sa.SmallInteger, info=SUMMARY)
    purpose: Mapped[str] = mapped_column(info=SUMMARY)
    statutes: Mapped[str] = mapped_column(info=SUMMARY)
    """Ids of the lawful bases, one to a line."""
    other: Mapped[str] = mapped_column(default="", info=SUMMARY)
    regime: Mapped[str] = mapped_column(info=SUMMARY)
    condition: Mapped[str] = mapped_column(info=SUMMARY)
    why: Mapped[str] = mapped_column(info=FULL)
    starts_on: Mapped[date] = mapped_column(info=SUMMARY)
    ends_on: Mapped[date] = mapped_column(info=SUMMARY)
    review_on: Mapped[date | None] = mapped_column(info=FULL)
    """When it is looked at next; each look is a ``ShareDecision``."""
    lets_end: Mapped[bool] = mapped_column(default=False, info=FULL)
    authorised_by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    authorised_at: Mapped[datetime] = mapped_column(info=SUMMARY)
    """The receiver was told at that moment."""
    request_id: Mapped[UUID] = mapped_column(default=NOBODY, info=KEPT)
    renews_id: Mapped[UUID] = mapped_column(default=NOBODY, info=FULL)
    version: Mapped[int] = mapped_column(default=1, info=KEPT)

    __mapper_args__ = {"version_id_col": version}

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """A reader of a summary is told of what is shared with the own agency."""
        return cls.__table__.c.to_agency_id == me.agency


class ShareDecision(Derived, Model):
    """That a share was reviewed, or that it is let end; of the owner and its whole readers."""

    __tablename__ = "share_decision"
    __table_args__ = (sa.CheckConstraint("kind IN ('reviewed', 'let-end')", name="known_kind"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, info=FULL)
    kind: Mapped[str] = mapped_column(info=FULL)
    found: Mapped[str] = mapped_column(info=FULL)
    next_on: Mapped[date | None] = mapped_column(info=FULL)
    by_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), info=FULL)
    at: Mapped[datetime] = mapped_column(info=FULL)

    @classmethod
    def at_summary(cls, me: ActorColumns) -> Clause | None:
        """Nothing of it is in a summary."""
        return sa.false()


class ShareDraft(Model):
    """What somebody has typed of a share so far, encrypted; theirs alone, and for a while only."""

    __tablename__ = "share_draft"
    __table_args__ = (sa.UniqueConstraint("user_id", "agency_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"))
    person_id: Mapped[UUID] = mapped_column(sa.ForeignKey("person.id"))
    typed: Mapped[str] = mapped_column(EncryptedText("share_draft.typed"))
    at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
