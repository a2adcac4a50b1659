"""Shares as what was given: whether one stands, for features that tell of them.

Which reader may know of a share is for the caller to have asked; a share carries no content.
"""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.labels import Clause, Column, word
from mappa.access.models import RightEnd, Share
from mappa.access.predicates import Rows, some
from mappa.access.terms import State
from mappa.kernel import uow
from mappa.kernel.db import db


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


def ended_why(right: UUID) -> RightEnd | None:
    """By whom, when and why a right was ended before its time."""
    return db.session.get(RightEnd, right)


def is_standing(right: UUID) -> bool:
    """Whether a share runs or will run."""
    share = db.session.get(Share, right)
    return share is not None and share.state == State.LIVE and share.ends_at > uow.current().at
