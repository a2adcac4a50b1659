"""Areas, agencies, teams, accounts and sessions. Staff are named; passwords are hashed."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Model
from mappa.kernel.types import EncryptedText


class Area(Model):
    """A MAPPA area; its jurisdiction decides rules and words."""

    __tablename__ = "area"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    jurisdiction: Mapped[str]
    verified: Mapped[bool] = mapped_column(default=True)


class Agency(Model):
    """A service with its own access: a council's children's services and its housing are two."""

    __tablename__ = "agency"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    area_id: Mapped[str] = mapped_column(sa.ForeignKey("area.id"), index=True)
    type: Mapped[str]
    name: Mapped[str]
    short_name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    desk: Mapped[str] = mapped_column(default="")
    """Whom to ring about what is held, like "the public protection unit"."""


class Team(Model):
    """A team of an agency, with its supervisors. A closed one stays for what was done in it."""

    __tablename__ = "team"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    agency_id: Mapped[UUID] = mapped_column(sa.ForeignKey("agency.id"), index=True)
    name: Mapped[str]
    closed_at: Mapped[datetime | None]


class User(Model):
    """An account. Access comes from postings alone."""

    __tablename__ = "user_account"
    __table_args__ = (
        sa.CheckConstraint("email = lower(email)", name="email_in_lower_case"),
        sa.UniqueConstraint("email"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    password_set_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText("user_account.totp_secret"))
    totp_last_step: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    disabled_at: Mapped[datetime | None]
    demo: Mapped[bool] = mapped_column(default=False)
    demo_order: Mapped[int] = mapped_column(sa.SmallInteger, default=0)
    """Where the demo's sign-in page lists this account; 0 is among the others, by role."""


class RecoveryCode(Model):
    """A one-time code for somebody who lost the second factor."""

    __tablename__ = "recovery_code"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    code_digest: Mapped[str]
    used_at: Mapped[datetime | None]


class PasswordLink(Model):
    """An administrator's one-time link to set a first or a new password."""

    __tablename__ = "password_link"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"), index=True)
    token_digest: Mapped[str] = mapped_column(unique=True)
    made_at: Mapped[datetime]
    made_by_id: Mapped[UUID] = mapped_column(default=NOBODY)
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInTry(Model):
    """Failed tries to sign in by e-mail digest, known account or not; the wait grows with them."""

    __tablename__ = "sign_in_try"

    email_digest: Mapped[str] = mapped_column(primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    locked_until: Mapped[datetime | None]


class Session(Model):
    """One signed-in browser. The cookie holds a token; the row holds its digest."""

    __tablename__ = "session"
    __table_args__ = (sa.Index("ix_session_user", "user_id", "ended_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_digest: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[UUID] = mapped_column(sa.ForeignKey("user_account.id"))
    posting_id: Mapped[UUID] = mapped_column(default=NOBODY)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    confirmed_at: Mapped[datetime]
    """When the password was last typed: a dangerous act asks for it again."""
    second_factor: Mapped[bool] = mapped_column(default=False)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    device: Mapped[str] = mapped_column(default="")
