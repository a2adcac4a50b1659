"""Reads of agencies, staff and accounts. Who works where is open to everybody who is signed in."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies.models import Agency, Area, Session, Team, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound


@dataclass(frozen=True)
class StaffMember:
    """Somebody who works for an agency, under one posting."""

    user_id: UUID
    name: str
    role: Role
    agency_name: str
    agency_id: UUID


@dataclass(frozen=True)
class LivePosting:
    """A posting that one may act under now."""

    id: UUID
    role: Role
    agency_id: UUID
    agency_name: str
    team_name: str
    area_name: str
    jurisdiction: str

    @property
    def words(self) -> str:
        """The posting on one line."""
        team = f", {self.team_name}" if self.team_name else ""
        return f"{self.role.words}, {self.agency_name}{team}"


def agency(agency_id: UUID) -> Agency:
    """One agency. Raises ``NotFound``."""
    found = db.session.get(Agency, agency_id)
    if found is None:
        raise NotFound
    return found


def agencies_in(area_id: str) -> Sequence[Agency]:
    """The agencies of an area by name."""
    return db.session.scalars(
        sa.select(Agency).where(Agency.area_id == area_id).order_by(Agency.name, Agency.id)
    ).all()


def teams_of(agency_id: UUID) -> Sequence[Team]:
    """The teams of an agency by name."""
    return db.session.scalars(
        sa.select(Team).where(Team.agency_id == agency_id).order_by(Team.name, Team.id)
    ).all()


def jurisdiction_of(area_id: str) -> str:
    """The jurisdiction whose rules and words an area follows. Raises ``NotFound``."""
    found = db.session.get(Area, area_id)
    if found is None:
        raise NotFound
    return found.jurisdiction


def user_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by account; an id without an account is left out."""
    if not ids:
        return {}
    found = db.session.execute(sa.select(User.id, User.name).where(User.id.in_(set(ids))))
    return {row.id: row.name for row in found}


