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
from mappa.agencies.queries.administered import (
    AreaRow,
    PostingRow,
    SessionRow,
    TeamRow,
    UserRow,
    areas,
    is_listed,
    postings_in,
    sessions_at,
    team,
    team_people,
    team_rows,
    user_of_session,
    users_of,
)
from mappa.agencies.queries.posted import Vacancy, ever_posted, ids_in, posted, vacancies
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound

__all__ = [
    "AreaRow",
    "DemoAccount",
    "LivePosting",
    "PostingRow",
    "SessionRow",
    "StaffMember",
    "TeamRow",
    "UserRow",
    "Vacancy",
    "account_by_email",
    "agencies_in",
    "agency",
    "area",
    "area_of",
    "areas",
    "demo_accounts",
    "ever_posted",
    "find_area",
    "ids_in",
    "is_listed",
    "jurisdiction_of",
    "live_postings",
    "posted",
    "postings_in",
    "sessions_at",
    "sessions_of",
    "staff_of",
    "team",
    "team_people",
    "team_rows",
    "teams_of",
    "user_names",
    "user_of_session",
    "users_of",
    "vacancies",
]


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


@cache
def type_of(agency_id: UUID) -> str:
    """The type of an agency, asked once in a process: no act changes it. Raises ``NotFound``."""
    return agency(agency_id).type


def agencies_in(area_id: str) -> Sequence[Agency]:
    """The agencies of an area by name."""
    return db.session.scalars(
        sa.select(Agency).where(Agency.area_id == area_id).order_by(Agency.name, Agency.id)
    ).all()


def teams_of(agency_id: UUID) -> Sequence[Team]:
    """The open teams of an agency by name."""
    return db.session.scalars(
        sa.select(Team)
        .where(Team.agency_id == agency_id, Team.closed_at.is_(None))
        .order_by(Team.name, Team.id)
    ).all()


def jurisdiction_of(area_id: str) -> str:
    """The jurisdiction whose rules and words an area follows. Raises ``NotFound``."""
    return area(area_id).jurisdiction


def area(area_id: str) -> Area:
    """One area that is open. Raises ``NotFound``."""
    found = find_area(area_id)
    if found is None:
        raise NotFound
    return found


def find_area(area_id: str) -> Area | None:
    """One area, if it is open."""
    return db.session.get(Area, area_id)


def area_of(agency_id: UUID) -> str:
    """The id of the area of an agency; empty if there is no such agency.

    Not for an agency that stands for a record nobody may learn of: one that is known already costs
    less to ask about.
    """
    try:
        return _area_of(agency_id)
    except NotFound:
        return ""


@cache
def _area_of(agency_id: UUID) -> str:
    """Asked once in a process: no act changes it. Raises ``NotFound``, which is not kept."""
    return agency(agency_id).area_id


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


def acting_as(user_id: UUID, agency_id: UUID, roles: Collection[Role]) -> Actor | None:
    """Somebody else as a reader: the oldest live posting at the agency in one of these roles.

    To ask the policy what that person may; it is nobody's session. None for an account that is
    disabled, or without such a posting.
    """
    statement = (
        sa.select(Posting, User.name, Agency.name)
        .join(User, User.id == Posting.user_id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(
            Posting.user_id == user_id,
            Posting.agency_id == agency_id,
            Posting.role.in_([role.value for role in roles]),
            _is_live(uow.current().at),
            User.disabled_at.is_(None),
        )
        .order_by(Posting.starts_at, Posting.id)
        .limit(1)
    )
    found = db.session.execute(statement).one_or_none()
    if found is None:
        return None
    posting, name, agency_name = found
    return Actor(
        user_id=user_id,
        name=name,
        posting_id=posting.id,
        agency_id=agency_id,
        agency_name=agency_name,
        area_id=posting.area_id,
        team_id=posting.team_id,
        role=Role(posting.role),
        session_id=NOBODY,
    )


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
