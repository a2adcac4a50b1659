"""Sharing about several people in words. Of people it names those whom the reader sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.access.actor import Actor
from mappa.kernel.clock import day_of
from mappa.offenders import queries as people
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.rules import ApprovalState, state_on
from mappa.sharing.several import queries
from mappa.sharing.several.models import SeveralShare
from mappa.sharing.several.rules import Left
from mappa.web.words import day

NAMED = 100
"""So many names a list shows; how many more there are it says."""

_WHY: dict[Left, str] = {
    Left.CLOSED: "Not open to you any more, or merged into another record",
    Left.OWNS_NOTHING: "{own} owns nothing of what you chose, or you do not see it",
    Left.UNSEEN: "{receiver} cannot open this person. To see why, share from that person’s page",
    Left.NO_MORE: "{receiver} gets as much or more already, by the agreement or another share",
    Left.OTHER_LAW: "The law you named is not of this person’s jurisdiction",
    Left.SHARED_ALREADY: "Shared already, at least as much and as long",
}


@dataclass(frozen=True)
class Names:
    """Who they are, as far as they are shown, and how many are not."""

    names: Sequence[str]
    more: int


@dataclass(frozen=True)
class LeftOut:
    """Who is left out for one reason."""

    how_many: str
    why: str
    who: Names


def how_many(number: int) -> str:
    """Say "1 person" or "1,000 people"."""
    return "1 person" if number == 1 else f"{number:,} people"


def begun(draft: SeveralShare) -> str:
    """What the reader began and did not finish: since when, and about how many."""
    chosen, typed = len(queries.chosen_of(draft)), queries.typed_of(draft)
    lead = f"You began this on {day(day_of(draft.at))}: {how_many(chosen)} chosen"
    with_what = ", and what you typed on the next pages" if typed else ""
    return f"{lead}{with_what}. It is kept for 14 days."


def named(actor: Actor, ids: Sequence[UUID]) -> Names:
    """The first of these people by name; whom the reader does not see is only counted."""
    seen = people.several(actor, ids[:NAMED]) if ids else []
    ordered = sorted(seen, key=lambda each: (each.sort_name, each.record))
    return Names([people.display_name(each) for each in ordered], len(ids) - len(seen))


def left_out(actor: Actor, left: Mapping[Left, Sequence[UUID]], *, receiver: str) -> list[LeftOut]:
    """Who is left out and why, reason by reason."""
    return [
        LeftOut(
            how_many(len(ids)),
            _WHY[why].format(own=actor.agency_name, receiver=receiver),
            named(actor, ids),
        )
        for why in Left
        if (ids := left.get(why))
    ]


def state(asked: Approval | None, today: date) -> str:
    """What became of the question to a second person; nothing where none was asked."""
    if asked is None:
        return ""
    return state_on(ApprovalState(asked.state), asked.last_day, today).words
