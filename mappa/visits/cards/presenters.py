"""Cards in words, as their reader may read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from mappa.access.reading import Seen
from mappa.kernel.db import NOBODY
from mappa.visits.cards.queries import About
from mappa.visits.cards.rules import KINDS, METHODS, POWERS, AddCard, CardKind
from mappa.web import words

_UNREAD = {
    "device": "A device on the record",
    "account": "An online account on the record",
    "condition": "A licence condition on the record",
    "order": "An order on the record",
}
"""What is said of a record that this reader does not read in full."""


@dataclass(frozen=True)
class Card:
    """A card as the page of its visit shows it."""

    id: UUID
    title: str
    lines: list[str]
    added: str
    taken_back: str


def cards(found: Sequence[Seen], named: Mapping[About, str]) -> list[Card]:
    """The cards of a visit; of those taken back also why."""
    return [_card(each, named) for each in found]


def _card(seen: Seen, named: Mapping[About, str]) -> Card:
    kind = KINDS.get(seen.kind)
    back = f"Taken back on {words.moment(seen.taken_back_at)}" if seen.taken_back_at else ""
    return Card(
        id=seen.id,
        title=kind.title if kind else "",
        lines=lines(kind, seen, _what(seen, named)),
        added=f"{seen.by_name}, {words.moment(seen.added_at)}",
        taken_back=f"{back}: {seen.why}" if back else "",
    )


def lines(kind: CardKind | None, card: Seen | AddCard, what: str) -> list[str]:
    """What a card says, a line to each part; ``what`` is what it is about."""
    result = kind.results.get(card.result, "") if kind else ""
    how = ", ".join(
        part for part in (METHODS.get(card.method, ""), POWERS.get(card.power, "").lower()) if part
    )
    by = f"By {card.by_whom}" if card.by_whom else ""
    return [each for each in (what, result, how, by, card.words) if each]


def _what(seen: Seen, named: Mapping[About, str]) -> str:
    if seen.about_id == NOBODY:
        return str(seen.what)
    known = named.get((seen.about_kind, seen.about_id))
    return known or _UNREAD.get(seen.about_kind, "Something on the record")
