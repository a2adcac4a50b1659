"""What can be asked of a second person: each kind says who may, what it shows and what it does."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mappa.access.actor import Actor
from mappa.kernel.errors import NotFound
from mappa.sharing.approvals.rules import Payload

Facts = Sequence[tuple[str, str]]


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """An act that two people agreed on: by whom, what, why and when it is done."""

    asker: Actor
    answerer: Actor
    payload: Payload
    why: str
    now: datetime


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of act for two people.

    ``may_ask`` and ``may_answer`` ask the policy as it is now; both are asked again when it is
    done. ``answerers`` are those to whom the question goes, the first one owing the answer.
    ``facts`` are for a reader for whom one of the two holds. ``do`` raises what the act raises;
    then nothing has happened, and the question still stands.
    """

    key: str
    title: str
    may_ask: Callable[[Actor, Payload], bool]
    may_answer: Callable[[Actor, Payload], bool]
    answerers: Callable[[Actor, Payload], Sequence[Actor]]
    facts: Callable[[Actor, Payload], Facts]
    do: Callable[[Agreed], None]
    where: Callable[[Actor, Payload], str] | None = None
    """Where the thing itself is looked at, if it has a page."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Let this kind be asked. Registered once by ``app``; again changes nothing."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> Kind:
    """A kind by its key. Raises ``NotFound`` for one that nobody registered."""
    if key not in _kinds:
        raise NotFound
    return _kinds[key]


def is_known(key: str) -> bool:
    """Whether such a kind can be asked and answered."""
    return key in _kinds
