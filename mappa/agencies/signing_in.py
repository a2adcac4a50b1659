"""Signing in: the tally of failed tries, and what is on record of every try.

An address without an account goes the same way as one with: same work, same rows, same words.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from mappa.access.actor import Actor
from mappa.agencies import passwords, queries, rules
from mappa.agencies.models import SignInTry, User
from mappa.agencies.rules import Tries
from mappa.audit import log
from mappa.kernel.db import NOBODY, db


@dataclass(frozen=True)
class Checked:
    """What came of looking at an e-mail address and a password, before anything is decided."""

    key: str
    user_id: UUID | None
    right: bool


@dataclass(frozen=True)
class Refused:
    """A try that failed; ``minutes`` to wait is 0 while another is looked at straight away."""

    minutes: int


@dataclass(frozen=True)
class Stored:
    """Of an account, what a check of its password needs; empty if there is none."""

    user_id: UUID | None
    password_hash: str


def stored_for(email: str) -> Stored:
    """What is stored for an address. Disabled accounts and unknown ones are alike."""
    found = queries.account_by_email(email)
    if found is None or found.disabled_at is not None:
        return Stored(None, "")
    return Stored(found.id, found.password_hash)


def check(key: str, stored: Stored, password: str) -> Checked:
    """Hash and compare: outside of any transaction, for it is slow on purpose."""
    return Checked(key, stored.user_id, passwords.is_right(stored.password_hash, password))


def decide(checked: Checked, at: datetime) -> User | Refused:
    """Let in or refuse, and count. While one must wait, even the right password is refused."""
    before = _tries(checked.key, at)
    minutes = rules.minutes_to_wait(before, at)
    user = _enabled(checked.user_id) if checked.user_id else None
    if minutes:
        _refuse_on_record(user, at, "locked")
        return Refused(minutes)
    if checked.right and user is not None and queries.live_postings(user.id):
        forget_tries(checked.key)
        return user
    return count_failure(checked.key, before, user, at, "password")


def count_failure(
    key: str, before: Tries | None, user: User | None, at: datetime, what: str
) -> Refused:
    """Count a failure, and put it on record."""
    after = rules.after_failure(before, at)
    db.session.execute(
        sa.update(SignInTry)
        .where(SignInTry.email_digest == key)
        .values(failures=after.failures, last_at=at, locked_until=after.locked_until)
    )
    _refuse_on_record(user, at, what)
    return Refused(rules.minutes_to_wait(after, at))


def tries_of(key: str, at: datetime) -> Tries | None:
    """The tally of a key, locked until the end of the transaction."""
    return _tries(key, at)


def forget_tries(key: str) -> None:
    """Start afresh after a success or a new password."""
    db.session.execute(sa.delete(SignInTry).where(SignInTry.email_digest == key))


def forget_old_tries(at: datetime) -> None:
    """Remove tallies that no longer count."""
    db.session.execute(sa.delete(SignInTry).where(SignInTry.last_at < at - rules.FORGOTTEN_AFTER))


def began(actor: Actor, at: datetime) -> None:
    """Put a sign-in on record."""
    log.record(
        actor, log.Operation.SIGN_IN, "session:begun", [actor.user_id, actor.session_id], at=at
    )


def ended(actor: Actor, at: datetime) -> None:
    """Put a sign-out on record."""
    log.record(
        actor, log.Operation.SIGN_IN, "session:ended", [actor.user_id, actor.session_id], at=at
    )


def _tries(key: str, at: datetime) -> Tries | None:
    """The row is made first, so that two tries at once queue for it on either database."""
    kind = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    new = {"email_digest": key, "failures": 0, "last_at": at, "locked_until": None}
    db.session.execute(kind.insert(SignInTry).values(new).on_conflict_do_nothing())
    found = db.session.scalars(
        sa.select(SignInTry)
        .where(SignInTry.email_digest == key)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    return Tries(found.failures, found.last_at, found.locked_until) if found.failures else None


def _enabled(user_id: UUID) -> User | None:
    """The account, unless it was disabled since the password was looked at."""
    return db.session.scalars(
        sa.select(User).where(User.id == user_id, User.disabled_at.is_(None))
    ).one_or_none()


def _refuse_on_record(user: User | None, at: datetime, why: str) -> None:
    log.record(
        None,
        log.Operation.SIGN_IN,
        "session:refused",
        [user.id if user else NOBODY],
        at=at,
        basis=why,
        outcome="refused",
        actor_id=user.id if user else NOBODY,
    )
