"""Whoever holds a role now, as readers: to ask the policy what they may; nobody's session."""

from collections.abc import Collection
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.terms import Role, State
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db


def posted(
    role: Role, *, agency: UUID | None = None, team: UUID | None = None, area: str | None = None
) -> list[Actor]:
    """Everybody posted in a role at an agency, in a team, in an area; who can sign in only."""
    at = uow.current().at
    places = ((Posting.agency_id, agency), (Posting.team_id, team), (Posting.area_id, area))
    statement = (
        sa.select(Posting, User.name, Agency.name)
        .join(User, User.id == Posting.user_id)
        .join(Agency, Agency.id == Posting.agency_id)
        .where(
            Posting.role == role.value,
            *(column == wanted for column, wanted in places if wanted is not None),
            Posting.state == State.LIVE.value,
            Posting.starts_at <= at,
            Posting.ends_at > at,
            User.disabled_at.is_(None),
        )
        .order_by(Posting.starts_at, Posting.id)
    )
    return [_actor(*row) for row in db.session.execute(statement)]


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
