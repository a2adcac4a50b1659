"""Letting cards and files of a draft become those of what the draft becomes, in the same act.

That is the visit that is logged, or an account of a visit that is on record already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

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
from mappa.visits.models import Visit, VisitAccount, VisitCard
from mappa.visits.rules import Faults


@dataclass(frozen=True, kw_only=True)
class Finished:
    """A card of a draft that could be understood."""

    of: DraftCard
    kind: CardKind
    command: AddCard


def faults(
    actor: Actor,
    person_id: UUID,
    drafted: Sequence[Finished],
    unread: Sequence[DraftCard],
    *,
    child_there: bool,
) -> Faults:
    """What keeps the draft from being recorded with these cards: each that is not finished."""
    found: Faults = {}
    for card in unread:
        found[card.anchor] = [cards.NOT_FINISHED]
    about = [each.kind for each in drafted if each.command.about]
    offered = cards.offered_of(actor, person_id, about)
    for each in drafted:
        if cards.faults(each.kind, each.command, offered, child_there=child_there):
            found[each.of.anchor] = [f"{each.kind.title}: finish this card, or remove it"]
    return found


def record_cards(
    actor: Actor,
    to: Visit | VisitAccount,
    drafted: Sequence[Finished],
    unread: Sequence[DraftCard],
    *,
    child_there: bool,
    now: datetime,
) -> None:
    """Add the cards to what their author records in this unit of work, under its label.

    ``child_there`` is what the draft says of who was present. Raises ``FieldErrors`` that names
    each card that is not finished; then nothing is written.
    """
    wrong = faults(actor, to.person_id, drafted, unread, child_there=child_there)
    if wrong:
        raise FieldErrors(wrong)
    label = label_of(to).columns()
    rows = [
        {**label, "id": new_id(), **cards.columns(each.kind, each.command, actor, now)}
        for each in drafted
    ]
    add_many(VisitCard, rows)
    _record(actor, to, "visit:card-added", rows, list(cards.FIELDS), now)


def record_files(
    actor: Actor,
    to: Visit | VisitAccount,
    drafted: Sequence[DraftFile],
    *,
    dated_on: date | None,
    now: datetime,
) -> None:
    """Let the files belong to what their author records in this unit of work, under its label.

    ``dated_on`` is the London day of the visit. The bytes stay where they are; they wait for the
    scanner as those of every other file do.
    """
    label = label_of(to).columns()
    rows = [
        {
            **label,
            "id": each.id,
            "kind": each.kind,
            "title": each.title,
            "dated_on": dated_on,
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
    _record(actor, to, "visit-file:added", rows, ["kind", "title", "content"], now)


def _record(
    actor: Actor,
    to: Visit | VisitAccount,
    event: str,
    rows: Sequence[dict[str, Any]],
    fields: list[str],
    now: datetime,
) -> None:
    """Let the audit say it of every record, in one entry."""
    records = [to.person_id, to.id, *(row["id"] for row in rows)]
    log.record(actor, Operation.COLLECTION, event, records, at=now, fields=fields)
