"""Who is on a case: the live rows of the case team, for pages that name workers and agencies.

Rights carry no names. Which reader may see a person's team is for the caller to have asked
(section ``sharing``); the statements here are parts of larger ones.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.models import (
    Agreement,
    CapacityRow,
    CaseTeam,
    CaseWorker,
    Deputy,
    Emergency,
    HandlingGroup,
    HandlingMember,
    Mark,
    PersonArea,
    Posting,
    Reach,
    Right,
    RightEnd,
)
from mappa.access.policy import AT
from mappa.access.terms import Capacity, Part, Role, State
from mappa.kernel import uow
from mappa.kernel.clock import FOREVER
from mappa.kernel.db import Query, db

_PERSON = sa.bindparam("person", type_=sa.Uuid())


@dataclass(frozen=True)
class Worker:
    """A named worker of a case team."""

    user_id: UUID
    agency_id: UUID
    part: str


@dataclass(frozen=True)
class TeamAgency:
    """An agency of a case team: in which capacity, of which area's agreement, since when (UTC)."""

    agency_id: UUID
    capacity: Capacity
    area_id: str
    since_at: datetime


def live(right: type[Right]) -> sa.ColumnElement[bool]:
    """The right stands at ``:at``."""
    return sa.and_(right.state == State.LIVE.value, right.starts_at <= AT, right.ends_at > AT)


def live_workers() -> Query:
    """The workers on the case team of ``:person`` at ``:at``: user_id, agency_id and part."""
    return sa.select(CaseWorker.user_id, CaseWorker.agency_id, CaseWorker.part).where(
        CaseWorker.person_id == _PERSON, live(CaseWorker)
    )


@cache
def _workers() -> Query:
    return live_workers().order_by(CaseWorker.starts_at, CaseWorker.user_id)


@cache
def _workers_among() -> Query:
    people = sa.bindparam("people", type_=sa.Uuid(), expanding=True)
    return sa.select(CaseWorker.user_id, CaseWorker.person_id).where(
        CaseWorker.person_id.in_(people),
        CaseWorker.agency_id == sa.bindparam("agency", type_=sa.Uuid()),
        live(CaseWorker),
    )


@cache
def _officers_among() -> Query:
    order = (CaseWorker.part, CaseWorker.starts_at, CaseWorker.user_id)
    return _workers_among().add_columns(CaseWorker.part).order_by(*order)


@cache
def _agencies() -> Query:
    return (
        sa.select(CaseTeam.agency_id, CapacityRow.code, CapacityRow.area_id, CaseTeam.starts_at)
        .join(CapacityRow, CapacityRow.id == CaseTeam.capacity_id)
        .where(CaseTeam.person_id == _PERSON, live(CaseTeam))
        .order_by(CaseTeam.capacity_id, CaseTeam.starts_at, CaseTeam.agency_id)
    )


def workers_of(person: UUID) -> list[Worker]:
    """The live workers of a person's case team, longest on it first."""
    found = db.session.execute(_workers(), {"person": person, "at": uow.current().at})
    return list(dict.fromkeys(Worker(*row) for row in found))


def workers_among(people: Collection[UUID], agency: UUID) -> dict[UUID, set[UUID]]:
    """Of each worker of an agency, on which of these people's case teams they are by name now."""
    binds = {"people": list(people), "agency": agency, "at": uow.current().at}
    found: dict[UUID, set[UUID]] = {}
    for user, person in db.session.execute(_workers_among(), binds):
        found.setdefault(user, set()).add(person)
    return found


def officers_among(people: Collection[UUID], agency: UUID) -> dict[UUID, list[Worker]]:
    """The workers of an agency on the case team of each of these people now, managers first."""
    binds = {"people": list(people), "agency": agency, "at": uow.current().at}
    found: dict[UUID, list[Worker]] = {}
    for user, person, part in db.session.execute(_officers_among(), binds):
        found.setdefault(person, []).append(Worker(user, agency, part))
    return found


def agencies_of(person: UUID) -> list[TeamAgency]:
    """The agencies on a person's case team now, the lead first."""
    found = db.session.execute(_agencies(), {"person": person, "at": uow.current().at})
    teams = [TeamAgency(agency, Capacity(code), area, since) for agency, code, area, since in found]
    return list(dict.fromkeys(teams))


def areas_of(person: UUID) -> list[str]:
    """The areas in which a person's case is kept now, in order of their ids."""
    asked: Query = (
        sa.select(PersonArea.area_id)
        .distinct()
        .where(PersonArea.person_id == person, live(PersonArea))
        .order_by(PersonArea.area_id)
    )
    return list(db.session.execute(asked, {"at": uow.current().at}).scalars())


