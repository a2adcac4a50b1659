"""Reads of files: what this reader may see of a person's, each starting from the policy."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.reading import RECORD, Seen, one, rows, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel.db import Query, db
from mappa.kernel.errors import RuleBroken
from mappa.offenders.files.models import PersonFile
from mappa.offenders.files.rules import Content, Scan
from mappa.offenders.files.store import NotStored, Store

_file = PersonFile.__table__
_adder = sa.alias(User.__table__, "file_adder")
_NAMES = (Agency.name.label("agency_name"), _adder.c.name.label("by_name"))
_STORED = (_file.c.stored_as.label("kept_as"), _file.c.view_as.label("shown_as"))


@cache
def _of_person() -> Query:
    statement = scoped(
        PersonFile, *_NAMES, (_file.c.view_as != "").label("has_picture"),
        need=Level.FULL, person=True,
    )  # fmt: skip
    return (
        statement.join(Agency, Agency.id == _file.c.owner_agency_id)
        .outerjoin(_adder, _adder.c.id == _file.c.added_by_id)
        .order_by(_file.c.dated_on.desc(), _file.c.id)
    )


@cache
def _one_of_person() -> Query:
    return _of_person().where(_file.c.id == RECORD)


@cache
def _stored() -> Query:
    return scoped(PersonFile, *_STORED, need=Level.FULL, person=True).where(_file.c.id == RECORD)


def files(actor: Actor, person_id: UUID) -> list[Seen]:
    """The files of a person that the reader may see, the latest first."""
    return rows(actor, _of_person(), PersonFile, person=person_id)


def file(actor: Actor, person_id: UUID, file_id: UUID) -> Seen:
    """One file of a person. Raises ``NotFound``, also for a file of somebody else."""
    return one(actor, _one_of_person(), PersonFile, person=person_id, record=file_id)


_TABLES: list[Any] = [PersonFile]
_ELSEWHERE: list[Callable[[], set[str]]] = []


def also_of(table: Any) -> None:
    """Mind the rows of another ``Stored`` table: they name bytes too. Said by ``app``."""
    if table not in _TABLES:
        _TABLES.append(table)


def also_named(names: Callable[[], set[str]]) -> None:
    """Mind bytes that no row names yet, but a draft does. Said by ``app``."""
    if names not in _ELSEWHERE:
        _ELSEWHERE.append(names)


@dataclass(frozen=True)
class Opened:
    """The bytes of a file, with what is known of them."""

    data: bytes
    content: Content
    name: str


def picture(actor: Actor, store: Store, person_id: UUID, file_id: UUID) -> Opened:
    """The picture made for viewing.

    Raises ``NotFound`` without one, ``RuleBroken`` for what is not opened any more.
    """
    return picture_of(store, _to_open(actor, person_id, file_id))


def original(actor: Actor, store: Store, person_id: UUID, file_id: UUID) -> Opened:
    """The file as it was sent; a picture only to its own agency, for it tells where it was taken.

    Raises ``NotFound``, or ``RuleBroken`` for what is not opened.
    """
    return original_of(actor, store, _to_open(actor, person_id, file_id))


def picture_of(store: Store, seen: Seen) -> Opened:
    """The picture made for viewing, of a row that was asked for with its names."""
    return Opened(bytes_of(store, seen.shown_as), Content.JPEG, seen.title)


def original_of(actor: Actor, store: Store, seen: Seen) -> Opened:
    """What was sent, of a row that was asked for with its names. Raises ``RuleBroken``."""
    if not gives_original(actor, seen):
        words = "Only its agency opens this picture as it was sent. Use the copy."
        raise RuleBroken("original-of-own-agency", words)
    return Opened(bytes_of(store, seen.kept_as), Content(seen.content), seen.name)


def _to_open(actor: Actor, person_id: UUID, file_id: UUID) -> Seen:
    seen = one(actor, _stored(), PersonFile, person=person_id, record=file_id)
    check_opens(actor, seen)
    return seen


def gives_original(actor: Actor, seen: Seen) -> bool:
    """Whether the reader may have the file as it was sent, and not only the picture made of it."""
    return not Content(seen.content).is_picture or seen.owner_agency_id == actor.agency_id


def check_opens(actor: Actor, seen: Seen) -> None:
    """Raise ``RuleBroken`` for a file that the scanner refused, or that was ended elsewhere."""
    if seen.scan == Scan.REFUSED:
        raise RuleBroken("file-not-refused", "The scanner refused this file. It is not opened.")
    if seen.ended_at is not None and seen.owner_agency_id != actor.agency_id:
        raise RuleBroken("file-not-ended", "This file was ended. Only its agency still opens it.")


def bytes_of(store: Store, name: str) -> bytes:
    """The bytes of a name that the policy was asked about. Raises ``RuleBroken`` without them."""
    try:
        return store.read(name)
    except NotStored as error:
        words = "This file cannot be opened now. Tell your system administrator."
        raise RuleBroken("file-stored", words) from error


def not_scanned(limit: int) -> list[UUID]:
    """Files that wait for the scanner; for the job, which acts for the system."""
    found: list[UUID] = []
    for table in _TABLES:
        of = table.__table__.c
        statement = sa.select(of.id).where(of.scan == Scan.NOT_SCANNED.value)
        found += db.session.scalars(statement.order_by(of.id).limit(limit - len(found)))
    return found


def waiting(file_id: UUID) -> Any:
    """A file that is asked about; for the job, which acts for the system."""
    asked = (db.session.scalars(sa.select(each).where(each.id == file_id)) for each in _TABLES)
    return next(found for each in asked if (found := each.one_or_none()) is not None)


def stored_names() -> set[str]:
    """Every name that a row has; for the job that sweeps what no row names."""
    # First what may become a row meanwhile: the other way round it would be seen in neither place.
    found: set[str] = {name for names in _ELSEWHERE for name in names()}
    for table in _TABLES:
        of = table.__table__.c
        for kept, shown in db.session.execute(sa.select(of.stored_as, of.view_as)):
            found |= {kept, shown}
    return found
