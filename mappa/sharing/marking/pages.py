"""Where a record that can be marked has its own page."""

from typing import Any
from uuid import UUID

from flask import url_for

from mappa.sharing.marking.rules import Markable


def of(kind: Markable, person_id: UUID, record_id: UUID) -> str:
    """The address of the record's own page."""
    given: dict[str, Any] = {"person_id": person_id, kind.argument: record_id}
    return url_for(kind.endpoint, **given)
