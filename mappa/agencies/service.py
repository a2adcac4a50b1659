"""Accounts and postings: who may sign in, for whom, and since when. Every verb is audited.

``actor`` is an agency administrator, or None for a command, which is named as ``basis``. Nobody
changes the own account here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.models import Posting
from mappa.access.rights import Given
from mappa.access.terms import Role, State
from mappa.agencies import leaving, passwords, queries, rules, sessions
from mappa.agencies.models import Agency, PasswordLink, Team, User
from mappa.audit import log
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
) -> Made:
    """Add an account with a posting and a one-time link. ``agency_id`` is for commands only.

    Raises ``FieldErrors`` if the address has an account.
    """
    home = _agency_of(actor, agency_id)
    _may_give(actor, command.role)
    _check_team(home, command.team)
    if queries.account_by_email(command.email) is not None:
        raise FieldErrors({"email": [TAKEN]})
    user = User(name=command.name, email=command.email.lower())
    db.session.add(user)
    db.session.flush()
    _record(actor, "user:created", [user.id], now, fields=("name", "email"), basis=basis)
    _post(actor, user, home, command.role, command.team, now=now, basis=basis)
    return Made(user, _new_link(actor, user, now=now, basis=basis))


def post(
    actor: Actor | None,
    user_id: UUID,
    role: Role,
    team: UUID = NOBODY,
    *,
    now: datetime,
    agency_id: UUID | None = None,
    basis: str = "",
) -> Posting:
    """Give an account one more posting at the agency."""
    home = _agency_of(actor, agency_id)
    _not_oneself(actor, user_id)
    user = _user(actor, user_id)
    _not_an_operator(actor, user.id, now)
    _may_give(actor, role)
    _check_team(home, team)
    held = [
        each
        for each in _live_postings(user.id, now)
        if (each.agency_id, each.role, each.team_id) == (home.id, role.value, team)
    ]
    if held:
        raise FieldErrors({"role": [f"{user.name} has this posting already"]})
    return _post(actor, user, home, role, team, now=now, basis=basis)


def end_posting(
    actor: Actor | None,
    posting_id: UUID,
    reason: str,
    *,
    now: datetime,
    basis: str = "",
    anyway: bool = False,
) -> None:
    """End a posting and every session that acts under it, at once. The account remains.

    Whoever manages people hands them over first. With ``anyway`` it ends all the same: the people
    then stand without a manager on the pages of their supervisor.
    """
    found = db.session.get(Posting, posting_id, with_for_update=True)
    if found is None or (actor and found.agency_id != actor.agency_id):
        raise NotFound
    if actor:
        require(actor, Action.POSTINGS_ADMINISTER)
    _not_oneself(actor, found.user_id)
    _not_an_operator(actor, found.user_id, now)
    if found.state != State.LIVE or found.ends_at <= now:
        raise RuleBroken("posting-live", "This posting has ended already")
    others = [each for each in _live_postings(found.user_id, now) if each.id != found.id]
    leaving.check(actor, found.user_id, {found.agency_id} - leaving.homes(others), anyway=anyway)
    rights.end([found], at=now, by=actor.user_id if actor else NOBODY, reason=reason)
    sessions.end_of_posting(found.id, at=now, why="posting ended")
    _record(actor, "posting:ended", [found.user_id, found.id], now, basis=basis or reason)


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
    user = _own_alone(actor, user_id, now)
    if user.disabled_at is not None:
        raise RuleBroken("account-enabled", "This account is disabled already")
    homes = leaving.homes(_live_postings(user.id, now))
    leaving.check(actor, user.id, homes, anyway=anyway)
    user.disabled_at = now
    _void_links(user.id, now)
    sessions.end_all(user.id, at=now, why="disabled")
    _record(actor, "user:disabled", [user.id], now, basis=basis or reason)
    db.session.flush()


def enable(
    actor: Actor | None, user_id: UUID, reason: str, *, now: datetime, basis: str = ""
) -> None:
    """Let a disabled account sign in again, with the password and postings it had."""
    user = _own_alone(actor, user_id, now)
    if user.disabled_at is None:
        raise RuleBroken("account-disabled", "This account is not disabled")
    user.disabled_at = None
    _record(actor, "user:enabled", [user.id], now, basis=basis or reason)
    db.session.flush()


def make_link(actor: Actor | None, user_id: UUID, *, now: datetime, basis: str = "") -> Made:
    """A one-time link to set a password; links made before are void. The token is shown once."""
    user = _own_alone(actor, user_id, now)
    if user.disabled_at is not None:
        raise RuleBroken("account-enabled", "This account is disabled. Enable it first")
    return Made(user, _new_link(actor, user, now=now, basis=basis))


def end_sessions(actor: Actor | None, user_id: UUID, *, now: datetime, basis: str = "") -> None:
    """End every session of an account under this agency's postings."""
    _not_oneself(actor, user_id)
    user = _user(actor, user_id)
    if actor is None:
        sessions.end_all(user.id, at=now, why="ended by command")
    else:
        for posting_id in _postings_at(user.id, actor.agency_id):
            sessions.end_of_posting(posting_id, at=now, why="ended by administrator")
    _record(actor, "user:sessions-ended", [user.id], now, basis=basis)


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
    _record(None, "user:password-set", [user.id], now, basis="one-time link", actor_id=user.id)
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
    _record(actor, "user:password-changed", [user.id], now)


