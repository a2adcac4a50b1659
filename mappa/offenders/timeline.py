"""What the shared record offers to the timeline of a person: addresses and warnings to staff."""

from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.labels import ME, Clause, Label, Protected
from mappa.access.reading import PERSON, of_person, scope
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.kernel.types import UtcDateTime
from mappa.offenders.models import Address, StaffWarning

_address = Address.__table__
_warning = StaffWarning.__table__
_owner = sa.alias(Agency.__table__, "entry_agency")
_author = sa.alias(User.__table__, "entry_author")


def _label(model: type[Protected], *, person: bool) -> Label:
    return replace(model.label(), person=PERSON) if person else model.label()


def _with_names(table: sa.FromClause, author: Any) -> sa.FromClause:
    owned = table.join(_owner, _owner.c.id == table.c.owner_agency_id)
    return owned.outerjoin(_author, _author.c.id == author)


def _bound(statement: Query, table: sa.FromClause, *, person: bool) -> Query:
    return statement.where(of_person(table.c.person_id)) if person else statement


def _place() -> sa.ColumnElement[str]:
    lines = sa.func.replace(_address.c.lines, "\n", ", ")
    return sa.case(
        (_address.c.kind == "no_fixed_address", "No fixed address"),
        else_=sa.func.trim(lines + " " + _address.c.postcode),
    )


def _addresses(*, person: bool) -> Query:
    of = _label(Address, person=person)
    full: Clause = policy.level(Section.CONTACT, ME, of, policy.AT) == Level.FULL.value
    began = sa.cast(_address.c.from_on, UtcDateTime())
    statement: Query = (
        sa.select(
            sa.literal("address").label("kind"),
            _address.c.id.label("record"),
            sa.case((full, _address.c.added_at), else_=began).label("at"),
            sa.case((full, sa.null()), else_=_address.c.from_on).label("day"),
            sa.case((full, "Address added"), else_="Current address").label("title"),
            sa.case((full, _place()), else_=_address.c.district).label("body"),
            sa.case((full, sa.func.coalesce(_author.c.name, "")), else_="").label("by_name"),
            _owner.c.name.label("agency_name"),
        )
        .select_from(_with_names(_address, _address.c.added_by_id))
        .where(scope(Address, of=of))
    )
    return _bound(statement, _address, person=person)


def _warnings(*, ended: bool, person: bool) -> Query:
    of = _label(StaffWarning, person=person)
    text = _warning.c.end_reason if ended else _warning.c.headline
    author = sa.literal("") if ended else sa.func.coalesce(_author.c.name, "")
    title = "Warning to staff ended" if ended else "Warning to staff added"
    statement: Query = (
        sa.select(
            sa.literal("warning").label("kind"),
            _warning.c.id.label("record"),
            (_warning.c.ended_at if ended else _warning.c.added_at).label("at"),
            sa.cast(sa.null(), sa.Date()).label("day"),
            sa.literal(title).label("title"),
            text.label("body"),
            author.label("by_name"),
            _owner.c.name.label("agency_name"),
        )
        .select_from(_with_names(_warning, _warning.c.added_by_id))
        .where(scope(StaffWarning, of=of))
    )
    if ended:
        statement = statement.where(_warning.c.ended_at.is_not(None))
    return _bound(statement, _warning, person=person)


@cache
def timeline_part(*, person: bool = True) -> Query:
    """Addresses and warnings of ``:person`` as entries of a timeline.

    Columns: kind, record, at, day, title, body, by_name, agency_name. A reader of the summary has
    the district of the current address and the day it began, never who wrote it down or when.
    """
    parts = (
        _addresses(person=person),
        _warnings(ended=False, person=person),
        _warnings(ended=True, person=person),
    )
    return sa.select(sa.union_all(*parts).subquery("record_changes"))