def _is_live(at: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(Posting.state == State.LIVE.value, Posting.starts_at <= at, Posting.ends_at > at)


def staff_of(agency_ids: Iterable[UUID]) -> list[StaffMember]:
    """Everybody with a live posting at these agencies who can sign in, by name."""
    statement = (
        sa.select(User.id, User.name, Posting.role, Agency.name, Agency.id)
        .join(Posting, Posting.user_id == User.id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(
            Posting.agency_id.in_(list(agency_ids)),
            _is_live(uow.current().at),
            User.disabled_at.is_(None),
        )
        .order_by(User.name, Agency.name, Posting.role)
    )
    return [
        StaffMember(user_id, name, Role(role), agency_name, agency_id)
        for user_id, name, role, agency_name, agency_id in db.session.execute(statement)
    ]


@cache
def _postings() -> Query:
    return (
        sa.select(
            Posting.id,
            Posting.role,
            Agency.id.label("agency_id"),
            Agency.name.label("agency_name"),
            sa.func.coalesce(Team.name, "").label("team_name"),
            Area.name.label("area_name"),
            Area.jurisdiction,
        )
        .join(Agency, Agency.id == Posting.agency_id)
        .join(Area, Area.id == Posting.area_id)
        .outerjoin(Team, Team.id == Posting.team_id)
        .order_by(Posting.starts_at, Agency.name, Posting.role, Posting.id)
    )


def live_postings(user_id: UUID) -> list[LivePosting]:
    """The postings that an account may act under now, the oldest first."""
    statement = _postings().where(Posting.user_id == user_id, _is_live(uow.current().at))
    return [_live(row) for row in db.session.execute(statement).mappings()]


def _live(row: Any) -> LivePosting:
    return LivePosting(**{**row, "role": Role(row["role"])})


def acting(user_id: UUID, posting_id: UUID) -> Actor | None:
    """The reader for work that an account began and that goes on without a session.

    None if the posting has ended or the account is disabled.
    """
    found = db.session.execute(
        sa.select(Posting, User, Agency)
        .join(User, User.id == Posting.user_id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(
            Posting.id == posting_id,
            Posting.user_id == user_id,
            _is_live(uow.current().at),
            User.disabled_at.is_(None),
        )
    ).one_or_none()
    if found is None:
        return None
    posting, user, home = found
    return Actor(
        user_id=user.id,
        name=user.name,
        posting_id=posting.id,
        agency_id=home.id,
        agency_name=home.name,
        area_id=posting.area_id,
        team_id=posting.team_id,
        role=Role(posting.role),
        session_id=NOBODY,
    )


def emails_of(agency_id: UUID) -> dict[str, UUID]:
    """Accounts with a live posting at an agency, by e-mail address in small letters."""
    statement = (
        sa.select(User.email, User.id)
        .join(Posting, Posting.user_id == User.id)
        .where(
            Posting.agency_id == agency_id,
            _is_live(uow.current().at),
            User.disabled_at.is_(None),
        )
    )
    return {email.lower(): user_id for email, user_id in db.session.execute(statement)}


@dataclass(frozen=True)
class DemoAccount:
    """An account on the demo's sign-in page."""

    name: str
    email: str
    role: str
    agency: str


def demo_accounts() -> tuple[list[DemoAccount], list[DemoAccount]]:
    """The demo's accounts: those in the foreground (one of each role), and all others by role."""
    statement = (
        _postings()
        .add_columns(User.name.label("name"), User.email, User.demo_order)
        .join(User, User.id == Posting.user_id)
        .where(User.demo, User.disabled_at.is_(None), _is_live(uow.current().at))
    )
    order = list(Role)
    found = sorted(
        db.session.execute(statement).mappings(),
        key=lambda row: (order.index(Role(row["role"])), row["name"], str(row["id"])),
    )
    ordered = sorted((row for row in found if row["demo_order"]), key=lambda r: r["demo_order"])
    first = {row["email"]: row for row in ordered or _first_of_each_role(found)}
    others = {row["email"]: row for row in found if row["email"] not in first}
    return [_demo(row) for row in first.values()], [_demo(row) for row in others.values()]


def _first_of_each_role(found: Iterable[Any]) -> list[Any]:
    seen: dict[tuple[str, str], Any] = {}
    for row in found:
        seen.setdefault((row["role"], row["jurisdiction"]), row)
    return list(seen.values())


def _demo(row: Any) -> DemoAccount:
    scots = ", Scotland" if row["jurisdiction"] == "scotland" else ""
    return DemoAccount(
        name=row["name"],
        email=row["email"],
        role=Role(row["role"]).words + scots,
        agency=row["agency_name"],
    )


def account_by_email(email: str) -> User | None:
    """The account of an e-mail address, whatever its capitals."""
    return db.session.scalars(sa.select(User).where(User.email == email.lower())).one_or_none()


def sessions_of(user_id: UUID, at: datetime, *, idle: datetime, began: datetime) -> list[Session]:
    """The signed-in browsers of an account, last used first. Not those that ran out by then."""
    statement = (
        sa.select(Session)
        .where(
            Session.user_id == user_id,
            Session.ended_at.is_(None),
            Session.posting_id != NOBODY,
            Session.last_seen_at > idle,
            Session.began_at > began,
            Session.began_at <= at,
        )
        .order_by(Session.last_seen_at.desc(), Session.id)
    )
    return list(db.session.scalars(statement))


@dataclass(frozen=True)
class PostingRow:
    """A posting at the agency, as its administrator sees it."""

    id: UUID
    role: Role
    team_name: str
    starts_at: datetime
    live: bool


@dataclass(frozen=True)
class UserRow:
    """An account of the agency, as its administrator sees it: nothing of other agencies."""

    id: UUID
    name: str
    email: str
    disabled_at: datetime | None
    password_set: bool
    second_factor: bool
    last_sign_in_at: datetime | None
    postings: tuple[PostingRow, ...]

    @property
    def state(self) -> str:
        """In words: whether the account can sign in."""
        if self.disabled_at is not None:
            return "Disabled"
        if not self.password_set:
            return "Waiting for the first password"
        return "Active" if any(each.live for each in self.postings) else "No posting"


def users_of(agency_id: UUID, *, user_id: UUID | None = None) -> list[UserRow]:
    """Everybody who has or had a posting at the agency, by name."""
    at = uow.current().at
    statement = (
        sa.select(Posting, User, sa.func.coalesce(Team.name, ""))
        .join(User, User.id == Posting.user_id)
        .outerjoin(Team, Team.id == Posting.team_id)
        .where(Posting.agency_id == agency_id)
        .order_by(User.name, User.id, Posting.starts_at, Posting.id)
    )
    if user_id is not None:
        statement = statement.where(User.id == user_id)
    users: dict[UUID, User] = {}
    postings: dict[UUID, list[PostingRow]] = {}
    for posting, user, team in db.session.execute(statement):
        users[user.id] = user
        live = posting.state == State.LIVE and posting.starts_at <= at < posting.ends_at
        postings.setdefault(user.id, []).append(
            PostingRow(posting.id, Role(posting.role), team, posting.starts_at, live)
        )
    seen = _last_sign_ins(agency_id)
    return [
        UserRow(
            id=user.id,
            name=user.name,
            email=user.email,
            disabled_at=user.disabled_at,
            password_set=bool(user.password_hash),
            second_factor=bool(user.totp_secret),
            last_sign_in_at=seen.get(user.id),
            postings=tuple(postings[user.id]),
        )
        for user in users.values()
    ]


def _last_sign_ins(agency_id: UUID) -> dict[UUID, datetime]:
    """When each account last began a session under a posting at the agency."""
    statement = (
        sa.select(Session.user_id, sa.func.max(Session.began_at).label("at"))
        .join(Posting, Posting.id == Session.posting_id)
        .where(Posting.agency_id == agency_id)
        .group_by(Session.user_id)
    )
    return {row.user_id: row.at for row in db.session.execute(statement)}
