"""Adding and ending files. The bytes are on the disk before the row that names them is committed.

Raises ``NotPermitted``, ``NotFound``, ``FieldErrors`` or ``RuleBroken``; then no row is written.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import label_of
from mappa.access.reading import load
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders.changes import record_change
from mappa.offenders.files import rules
from mappa.offenders.files.models import PersonFile
from mappa.offenders.files.pictures import NoPicture, viewing_copy
from mappa.offenders.files.rules import AddFile, Content, EndFile, Kind
from mappa.offenders.files.store import Store


def add_file(
    actor: Actor, person_id: UUID, command: AddFile, *, store: Store, now: datetime
) -> PersonFile:
    """Keep a file under the section of its kind, and a picture without metadata for viewing."""
    standing(actor, person_id)
    require(actor, Action.FILE_ADD, Target(person=person_id, owner=actor.agency_id))
    if command.dated_on > day_of(now):
        raise FieldErrors({"dated_on": ["The date must be today or earlier"]})
    content, shown = examined(command)
    added = PersonFile(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        section=rules.SECTIONS[command.kind].value,
        kind=command.kind.value,
        title=command.title,
        dated_on=command.dated_on,
        name=rules.clean_name(command.name),
        content=content.value,
        size=len(command.data),
        digest=hashlib.sha256(command.data).hexdigest(),
        stored_as=store.keep(command.data),
        view_as=store.keep(shown) if shown else "",
        added_by_id=actor.user_id,
        added_at=now,
    )
    db.session.add(added)
    db.session.flush()
    record_change(
        actor, label_of(added), kind="file:added", what=command.kind.words, after=added.title,
        now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.COLLECTION, "file:added", [person_id, added.id], at=now,
        fields=["kind", "title", "dated_on", "content"],
    )  # fmt: skip
    return added


def examined(command: AddFile, largest: int = rules.LARGEST) -> tuple[Content, bytes]:
    """What the file is, and its picture for viewing; empty if it is none.

    Raises ``FieldErrors`` for what is not taken, by its bytes and not by its name.
    """
    fault = rules.fault_of(command.kind, command.data, largest)
    content = rules.content_of(command.data)
    if fault or content is None:
        raise FieldErrors({"file": [fault or rules.REFUSED[command.kind]]})
    try:
        return content, viewing_copy(command.data) if content.is_picture else b""
    except NoPicture as error:
        raise FieldErrors({"file": [str(error)]}) from error


def file_to_end(actor: Actor, person_id: UUID, file_id: UUID) -> PersonFile:
    """The file, for those who may end it: its owner's writers.

    Raises ``NotFound`` also for a file of another person.
    """
    found = load(actor, PersonFile, file_id)
    if found.person_id != person_id:
        raise NotFound
    target = Target(person=person_id, owner=found.owner_agency_id, record=found.id)
    require(actor, Action.FILE_ADD, target)
    return found


def end_file(
    actor: Actor, person_id: UUID, file_id: UUID, command: EndFile, *, now: datetime
) -> PersonFile:
    """End a file of one's own agency: it is kept, and only that agency still opens it."""
    found = file_to_end(actor, person_id, file_id)
    if found.ended_at is not None:
        raise RuleBroken("file-stands", "This file was ended already")
    found.ended_at, found.ended_by_id, found.end_reason = now, actor.user_id, command.reason
    db.session.flush()
    record_change(
        actor, label_of(found), kind="file:ended", what=Kind(found.kind).words,
        before=found.title, after="Ended", why=command.reason, now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.ALTERATION, "file:ended", [person_id, found.id], at=now,
        fields=["ended_at", "end_reason"],
    )  # fmt: skip
    return found
