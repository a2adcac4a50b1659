"""What the shared record offers to the timeline of a person, kind by kind.

Columns of each part: kind, record, at, day, title, body, by_name, agency_name. An entry of which
the reader knows only the day says when it happened, never who wrote it down or when.
"""

from dataclasses import replace
from functools import cache
from typing import Any

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.labels import ME, Clause, Column, Label, Protected
from mappa.access.reading import PERSON, of_person, scope
from mappa.access.terms import Level, Section
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query, asked_once
from mappa.kernel.types import midnight
from mappa.offenders.models import Address, Offence, Order, StaffWarning
from mappa.offenders.record.models import Custody, ManagementLevel

_address = Address.__table__
_warning = StaffWarning.__table__
_owner = sa.alias(Agency.__table__, "entry_agency")
_author = sa.alias(User.__table__, "entry_author")
Title = str | Column
"""The same for all entries of a part, or said by each row."""


def _label(model: type[Protected], *, person: bool) -> Label:
    return replace(model.label(), person=PERSON) if person else model.label()


def _with_names(table: sa.FromClause, author: Any) -> sa.FromClause:
    owned = table.join(_owner, _owner.c.id == table.c.owner_agency_id)
    return owned.outerjoin(_author, _author.c.id == author)


def _bound(statement: Query, table: sa.FromClause, *, person: bool) -> Query:
    return statement.where(of_person(table.c.person_id)) if person else statement


def _place(of: sa.FromClause) -> sa.ColumnElement[str]:
    lines = sa.func.replace(of.c.lines, "\n", ", ")
    return sa.case(
        (of.c.kind == "no_fixed_address", "No fixed address"),
        else_=sa.func.trim(lines + " " + of.c.postcode),
    )


def _addresses(*, person: bool) -> Query:
    """Whole for full readers, else the district and the day; the policy is asked once."""
    of = _label(Address, person=person)
    full: Clause = policy.level(Section.CONTACT, ME, of, policy.AT) == Level.FULL.value
    found = _bound(
        sa.select(
            _address.c.id, _address.c.kind, _address.c.lines, _address.c.postcode,
            _address.c.district, _address.c.from_on, _address.c.added_at, full.label("whole"),
            sa.func.coalesce(_author.c.name, "").label("by_name"),
            _owner.c.name.label("agency_name"),
        )
        .select_from(_with_names(_address, _address.c.added_by_id))
        .where(scope(Address, of=of)),
        _address, person=person,
    )  # fmt: skip
    seen = asked_once(found, "addresses_seen", person=person)
    whole = seen.c.whole
    return sa.select(
        sa.literal("address").label("kind"),
        seen.c.id.label("record"),
        sa.case((whole, seen.c.added_at), else_=midnight(seen.c.from_on)).label("at"),
        sa.case((whole, sa.null()), else_=seen.c.from_on).label("day"),
        sa.case((whole, "Address added"), else_="Current address").label("title"),
        sa.case((whole, _place(seen)), else_=seen.c.district).label("body"),
        sa.case((whole, seen.c.by_name), else_="").label("by_name"),
        seen.c.agency_name.label("agency_name"),
    )


def _warnings(*, person: bool) -> Query:
    """Each warning as it is added, and again as it ends; the policy is asked once."""
    of = _label(StaffWarning, person=person)
    seen = _bound(
        sa.select(
            _warning.c.id, _warning.c.headline, _warning.c.end_reason, _warning.c.added_at,
            _warning.c.ended_at, sa.func.coalesce(_author.c.name, "").label("by_name"),
            _owner.c.name.label("agency_name"),
        )
        .select_from(_with_names(_warning, _warning.c.added_by_id))
        .where(scope(StaffWarning, of=of)),
        _warning, person=person,
    ).cte("warnings_seen")  # fmt: skip
    added = _entry(
        "warning", seen.c.id, seen.c.added_at, None, "Warning to staff added", seen.c.headline,
        seen.c.by_name, seen.c.agency_name,
    )  # fmt: skip
    ended = _entry(
        "warning", seen.c.id, seen.c.ended_at, None, "Warning to staff ended", seen.c.end_reason,
        sa.literal(""), seen.c.agency_name,
    ).where(seen.c.ended_at.is_not(None))  # fmt: skip
    return sa.select(sa.union_all(added, ended).subquery("warning_changes"))