def _agency_of(actor: Actor | None, agency_id: UUID | None) -> Agency:
    if actor is not None:
        require(actor, Action.POSTINGS_ADMINISTER)
        return queries.agency(actor.agency_id)
    assert agency_id is not None
    return queries.agency(agency_id)


def _user(actor: Actor | None, user_id: UUID) -> User:
    """The account. Raises ``NotFound`` for one that never had a posting at the actor's agency."""
    if actor is not None:
        require(actor, Action.POSTINGS_ADMINISTER)
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None or (actor and not _postings_at(user_id, actor.agency_id)):
        raise NotFound
    return user


def _own_alone(actor: Actor | None, user_id: UUID, now: datetime) -> User:
    """The account, if no other agency relies on it: its password opens their records too."""
    user = _user(actor, user_id)
    _not_oneself(actor, user_id)
    _not_an_operator(actor, user_id, now)
    elsewhere = [
        each for each in _live_postings(user.id, now) if actor and each.agency_id != actor.agency_id
    ]
    if elsewhere:
        raise RuleBroken(
            "account-of-one-agency",
            f"{user.name} works for another agency too. End the posting at your agency, "
            "or ask the system administrator",
        )
    return user


def _not_oneself(actor: Actor | None, user_id: UUID) -> None:
    if actor is not None and actor.user_id == user_id:
        raise RuleBroken(
            "administer-not-oneself", "You cannot do this to yourself. Ask another administrator"
        )


def _not_an_operator(actor: Actor | None, user_id: UUID, now: datetime) -> None:
    if actor is None:
        return
    if any(each.role in rules.OPERATORS for each in _live_postings(user_id, now)):
        raise RuleBroken(
            "operators-by-command", "This account runs the system. It is changed by command only"
        )


def _may_give(actor: Actor | None, role: Role) -> None:
    if actor is not None and role not in rules.GIVEN_BY_ADMINISTRATOR:
        raise FieldErrors({"role": ["Choose a role from the list"]})


def _check_team(home: Agency, team: UUID) -> None:
    if team == NOBODY:
        return
    found = db.session.get(Team, team)
    if found is None or found.agency_id != home.id:
        raise FieldErrors({"team": ["Choose a team from the list"]})


def _postings_at(user_id: UUID, agency_id: UUID) -> Iterable[UUID]:
    return db.session.scalars(
        sa.select(Posting.id).where(Posting.user_id == user_id, Posting.agency_id == agency_id)
    ).all()


def _live_postings(user_id: UUID, now: datetime) -> Iterable[Posting]:
    return db.session.scalars(
        sa.select(Posting).where(
            Posting.user_id == user_id, Posting.state == State.LIVE.value, Posting.ends_at > now
        )
    ).all()


def _post(
    actor: Actor | None,
    user: User,
    home: Agency,
    role: Role,
    team: UUID,
    *,
    now: datetime,
    basis: str,
) -> Posting:
    by = actor.user_id if actor else NOBODY
    given = Given(at=now, by=by, reason=basis or "posted by the administrator")
    posting = rights.post(user.id, home.id, home.area_id, role, given, team=team)
    _record(actor, "posting:made", [user.id, posting.id], now, fields=("role", "team"), basis=basis)
    return posting


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
    _record(actor, "user:link-made", [user.id], now, basis=basis)
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


def _record(
    actor: Actor | None,
    event: str,
    records: list[UUID],
    now: datetime,
    *,
    fields: Iterable[str] = (),
    basis: str = "",
    actor_id: UUID = NOBODY,
) -> None:
    log.record(
        actor,
        log.Operation.ADMINISTRATION,
        event,
        records,
        at=now,
        fields=fields,
        basis=basis,
        actor_id=actor_id,
    )
