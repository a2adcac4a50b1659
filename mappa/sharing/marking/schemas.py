"""The forms of marks to frozen commands."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marshmallow import fields

from mappa.access.terms import MarkKind
from mappa.sharing.marking.rules import Keep, SetMark
from mappa.web.typed import Choice, CommandSchema, Day, Id, Text


@dataclass(frozen=True, kw_only=True)
class MarkForm:
    """What the form of a mark says."""

    kind: MarkKind
    reason: str
    review_on: date
    readers: list[UUID]

    def command(self) -> SetMark:
        """The command of it."""
        return SetMark(
            kind=self.kind,
            reason=self.reason,
            review_on=self.review_on,
            readers=tuple(self.readers),
        )


class MarkSchema(CommandSchema):
    """Sealing or hiding a record."""

    command = MarkForm

    kind = Choice(MarkKind, missing="Choose whether to seal or to hide it")
    reason = Text(missing="Say why. Only the named readers see it", longest=1000)
    review_on = Day("the day on which it is looked at again")
    readers = fields.List(Id(missing="Choose readers from the list"), load_default=list)


class KeepSchema(CommandSchema):
    """Letting a mark stand."""

    command = Keep

    found = Text(missing="Say why it stays", longest=1000)
    review_on = Day("the day on which it is looked at again")


@dataclass(frozen=True, kw_only=True)
class Unseal:
    """Why a mark is to come off."""

    why: str


class UnsealSchema(CommandSchema):
    """Asking a second person to take a mark off."""

    command = Unseal

    why = Text(missing="Say why it is to come off. The second person reads it", longest=1000)
