"""What changed on the shared record, in its words; and who reacts, in the same transaction."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel
from mappa.kernel.db import NOBODY, db
from mappa.offenders.models import PersonChange

Handler = Callable[[Actor, PersonChange, datetime], None]

_handlers: list[tuple[str, Handler]] = []


def on(kind_prefix: str, handler: Handler) -> None:
    """Call ``handler(actor, change, now)`` at every change whose kind begins like this.

    Registered once by ``app``; saying it again changes nothing.
    """
    if (kind_prefix, handler) not in _handlers:
        _handlers.append((kind_prefix, handler))


def record_change(
    actor: Actor,
    label: RecordLabel,
    *,
    kind: str,
    what: str,
    before: str = "",
    after: str = "",
    why: str = "",
    other: UUID = NOBODY,
    now: datetime,
) -> PersonChange:
    """Keep a change under the label of the record that changed, and tell who reacts to it.

    ``before`` and ``after`` must come from that record alone: who reads the change reads them.
    ``other`` is another person whom they name: then only who sees both people reads them.
    """
    change = PersonChange(
        **label.columns(),
        kind=kind,
        what=what,
        before=before,
        after=after,
        why=why,
        by_id=actor.user_id,
        at=now,
        other_person_id=other,
    )
    db.session.add(change)
    db.session.flush()
    for prefix, handler in _handlers:
        if kind.startswith(prefix):
            handler(actor, change, now)
    return change
