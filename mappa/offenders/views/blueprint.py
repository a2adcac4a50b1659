"""What the pages of the shared record have in common."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint

bp = Blueprint("people", __name__, template_folder="../templates")

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


def id_of(text: str | None) -> UUID | None:
    """The id in a part of the address; None if it is none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
