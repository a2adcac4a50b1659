"""Reads for rounds and months: a few statements whatever the number of people.

Each starts from the policy. Only what the reader makes or supervises is asked for, so that the plan
of another for an unannounced visit is on nobody else's list.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, Protected
from mappa.access.reading import Seen, note_read, rows, scope, scoped
from mappa.access.terms import Level, Role
from mappa.agencies.models import Agency
from mappa.kernel.db import NOBODY, Query
from mappa.offenders import queries as people
from mappa.offenders.identity import risk_band
from mappa.offenders.models import Address, Person, StaffWarning
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.rules import VisitState

MOST = 200
"""So many planned visits of a month are shown."""
MOST_DUE = 500
"""So many duties to visit somebody are listed."""

_visit = Visit.__table__
_officer = VisitOfficer.__table__
_person = Person.__table__
_duty = Deadline.__table__.c
_address = Address.__table__
_warning = StaffWarning.__table__
_commitment = VisitCommitment.__table__
_owner = sa.alias(Agency.__table__, "planning_agency")
_PEOPLE = sa.bindparam("people", type_=sa.Uuid(), expanding=True)


@cache
def _planned() -> Query:
    moment = _visit.c.window_from.type
    goes = sa.select(_officer.c.subject_id).where(
        _officer.c.user_id.in_(sa.bindparam("users", type_=sa.Uuid(), expanding=True)),
        sa.not_(_officer.c.attended),
        scope(VisitOfficer, need=Level.FULL),
    )
    names = (_person.c.given_name, _person.c.family_name, _owner.c.name.label("agency_name"))
    return (
        scoped(Visit, *names, need=Level.FULL, person=False)
        .select_from(
            _visit.join(_person, _person.c.id == _visit.c.person_id).join(
                _owner, _owner.c.id == _visit.c.owner_agency_id
            )
        )
        .where(
            _visit.c.state == VisitState.PLANNED.value,
            _visit.c.window_from < sa.bindparam("before", type_=moment),
            _visit.c.window_to >= sa.bindparam("since", type_=moment),
            _visit.c.id.in_(goes),
            scope(Person),
        )
        .order_by(_visit.c.window_from, _visit.c.window_to, _visit.c.id)
        .limit(MOST + 1)
    )


def planned(
    actor: Actor, since: datetime, before: datetime, *, supervised: bool = False
) -> list[Seen]:
    """The planned visits in a time that the reader makes, the earliest 201, with names.

    If asked, those too that are made by staff whom the reader supervises.
    """
    users = {actor.user_id, *(_supervised(actor) if supervised else ())}
    found = rows(actor, _planned(), Visit, users=list(users), since=since, before=before)
    note_read([each.person_id for each in found])
    return found


def _supervised(actor: Actor) -> list[UUID]:
    """Who works in the team of a supervisor, or for the agency of its lead."""
    if actor.role is Role.AGENCY_LEAD:
        return teams.staff_of(actor.agency_id, None)
    if actor.role is Role.SUPERVISOR and actor.team_id != NOBODY:
        return teams.staff_of(actor.agency_id, actor.team_id)
    return []


@cache
def _going() -> Query:
    visits = sa.bindparam("visits", type_=sa.Uuid(), expanding=True)
    return (
        scoped(VisitOfficer, need=Level.FULL, person=False)
        .where(_officer.c.subject_id.in_(visits), sa.not_(_officer.c.attended))
        .order_by(_officer.c.subject_id, _officer.c.place_in_list, _officer.c.id)
    )


def going(actor: Actor, visits: Collection[UUID]) -> dict[UUID, list[str]]:
    """Who is to go, by visit."""
    found: dict[UUID, list[str]] = {}
    for each in _among(actor, _going(), VisitOfficer, "visits", visits):
        found.setdefault(each.subject_id, []).append(each.name)
    return found


@cache
def _due() -> Query:
    names = (_person.c.given_name, _person.c.family_name, risk_band(_person.c.id))
    kinds: sa.BindParameter[Any] = sa.bindparam("kinds", expanding=True)
    return (
        reminders.MY_OPEN.add_columns(*names)
        .join(_person, _person.c.id == _duty.person_id)
        .where(scope(Person), _duty.kind.in_(kinds))
        .limit(MOST_DUE)
    )


def due(actor: Actor, kinds: Collection[str]) -> list[Seen]:
    """What the reader owes of these kinds, the longest due first, with name and ``risk_band``.

    The band is None where the reader does not get it.
    """
    found = rows(actor, _due(), Deadline, kinds=list(kinds))
    note_read([each.person_id for each in found])
    return found


@cache
def _people() -> Query:
    return people.people_of_ids(_PEOPLE)


def listed(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Seen]:
    """Those of these people whom the reader sees, with ``risk_band`` (None: not for the reader)."""
    found = _among(actor, _people(), Person, "people", ids)
    return {each.id: each for each in found}


@cache
def _homes() -> Query:
    return (
        scoped(Address, person=False)
        .where(_address.c.person_id.in_(_PEOPLE), _address.c.until_on.is_(None))
        .order_by(
            _address.c.person_id,
            _address.c.kind == "regular",
            _address.c.from_on.desc(),
            _address.c.id,
        )
    )


def homes(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Seen]:
    """Where these people live now, by person, as far as the reader sees it; the newest home.

    Where a person is regularly found stands in for a home that is not known.
    """
    found: dict[UUID, Seen] = {}
    for each in _among(actor, _homes(), Address, "people", ids):
        found.setdefault(each.person_id, each)
    return found


@cache
def _warnings() -> Query:
    return (
        scoped(StaffWarning, person=False)
        .where(_warning.c.person_id.in_(_PEOPLE), _warning.c.ended_at.is_(None))
        .order_by(_warning.c.person_id, _warning.c.serious.desc(), _warning.c.added_at.desc())
    )


def warnings(actor: Actor, ids: Collection[UUID]) -> dict[UUID, list[Seen]]:
    """The warnings to staff that stand, by person, the most serious first."""
    return _by_person(_among(actor, _warnings(), StaffWarning, "people", ids))


@cache
def _commitments() -> Query:
    return (
        scoped(VisitCommitment, need=Level.FULL, person=False)
        .where(_commitment.c.person_id.in_(_PEOPLE), _commitment.c.owner_agency_id == ME.agency)
        .order_by(_commitment.c.person_id, _commitment.c.set_at.desc(), _commitment.c.id.desc())
    )


def commitments(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Seen]:
    """What the own agency set last of its visits, by person; nothing where that was ended."""
    found = _among(actor, _commitments(), VisitCommitment, "people", ids)
    last = {person: several[0] for person, several in _by_person(found).items()}
    return {person: each for person, each in last.items() if each.every}


@cache
def _last_days() -> Query:
    made = _visit.c.state == VisitState.MADE.value
    days = sa.func.max(_visit.c.made_on).label("last_on")
    start = scoped(Visit, person=False).where(_visit.c.person_id.in_(_PEOPLE), made)
    names = (_visit.c.person_id, days)
    return start.with_only_columns(*names, maintain_column_froms=True).group_by(_visit.c.person_id)


@cache
def _last() -> Query:
    days = _last_days().subquery("last_days")
    return (
        scoped(Visit, _owner.c.name.label("agency_name"), person=False)
        .select_from(
            _visit.join(
                days,
                sa.and_(days.c.person_id == _visit.c.person_id, days.c.last_on == _visit.c.made_on),
            ).join(_owner, _owner.c.id == _visit.c.owner_agency_id)
        )
        .where(_visit.c.state == VisitState.MADE.value)
        .order_by(_visit.c.person_id, _visit.c.arrived_at.desc(), _visit.c.id)
    )


def last_made(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Seen]:
    """The last visit that was made to each of these people, as the reader sees it."""
    found = _by_person(_among(actor, _last(), Visit, "people", ids))
    return {person: several[0] for person, several in found.items()}


def _among(
    actor: Actor, statement: Query, model: type[Protected], name: str, ids: Collection[UUID]
) -> list[Seen]:
    """The rows of a list of ids; for none nothing is asked."""
    return rows(actor, statement, model, **{name: list(ids)}) if ids else []


def _by_person(found: Sequence[Seen]) -> dict[UUID, list[Seen]]:
    by_person: dict[UUID, list[Seen]] = {}
    for each in found:
        by_person.setdefault(each.person_id, []).append(each)
    return by_person
