"""Sessions: one row per signed-in browser, looked up in every unit of work.

Idle after 15 minutes, over after 12 hours, ended at once when the account is disabled or the
posting ends. The cookie holds a token, the row its digest.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import flask_login
import sqlalchemy as sa
from flask import current_app, request
from flask import session as cookie

from mappa.access import announcing
from mappa.access.actor import Actor
from mappa.access.labels import Column
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies import rules
from mappa.agencies.models import Agency, Session, User
from mappa.kernel import crypto, uow
from mappa.kernel.clock import database_now
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import MappaError
from mappa.web.slots import Beside, SignIn

TOKEN = "_user_id"
"""Where Flask-Login keeps its user's id in the cookie: here, the session's token."""


class PasswordNeeded(MappaError):
    """A dangerous act needs the password again; the page that asks for it leads back."""


@dataclass(frozen=True)
class SignedIn(flask_login.UserMixin):  # type: ignore[misc]
    """What Flask-Login holds: the session's token, and the reader it stands for."""

    token: str
    found: SignIn

    def get_id(self) -> str:
        """Give the token: an account's id never leaves the database."""
        return self.token


def install(login: flask_login.LoginManager) -> None:
    """Let Flask-Login find the session row by its token; no remember cookie, no fresh log-ins."""
    login.session_protection = None
    login.user_loader(_load)


def _load(token: str) -> SignedIn | None:
    found = _look_up_token(token)
    return SignedIn(token, found) if found.actor else None


def look_up(beside: Beside | None = None) -> SignIn:
    """Who is asking, in this unit of work. The database's time comes with the same query."""
    token = cookie.get(TOKEN)
    if not isinstance(token, str):
        return SignIn(None)
    return _look_up_token(token, beside)


@cache
def _statement() -> Query:
    """The session of a token, with whoever it stands for; PostgreSQL is told who reads with it."""
    posting = Posting.__table__
    moment = sa.select(database_now().label("now")).subquery("moment")
    return (
        sa.select(
            moment.c.now,
            announcing.saying(
                user=Session.user_id,
                agency=posting.c.agency_id,
                area=posting.c.area_id,
                team=posting.c.team_id,
                role=posting.c.role,
                at=moment.c.now,
            ),
            Session.id.label("session_id"),
            Session.user_id,
            Session.began_at,
            Session.last_seen_at,
            Session.ended_at,
            User.name.label("user_name"),
            User.disabled_at,
            posting.c.id.label("posting_id"),
            posting.c.state,
            posting.c.starts_at,
            posting.c.ends_at,
            posting.c.area_id,
            posting.c.team_id,
            posting.c.role,
            posting.c.agency_id,
            Agency.name.label("agency_name"),
        )
        .select_from(Session)
        .join(moment, sa.true())
        .join(User, User.id == Session.user_id)
        .outerjoin(posting, posting.c.id == Session.posting_id)
        .outerjoin(Agency, Agency.id == posting.c.agency_id)
        .where(Session.token_digest == sa.bindparam("digest"))
    )


@cache
def _statement_with(columns: Callable[[Column], tuple[sa.Label[Any], ...]]) -> Query:
    return _statement().add_columns(*columns(Session.__table__.c.user_id))


def _look_up_token(token: str, beside: Beside | None = None) -> SignIn:
    binds = {"digest": crypto.digest(token)}
    statement = _statement()
    if beside is not None:
        statement, binds = _statement_with(beside.columns), binds | dict(beside.binds)
    row = db.session.execute(statement, binds).mappings().one_or_none()
    if row is None:
        return SignIn(None)
    unit = uow.current()
    unit.began_at(row["now"])
    found = _found(row, unit.at)
    announcing.was_said(unit, found.actor.binds(row["now"]) if found.actor else None)
    return replace(found, beside=row) if found.actor and beside else found


def _found(row: Any, at: datetime) -> SignIn:
    if row["ended_at"] is not None or row["disabled_at"] is not None:
        return SignIn(None)
    if _ran_out(row, at):
        return SignIn(None, ran_out=row["session_id"], user_id=row["user_id"])
    return SignIn(_actor(row, at), touched_at=row["last_seen_at"], user_id=row["user_id"])


def _ran_out(row: Any, at: datetime) -> bool:
    settings = current_app.config["SETTINGS"]
    idle = at - row["last_seen_at"] >= timedelta(minutes=settings.idle_minutes)
    return bool(idle or at - row["began_at"] >= timedelta(hours=settings.absolute_hours))


