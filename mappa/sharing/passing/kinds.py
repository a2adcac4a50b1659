"""What passes on: each part of sharing says who may owe its duties, and who hears if nobody may."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.reminders.models import Deadline

Who = Callable[[Deadline], Sequence[Actor]]


def _nothing(duty: Deadline, heir: Actor, now: datetime) -> None:
    """Nothing goes with the duty."""


@dataclass(frozen=True, kw_only=True)
class Passing:
    """Duties of some kinds.

    ``roles`` are those in which one can owe them; whoever acts in none of them at the agency has
    left. ``heirs`` are all who may owe a duty now, the first to take it first; while its owner is
    among them it stays. ``others`` are told where nobody may owe it; None is the agency's leads.
    ``each`` asks about every open duty at every run: for kinds of which few are open.
    ``give`` does what the heir needs to see the duty. ``passes`` False: a job of its own passes it
    on, and here is only told of what nobody takes.
    """

    kinds: Collection[str]
    roles: Collection[Role]
    heirs: Who
    others: Who | None = None
    each: bool = False
    passes: bool = True
    give: Callable[[Deadline, Actor, datetime], None] = _nothing


_registered: list[Passing] = []


def register(what: Passing) -> None:
    """Let these duties pass on. Registered once by ``app``; again changes nothing."""
    if what not in _registered:
        _registered.append(what)


def registered() -> Sequence[Passing]:
    """All that was registered."""
    return tuple(_registered)
