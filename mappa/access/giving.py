"""Shares as what was given: whether one stands, for features that tell of them.

Which reader may know of a share is for the caller to have asked; a share carries no content.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.labels import Clause, Column, word
from mappa.access.models import CaseTeam, RightEnd, Share
from mappa.access.predicates import Rows, some
from mappa.access.terms import Level, Section, State
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db
from mappa.kernel.types import UtcDateTime


def stands(right: Column) -> Clause:
    """The share of this id is not ended: it runs, or will."""
    share = Rows(Share, "standing_share")
    return some(
        share,
        share.id == right,
        share.state == word(State.LIVE),
        share.ends_at > policy.AT,
    )


def standing_shares(ids: Sequence[UUID]) -> list[Share]:
    """Those of these shares that run or will run, locked for who ends them."""
    if not ids:
        return []
    asked = sa.select(Share).where(
        Share.id.in_(ids), Share.state == State.LIVE.value, Share.ends_at > uow.current().at
    )
    return list(db.session.scalars(asked.order_by(Share.id).with_for_update()))


def covered(
    owner: UUID,
    agency: UUID,
    people: Sequence[UUID],
    section: Section,
    level: Level,
    during: tuple[datetime, datetime],
) -> set[UUID]:
    """The people of whom the whole section is shared at this level already, all that time."""
    asked = sa.select(Share.person_id).where(
        Share.person_id.in_(people),
        Share.owner_agency_id == owner,
        Share.agency_id == agency,
        Share.section == section.value,
        Share.record_id == NOBODY,
        Share.level >= level.value,
        Share.state == State.LIVE.value,
        Share.starts_at <= during[0],
        Share.ends_at >= during[1],
    )
    return set(db.session.execute(asked).scalars())


def ended_why(right: UUID) -> RightEnd | None:
    """By whom, when and why a right was ended before its time."""
    return db.session.get(RightEnd, right)


def is_standing(right: UUID) -> bool:
    """Whether a share runs or will run."""
    share = db.session.get(Share, right)
    return share is not None and share.state == State.LIVE and share.ends_at > uow.current().at


_AN_END_TAKES = timedelta(minutes=1)
"""Longer than a transaction that ends a right lives: it names its own moment, and commits later."""


@cache
def ends_of() -> sa.ScalarSelect[int]:
    """How many rights that opened records to an agency were ended of late, as a column.

    Whoever reads it twice knows whether one was ended in between, whatever moment it names.
    """
    ended = Rows(RightEnd, "lately")
    agency = sa.bindparam("watched_agency", type_=sa.Uuid())
    share, team = Rows(Share, "lately_shared"), Rows(CaseTeam, "lately_on_team")
    of_agency = [
        some(each, each.id == ended.right_id, each.agency_id == agency) for each in (share, team)
    ]
    return (
        sa.select(sa.func.count())
        .select_from(ended.table)
        .where(
            ended.ended_at >= sa.bindparam("watched_since", type_=UtcDateTime()),
            sa.or_(*of_agency),
        )
        .scalar_subquery()
    )


def ends_binds(agency: UUID, read_at: datetime) -> dict[str, Any]:
    """The binds of ``ends_of`` for what was read at a moment."""
    return {"watched_agency": agency, "watched_since": read_at - _AN_END_TAKES}
