"""Reads of what a logged visit said before, and of who countersigned it."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import Seen, rows, scoped
from mappa.access.terms import Level
from mappa.agencies.models import User
from mappa.kernel.db import Query
from mappa.visits.models import VisitSignature, VisitVersion

_version = VisitVersion.__table__
_signature = VisitSignature.__table__
_author = sa.alias(User.__table__, "version_author")
_VISIT = sa.bindparam("visit", type_=sa.Uuid())


@cache
def _versions() -> Query:
    return (
        scoped(VisitVersion, _author.c.name.label("by_name"), need=Level.FULL, person=True)
        .select_from(_version.join(_author, _author.c.id == _version.c.by_id))
        .where(_version.c.subject_id == _VISIT)
        .order_by(_version.c.number)
    )


def versions(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """What a visit said before each correction, the first version first, with ``by_name``."""
    return rows(actor, _versions(), VisitVersion, person=person_id, visit=visit_id)


@cache
def _signatures() -> Query:
    return (
        scoped(VisitSignature, _author.c.name.label("by_name"), need=Level.FULL, person=True)
        .select_from(_signature.join(_author, _author.c.id == _signature.c.by_id))
        .where(_signature.c.subject_id == _VISIT)
        .order_by(_signature.c.of_version)
    )


def signatures(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """Who countersigned a visit, the first first, with ``by_name``."""
    return rows(actor, _signatures(), VisitSignature, person=person_id, visit=visit_id)