def leads() -> Query:
    """Every agency that led ``:person``, begun by ``:at``: agency_id, starts_at and ends_at."""
    return (
        sa.select(CaseTeam.agency_id, CaseTeam.starts_at, CaseTeam.ends_at)
        .join(CapacityRow, CapacityRow.id == CaseTeam.capacity_id)
        .where(
            CaseTeam.person_id == _PERSON,
            CapacityRow.code == Capacity.LEAD.value,
            CaseTeam.starts_at <= AT,
        )
    )


def managers() -> Query:
    """Everybody who managed ``:person``, begun by ``:at``: user_id, agency_id and when."""
    return sa.select(
        CaseWorker.user_id, CaseWorker.agency_id, CaseWorker.starts_at, CaseWorker.ends_at
    ).where(
        CaseWorker.person_id == _PERSON,
        CaseWorker.part == Part.MANAGER.value,
        CaseWorker.starts_at <= AT,
    )


def reached() -> sa.Table:
    """Where lists of people start: for each agency, the people it ever had a right to.

    It never grants: the policy runs on every candidate that is joined to it.
    """
    return Reach.__table__  # type: ignore[return-value]


def is_posted(user: UUID, agency: UUID) -> bool:
    """Whether a user acts for an agency now."""
    asked: Query = sa.select(sa.literal_column("1")).where(
        Posting.user_id == user, Posting.agency_id == agency, live(Posting)
    )
    found = db.session.execute(asked.limit(1), {"at": uow.current().at})
    return found.scalar_one_or_none() is not None


def team_of(user: UUID, agency: UUID) -> UUID | None:
    """The team in which a user acts for an agency now, if posted there."""
    asked = sa.select(Posting.team_id).where(
        Posting.user_id == user, Posting.agency_id == agency, live(Posting)
    )
    found = db.session.execute(asked.order_by(Posting.starts_at), {"at": uow.current().at})
    return found.scalars().first()


@cache
def _teams() -> Query:
    users = sa.bindparam("users", type_=sa.Uuid(), expanding=True)
    return (
        sa.select(Posting.user_id, Posting.agency_id, Posting.team_id)
        .where(Posting.user_id.in_(users), live(Posting))
        .order_by(Posting.starts_at)
    )


def teams_of(posts: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], UUID]:
    """The teams in which users act for agencies now, by (user, agency); none without a posting."""
    if not posts:
        return {}
    binds = {"users": [user for user, _ in posts], "at": uow.current().at}
    found: dict[tuple[UUID, UUID], UUID] = {}
    for user, agency, team in db.session.execute(_teams(), binds):
        found.setdefault((user, agency), team)
    return found


def caseload(user: UUID, agency: UUID) -> list[UUID]:
    """The people whom a user manages at an agency now, for good: not those already handed on."""
    asked: Query = (
        sa.select(CaseWorker.person_id)
        .where(
            CaseWorker.user_id == user,
            CaseWorker.agency_id == agency,
            CaseWorker.part == Part.MANAGER.value,
            CaseWorker.ends_at == FOREVER,
            live(CaseWorker),
        )
        .order_by(CaseWorker.person_id)
    )
    return list(db.session.execute(asked, {"at": uow.current().at}).scalars())


@cache
def _supervisors() -> Query:
    of_team = Posting.team_id == sa.bindparam("of_team", type_=sa.Uuid())
    supervises = sa.and_(Posting.role == Role.SUPERVISOR.value, of_team)
    return (
        sa.select(Posting.role, Posting.user_id)
        .where(
            Posting.agency_id == sa.bindparam("of_agency", type_=sa.Uuid()),
            sa.or_(Posting.role == Role.AGENCY_LEAD.value, supervises),
            live(Posting),
        )
        .order_by(Posting.user_id)
    )


def supervisors_of(agency: UUID, team: UUID) -> list[UUID]:
    """Who supervises a team of an agency now; the agency's leads where nobody does."""
    found: dict[str, list[UUID]] = {}
    of = {"of_agency": agency, "of_team": team, "at": uow.current().at}
    for role, user in db.session.execute(_supervisors(), of):
        found.setdefault(role, []).append(user)
    return found.get(Role.SUPERVISOR.value) or found.get(Role.AGENCY_LEAD.value, [])


@cache
def _covers() -> Query:
    return (
        sa.select(Deputy)
        .where(
            Deputy.manager_id == sa.bindparam("of_manager", type_=sa.Uuid()),
            Deputy.agency_id == sa.bindparam("of_agency", type_=sa.Uuid()),
            _to_come(Deputy),
        )
        .order_by(Deputy.starts_at, Deputy.id)
    )


def covers_of(manager: UUID, agency: UUID) -> list[Deputy]:
    """Who stands in, or will, for a manager at an agency; the first to begin first."""
    binds = {"of_manager": manager, "of_agency": agency, "at": uow.current().at}
    return list(db.session.scalars(_covers(), binds))