def _entry(
    kind: str, record: Column, at: Column, day: Column | None, title: Title, body: Column,
    by_name: Column, agency: Column,
) -> Query:  # fmt: skip
    return sa.select(
        sa.literal(kind).label("kind"),
        record.label("record"),
        at.label("at"),
        (sa.cast(sa.null(), sa.Date()) if day is None else day).label("day"),
        (sa.literal(title) if isinstance(title, str) else title).label("title"),
        body.label("body"),
        by_name.label("by_name"),
        agency.label("agency_name"),
    )


@cache
def addresses_part(*, person: bool = True) -> Query:
    """Addresses: whole for full readers, the district of the current one for the summary."""
    return _addresses(person=person)


@cache
def warnings_part(*, person: bool = True) -> Query:
    """Warnings to staff, as they are added and as they end."""
    return _warnings(person=person)


@cache
def timeline_part(*, person: bool = True) -> Query:
    """Addresses and warnings of ``:person`` as entries of a timeline."""
    parts = (_addresses(person=person), _warnings(person=person))
    return sa.select(sa.union_all(*parts).subquery("record_changes"))


def _on_days(
    model: type[Protected], kind: str, body: Column, *events: tuple[Column, Title],
    need: Level = Level.FULL, person: bool,
) -> Query:  # fmt: skip
    """What courts, prisons and meetings date: one entry for each day, the policy asked once."""
    table = model.__table__  # type: ignore[attr-defined]
    days = [day.label(f"day_{number}") for number, (day, _) in enumerate(events)]
    days += [
        title.label(f"title_{number}")
        for number, (_, title) in enumerate(events)
        if not isinstance(title, str)
    ]
    seen = _bound(
        sa.select(table.c.id, body.label("body"), _owner.c.name.label("agency_name"), *days)
        .select_from(table.join(_owner, _owner.c.id == table.c.owner_agency_id))
        .where(scope(model, need=need, of=_label(model, person=person))),
        table,
        person=person,
    ).cte(f"{kind}_seen")
    arms = []
    for number, (_, title) in enumerate(events):
        day = seen.c[f"day_{number}"]
        title = title if isinstance(title, str) else seen.c[f"title_{number}"]
        entry = _entry(
            kind, seen.c.id, midnight(day), day, title, seen.c.body, sa.literal(""),
            seen.c.agency_name,
        )  # fmt: skip
        arms.append(entry.where(day.is_not(None)))
    return sa.select(sa.union_all(*arms).subquery(f"{kind}_days"))


@cache
def orders_part(*, person: bool = True) -> Query:
    """Orders as they are made and as they cease to be in force; for full readers."""
    order = Order.__table__.c
    made, ceased = (order.made_on, "Order made"), (order.until_on, "Order no longer in force")
    return _on_days(Order, "order", order.name, made, ceased, person=person)


@cache
def offences_part(*, person: bool = True) -> Query:
    """Convictions, for full readers."""
    offence = Offence.__table__.c
    said = offence.kind + ", " + offence.sentence
    convicted = (offence.convicted_on, "Convicted")
    return _on_days(Offence, "offence", said, convicted, person=person)


def _if_abroad(abroad: str, held: str) -> Column:
    return sa.case((Custody.__table__.c.kind == sa.literal("abroad"), abroad), else_=held)


@cache
def custody_part(*, person: bool = True) -> Query:
    """Times in custody or abroad as they begin and end, for full readers."""
    custody = Custody.__table__.c
    began = (custody.from_on, _if_abroad("Left the United Kingdom", "Custody began"))
    released = (custody.until_on, _if_abroad("Back in the United Kingdom", "Released"))
    return _on_days(Custody, "custody", custody.place, began, released, person=person)


@cache
def levels_part(*, person: bool = True) -> Query:
    """Each category and level as it began, with its reason for full readers."""
    table, text = ManagementLevel.__table__, sa.Text()
    of = _label(ManagementLevel, person=person)
    full = policy.level(Section.IDENTITY, ME, of, policy.AT) == Level.FULL.value
    said = (
        sa.literal("Category ", text)
        + sa.cast(table.c.category, text)
        + ", level "
        + sa.cast(table.c.level, text)
    )
    body = said + sa.case((sa.and_(table.c.reason != "", full), ". " + table.c.reason), else_="")
    began = (table.c.from_on, "Category and level")
    return _on_days(ManagementLevel, "level", body, began, need=Level.SUM, person=person)
