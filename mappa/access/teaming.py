"""Who is on a person's case team, was, and why: bringing agencies and workers on, letting them go.

The lead and the manager change by a handover (``passing``). Callers have asked the policy already.
Every function flushes; none commits. Times are UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import CapacityRow, CaseTeam, CaseWorker
from mappa.access.policy import AT
from mappa.access.queries import EndedEarly, ended_early
from mappa.access.rights import Given
from mappa.access.terms import State
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db

_PERSON = sa.bindparam("person", type_=sa.Uuid())
_OURS = "Case team: "
"""Before the reasons that were typed for readers of the team. Others say why of something else."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place on a case team, of an agency or (with ``user``) of a worker of one.

    ``what`` is a ``Capacity`` or a ``Part``; ``why`` and ``ended.reason`` are empty unless they
    were typed for the case team.
    """

    id: UUID
    agency: UUID
    user: UUID
    team: UUID
    what: str
    starts_at: datetime
    ends_at: datetime
    stands: bool
    made_by: UUID
    why: str
    ended: EndedEarly | None = None


def typed_for_team(why: str) -> str:
    """A reason that may be read by everybody who may read the case team in full."""
    return _OURS + why


def _why(stored: str) -> str:
    return stored.removeprefix(_OURS) if stored.startswith(_OURS) else ""


@cache
def _agencies() -> Query:
    return (
        sa.select(CaseTeam, CapacityRow.code)
        .join(CapacityRow, CapacityRow.id == CaseTeam.capacity_id)
        .where(CaseTeam.person_id == _PERSON, CaseTeam.starts_at <= AT)
        .order_by(CaseTeam.capacity_id, CaseTeam.starts_at, CaseTeam.id)
    )


@cache
def _workers() -> Query:
    return (
        sa.select(CaseWorker, CaseWorker.part)
        .where(CaseWorker.person_id == _PERSON, CaseWorker.starts_at <= AT)
        .order_by(CaseWorker.starts_at, CaseWorker.id)
    )


def places(person: UUID) -> list[Place]:
    """Every place there is or was on a case team, those of agencies first, the lead before all.

    For readers of team and sharing in full; the caller has asked.
    """
    binds = {"person": person, "at": uow.current().at}
    found = [
        tuple(row)
        for asked in (_agencies(), _workers())
        for row in db.session.execute(asked, binds)
    ]
    ended = ended_early([right.id for right, _ in found])
    return [_place(right, what, ended.get(right.id)) for right, what in found]


def _place(right: Any, what: str, ended: EndedEarly | None) -> Place:
    at = uow.current().at
    return Place(
        id=right.id,
        agency=right.agency_id,
        user=getattr(right, "user_id", NOBODY),
        team=getattr(right, "team_id", NOBODY),
        what=what,
        starts_at=right.starts_at,
        ends_at=right.ends_at,
        stands=right.state == State.LIVE and right.ends_at > at,
        made_by=right.made_by_id,
        why=_why(right.reason),
        ended=EndedEarly(ended.at, ended.by, _why(ended.reason)) if ended else None,
    )


def leave(person: UUID, agency: UUID, given: Given) -> None:
    """Take an agency and its workers off a case team now."""
    for model in (CaseTeam, CaseWorker):
        _end(_standing(model, given, model.person_id == person, model.agency_id == agency), given)


def end_worker(person: UUID, place: UUID, given: Given) -> None:
    """Take one worker off a case team now."""
    _end(
        _standing(CaseWorker, given, CaseWorker.person_id == person, CaseWorker.id == place), given
    )


def _standing(model: type[Any], given: Given, *which: sa.ColumnElement[bool]) -> Sequence[Any]:
    asked = sa.select(model).where(
        model.state == State.LIVE.value, model.ends_at > given.at, *which
    )
    return db.session.scalars(asked.order_by(model.id).with_for_update()).all()


def _end(found: Sequence[Any], given: Given) -> None:
    rights.end(found, at=given.at, by=given.by, reason=given.reason)
