"""Whoever holds a role now, as readers: to ask the policy what they may; nobody's session."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies.models import Agency, Team, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db


def posted(
    role: Role, *, agency: UUID | None = None, team: UUID | None = None, area: str | None = None
) -> list[Actor]:
    """Everybody posted in a role at an agency, in a team, in an area; who can sign in only."""
    places = {"agency_id": agency, "team_id": team, "area_id": area}
    wanted = {name: value for name, value in places.items() if value is not None}
    binds: dict[str, Any] = {f"of_{name}": value for name, value in wanted.items()}
    binds |= {"of_role": role.value, "at": uow.current().at}
    return [_actor(*row) for row in db.session.execute(_posted(tuple(wanted)), binds).all()]


@cache
def _posted(narrowed_by: tuple[str, ...]) -> Query:
    columns = Posting.__table__.c
    at = sa.bindparam("at", type_=columns.starts_at.type)
    return (
        sa.select(Posting, User.name, Agency.name)
        .join(User, User.id == Posting.user_id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(
            columns.role == sa.bindparam("of_role"),
            *(
                columns[name] == sa.bindparam(f"of_{name}", type_=columns[name].type)
                for name in narrowed_by
            ),
            columns.state == State.LIVE.value,
            columns.starts_at <= at,
            columns.ends_at > at,
            User.disabled_at.is_(None),
        )
        .order_by(columns.starts_at, columns.id)
    )


def ever_posted(agency: UUID, users: Collection[UUID]) -> set[UUID]:
    """Those of these users who act or acted for an agency."""
    asked = sa.select(Posting.user_id).where(
        Posting.agency_id == agency, Posting.user_id.in_(list(users))
    )
    return set(db.session.scalars(asked))


def _actor(posting: Posting, name: str, agency_name: str) -> Actor:
    return Actor(
        user_id=posting.user_id,
        name=name,
        posting_id=posting.id,
        agency_id=posting.agency_id,
        agency_name=agency_name,
        area_id=posting.area_id,
        team_id=posting.team_id,
        role=Role(posting.role),
        session_id=NOBODY,
    )


def ids_in(areas: tuple[str, ...]) -> sa.Select[UUID]:
    """The ids of the agencies of some areas, as a part of a larger statement."""
    return sa.select(Agency.id).where(Agency.area_id.in_(areas))


OWING = frozenset(
    {Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SOCIAL_WORKER, Role.REPRESENTATIVE}
)
"""Those who owe duties: somebody above them is told when one is late."""


@dataclass(frozen=True)
class Vacancy:
    """A post above people who owe duties that nobody holds; ``team`` is empty for an agency's."""

    role: Role
    agency: str
    team: str


def vacancies() -> list[Vacancy]:
    """Agencies without a lead and teams without a supervisor, where people work who owe duties.

    Told from postings alone: whether anything is late there plays no part. By agency and team.
    """
    held: dict[tuple[str, str], set[Role]] = defaultdict(set)
    for agency, team, role in db.session.execute(_held(), {"at": uow.current().at}):
        held[agency, ""].add(Role(role))
        if team:
            held[agency, team].add(Role(role))
    return [
        Vacancy(role, agency, team)
        for (agency, team), roles in sorted(held.items())
        for role in [Role.SUPERVISOR if team else Role.AGENCY_LEAD]
        if role not in roles and roles & OWING
    ]


@cache
def _held() -> Query:
    columns = Posting.__table__.c
    at = sa.bindparam("at", type_=columns.starts_at.type)
    return (
        sa.select(Agency.name, sa.func.coalesce(Team.name, ""), columns.role)
        .distinct()
        .join(User, User.id == columns.user_id)
        .join(Agency, Agency.id == columns.agency_id)
        .outerjoin(Team, Team.id == columns.team_id)
        .where(
            columns.state == State.LIVE.value,
            columns.starts_at <= at,
            columns.ends_at > at,
            User.disabled_at.is_(None),
        )
    )
