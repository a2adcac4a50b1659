"""Sessions: one row per signed-in browser, looked up in every unit of work.

Idle after 15 minutes, over after 12 hours, ended at once when the account is disabled or the
posting ends. The cookie holds a token, the row its digest.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import flask_login
import sqlalchemy as sa
from flask import current_app
from flask import session as cookie

from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies.models import Agency, Session, User
from mappa.kernel import crypto, uow
from mappa.kernel.clock import database_now
from mappa.kernel.db import NOBODY, Query, db
from mappa.web.slots import SignIn

TOKEN = "_user_id"


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


def look_up() -> SignIn:
    """Who is asking, in this unit of work. The database's time comes with the same query."""
    token = cookie.get(TOKEN)
    if not isinstance(token, str):
        return SignIn(None)
    return _look_up_token(token)


@cache
def _statement() -> Query:
    posting = Posting.__table__
    return (
        sa.select(
            database_now().label("now"),
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
        .join(User, User.id == Session.user_id)
        .outerjoin(posting, posting.c.id == Session.posting_id)
        .outerjoin(Agency, Agency.id == posting.c.agency_id)
        .where(Session.token_digest == sa.bindparam("digest"))
    )


def _look_up_token(token: str) -> SignIn:
    binds = {"digest": crypto.digest(token)}
    row = db.session.execute(_statement(), binds).mappings().one_or_none()
    if row is None:
        return SignIn(None)
    unit = uow.current()
    unit.began_at(row["now"])
    if row["ended_at"] is not None or row["disabled_at"] is not None:
        return SignIn(None)
    if _ran_out(row, unit.at):
        return SignIn(None, ran_out=row["session_id"], user_id=row["user_id"])
    return SignIn(_actor(row, unit.at), touched_at=row["last_seen_at"], user_id=row["user_id"])


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


def touch(session_id: UUID, at: datetime) -> None:
    """Mark a session as used."""
    db.session.execute(sa.update(Session).where(Session.id == session_id).values(last_seen_at=at))


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