def _actor(row: Any, at: datetime) -> Actor | None:
    live = row["state"] == State.LIVE and row["starts_at"] <= at < row["ends_at"]
    if not live:
        return None
    return Actor(
        user_id=row["user_id"],
        name=row["user_name"],
        posting_id=row["posting_id"],
        agency_id=row["agency_id"],
        agency_name=row["agency_name"],
        area_id=row["area_id"],
        team_id=row["team_id"],
        role=Role(row["role"]),
        session_id=row["session_id"],
    )


def begin(
    user: User, posting_id: UUID, *, at: datetime, second_factor: bool, address: str, device: str
) -> str:
    """Start a session with a new token and give the token."""
    token = crypto.token()
    db.session.add(
        Session(
            token_digest=crypto.digest(token),
            user_id=user.id,
            posting_id=posting_id,
            began_at=at,
            last_seen_at=at,
            confirmed_at=at,
            second_factor=second_factor,
            address=address,
            device=device,
        )
    )
    db.session.flush()
    return token


def sign_in(user: User, posting_id: UUID, *, at: datetime, second_factor: bool) -> Actor | None:
    """Give this browser a session with a new id; nothing that the cookie held is kept.

    ``posting_id`` is ``NOBODY`` while a step is still to come (a code, the choice of a posting):
    such a session opens no page but that step. Gives the reader if the sign-in is complete.
    """
    _leave(at)
    cookie.clear()
    token = begin(
        user,
        posting_id,
        at=at,
        second_factor=second_factor,
        address=request.remote_addr or "",
        device=rules.device_words(request.user_agent.string),
    )
    found = _look_up_token(token)
    if found.actor is None:
        cookie[TOKEN] = token
        return None
    flask_login.login_user(SignedIn(token, found))
    return found.actor


def _leave(at: datetime) -> None:
    token = cookie.get(TOKEN)
    if isinstance(token, str):
        db.session.execute(
            sa.update(Session)
            .where(Session.token_digest == crypto.digest(token), Session.ended_at.is_(None))
            .values(ended_at=at, end_reason="signed in again")
        )


def act_under(actor: Actor, posting_id: UUID) -> None:
    """Go on under another posting of the same account, with a new token.

    When it began, and when the password was typed, stay what they were.
    """
    token = crypto.token()
    db.session.execute(
        sa.update(Session)
        .where(Session.id == actor.session_id)
        .values(posting_id=posting_id, token_digest=crypto.digest(token))
    )
    cookie[TOKEN] = token


def half_way(at: datetime) -> Session | None:
    """The session of somebody whose password was right and who has another step to take."""
    token = cookie.get(TOKEN)
    if not isinstance(token, str):
        return None
    return db.session.scalars(
        sa.select(Session).where(
            Session.token_digest == crypto.digest(token),
            Session.posting_id == NOBODY,
            Session.ended_at.is_(None),
            Session.began_at > at - rules.RECENT,
        )
    ).one_or_none()


def require_recent_password(actor: Actor, at: datetime) -> None:
    """Raise ``PasswordNeeded`` unless the password was typed in the last 10 minutes."""
    confirmed_at = db.session.scalar(
        sa.select(Session.confirmed_at).where(Session.id == actor.session_id)
    )
    if confirmed_at is None or at - confirmed_at >= rules.RECENT:
        raise PasswordNeeded


def confirm(session_id: UUID, at: datetime) -> None:
    """Note that the password was typed again."""
    db.session.execute(sa.update(Session).where(Session.id == session_id).values(confirmed_at=at))


def end_of_posting(posting_id: UUID, *, at: datetime, why: str) -> None:
    """End every session that acts under a posting."""
    db.session.execute(
        sa.update(Session)
        .where(Session.posting_id == posting_id, Session.ended_at.is_(None))
        .values(ended_at=at, end_reason=why)
    )


def touch(session_id: UUID, at: datetime) -> None:
    """Mark a session as used."""
    db.session.execute(sa.update(Session).where(Session.id == session_id).values(last_seen_at=at))


def is_open(session_id: UUID, user_id: UUID) -> bool:
    """Whether this is a session of the account that has not ended."""
    statement = sa.select(Session.id).where(
        Session.id == session_id, Session.user_id == user_id, Session.ended_at.is_(None)
    )
    return db.session.scalar(statement) is not None


def end(session_id: UUID, *, at: datetime, why: str) -> None:
    """End one session."""
    db.session.execute(
        sa.update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None))
        .values(ended_at=at, end_reason=why)
    )


def end_all(user_id: UUID, *, at: datetime, why: str, but: UUID = NOBODY) -> None:
    """End every session of an account, except perhaps the one in use."""
    db.session.execute(
        sa.update(Session)
        .where(Session.user_id == user_id, Session.ended_at.is_(None), Session.id != but)
        .values(ended_at=at, end_reason=why)
    )
