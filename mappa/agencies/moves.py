"""Who reacts when people change teams, in the same transaction: duties go to the new team."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A user (None: everybody and everything left) went from one team of an agency to another."""

    user_id: UUID | None
    agency_id: UUID
    before: UUID
    after: UUID


Handler = Callable[[Moved], None]

_handlers: list[Handler] = []


def on(handler: Handler) -> None:
    """Call ``handler`` at every move. Registered once by ``app``; again changes nothing."""
    if handler not in _handlers:
        _handlers.append(handler)


def tell(moved: Moved) -> None:
    """Tell everybody who registered."""
    for handler in _handlers:
        handler(moved)
