"""Reads of handovers, caseloads, and of people without a manager. All start from the policy."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, Clause, word
from mappa.access.models import CaseWorker, Deputy, Posting
from mappa.access.predicates import Rows, live, some
from mappa.access.reading import PERSON, RECORD, Seen, note_read, one, rows, scope, scoped
from mappa.access.terms import CASE_ROLES, SUPERVISORS, Role
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency, User
from mappa.agencies.queries import StaffMember
from mappa.kernel.db import NOBODY, Query
from mappa.offenders.handover.models import Handover
from mappa.offenders.handover.rules import HandoverState
from mappa.offenders.models import Person

LONGEST_LIST = 200
MANAGING = (Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SOCIAL_WORKER)
"""Who manages cases; a social worker only where justice social work is the agency."""

_person = Person.__table__
_handover = Handover.__table__
_sender = sa.alias(User.__table__, "sender")
_receiver = sa.alias(User.__table__, "receiver")
_from_agency = sa.alias(Agency.__table__, "from_agency")
_to_agency = sa.alias(Agency.__table__, "to_agency")
_OF_PERSON = (_person.c.given_name, _person.c.family_name, _person.c.level.label("person_level"))
# A constant: SQLite plans a statement anew at each run if a bind meets a partial index.
_OPEN = _handover.c.state == word(HandoverState.PROPOSED.value)


@cache
def _handovers() -> Query:
    """Handovers with the names of whom and of the two managers and agencies."""
    return (
        scoped(
            Handover,
            *_OF_PERSON,
            sa.func.coalesce(_sender.c.name, "").label("from_name"),
            _receiver.c.name.label("to_name"),
            _from_agency.c.name.label("from_agency"),
            _to_agency.c.name.label("to_agency"),
            person=False,
        )
        .join(_person, _person.c.id == _handover.c.person_id)
        .outerjoin(_sender, _sender.c.id == _handover.c.from_user_id)
        .join(_receiver, _receiver.c.id == _handover.c.to_user_id)
        .join(_from_agency, _from_agency.c.id == _handover.c.owner_agency_id)
        .join(_to_agency, _to_agency.c.id == _handover.c.to_agency_id)
        .where(scope(Person))
        .order_by(_person.c.sort_name, _handover.c.proposed_at.desc(), _handover.c.id)
    )


@cache
def _one() -> Query:
    return _handovers().where(_handover.c.id == RECORD)


@cache
def _of_batch() -> Query:
    return _handovers().where(_handover.c.batch_id == sa.bindparam("batch", type_=sa.Uuid()))


@cache
def _to_me() -> Query:
    mine = sa.and_(_handover.c.to_user_id == ME.user, _handover.c.to_agency_id == ME.agency)
    return _handovers().where(mine, _OPEN).limit(LONGEST_LIST)


def how_many_to_answer() -> sa.ScalarSelect[int]:
    """How many open proposals wait for the reader, as a column; 200 at most."""
    to_me = _to_me().order_by(None)
    of_each = to_me.with_only_columns(_handover.c.id, maintain_column_froms=True)
    return sa.select(sa.func.count()).select_from(of_each.subquery("to_me")).scalar_subquery()


@cache
def _from_me() -> Query:
    mine = sa.or_(_handover.c.from_user_id == ME.user, _handover.c.proposed_by_id == ME.user)
    return _handovers().where(mine, _OPEN).limit(LONGEST_LIST)


@cache
def _open_on() -> Query:
    return scoped(Handover, person=True).where(_OPEN)


def _noted(found: list[Seen]) -> list[Seen]:
    """These handovers; whom they name is read with them."""
    note_read([each.person_id for each in found])
    return found


def handover(actor: Actor, handover_id: UUID) -> Seen:
    """One handover with its names. Raises ``NotFound`` also where the person is not seen."""
    return _noted([one(actor, _one(), Handover, record=handover_id)])[0]


def of_batch(actor: Actor, batch: UUID) -> list[Seen]:
    """What was proposed together, as far as the reader sees it, by name."""
    return _noted(rows(actor, _of_batch(), Handover, batch=batch))


def to_answer(actor: Actor) -> list[Seen]:
    """Open proposals to the reader, by name."""
    return _noted(rows(actor, _to_me(), Handover))


def waiting(actor: Actor) -> list[Seen]:
    """Open proposals by the reader, or of the reader's cases, by name."""
    return _noted(rows(actor, _from_me(), Handover))


def is_proposed(actor: Actor, person_id: UUID) -> bool:
    """Whether a handover of the person waits for its answer, that the reader sees."""
    return bool(rows(actor, _open_on(), Handover, person=person_id))


# Caseloads


@cache
def _managed() -> Query:
    return (
        scoped(Person, person=False)
        .where(
            _person.c.owner_agency_id == ME.agency,
            _person.c.manager_id == sa.bindparam("manager", type_=sa.Uuid()),
        )
        .order_by(_person.c.sort_name, _person.c.id)
        .limit(LONGEST_LIST)
    )


def managed_by(actor: Actor, manager: UUID) -> list[Seen]:
    """The people of the reader's agency whom somebody manages, by name; 200 at most."""
    return rows(actor, _managed(), Person, manager=manager)


@dataclass(frozen=True)
class Cover:
    """Somebody stands in for a manager (UTC)."""

    id: UUID
    manager_id: UUID
    deputy_id: UUID
    manager: str
    deputy: str
    starts_at: datetime
    ends_at: datetime


