"""When staff change teams their cases go with them: rights end and begin anew, with a reason.

Callers have asked the policy already. Every function flushes; none commits.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import rights
from mappa.access.models import CaseWorker, NamedReader, Right
from mappa.access.rights import Given
from mappa.access.terms import Part, Reader, State
from mappa.kernel.db import NOBODY, db


def carry_cases(user: UUID, agency: UUID, before: UUID, after: UUID, given: Given) -> None:
    """Take somebody's cases from one team to another: the supervisors of ``after`` see them now.

    Those of ``before`` no longer do, but for single records of which they are named readers: these
    the supervisors of ``after`` read besides.
    """
    mine = (CaseWorker.user_id == user, CaseWorker.agency_id == agency)
    _carry(_cases(before, given.at, *mine), after, given)
    if NOBODY not in (before, after):
        named = sa.select(NamedReader.record_id).where(
            NamedReader.kind == Reader.USER.value,
            NamedReader.user_id == user,
            *_live(NamedReader, given.at),
        )
        for each in _supervised(before, given.at, NamedReader.record_id.in_(named)):
            _name(each, after, given)


def take_over(before: UUID, after: UUID, given: Given) -> None:
    """Give all that is left with a team to another: cases, and single records kept for it."""
    _carry(_cases(before, given.at), after, given)
    kept = list(_supervised(before, given.at))
    for each in kept:
        _name(each, after, given)
    rights.end(kept, at=given.at, by=given.by, reason=given.reason)


def _live(right: type[Right], at: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return (right.state == State.LIVE.value, right.ends_at > at)


def _cases(team: UUID, at: datetime, *more: sa.ColumnElement[bool]) -> Iterable[CaseWorker]:
    statement = sa.select(CaseWorker).where(
        CaseWorker.team_id == team, *more, *_live(CaseWorker, at)
    )
    return db.session.scalars(statement.order_by(CaseWorker.id)).all()


def _supervised(team: UUID, at: datetime, *more: sa.ColumnElement[bool]) -> Iterable[NamedReader]:
    statement = sa.select(NamedReader).where(
        NamedReader.kind == Reader.TEAM_SUPERVISORS.value,
        NamedReader.team_id == team,
        *more,
        *_live(NamedReader, at),
    )
    return db.session.scalars(statement.order_by(NamedReader.id)).all()


def _carry(cases: Iterable[CaseWorker], after: UUID, given: Given) -> None:
    for each in cases:
        kept = Given(
            at=given.at,
            by=given.by,
            reason=given.reason,
            starts_at=max(given.at, each.starts_at),
            ends_at=each.ends_at,
        )
        rights.end([each], at=given.at, by=given.by, reason=given.reason)
        rights.add_worker(
            each.person_id, each.agency_id, each.user_id, Part(each.part), kept, team=after
        )


def _name(like: NamedReader, after: UUID, given: Given) -> None:
    already = _supervised(after, given.at, NamedReader.record_id == like.record_id)
    if not list(already):
        kept = Given(at=given.at, by=given.by, reason=given.reason, ends_at=like.ends_at)
        rights.name_reader(
            like.record_id, Reader.TEAM_SUPERVISORS, like.agency_id, kept, team=after
        )
