"""Reads of the cards of a visit, and of the records of the person that they can be about."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.access.terms import Level
from mappa.agencies.models import User
from mappa.kernel.db import Query
from mappa.offenders.record import queries as records
from mappa.offenders.record.rules import KINDS as RECORDS
from mappa.offenders.record.rules import Kind, said
from mappa.visits.cards.rules import CardKind
from mappa.visits.models import VisitAccount, VisitCard

_card = VisitCard.__table__
_account = VisitAccount.__table__
_author = sa.alias(User.__table__, "card_author")
_VISIT = sa.bindparam("visit", type_=sa.Uuid())

About = tuple[str, UUID]
"""The key of a kind of record, and the record."""


def of_visit_or_account(subject: sa.ColumnElement[UUID]) -> sa.ColumnElement[bool]:
    """What was added belongs to ``:visit``, or to an account of it that the reader sees."""
    accounts = sa.select(_account.c.id).where(
        _account.c.visit_id == _VISIT, scope(VisitAccount, need=Level.FULL)
    )
    return sa.or_(subject == _VISIT, subject.in_(accounts))


@cache
def _cards() -> Query:
    return (
        scoped(VisitCard, _author.c.name.label("by_name"), need=Level.FULL, person=True)
        .select_from(_card.join(_author, _author.c.id == _card.c.added_by_id))
        .where(of_visit_or_account(_card.c.subject_id))
        .order_by(_card.c.added_at, _card.c.id)
    )


def cards(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """The cards of a visit and of the accounts of it, with ``by_name``; those taken back too.

    The first added first; ``subject_id`` says of which.
    """
    return rows(actor, _cards(), VisitCard, person=person_id, visit=visit_id)


def offered(actor: Actor, person_id: UUID, kind: CardKind) -> dict[About, str]:
    """The records that a card can be about, as this reader may read them; none that has ended."""
    return _read(actor, person_id, kind.about, ended=False)


def named(actor: Actor, person_id: UUID, kinds: set[str]) -> dict[About, str]:
    """What records of these kinds are called, of those that this reader may read in full."""
    return _read(actor, person_id, tuple(sorted(kinds)), ended=True)


def _read(actor: Actor, person_id: UUID, keys: tuple[str, ...], *, ended: bool) -> dict[About, str]:
    found: dict[About, str] = {}
    for key in keys:
        kind = RECORDS[key]
        for each in records.records(actor, person_id, kind):
            over = bool(each.get(kind.until) if kind.until else None)
            if each.full and (ended or not over):
                found[key, each.record] = _line(kind, each)
    return found


def _line(kind: Kind, record: Seen) -> str:
    return said(kind.line_of(), {name: record.get(name) for name in kind.said})
