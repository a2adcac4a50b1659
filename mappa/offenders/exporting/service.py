"""Asking for an export. The file is made when it is fetched, under the rights of that moment."""

from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.audit import log
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.offenders.exporting.models import PeopleExport
from mappa.offenders.exporting.rules import FETCHED_WITHIN, AskForExport

EVENT = "person:export-asked"


def ask(
    actor: Actor, command: AskForExport, *, now: datetime, sample: UUID | None = None
) -> PeopleExport:
    """Put the wish on record with its reason. Raises ``NotPermitted``; then nothing is written.

    ``sample`` is the dip sample whose frozen list is wanted, if it is not people.
    """
    require(actor, Action.PEOPLE_EXPORT)
    made = PeopleExport(
        id=new_id(),
        user_id=actor.user_id,
        agency_id=actor.agency_id,
        level=command.level,
        sample_id=sample,
        reason=command.reason,
        at=now,
        ends_at=now + FETCHED_WITHIN,
    )
    db.session.add(made)
    db.session.flush()
    records = [made.id, sample] if sample else [made.id]
    log.record(
        actor, log.Operation.ADMINISTRATION, EVENT, records, at=now, basis=command.reason
    )  # fmt: skip
    return made


def reference(export: PeopleExport) -> str:
    """What is on the file and in the audit, to be quoted."""
    return f"EX-{export.id.hex[:8].upper()}"
