"""Who is meant, and what counts: the system's look at everybody, in a unit of work of its own.

Nothing of it is shown. The same is asked whether there is such a person or not.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.agencies.models import Agency
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.offenders import exactly
from mappa.offenders.models import Person
from mappa.offenders.names import Asked as Kind
from mappa.offenders.names import parse_query
from mappa.sharing.emergency.models import EmergencyLookup, EmergencyUse
from mappa.sharing.emergency.rules import COUNTED, Asked, UseState

_KINDS = frozenset({Kind.CRN, Kind.PNC, Kind.VISOR, Kind.PRISON_NUMBER})
_USE, _LOOKUP = EmergencyUse.__table__.c, EmergencyLookup.__table__.c
_person = Person.__table__.c


@dataclass(frozen=True, kw_only=True)
class Found:
    """The one who is meant (``NOBODY`` if that is not exactly one), and what was counted."""

    person: UUID = NOBODY
    owner: UUID = NOBODY
    area: str = ""
    sort_name: str = ""
    jurisdiction: str = ""
    uses_by_user: int = 0
    uses_of_person: int = 0
    empty_lookups: int = 0
    last_not_justified: bool = False


def is_identifier(typed: str) -> bool:
    """Whether the text can be a number by which a person is known."""
    return parse_query(typed).asked in _KINDS


def find(asked: Asked, user: UUID) -> Found:
    """Look among all people. Only inside a unit of work of the system."""
    assert uow.for_system()
    at = uow.current().at
    met = _meant(asked) or [NOBODY]
    ids = {merged.survivor_of(each) for each in met}  # nobody is asked about alike
    person = ids.pop() if len(ids) == 1 else NOBODY
    row = db.session.execute(_who(), {"person": person}).one_or_none()
    return Found(
        person=person,
        owner=row.owner_agency_id if row else NOBODY,
        area=row.area_id if row else "",
        sort_name=row.sort_name if row else "",
        jurisdiction=row.jurisdiction if row else "",
        **_counted(user, person, at),
    )


def _meant(asked: Asked) -> list[UUID]:
    if asked.by_identifier:
        return exactly.by_number(parse_query(asked.identifier).value)
    return exactly.by_name_and_birth(asked.name, asked.born_on)


@cache
def _who() -> Query:
    # The area comes with it: asked apart, an agency that is known already would cost less to ask
    # about than nobody's, and the time would tell that there is a record.
    owner = Agency.__table__
    return (
        sa.select(_person.owner_agency_id, _person.sort_name, _person.jurisdiction, owner.c.area_id)
        .join(owner, owner.c.id == _person.owner_agency_id)
        .where(_person.id == sa.bindparam("person", type_=sa.Uuid()))
    )


@cache
def _counts() -> Query:
    user, person = (sa.bindparam(name, type_=sa.Uuid()) for name in ("user", "person"))
    since = sa.bindparam("since", type_=_USE.opened_at.type)
    recent = _USE.opened_at >= since
    last = (
        sa.select(_USE.state)
        .where(_USE.user_id == user, _USE.state != UseState.OPEN.value)
        .order_by(_USE.opened_at.desc(), _USE.id)
        .limit(1)
    )
    return sa.select(
        _how_many(_USE.id, _USE.user_id == user, recent).label("uses_by_user"),
        _how_many(_USE.id, _USE.person_id == person, recent).label("uses_of_person"),
        _how_many(
            _LOOKUP.id, _LOOKUP.user_id == user, _LOOKUP.at >= since, _LOOKUP.opened.is_(False)
        ).label("empty_lookups"),
        last.scalar_subquery().label("last"),
    )


def _how_many(column: sa.ColumnElement[Any], *conditions: sa.ColumnElement[bool]) -> Any:
    return sa.select(sa.func.count(column)).where(*conditions).scalar_subquery()


def _counted(user: UUID, person: UUID, at: datetime) -> dict[str, Any]:
    binds = {"user": user, "person": person, "since": at - COUNTED}
    found = dict(db.session.execute(_counts(), binds).one()._mapping)
    last = found.pop("last")
    return found | {"last_not_justified": last == UseState.NOT_JUSTIFIED.value}
