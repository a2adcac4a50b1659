"""Reads of what takes access away, for those who administer it; they have been asked already.

Exclusions of one person, the mark of one record, and by whom a record may then still be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.models import Exclusion, Mark, NamedReader
from mappa.access.terms import MarkKind, State
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, db


@dataclass(frozen=True, kw_only=True)
class KeptOut:
    """A user, or an agency, that is or will be kept out of a person's record. Times are UTC."""

    id: UUID
    person_id: UUID
    user_id: UUID
    agency_id: UUID
    reason: str
    starts_at: datetime
    ends_at: datetime
    made_by_id: UUID
    made_at: datetime


def exclusions_of(person: UUID) -> list[KeptOut]:
    """Who is kept out of a person's record now, or will be; the first to begin first."""
    found = sa.select(Exclusion).where(
        Exclusion.person_id == person,
        Exclusion.state == State.LIVE.value,
        Exclusion.ends_at > uow.current().at,
    )
    return [
        KeptOut(
            id=each.id,
            person_id=each.person_id,
            user_id=each.user_id,
            agency_id=each.agency_id,
            reason=each.reason,
            starts_at=each.starts_at,
            ends_at=each.ends_at,
            made_by_id=each.made_by_id,
            made_at=each.made_at,
        )
        for each in db.session.scalars(found.order_by(Exclusion.starts_at, Exclusion.id))
    ]


def exclusion_to_end(exclusion: UUID) -> Exclusion | None:
    """The right itself, locked, while it lasts."""
    found = db.session.get(Exclusion, exclusion, with_for_update=True)
    lasts = found is not None and found.state == State.LIVE.value
    return found if lasts and found is not None and found.ends_at > uow.current().at else None


@dataclass(frozen=True, kw_only=True)
class Marked:
    """How a record is marked: how, why, by whom, and when it is looked at again. Times are UTC."""

    id: UUID
    kind: MarkKind
    reason: str
    review_at: datetime
    made_by_id: UUID
    made_at: datetime


def mark_of(record: UUID) -> Marked | None:
    """The live mark of a record, if it has one."""
    each = db.session.scalars(_marks(record)).first()
    if each is None:
        return None
    return Marked(
        id=each.id,
        kind=MarkKind(each.kind),
        reason=each.reason,
        review_at=each.review_on,
        made_by_id=each.made_by_id,
        made_at=each.made_at,
    )


def marks_to_end(record: UUID) -> Sequence[Mark]:
    """The live marks of a record themselves, locked."""
    return db.session.scalars(_marks(record).with_for_update()).all()


def _marks(record: UUID) -> sa.Select[Mark]:
    at = uow.current().at
    return (
        sa.select(Mark)
        .where(
            Mark.record_id == record,
            Mark.state == State.LIVE.value,
            Mark.starts_at <= at,
            Mark.ends_at > at,
        )
        .order_by(Mark.made_at.desc(), Mark.id)
    )


def readers_to_end(record: UUID) -> Sequence[NamedReader]:
    """The named readers of a record that stand, locked."""
    found = sa.select(NamedReader).where(
        NamedReader.record_id == record,
        NamedReader.state == State.LIVE.value,
        NamedReader.ends_at > uow.current().at,
    )
    return db.session.scalars(found.order_by(NamedReader.id).with_for_update()).all()


def named_users(record: UUID) -> list[UUID]:
    """The users who may read a record by name."""
    found = sa.select(NamedReader.user_id).where(
        NamedReader.record_id == record,
        NamedReader.user_id != NOBODY,
        NamedReader.state == State.LIVE.value,
        NamedReader.ends_at > uow.current().at,
    )
    return list(dict.fromkeys(db.session.scalars(found.order_by(NamedReader.made_at))))
