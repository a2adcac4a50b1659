"""Who adds an account to a visit that somebody else logged, and which visits may be one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.visits.rules import LogVisit, VisitState


@dataclass(frozen=True)
class AddAccount:
    """What an officer says of a visit that somebody else logged; ``concerns`` may be empty."""

    account: str
    concerns: str


@dataclass(frozen=True, kw_only=True)
class Adding:
    """An officer beside a visit: whose it is, and whether the officer was there.

    ``was_there`` is asked of the visit's own agency only; another agency answers for its own.
    """

    state: str
    author: UUID
    owner: UUID
    user: UUID
    agency: UUID
    was_there: bool


_NOT_THERE = "visit-account-of-who-was-there"
_ASK_ITS_AUTHOR = (
    "Your agency logged this visit, and you are not named as attending. Ask its author to correct"
    " who attended, or to add what you saw"
)
_NAME_YOURSELF = (
    "Your agency logged this visit, and you are not named as attending. If you were there, add"
    " yourself to the officers of what you typed; else ask its author to add what you saw"
)


def check_joint(adding: Adding, *, drafted: bool = False) -> None:
    """Raise ``RuleBroken`` unless the visit stands as made and somebody else logged it.

    In the visit's own agency only who was there adds an account; a draft can still say so.
    """
    if adding.author == adding.user:
        said = "You logged this visit. Correct it, or add to it"
        raise RuleBroken("visit-account-of-another-officer", said)
    if adding.state != VisitState.MADE.value:
        said = "Nothing is added to a visit that was not made or was withdrawn"
        raise RuleBroken("visit-account-of-a-made-visit", said)
    if adding.owner == adding.agency and not adding.was_there:
        raise RuleBroken(_NOT_THERE, _NAME_YOURSELF if drafted else _ASK_ITS_AUTHOR)


@dataclass(frozen=True, kw_only=True)
class OnRecord:
    """A made visit as far as it is compared: its times (aware), author and officers."""

    arrived_at: datetime
    left_at: datetime
    author: UUID
    names_reader: bool


def may_be_same(told: LogVisit, on_record: OnRecord, *, reader: UUID) -> bool:
    """Whether what ``reader`` tells may be the visit to this person that is on record.

    Two officers do not attend the same moment of one person's door unknown to each other: it may
    be the same if the times overlap and one of the two names the other.
    """
    if on_record.author == reader:
        return False
    overlap = told.arrived_at < on_record.left_at and on_record.arrived_at < told.left_at
    names_author = any(each.user_id == on_record.author for each in told.officers)
    return overlap and (on_record.names_reader or names_author)
