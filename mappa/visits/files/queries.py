"""Reads of the files of a visit, each starting from the policy."""

from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import RECORD, Seen, one, rows, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query
from mappa.offenders.files import queries as files
from mappa.offenders.files.queries import Opened
from mappa.offenders.files.store import Store
from mappa.visits.cards.queries import of_visit_or_account
from mappa.visits.files.models import VisitFile

_file = VisitFile.__table__
_adder = sa.alias(User.__table__, "visit_file_adder")
_STORED = (_file.c.stored_as.label("kept_as"), _file.c.view_as.label("shown_as"))


@cache
def _of_visit() -> Query:
    statement = scoped(
        VisitFile,
        Agency.name.label("agency_name"),
        _adder.c.name.label("by_name"),
        (_file.c.view_as != "").label("has_picture"),
        need=Level.FULL,
        person=True,
    )
    return (
        statement.join(Agency, Agency.id == _file.c.owner_agency_id)
        .outerjoin(_adder, _adder.c.id == _file.c.added_by_id)
        .where(of_visit_or_account(_file.c.subject_id))
        .order_by(_file.c.added_at, _file.c.id)
    )


@cache
def _one() -> Query:
    return _of_visit().where(_file.c.id == RECORD)


@cache
def _stored() -> Query:
    found = scoped(VisitFile, *_STORED, need=Level.FULL, person=True)
    return found.where(of_visit_or_account(_file.c.subject_id), _file.c.id == RECORD)


def of_visit(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Seen]:
    """The files of a visit and of the accounts of it that the reader may see, the first first.

    ``subject_id`` says of which.
    """
    return rows(actor, _of_visit(), VisitFile, person=person_id, visit=visit_id)


def file(actor: Actor, person_id: UUID, visit_id: UUID, file_id: UUID) -> Seen:
    """One of them. Raises ``NotFound``."""
    return one(actor, _one(), VisitFile, person=person_id, visit=visit_id, record=file_id)


def picture(actor: Actor, store: Store, person_id: UUID, visit_id: UUID, file_id: UUID) -> Opened:
    """The picture made for viewing. Raises ``NotFound`` or ``RuleBroken``."""
    return files.picture_of(store, _to_open(actor, person_id, visit_id, file_id))


def original(actor: Actor, store: Store, person_id: UUID, visit_id: UUID, file_id: UUID) -> Opened:
    """The file as it was sent; a picture only to its own agency.

    Raises ``NotFound`` or ``RuleBroken``.
    """
    return files.original_of(actor, store, _to_open(actor, person_id, visit_id, file_id))


def _to_open(actor: Actor, person_id: UUID, visit_id: UUID, file_id: UUID) -> Seen:
    seen = one(actor, _stored(), VisitFile, person=person_id, visit=visit_id, record=file_id)
    files.check_opens(actor, seen)
    return seen
