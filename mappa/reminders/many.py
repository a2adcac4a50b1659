"""Duties and notices of many new records at once: each statement is made once for all of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.access.guard import add_many
from mappa.access.labels import RecordLabel
from mappa.kernel.db import NOBODY
from mappa.reminders.models import Deadline, Notice
from mappa.reminders.service import Duty


def open_on_each(duty: Duty, labels: Sequence[RecordLabel], now: datetime) -> None:
    """Open the same duty on each of these records, which were made in this unit of work.

    The label of ``duty`` is that of any of them. Raises what ``reckon`` raises.
    """
    columns = duty.columns(now)
    add_many(
        Deadline,
        [columns | label.columns() | {"about_id": label.record} for label in labels],
    )


@dataclass(frozen=True, kw_only=True)
class Told:
    """A user to be told of a new record, for an agency; where the notice leads."""

    user: UUID
    agency: UUID
    label: RecordLabel
    about: UUID


def tell_of_new(told: Iterable[Told], *, event: str, now: datetime) -> None:
    """Tell users of records that were made in this unit of work: nobody was told before."""
    add_many(
        Notice,
        [
            {
                **each.label.columns(),
                "user_id": each.user,
                "event": event,
                "key": each.label.record.hex,
                "about_id": each.about,
                "duty_id": NOBODY,
                "agency_id": each.agency,
                "at": now,
            }
            for each in told
        ],
    )
