"""The audit row of a reading: committed before the first byte of the page is sent."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import g
from sqlalchemy.exc import SQLAlchemyError

from mappa.access import reading
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.audit import log
from mappa.kernel import uow
from mappa.kernel.errors import MappaError, NotWitnessed
from mappa.kernel.uow import Kind, unit_of_work


class CannotRecord(MappaError):
    """The reading could not be recorded, so the page is not given: 503."""


@contextmanager
def noting() -> Iterator[set[UUID]]:
    """Note which records are read inside."""
    yield reading.start_noting()


def refuse(noted: set[UUID]) -> None:
    """A page that says it shows nothing personal did. Raises ``NotWitnessed``."""
    raise NotWitnessed(sorted(noted))


@dataclass(frozen=True)
class _Disclosure:
    basis: str
    recipients: tuple[UUID, ...]


def as_disclosure(*, basis: str, recipients: Iterable[UUID]) -> None:
    """Record the reading of this request as a disclosure: what is read leaves the platform."""
    g.disclosure = _Disclosure(basis, tuple(recipients))


def read_as(basis: str) -> None:
    """Let the audit say how this request reads: as whom, or as of which day. Never a name."""
    g.reading_basis = basis


def write(
    actor: Actor | None,
    action: Action,
    noted: set[UUID],
    person: UUID | None,
    *,
    since: tuple[datetime, int] | None = None,
) -> None:
    """Record who read what. Raises ``CannotRecord`` if that fails.

    With ``since`` (when it was read, and how many ends of rights were known then) it raises
    ``RightsEnded`` where a right of the reader's agency has ended: then it must be read again.
    """
    if actor is None or not noted:
        return
    subject = [person] if person in noted else []
    records = [*subject, *sorted(noted - set(subject))]
    disclosure: _Disclosure | None = g.get("disclosure")
    try:
        with unit_of_work(Kind.WITNESS):
            if since is not None:
                log.unless_ended(actor.agency_id, *since)
            log.record(
                actor,
                log.Operation.DISCLOSURE if disclosure else log.Operation.CONSULTATION,
                action.value,
                records,
                at=None,
                basis=disclosure.basis if disclosure else g.get("reading_basis", ""),
                recipients=disclosure.recipients if disclosure else (),
            )
    except SQLAlchemyError as error:
        raise CannotRecord from error


def refusal(actor: Actor, action: str, records: list[UUID], reason: str) -> None:
    """Record that somebody was refused, in a unit of work of its own."""
    with unit_of_work(Kind.WITNESS):
        log.record(
            actor,
            log.Operation.CONSULTATION,
            action,
            records,
            at=uow.current().at,
            basis=reason,
            outcome="refused",
        )
