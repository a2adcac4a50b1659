"""Accounts: who may sign in. Every verb is audited; a command is named as ``basis``."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.rights import Given
from mappa.access.terms import Role
from mappa.agencies import leaving, passwords, queries, rules, sessions
from mappa.agencies.models import Agency, PasswordLink, User
from mappa.agencies.service.postings import give
from mappa.agencies.service.standing import (
    check_team,
    check_two,
    home_of,
    live_postings,
    may_give,
    own_alone,
    record,
)
from mappa.kernel import crypto
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken

TAKEN = (
    "Somebody with this email address has an account already. "
    "Ask the system administrator to post them to your agency"
)


@dataclass(frozen=True, kw_only=True)
class NewUser:
    """Somebody who is to get an account, and the first posting."""

    name: str
    email: str
    role: Role
    team: UUID = NOBODY
    why: str = ""


@dataclass(frozen=True)
class Made:
    """An account with the token of its one-time link, which is shown once."""

    user: User
    token: str


def create_user(
    actor: Actor | None,
    command: NewUser,
    *,
    now: datetime,
    agency_id: UUID | None = None,
    basis: str = "",
    second: Actor | None = None,
) -> Made:
    """Add an account with a posting and a one-time link. ``agency_id`` is for commands only.

    Raises ``FieldErrors`` if the address has an account, ``RuleBroken`` for a role that takes a
    ``second`` person.
    """
    home = home_of(actor, agency_id)
    check_new_user(actor, command, home)
    user = User(name=command.name, email=command.email.lower())
    db.session.add(user)
    db.session.flush()
    check_two(actor, user, home, command.role, second, now)
    record(actor, "user:created", [user.id], now, fields=("name", "email"), basis=basis)
    by = actor.user_id if actor else NOBODY
    given = Given(at=now, by=by, reason=basis or "posted by the administrator")
    give(actor, user, home, command.role, command.team, given, basis=basis)
    return Made(user, _new_link(actor, user, now=now, basis=basis))


def check_new_user(actor: Actor | None, command: NewUser, home: Agency) -> None:
    """Raise ``FieldErrors`` unless such an account can be added at the agency."""
    may_give(actor, home, command.role)
    check_team(home, command.team)
    if queries.account_by_email(command.email) is not None:
        raise FieldErrors({"email": [TAKEN]})


def disable(
    actor: Actor | None,
    user_id: UUID,
    reason: str,
    *,
    now: datetime,
    basis: str = "",
    anyway: bool = False,
) -> None:
    """Disable an account: every session ends at once, and every open link is void.

    As with a posting, a caseload is handed over first unless ``anyway``.
    """
    user = own_alone(actor, user_id, now)
    if user.disabled_at is not None:
        raise RuleBroken("account-enabled", "This account is disabled already")
    homes = leaving.homes(live_postings(user.id, now))
    leaving.check(actor, user.id, homes, anyway=anyway)
    user.disabled_at = now
    _void_links(user.id, now)
    sessions.end_all(user.id, at=now, why="disabled")
    record(actor, "user:disabled", [user.id], now, basis=basis or reason)
    db.session.flush()


def enable(
    actor: Actor | None, user_id: UUID, reason: str, *, now: datetime, basis: str = ""
) -> None:
    """Let a disabled account sign in again, with the password and postings it had."""
    user = own_alone(actor, user_id, now)
    if user.disabled_at is None:
        raise RuleBroken("account-disabled", "This account is not disabled")
    user.disabled_at = None
    record(actor, "user:enabled", [user.id], now, basis=basis or reason)
    db.session.flush()


def make_link(actor: Actor | None, user_id: UUID, *, now: datetime, basis: str = "") -> Made:
    """A one-time link to set a password; links made before are void. The token is shown once."""
    user = own_alone(actor, user_id, now)
    if user.disabled_at is not None:
        raise RuleBroken("account-enabled", "This account is disabled. Enable it first")
    return Made(user, _new_link(actor, user, now=now, basis=basis))


def open_link(token: str, *, now: datetime) -> tuple[PasswordLink, User]:
    """The link of a token, and whose it is. Raises ``NotFound`` once it is used, void or over."""
    found = db.session.scalars(
        sa.select(PasswordLink)
        .where(
            PasswordLink.token_digest == crypto.digest(token),
            PasswordLink.used_at.is_(None),
            PasswordLink.ends_at > now,
        )
        .with_for_update()
    ).one_or_none()
    user = db.session.get(User, found.user_id) if found else None
    if found is None or user is None or user.disabled_at is not None:
        raise NotFound
    return found, user


def use_link(token: str, password: str, *, now: datetime, refused: str | None) -> User:
    """Set the password by a link, which is then used; every session of the account ends."""
    link, user = open_link(token, now=now)
    _check_password(user, password, refused)
    link.used_at = now
    _void_links(user.id, now)
    _set_password(user, password, now)
    sessions.end_all(user.id, at=now, why="password set")
    record(None, "user:password-set", [user.id], now, basis="one-time link", actor_id=user.id)
    return user


def change_password(actor: Actor, new: str, *, now: datetime, refused: str | None) -> None:
    """Set one's own password; the old one was just typed. Other sessions end, this one stays."""
    user = db.session.get_one(User, actor.user_id)
    _check_password(user, new, refused)
    if passwords.is_right(user.password_hash, new):
        raise FieldErrors({"new_password": ["Choose a password that is not the one you have"]})
    _set_password(user, new, now)
    _void_links(user.id, now)
    sessions.end_all(user.id, at=now, why="password changed", but=actor.session_id)
    record(actor, "user:password-changed", [user.id], now)


def _new_link(actor: Actor | None, user: User, *, now: datetime, basis: str) -> str:
    token = crypto.token()
    lasts: timedelta = rules.RESET_LINK_LASTS if user.password_hash else rules.FIRST_LINK_LASTS
    _void_links(user.id, now)
    db.session.add(
        PasswordLink(
            user_id=user.id,
            token_digest=crypto.digest(token),
            made_at=now,
            made_by_id=actor.user_id if actor else NOBODY,
            ends_at=now + lasts,
        )
    )
    db.session.flush()
    record(actor, "user:link-made", [user.id], now, basis=basis)
    return token


def _void_links(user_id: UUID, now: datetime) -> None:
    db.session.execute(
        sa.update(PasswordLink)
        .where(PasswordLink.user_id == user_id, PasswordLink.used_at.is_(None))
        .values(used_at=now)
    )


def _check_password(user: User, password: str, refused: str | None) -> None:
    fault = rules.password_fault(password, email=user.email, name=user.name, refused=refused)
    if fault:
        raise FieldErrors({"new_password": [fault]})


def _set_password(user: User, password: str, now: datetime) -> None:
    user.password_hash = passwords.hash_of(password)
    user.password_set_at = now
    db.session.flush()
