"""What can be chosen as the one record of a share: each feature offers its own, by section."""

from collections.abc import Callable, Sequence
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.terms import Section

Offered = Sequence[tuple[UUID, str]]
Lister = Callable[[Actor, UUID], Offered]

RECORDS: dict[Section, Lister] = {}
"""Filled by the pages that look across features: the reader's own agency's records, in words."""


def records(actor: Actor, person_id: UUID) -> list[tuple[str, str]]:
    """Every record that can be shared by itself: section and id with a point between, and words."""
    return [
        (f"{section.value}.{record}", said)
        for section, offered in RECORDS.items()
        for record, said in offered(actor, person_id)
    ]
