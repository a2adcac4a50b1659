"""Reads of what takes access away, for those who administer it; they have been asked already.

Exclusions of one person, the mark of one record, by whom a record may then still be read, and
whose shares are left behind.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.models import (
    Exclusion,
    Mark,
    MirroredRight,
    NamedReader,
    Posting,
    Right,
    Share,
)
from mappa.access.terms import MarkKind, Role, State
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


def kept_from(agency: UUID, people: Collection[UUID]) -> set[UUID]:
    """Of these people those from whose record an agency as a whole is kept out now."""
    if not people:
        return set()
    at = uow.current().at
    found = sa.select(Exclusion.person_id).where(
        Exclusion.person_id.in_(people),
        Exclusion.agency_id == agency,
        Exclusion.state == State.LIVE.value,
        Exclusion.starts_at <= at,
        Exclusion.ends_at > at,
    )
    return set(db.session.scalars(found))


def sources_of(rights: Sequence[UUID]) -> dict[UUID, UUID]:
    """Of those that are images of a right of a person merged with theirs: that right."""
    link = MirroredRight.__table__.c
    found = sa.select(link.right_id, link.source_id).where(
        link.right_id.in_(rights), link.state == State.LIVE.value
    )
    return {each.right_id: each.source_id for each in db.session.execute(found)} if rights else {}


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


def sharers_of(agency: UUID) -> list[UUID]:
    """The users who authorised what an agency shares now, or will."""
    found = (
        sa.select(Share.made_by_id)
        .distinct()
        .where(Share.owner_agency_id == agency, *_lasts(Share))
        .order_by(Share.made_by_id)
    )
    return list(db.session.scalars(found))


def sharing_agencies() -> list[UUID]:
    """The agencies that share something now, or will."""
    found = sa.select(Share.owner_agency_id).distinct().where(*_lasts(Share))
    return list(db.session.scalars(found.order_by(Share.owner_agency_id)))


def shares_authorised(user: UUID, agency: UUID) -> int:
    """How many shares of an agency, running or to come, a user authorised. No content."""
    found = (
        sa.select(sa.func.count())
        .select_from(Share)
        .where(Share.owner_agency_id == agency, Share.made_by_id == user, *_lasts(Share))
    )
    return int(db.session.execute(found).scalar_one())


def _lasts(right: type[Right]) -> tuple[sa.ColumnElement[bool], ...]:
    return right.state == State.LIVE.value, right.ends_at > uow.current().at


def left_at(user: UUID, agency: UUID, role: Role) -> datetime | None:
    """When the last posting of a user in a role at an agency ended, if one did (UTC)."""
    ended = sa.select(sa.func.max(Posting.ends_at)).where(
        Posting.user_id == user,
        Posting.agency_id == agency,
        Posting.role == role.value,
        Posting.ends_at <= uow.current().at,
    )
    found: datetime | None = db.session.execute(ended).scalar_one()
    return found
