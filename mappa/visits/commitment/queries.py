"""Reads of commitments and of the windows that came from them."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import Seen, rows, scoped
from mappa.agencies import queries as agencies
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.reminders.models import Deadline
from mappa.reminders.standards import queries as standards
from mappa.rules.levels import Jurisdiction
from mappa.visits.commitment.models import VisitCommitment
from mappa.visits.commitment.rules import (
    Facts,
    Governing,
    Interval,
    Source,
    band_rule,
    governing,
    interval_of,
)

NEXT_VISIT = "visit"
NEXT_UNANNOUNCED = "visit-unannounced"
KINDS = (NEXT_VISIT, NEXT_UNANNOUNCED)
MOST = 50
"""So many rows of a history are shown."""

_commitment = VisitCommitment.__table__
_owner = sa.alias(Agency.__table__, "commitment_agency")
_author = sa.alias(User.__table__, "commitment_author")

AgreedPlan = Callable[[Actor, UUID], int | None]
_plan: list[AgreedPlan] = []


def plan_is(provider: AgreedPlan) -> None:
    """Ask ``provider(actor, person)`` for the number of the agreed plan. Said by ``app``."""
    _plan[:] = [provider]


def agreed_plan(actor: Actor, person_id: UUID) -> int | None:
    """The version of the plan that is agreed, if the reader sees it."""
    return _plan[0](actor, person_id) if _plan else None


@cache
def _history() -> Query:
    names = (
        _owner.c.name.label("agency_name"),
        _owner.c.type.label("agency_type"),
        _author.c.name.label("by_name"),
    )
    start = _commitment.join(_owner, _owner.c.id == _commitment.c.owner_agency_id).outerjoin(
        _author, _author.c.id == _commitment.c.set_by_id
    )
    return (
        scoped(VisitCommitment, *names, person=True)
        .select_from(start)
        .order_by(_commitment.c.set_at.desc(), _commitment.c.id.desc())
        .limit(MOST)
    )


def history(actor: Actor, person_id: UUID) -> list[Seen]:
    """Every commitment that was set or ended, of every agency, the newest first."""
    return rows(actor, _history(), VisitCommitment, person=person_id)


@cache
def _own() -> Query:
    return _history().where(_commitment.c.owner_agency_id == ME.agency).limit(1)


def last_own(actor: Actor, person_id: UUID) -> Seen | None:
    """What the own agency set last, which may be that nothing stands."""
    found = rows(actor, _own(), VisitCommitment, person=person_id)
    return found[0] if found else None


def is_reactive(last: Seen | None) -> bool:
    """Whether what an agency set last is that nobody visits as a matter of routine."""
    return last is not None and last.reactive_id is not None


def intervals(last: Seen | None) -> dict[str, str]:
    """The intervals that an agency set last for its visits, by kind; empty if none is set."""
    if last is None or not last.every:
        return {}
    unannounced = last.get("unannounced") or ""
    return {NEXT_VISIT: last.every} | ({NEXT_UNANNOUNCED: unannounced} if unannounced else {})


@cache
def _windows() -> Query:
    table = Deadline.__table__
    names = (_owner.c.name.label("agency_name"), _owner.c.type.label("agency_type"))
    return (
        scoped(Deadline, *names, person=True)
        .select_from(table.join(_owner, _owner.c.id == table.c.owed_by_agency_id))
        .where(table.c.kind.in_(KINDS))
        .order_by(table.c.opened_at.desc(), table.c.id.desc())
        .limit(MOST)
    )


def windows(actor: Actor, person_id: UUID) -> list[Seen]:
    """The windows of visits, those that stand and those that gave way, the newest first."""
    return rows(actor, _windows(), Deadline, person=person_id)


def facts(person: Seen, agency_type: str) -> Facts:
    """What the default of an agency's visits hangs on, as far as the reader sees it."""
    band = person.get("risk_band")
    return Facts(
        jurisdiction=person.jurisdiction,
        agency_type=agency_type,
        category=person.get("category"),
        band=None if band in (None, "not_assessed") else band,
    )


def area_interval(facts: Facts, agency: UUID, today: date) -> Interval | None:
    """What the agency's area has set as its local standard for this risk band, if it has."""
    nation = Jurisdiction(facts.jurisdiction)
    if not standards.standards(nation):
        return None
    rule_id = band_rule(NEXT_VISIT, facts.band)
    area = agencies.area_of(agency)
    if rule_id not in standards.local_today(nation, area, today):
        return None
    rule = standards.book_of(nation, area).rule(rule_id, today)
    return Interval(rule.amount, rule.unit.value)


def governs(
    person: Seen, agency: UUID, agency_type: str, own: Seen | None, today: date
) -> Governing:
    """The frequency that holds for an agency's visits; ``own`` is what it set last."""
    if is_reactive(own):
        return Governing(Source.REACTIVE, None)
    known = facts(person, agency_type)
    chosen = interval_of(own.every) if own is not None else None
    area = None if chosen else area_interval(known, agency, today)
    return governing(known, chosen, area)


def latest_of_each(found: Sequence[Seen]) -> dict[UUID, Seen]:
    """Of a history the row that stands, agency by agency."""
    latest: dict[UUID, Seen] = {}
    for each in found:
        latest.setdefault(each.owner_agency_id, each)
    return latest