def covered_by(deputy: UUID, agency: UUID) -> list[Deputy]:
    """For whom a user stands in at an agency now, the first to end first."""
    asked = (
        sa.select(Deputy)
        .where(Deputy.deputy_id == deputy, Deputy.agency_id == agency, live(Deputy))
        .order_by(Deputy.ends_at, Deputy.id)
    )
    return list(db.session.scalars(asked, {"at": uow.current().at}))


def _to_come(right: type[Right]) -> sa.ColumnElement[bool]:
    return sa.and_(right.state == State.LIVE.value, right.ends_at > AT)


def is_marked(record: UUID) -> bool:
    """Whether a record is sealed or hidden by a live mark."""
    asked: Query = sa.select(sa.literal_column("1")).where(Mark.record_id == record, live(Mark))
    found = db.session.execute(asked.limit(1), {"at": uow.current().at})
    return found.scalar_one_or_none() is not None


def handling_groups_of(user: UUID, agency: UUID) -> list[UUID]:
    """The handling groups of an agency to which a user belongs now."""
    asked: Query = (
        sa.select(HandlingGroup.id)
        .join(HandlingMember, HandlingMember.group_id == HandlingGroup.id)
        .where(
            HandlingMember.user_id == user,
            HandlingGroup.agency_id == agency,
            live(HandlingMember),
        )
        .order_by(HandlingGroup.name, HandlingGroup.id)
    )
    return list(db.session.execute(asked, {"at": uow.current().at}).scalars())


def agreements_until(at: datetime) -> dict[str, datetime]:
    """When the agreement of each area ends, in force or signed for later; no area without one."""
    asked = (
        sa.select(Agreement.area_id, sa.func.max(Agreement.ends_at))
        .where(Agreement.state == State.LIVE.value, Agreement.ends_at > at)
        .group_by(Agreement.area_id)
    )
    return {row[0]: row[1] for row in db.session.execute(asked)}


def emergencies_of(
    user: UUID, person: UUID | None = None, *, to_end: bool = False
) -> list[Emergency]:
    """The emergency accesses of a user that still run, of one person or of all; oldest first.

    ``to_end`` locks them, so that each is ended once.
    """
    asked = sa.select(Emergency).where(Emergency.user_id == user, _to_come(Emergency))
    if person is not None:
        asked = asked.where(Emergency.person_id == person)
    asked = asked.order_by(Emergency.starts_at, Emergency.id)
    if to_end:
        asked = asked.with_for_update()
    return list(db.session.scalars(asked, {"at": uow.current().at}))


@dataclass(frozen=True)
class EndedEarly:
    """That a right was ended before its time: when (UTC), by whom, and why."""

    at: datetime
    by: UUID
    reason: str


def ended_early(rights: Collection[UUID]) -> dict[UUID, EndedEarly]:
    """Of these rights those that somebody ended."""
    asked: Query = sa.select(RightEnd).where(RightEnd.right_id.in_(list(rights)))
    found = db.session.scalars(asked)
    return {
        each.right_id: EndedEarly(each.ended_at, each.ended_by_id, each.reason) for each in found
    }


def posting_ends_at(posting: UUID) -> datetime:
    """Until when somebody is posted (UTC). Raises ``NoResultFound`` without such a posting."""
    asked: Query = sa.select(Posting.ends_at).where(Posting.id == posting)
    found: datetime = db.session.execute(asked).scalar_one()
    return found


def staff_of(agency: UUID, team: UUID | None) -> list[UUID]:
    """Who acts for an agency now, or in one team of it."""
    asked: Query = sa.select(Posting.user_id).where(Posting.agency_id == agency, live(Posting))
    if team is not None:
        asked = asked.where(Posting.team_id == team)
    found = db.session.execute(asked.distinct(), {"at": uow.current().at})
    return sorted(found.scalars())


def people_of_users(*, with_user: bool = False) -> Query:
    """The people on whose case team ``:users`` are now: person_id, after user_id if wanted.

    It never grants: the policy runs on every person that is joined to it.
    """
    users = sa.bindparam("users", type_=sa.Uuid(), expanding=True)
    names = (CaseWorker.user_id, CaseWorker.person_id) if with_user else (CaseWorker.person_id,)
    return sa.select(*names).where(CaseWorker.user_id.in_(users), live(CaseWorker))


def with_more_people(users: Collection[UUID], most: int) -> list[UUID]:
    """Those of these users who may be on more than ``most`` case teams, the most first.

    A question of bookkeeping: how many of them a reader may know of is another.
    """
    several = sa.func.count()
    asked: Query = (
        sa.select(CaseWorker.user_id)
        .where(CaseWorker.user_id.in_(list(users)), live(CaseWorker))
        .group_by(CaseWorker.user_id)
        .having(several > most)
        .order_by(several.desc(), CaseWorker.user_id)
    )
    return list(db.session.execute(asked, {"at": uow.current().at}).scalars())