def _named(found: Sequence[Deputy]) -> list[Cover]:
    ids = {each.manager_id for each in found} | {each.deputy_id for each in found}
    name = agencies.user_names(ids)
    return [
        Cover(
            each.id, each.manager_id, each.deputy_id, name[each.manager_id],
            name[each.deputy_id], each.starts_at, each.ends_at,
        )
        for each in found
    ]  # fmt: skip


def covers_of(actor: Actor, manager: UUID) -> list[Cover]:
    """Who stands in, or will, for a manager of the reader's agency."""
    return _named(teams.covers_of(manager, actor.agency_id))


def covering_for(actor: Actor) -> list[Cover]:
    """For whom the reader stands in now."""
    return _named(teams.covered_by(actor.user_id, actor.agency_id))


def managers(actor: Actor) -> list[StaffMember]:
    """Who manages cases at the reader's agency, by name; for a supervisor those of the team."""
    staff = _once_each(_manage(agencies.staff_of([actor.agency_id])))
    if actor.role is not Role.SUPERVISOR:
        return staff
    return [each for each in staff if teams.team_of(each.user_id, actor.agency_id) == actor.team_id]


def receivers(actor: Actor) -> list[StaffMember]:
    """Who may be asked to take a case over: the managers of the area, the own agency's first.

    Whether one of them may take a certain person is asked of the policy when it is proposed.
    """
    found = agencies.agencies_in(actor.area_id)
    staff = _once_each(_manage(agencies.staff_of([each.id for each in found])))
    return sorted(staff, key=lambda each: each.agency_id != actor.agency_id)


def _manage(staff: Sequence[StaffMember]) -> list[StaffMember]:
    types = {each.agency_id: agencies.agency(each.agency_id).type for each in staff}
    return [
        each
        for each in staff
        if each.role in MANAGING
        and (each.role is not Role.SOCIAL_WORKER or types[each.agency_id] == "justice-social-work")
    ]


def _once_each(staff: Sequence[StaffMember]) -> list[StaffMember]:
    return list({(each.user_id, each.agency_id): each for each in staff}.values())


# Nobody is ever without a manager


def _managed_by_somebody(*, area: bool) -> Clause:
    """The person's manager works on cases at the lead agency and can sign in.

    Asked once for all managers: asked of each person it costs most of a second of a large area.
    """
    post, account = Rows(Posting, "held_post"), Rows.of("user_account", "held_account")
    managers = (
        sa.select(post.agency_id, post.user_id)
        .join(account.table, account.id == post.user_id)
        .where(
            post.area_id == ME.area if area else post.agency_id == ME.agency,
            post.role.in_([word(role.value) for role in CASE_ROLES]),
            live(post, policy.AT),
            account.disabled_at.is_(None),
        )
    )
    return sa.tuple_(_person.c.owner_agency_id, _person.c.manager_id).in_(managers)


def _of_area() -> Clause:
    agency = Rows.of("agency", "area_agency")
    return _person.c.owner_agency_id.in_(sa.select(agency.id).where(agency.area_id == ME.area))


def _has_superior() -> Clause:
    """The lead agency has a lead, or a supervisor in a team that works on the case."""
    post, account = Rows(Posting, "superior_post"), Rows.of("user_account", "superior_account")
    worker = Rows(CaseWorker, "superior_worker")
    in_team = some(
        worker,
        worker.person_id == _person.c.id,
        worker.team_id == post.team_id,
        worker.team_id != sa.literal(NOBODY, sa.Uuid()),
        live(worker, policy.AT),
    )
    found = (
        sa.select(post.user_id)
        .join(account.table, account.id == post.user_id)
        .where(
            post.agency_id == _person.c.owner_agency_id,
            live(post, policy.AT),
            account.disabled_at.is_(None),
            sa.or_(
                post.role == word(Role.AGENCY_LEAD.value),
                sa.and_(post.role == word(Role.SUPERVISOR.value), in_team),
            ),
        )
        .correlate(_person)
    )
    return found.exists()


@cache
def _without_manager(*, area: bool) -> Query:
    statement = (
        scoped(
            Person,
            sa.func.coalesce(_sender.c.name, "").label("last_manager"),
            _from_agency.c.name.label("lead_agency"),
            _from_agency.c.phone.label("lead_phone"),
            person=False,
        )
        .outerjoin(_sender, _sender.c.id == _person.c.manager_id)
        .join(_from_agency, _from_agency.c.id == _person.c.owner_agency_id)
        .where(sa.not_(_managed_by_somebody(area=area)))
        .order_by(_person.c.sort_name, _person.c.id)
        .limit(LONGEST_LIST)
    )
    if area:
        return statement.where(_of_area(), sa.not_(_has_superior()))
    return statement.where(_person.c.owner_agency_id == ME.agency)


@cache
def _left_alone() -> Query:
    return _without_manager(area=True).where(_person.c.id == PERSON)


def is_left_alone(actor: Actor, person_id: UUID) -> bool:
    """Whether nobody manages the person and nobody of the lead agency answers for that."""
    return bool(rows(actor, _left_alone(), Person, person=person_id))


def without_manager(actor: Actor) -> list[Seen]:
    """Whom nobody manages, with ``last_manager`` and ``lead_agency``, by name; 200 at most.

    For the supervisors and the lead of the lead agency; for the co-ordinator where it has none.
    Read when it is asked, so it needs no run of anything.
    """
    if actor.role in SUPERVISORS:
        return rows(actor, _without_manager(area=False), Person)
    if actor.role is Role.COORDINATOR:
        return rows(actor, _without_manager(area=True), Person)
    return []
