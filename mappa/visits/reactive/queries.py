"""Reads of reactive management, and what a reader knows that decides on it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import Protected
from mappa.access.reading import RECORD, Seen, one, rows, scoped
from mappa.access.terms import Level
from mappa.kernel.clock import day_of
from mappa.kernel.db import Query
from mappa.reminders.standards import queries as standards
from mappa.risk import queries as risk
from mappa.rules.deadlines import due
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import DeadlineRule
from mappa.rules.wording import interval_words
from mappa.visits.reactive.models import ReactiveManagement, ReactiveReview
from mappa.visits.reactive.rules import OPEN, Assessed, Known, low_since

ELIGIBLE, RECENT = "reactive-management-eligible", "reactive-management-recent"
"""The rules: how long the risk must have been low, and what counts as recent intelligence."""
NATION = Jurisdiction.ENGLAND_WALES

LastIntelligence = Callable[[Actor, UUID], tuple[str, datetime] | None]
_intelligence: list[LastIntelligence] = []


def intelligence_is(provider: LastIntelligence) -> None:
    """Ask ``provider(actor, person)`` for the last item that this reader may read.

    Said by ``app``.
    """
    _intelligence[:] = [provider]


def _whole(model: type[Protected], *order: sa.ColumnElement[object]) -> Query:
    return scoped(model, need=Level.FULL, person=True).order_by(*order)


@cache
def _of_person() -> Query:
    of = ReactiveManagement.__table__.c
    return _whole(ReactiveManagement, of.proposed_at.desc(), of.id)


@cache
def _one() -> Query:
    return _of_person().where(ReactiveManagement.__table__.c.id == RECORD)


@cache
def _reviews() -> Query:
    of = ReactiveReview.__table__.c
    return _whole(ReactiveReview, of.raised_at.desc(), of.id)


@cache
def _one_review() -> Query:
    return _reviews().where(ReactiveReview.__table__.c.id == RECORD)


def of_person(actor: Actor, person_id: UUID) -> list[Seen]:
    """Every proposal with what became of it, the latest first."""
    return rows(actor, _of_person(), ReactiveManagement, person=person_id)


def proposal(actor: Actor, person_id: UUID, reactive_id: UUID) -> Seen:
    """One of them. Raises ``NotFound``."""
    return one(actor, _one(), ReactiveManagement, person=person_id, record=reactive_id)


def reviews(actor: Actor, person_id: UUID) -> list[Seen]:
    """The changes on which this reader is asked, the latest first."""
    return rows(actor, _reviews(), ReactiveReview, person=person_id)


def review(actor: Actor, person_id: UUID, review_id: UUID) -> Seen:
    """One of them. Raises ``NotFound``."""
    return one(actor, _one_review(), ReactiveReview, person=person_id, record=review_id)


def is_open(found: Seen) -> bool:
    """Whether a proposal waits, or stands."""
    return found.state in OPEN


@dataclass(frozen=True)
class Rules:
    """The two rules as they hold for an agency on a day."""

    eligible: DeadlineRule
    recent: DeadlineRule


def rules_for(agency: UUID, on: date) -> Rules:
    """How long is long enough, and what is recent."""
    book = standards.book_for(NATION, agency)
    return Rules(book.rule(ELIGIBLE, on), book.rule(RECENT, on))


def known(actor: Actor, person: Seen, today: date) -> Known:
    """What this reader knows that decides; what the reader may not see plays no part."""
    history = [
        Assessed(each.owner_agency_id, each.band, each.assessed_on)
        for each in reversed(risk.history(actor, person.record))
    ]
    of = rules_for(actor.agency_id, today)
    since = low_since(history)
    reference, until = _recent(actor, person.record, of.recent, today)
    return Known(
        jurisdiction=person.jurisdiction,
        category=person.get("category"),
        band=person.get("risk_band"),
        low_since=since,
        eligible_on=due(of.eligible, since, ()).due_on if since else None,
        low_for=interval_words(of.eligible.amount, of.eligible.unit),
        recent=reference,
        recent_until=until,
    )


def _recent(
    actor: Actor, person_id: UUID, rule: DeadlineRule, today: date
) -> tuple[str, date | None]:
    last = _intelligence[0](actor, person_id) if _intelligence else None
    if last is None:
        return "", None
    reference, reported_at = last
    until = due(rule, day_of(reported_at), ()).due_on
    return (reference, until) if until >= today else ("", None)
