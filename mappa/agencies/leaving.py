"""When somebody leaves: nobody is to be without a manager, and those who registered react."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.models import Posting
from mappa.access.queries import caseload
from mappa.access.terms import CASE_ROLES, Role
from mappa.kernel.errors import RuleBroken


@dataclass(frozen=True, kw_only=True)
class Left:
    """That a posting was ended: whose, where, in which role, by whom (``NOBODY``: a command)."""

    user_id: UUID
    agency_id: UUID
    role: Role
    by_id: UUID


Handler = Callable[[Left, datetime], None]

_handlers: list[Handler] = []


def on(handler: Handler) -> None:
    """Call ``handler`` at every end of a posting, in its transaction. Again changes nothing."""
    if handler not in _handlers:
        _handlers.append(handler)


def tell(left: Left, now: datetime) -> None:
    """Tell everybody who registered."""
    for handler in _handlers:
        handler(left, now)


def homes(postings: Iterable[Posting]) -> set[UUID]:
    """The agencies at which one works on cases under these postings."""
    return {each.agency_id for each in postings if Role(each.role) in CASE_ROLES}


def check(actor: Actor | None, user_id: UUID, ended: Collection[UUID], *, anyway: bool) -> None:
    """Ask to hand people over first, where a user leaves these agencies with a caseload.

    Raises ``RuleBroken`` unless ``anyway``. A command is somebody who knows; it is not asked.
    """
    if actor is None or anyway:
        return
    managed = sum(len(caseload(user_id, each)) for each in ended)
    if managed:
        some = "1 person" if managed == 1 else f"{managed} people"
        raise RuleBroken(
            "caseload-handed-over",
            f"They manage {some}. Ask their supervisor to hand the caseload over first. If it "
            "cannot wait, tick the box: the supervisor sees at once that nobody manages them",
            field="anyway",
        )
