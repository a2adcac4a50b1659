"""Adding files to a visit, and ending one. The bytes are on the disk before the row is committed.

Each raises ``NotFound``, ``NotPermitted``, ``RuleBroken`` or ``FieldErrors``; then no row is
written.
"""

import hashlib
from datetime import date, datetime
from typing import Any
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.reading import load
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import clock
from mappa.kernel.db import db
from mappa.kernel.errors import NotPermitted, RuleBroken
from mappa.offenders.files.rules import AddFile, EndFile, clean_name
from mappa.offenders.files.service import examined
from mappa.offenders.files.store import Store
from mappa.visits.cards.service import ADVICE, may_add, require_author
from mappa.visits.correcting.rules import check_made
from mappa.visits.files.models import VisitFile
from mappa.visits.files.rules import LARGEST, Chosen
from mappa.visits.models import Visit


def add_file(
    actor: Actor, visit_id: UUID, chosen: Chosen, *, store: Store, now: datetime
) -> VisitFile:
    """Keep a file under the visit's label, and a picture without metadata for viewing."""
    visit = load(actor, Visit, visit_id)
    _require(actor, visit)
    check_made(visit.state)
    made = VisitFile(
        **label_of(visit).columns(),
        **stored(chosen, store, clock.day_of(now)),
        dated_on=visit.made_on,
        added_by_id=actor.user_id,
        added_at=now,
    )
    db.session.add(made)
    db.session.flush()
    records = [visit.person_id, visit.id, made.id]
    fields = ["kind", "title", "content"]
    log.record(actor, Operation.COLLECTION, "visit-file:added", records, at=now, fields=fields)
    return made


def stored(chosen: Chosen, store: Store, today: date) -> dict[str, Any]:
    """Examine a file by its bytes and store them; what a row says of it, without label and day.

    Raises ``FieldErrors`` for what is not taken; then nothing is stored.
    """
    command = AddFile(
        kind=chosen.kind,
        title=chosen.title,
        dated_on=today,
        name=chosen.name,
        data=chosen.data,
    )
    content, shown = examined(command, LARGEST)
    return {
        "kind": command.kind.value,
        "title": command.title,
        "name": clean_name(command.name),
        "content": content.value,
        "size": len(command.data),
        "digest": hashlib.sha256(command.data).hexdigest(),
        "stored_as": store.keep(command.data),
        "view_as": store.keep(shown) if shown else "",
    }


def _require(actor: Actor, visit: Visit) -> None:
    target = Target(person=visit.person_id, owner=visit.owner_agency_id, record=visit.id)
    require(actor, Action.VISIT_CORRECT, target)
    if not may_add(actor, visit):
        raise NotPermitted("visit:add-file: not_author", advice=ADVICE)


def end_file(
    actor: Actor, visit_id: UUID, file_id: UUID, command: EndFile, *, now: datetime
) -> VisitFile:
    """End a file that does not belong here: it is kept, and only its agency opens it.

    Of the visit its author does, of an account whoever added that.
    """
    found = load(actor, VisitFile, file_id)
    require_author(actor, visit_id, found.subject_id)
    if found.ended_at is not None:
        raise RuleBroken("file-stands", "This file was ended already")
    found.ended_at, found.ended_by_id, found.end_reason = now, actor.user_id, command.reason
    db.session.flush()
    records = [found.person_id, found.subject_id, found.id]
    log.record(actor, Operation.ALTERATION, "visit-file:ended", records, at=now)
    return found
