"""What administrators see: people, teams and sessions of an agency, and the areas. No content."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from config import read
from mappa.access.models import Posting
from mappa.access.queries import agreements_until
from mappa.access.terms import Role, State
from mappa.agencies.models import Agency, Area, Session, Team, User
from mappa.kernel import clock, uow
from mappa.kernel.clock import FOREVER
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound


@dataclass(frozen=True)
class PostingRow:
    """A posting at the agency, as its administrator sees it."""

    id: UUID
    role: Role
    team_id: UUID
    team_name: str
    starts_at: datetime
    ends_at: datetime
    live: bool
    to_begin: bool

    @property
    def until(self) -> date | None:
        """The last day; None without an end."""
        return None if self.ends_at == FOREVER else clock.last_day_before(self.ends_at)

    @property
    def lasts(self) -> bool:
        """Whether it can be changed or ended: it is in force, or still to begin."""
        return self.live or self.to_begin

    @property
    def state(self) -> str:
        """In words: whether one may act under it now."""
        if self.live:
            return "In force"
        return "Still to begin" if self.to_begin else "Ended"


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
        postings.setdefault(user.id, []).append(_posting_row(posting, team, at))
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


def _posting_row(posting: Posting, team: str, at: datetime) -> PostingRow:
    stands = posting.state == State.LIVE and at < posting.ends_at
    return PostingRow(
        id=posting.id,
        role=Role(posting.role),
        team_id=posting.team_id,
        team_name=team,
        starts_at=posting.starts_at,
        ends_at=posting.ends_at,
        live=stands and posting.starts_at <= at,
        to_begin=stands and posting.starts_at > at,
    )


def _last_sign_ins(agency_id: UUID) -> dict[UUID, datetime]:
    """When each account last began a session under a posting at the agency."""
    statement = (
        sa.select(Session.user_id, sa.func.max(Session.began_at).label("at"))
        .join(Posting, Posting.id == Session.posting_id)
        .where(Posting.agency_id == agency_id)
        .group_by(Session.user_id)
    )
    return {row.user_id: row.at for row in db.session.execute(statement)}


@dataclass(frozen=True)
class TeamRow:
    """A team with the number of people whose posting lasts."""

    id: UUID
    name: str
    people: int
    closed_at: datetime | None


def team_rows(agency_id: UUID) -> list[TeamRow]:
    """Every team of an agency, the open ones first, by name."""
    people = (
        sa.select(sa.func.count(sa.distinct(Posting.user_id)))
        .where(Posting.team_id == Team.id, *_lasts(uow.current().at))
        .scalar_subquery()
    )
    statement = (
        sa.select(Team.id, Team.name, people, Team.closed_at)
        .where(Team.agency_id == agency_id)
        .order_by(Team.closed_at.is_not(None), Team.name, Team.id)
    )
    return [TeamRow(*row) for row in db.session.execute(statement)]


def _lasts(at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (Posting.state == State.LIVE.value, Posting.ends_at > at)


def team(team_id: UUID, agency_id: UUID) -> Team:
    """A team of an agency, open or closed. Raises ``NotFound``."""
    found = db.session.get(Team, team_id)
    if found is None or found.agency_id != agency_id:
        raise NotFound
    return found


def postings_in(team_id: UUID, at: datetime) -> list[Posting]:
    """The postings in a team that last, begun or still to begin."""
    statement = sa.select(Posting).where(Posting.team_id == team_id, *_lasts(at))
    return list(db.session.scalars(statement.order_by(Posting.starts_at, Posting.id)))


def team_people(team_id: UUID) -> list[tuple[str, PostingRow]]:
    """Who is in a team, by name, with the posting."""
    at = uow.current().at
    statement = (
        sa.select(User.name, Posting)
        .join(User, User.id == Posting.user_id)
        .where(Posting.team_id == team_id, *_lasts(at))
        .order_by(User.name, Posting.starts_at, Posting.id)
    )
    return [(name, _posting_row(row, "", at)) for name, row in db.session.execute(statement)]


@dataclass(frozen=True)
class SessionRow:
    """A signed-in browser of somebody who acts for the agency."""

    id: UUID
    user_id: UUID
    name: str
    role: Role
    device: str
    began_at: datetime
    last_seen_at: datetime


def sessions_at(agency_id: UUID, *, idle: datetime, began: datetime) -> list[SessionRow]:
    """Who is signed in under a posting of the agency, by name; not what ran out by then."""
    statement = (
        sa.select(
            Session.id,
            User.id,
            User.name,
            Posting.role,
            Session.device,
            Session.began_at,
            Session.last_seen_at,
        )
        .join(User, User.id == Session.user_id)
        .join(Posting, Posting.id == Session.posting_id)
        .where(
            Posting.agency_id == agency_id,
            Session.ended_at.is_(None),
            Session.last_seen_at > idle,
            Session.began_at > began,
            User.disabled_at.is_(None),
        )
        .order_by(User.name, User.id, Session.last_seen_at.desc(), Session.id)
    )
    return [
        SessionRow(session, user, name, Role(role), device, since, seen)
        for session, user, name, role, device, since, seen in db.session.execute(statement)
    ]


def user_of_session(session_id: UUID, agency_id: UUID) -> UUID | None:
    """Whose session it is, if it has not ended and acts under a posting of the agency."""
    statement = (
        sa.select(Session.user_id)
        .join(Posting, Posting.id == Session.posting_id)
        .where(Session.id == session_id, Posting.agency_id == agency_id, Session.ended_at.is_(None))
    )
    return db.session.scalar(statement)


@dataclass(frozen=True)
class AreaRow:
    """An area of the shipped list, or one that is open beside it."""

    key: str
    name: str
    jurisdiction: str
    open: bool
    agencies: int
    agreed_until: date | None


def areas() -> list[AreaRow]:
    """The open areas by name, then those that can be opened."""
    counted = db.session.execute(
        sa.select(Agency.area_id, sa.func.count()).group_by(Agency.area_id)
    )
    agencies = {row[0]: row[1] for row in counted}
    until = agreements_until(uow.current().at)
    opened = db.session.scalars(sa.select(Area).order_by(Area.name, Area.id)).all()
    found = [
        AreaRow(
            each.id,
            each.name,
            each.jurisdiction,
            True,
            agencies.get(each.id, 0),
            clock.last_day_before(until[each.id]) if each.id in until else None,
        )
        for each in opened
    ]
    known = {each.id for each in opened}
    listed = sorted(read.areas(), key=lambda each: each.name)
    found += [
        AreaRow(each.id, each.name, each.jurisdiction.value, False, 0, None)
        for each in listed
        if each.id not in known
    ]
    return found


def is_listed(key: str) -> bool:
    """Whether an area stands in the shipped list."""
    return key in {each.id for each in read.areas()}
