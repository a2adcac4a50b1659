"""Who stands at a step of the ladder, and which of the late duties each of them may see."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.reading import scope, sees_person
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.reminders.models import Deadline

AT_ONCE = 50
"""Duties of which a reader's right is asked in one statement; always as many, so planned once."""

_DUTY = Deadline.__table__.c
IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)


@dataclass(frozen=True)
class Post:
    """Whom a step names: a role over what an agency owes, in one of its teams or in none."""

    role: Role
    agency: UUID
    team: UUID


def at(post: Post) -> list[Actor]:
    """The readers at a post now. A co-ordinator or a chair is one of the agency's area."""
    if post.role in (Role.COORDINATOR, Role.CHAIR):
        return agencies.posted(post.role, area=agencies.area_of(post.agency))
    team = post.team if post.role is Role.SUPERVISOR and post.team != NOBODY else None
    return agencies.posted(post.role, agency=post.agency, team=team)


def seen_by(actor: Actor, duties: Sequence[UUID]) -> set[UUID]:
    """Which of these duties the policy lets a reader see; never one that the reader owes."""
    found: set[UUID] = set()
    binds = actor.binds(uow.current().at)
    for ids in padded(duties):
        found |= set(db.session.execute(_seen(), binds | {"ids": ids}).scalars())
    return found


def padded(ids: Sequence[UUID]) -> Iterator[list[UUID]]:
    """The ids in lists of one length."""
    for start in range(0, len(ids), AT_ONCE):
        some = list(ids[start : start + AT_ONCE])
        yield some + [NOBODY] * (AT_ONCE - len(some))


@cache
def _seen() -> Query:
    return sa.select(_DUTY.id).where(
        _DUTY.id.in_(IDS),
        _DUTY.owner_user_id != ME.user,
        scope(Deadline),
        sees_person(_DUTY.person_id),
    )
