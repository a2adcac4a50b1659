"""Reads of the accounts of a visit, and of the visits that may be the one somebody is telling."""

from datetime import timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.visits import queries
from mappa.visits.joint.rules import OnRecord, may_be_same
from mappa.visits.models import Visit, VisitAccount, VisitOfficer
from mappa.visits.rules import LogVisit, VisitState

_account = VisitAccount.__table__
_visit = Visit.__table__
_officer = VisitOfficer.__table__
_author = sa.alias(User.__table__, "account_author")
_owner = sa.alias(Agency.__table__, "account_agency")
_logged_by = sa.alias(User.__table__, "like_author")
_VISIT = sa.bindparam("visit", type_=sa.Uuid())


@cache
def _accounts() -> Query:
    names = (_author.c.name.label("by_name"), _owner.c.name.label("agency_name"))
    return (
        scoped(VisitAccount, *names, need=Level.FULL, person=True)
        .select_from(
            _account.join(_author, _author.c.id == _account.c.by_id).join(
                _owner, _owner.c.id == _account.c.owner_agency_id
            )
        )
        .where(_account.c.visit_id == _VISIT)
        .order_by(_account.c.at, _account.c.id)
    )


def accounts(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """What others said of a visit, as far as this reader sees each of them in full.

    With ``by_name`` and ``agency_name``.
    """
    return rows(actor, _accounts(), VisitAccount, person=person_id, visit=visit_id)


def was_there(actor: Actor, person_id: UUID, visit_id: UUID) -> bool:
    """Whether a made visit says that the reader attended."""
    went = queries.officers(actor, person_id, visit_id, attended=True)
    return any(each.user_id == actor.user_id for each in went)


@cache
def _like() -> Query:
    day, moment = sa.Date(), _visit.c.arrived_at.type
    naming = sa.select(_officer.c.subject_id).where(
        _officer.c.user_id == ME.user, _officer.c.attended, scope(VisitOfficer, need=Level.FULL)
    )
    names_reader = _visit.c.id.in_(naming)
    named = sa.bindparam("attending", type_=sa.Uuid(), expanding=True)
    said = sa.case((names_reader, sa.true()), else_=sa.false()).label("names_reader")
    return (
        scoped(Visit, _logged_by.c.name.label("by_name"), said, need=Level.FULL, person=True)
        .select_from(_visit.join(_logged_by, _logged_by.c.id == _visit.c.written_by_id))
        .where(
            _visit.c.state == VisitState.MADE.value,
            _visit.c.made_on.between(
                sa.bindparam("first", type_=day), sa.bindparam("last", type_=day)
            ),
            _visit.c.arrived_at < sa.bindparam("left", type_=moment),
            sa.func.coalesce(_visit.c.left_at, _visit.c.arrived_at)
            > sa.bindparam("arrived", type_=moment),
            _visit.c.written_by_id != ME.user,
            sa.or_(names_reader, _visit.c.written_by_id.in_(named)),
        )
        .order_by(_visit.c.arrived_at, _visit.c.id)
    )


def like(actor: Actor, person_id: UUID, told: LogVisit) -> list[Seen]:
    """The visits to this person that may be the one that the reader tells, the first one first.

    Of those that the reader sees in full, with ``by_name`` and ``names_reader``. Only what is shown
    is read, so the statement asks what the rule asks.
    """
    near = timedelta(days=1)
    found = rows(
        actor,
        _like(),
        Visit,
        person=person_id,
        first=told.made_on - near,
        last=told.made_on + near,
        arrived=told.arrived_at,
        left=told.left_at,
        attending=[each.user_id for each in told.officers if each.user_id],
    )
    return [each for each in found if may_be_same(told, _on_record(each), reader=actor.user_id)]


def _on_record(seen: Seen) -> OnRecord:
    return OnRecord(
        arrived_at=seen.arrived_at,
        left_at=seen.left_at or seen.arrived_at,
        author=seen.written_by_id,
        names_reader=bool(seen.names_reader),
    )
