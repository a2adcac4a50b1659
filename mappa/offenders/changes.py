"""What changed on the shared record, in its words; and who reacts, in the same transaction."""

from collections.abc import Callable, Sequence
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


BandHandler = Callable[[Actor, UUID, datetime], None]

_band_handlers: list[BandHandler] = []


def on_band(handler: BandHandler) -> None:
    """Call ``handler(actor, person, now)`` when the risk band of a person is another.

    Registered once by ``app``; saying it again changes nothing.
    """
    if handler not in _band_handlers:
        _band_handlers.append(handler)


def band_changed(actor: Actor, person_id: UUID, now: datetime) -> None:
    """Tell who reacts to another risk band, in the transaction of the assessment."""
    for handler in _band_handlers:
        handler(actor, person_id, now)


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
    change = change_of(
        actor, label, kind=kind, what=what, before=before, after=after, why=why, other=other,
        now=now,
    )  # fmt: skip
    record_changes(actor, [change], now=now)
    return change


def change_of(
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
    """A change under the label of the record that changed, not kept yet."""
    return PersonChange(
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


def record_changes(actor: Actor, changes: Sequence[PersonChange], *, now: datetime) -> None:
    """Keep changes, and tell who reacts to each."""
    db.session.add_all(changes)
    db.session.flush()
    for change in changes:
        for prefix, handler in _handlers:
            if change.kind.startswith(prefix):
                handler(actor, change, now)
