"""Whom an administrator asks before somebody gets a role that takes two people.

What waits for a second person is kept above this package; ``app`` says by whom. Without it such a
role cannot be given from the pages at all.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from mappa.access.actor import Actor
from mappa.kernel.errors import RuleBroken

Asking = Callable[[Actor, Mapping[str, Any], str, datetime], UUID]

_asking: list[Asking] = []


def on(asking: Asking) -> None:
    """Ask a second person by ``asking``. Registered once by ``app``; again changes nothing."""
    if asking not in _asking:
        _asking.append(asking)


def ask(actor: Actor, payload: Mapping[str, Any], why: str, now: datetime) -> UUID:
    """Ask for this change of roles; the id of the question.

    Raises ``RuleBroken`` where nobody says whom to ask.
    """
    if not _asking:
        raise RuleBroken("ROLE-TWO", "This role takes a second person to approve it", field="role")
    return _asking[-1](actor, payload, why, now)
