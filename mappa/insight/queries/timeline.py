"""The timeline of a person: one union of what each feature offers under its own scope."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.reading import about, note_read
from mappa.access.terms import Level, Section
from mappa.actions import queries as actions
from mappa.insight.queries import changes
from mappa.intelligence import queries as intelligence
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.types import UtcDateTime
from mappa.meetings import queries as meetings
from mappa.offenders import timeline as record
from mappa.plans import queries as plans
from mappa.risk import queries as risk
from mappa.visits import queries as visits

PAGE = 25
SIZES = (25, 50, 100, 200)
"""How many entries a page may have."""
_MOST = sa.bindparam("most", type_=sa.Integer())
_COLUMNS = ("kind", "record", "at", "day", "title", "body", "by_name", "agency_name")


@dataclass(frozen=True)
class Part:
    """What one feature offers to the timeline."""

    key: str
    label: str
    section: Section
    need: Level
    select: Callable[[], Query]
    by_day: bool = False
    """Each entry happened on its ``day`` in London, and an index has the entries by day: only the
    newest of a long part are read."""


PARTS: tuple[Part, ...] = (
    Part("addresses", "Addresses", Section.CONTACT, Level.SUM, record.addresses_part),
    Part("warnings", "Warnings to staff", Section.WARNINGS, Level.SUM, record.warnings_part),
    Part("levels", "Category and level", Section.IDENTITY, Level.SUM, record.levels_part),
    Part("orders", "Orders", Section.ORDERS, Level.FULL, record.orders_part),
    Part("offences", "Convictions", Section.OFFENCES, Level.FULL, record.offences_part),
    Part(
        "custody", "Custody, hospital and abroad", Section.OFFENCES, Level.FULL, record.custody_part
    ),
    Part("changes", "Other changes", Section.IDENTITY, Level.FULL, changes.timeline_part),
    Part("risk", "Risk assessments", Section.RISK, Level.SUM, risk.timeline_part),
    Part("plan", "Plans", Section.PLAN, Level.SUM, plans.timeline_part),
    Part("visits", "Visits", Section.VISITS, Level.SUM, visits.timeline_part, by_day=True),
    Part(
        "intelligence",
        "Intelligence",
        Section.INTELLIGENCE,
        Level.SUM,
        intelligence.timeline_part,
    ),
    Part("meetings", "Meetings", Section.MEETINGS, Level.SUM, meetings.timeline_part),
    Part("actions", "Actions", Section.MEETINGS, Level.SUM, actions.timeline_part),
)


@dataclass(frozen=True)
class Happening:
    """One entry of a timeline; with ``day`` the hour is not known to the reader."""

    part: str
    kind: str
    record: UUID
    at: datetime
    day: date | None
    title: str
    body: str
    by_name: str
    agency_name: str


@cache
def _statement(keys: tuple[str, ...], *, onward: bool) -> Query:
    arms = (sa.select(_newest(part, onward=onward)) for part in PARTS if part.key in keys)
    happened = sa.union_all(*arms).subquery("happened")
    statement = sa.select(happened).order_by(happened.c.at.desc(), happened.c.record.desc())
    return statement.limit(_MOST)


def _newest(part: Part, *, onward: bool) -> sa.Subquery:
    """As many entries of one part as a page holds, so that a long one is not sorted with others."""
    offered = part.select().order_by(None).subquery(part.key)
    columns = (offered.c[name] for name in _COLUMNS)
    statement = sa.select(sa.literal_column(f"'{part.key}'").label("part"), *columns)
    if onward:
        at = sa.bindparam("key_at", type_=UtcDateTime())
        record = sa.bindparam("key_record", type_=sa.Uuid())
        older = sa.and_(offered.c.at == at, offered.c.record < record)
        statement = statement.where(sa.or_(offered.c.at < at, older))
    if onward and part.by_day:
        statement = statement.where(offered.c.day <= sa.bindparam("key_day", type_=sa.Date()))
    by_day = [offered.c.day.desc()] if part.by_day else []
    order = (*by_day, offered.c.at.desc(), offered.c.record.desc())
    return statement.order_by(*order).limit(_MOST).subquery(f"newest_{part.key}")


def _place(at: datetime, record: UUID) -> dict[str, Any]:
    """Where a page begins. The day only bounds the search: in London it may be one later."""
    last = date.fromordinal(min(at.toordinal() + 1, date.max.toordinal()))
    return {"key_at": at, "key_record": record, "key_day": last}


def offered(standing: Standing) -> list[Part]:
    """The kinds of entries that this reader can open, or may by a share: each row asks itself."""
    return [
        part
        for part in PARTS
        if standing.at_least(part.section, part.need) or part.section in standing.shared
    ]


def happenings(
    actor: Actor,
    standing: Standing,
    *,
    only: str | None = None,
    before: tuple[datetime, UUID] | None = None,
    most: int = PAGE,
) -> tuple[Sequence[Happening], bool]:
    """What happened, newest first, and whether there is more. ``only`` is the key of one part."""
    keys = (only,) if only else tuple(part.key for part in PARTS)
    statement, mine = about(_statement(keys, onward=before is not None), standing.person)
    binds = actor.binds(uow.current().at) | mine | {"most": most + 1}
    if before:
        binds |= _place(*before)
    found = db.session.execute(statement, binds).all()
    seen = [Happening(*row) for row in found[:most]]
    note_read(each.record for each in seen)
    return seen, len(found) > most
