"""The form of a card. Which fields a kind of card asks for is its rule."""

from dataclasses import dataclass
from uuid import UUID

from mappa.visits.cards.rules import METHODS, POWERS, AddCard, TakeBack
from mappa.web.typed import Choice, CommandSchema, Line, Text

ANOTHER = "another"


@dataclass(frozen=True)
class Typed:
    """A card as it was typed; ``about`` is "device:" and an id, or "another"."""

    about: str
    what: str
    by_whom: str
    method: str | None
    result: str
    power: str | None
    words: str

    def command(self) -> AddCard:
        """The card, whatever kind it is of."""
        return AddCard(
            about=_about(self.about),
            what=self.what,
            by_whom=self.by_whom,
            method=self.method or "",
            result=self.result,
            power=self.power or "",
            words=self.words,
        )


def _about(text: str) -> tuple[str, UUID] | None:
    kind, _, record = text.partition(":")
    try:
        return (kind, UUID(record)) if record else None
    except ValueError:
        return None


class CardSchema(CommandSchema):
    """Adding a card to a visit."""

    command = Typed

    about = Line(longest=60)
    what = Line()
    by_whom = Line(longest=100)
    method = Choice({each: each for each in METHODS})
    result = Line(longest=30)
    power = Choice({each: each for each in POWERS})
    words = Text()


class TakeBackSchema(CommandSchema):
    """Taking a card back."""

    command = TakeBack

    why = Text(missing="Say why it is wrong", longest=1000)
