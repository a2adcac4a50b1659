"""Letting cards and files of a draft become those of the visit, in the act that logs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mappa.access.actor import Actor
from mappa.access.guard import add_many
from mappa.access.labels import label_of
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.crypto import new_id
from mappa.kernel.errors import FieldErrors
from mappa.visits.cards import service as cards
from mappa.visits.cards.rules import AddCard, CardKind
from mappa.visits.doorstep.rules import DraftCard, DraftFile
from mappa.visits.files.models import VisitFile
from mappa.visits.models import Visit, VisitCard
from mappa.visits.rules import Faults


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A card of a draft that could be understood."""

    of: DraftCard
    kind: CardKind
    command: AddCard


def faults(
    actor: Actor, visit: Visit, drafted: Sequence[Finished], unread: Sequence[DraftCard]
) -> Faults:
    """What keeps the visit from being logged with these cards: each that is not finished."""
    found: Faults = {}
    for card in unread:
        found[card.anchor] = [cards.NOT_FINISHED]
    child = bool(visit.present_child)
    offered = cards.offered_of(
        actor, visit.person_id, [each.kind for each in drafted if each.command.about]
    )
    for each in drafted:
        if cards.faults(each.kind, each.command, offered, child_there=child):
            found[each.of.anchor] = [f"{each.kind.title}: finish this card, or remove it"]
    return found


def record_cards(
    actor: Actor,
    visit: Visit,
    drafted: Sequence[Finished],
    unread: Sequence[DraftCard],
    *,
    now: datetime,
) -> None:
    """Add the cards to the visit that its author logs in this unit of work, under its label.

    Raises ``FieldErrors`` that names each card that is not finished; then nothing is written.
    """
    wrong = faults(actor, visit, drafted, unread)
    if wrong:
        raise FieldErrors(wrong)
    label = label_of(visit).columns()
    rows = [
        {**label, "id": new_id(), **cards.columns(each.kind, each.command, actor, now)}
        for each in drafted
    ]
    add_many(VisitCard, rows)
    _record(actor, visit, "visit:card-added", rows, list(cards.FIELDS), now)


def record_files(
    actor: Actor, visit: Visit, drafted: Sequence[DraftFile], *, now: datetime
) -> None:
    """Let the files be the visit's that its author logs in this unit of work, under its label.

    The bytes stay where they are; they wait for the scanner as those of every other file do.
    """
    label = label_of(visit).columns()
    rows = [
        {
            **label,
            "id": each.id,
            "kind": each.kind,
            "title": each.title,
            "dated_on": visit.made_on,
            "name": each.name,
            "content": each.content,
            "size": each.size,
            "digest": each.digest,
            "stored_as": each.stored_as,
            "view_as": each.view_as,
            "added_by_id": actor.user_id,
            "added_at": each.added_at,
        }
        for each in drafted
    ]
    add_many(VisitFile, rows)
    _record(actor, visit, "visit-file:added", rows, ["kind", "title", "content"], now)


def _record(
    actor: Actor,
    visit: Visit,
    event: str,
    rows: Sequence[dict[str, Any]],
    fields: list[str],
    now: datetime,
) -> None:
    """Let the audit say it of every record, in one entry."""
    records = [visit.person_id, visit.id, *(row["id"] for row in rows)]
    log.record(actor, Operation.COLLECTION, event, records, at=now, fields=fields)
