"""The form of an item, as a command."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.intelligence.rules import AddItem, Assessment, Handling, Source
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text

_NO_GROUP = "Choose a handling group"


class GroupId(fields.Field[UUID]):
    """The id of a handling group, as the form offered it."""

    def __init__(self) -> None:
        super().__init__(required=True, error_messages={"required": _NO_GROUP})

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID:
        try:
            return UUID(value)
        except (ValueError, AttributeError, TypeError):
            raise ValidationError(_NO_GROUP) from None


@dataclass(frozen=True)
class Checked:
    """That the answers were checked; ``seen`` is the fingerprint of what was shown."""

    seen: str


class CheckedSchema(CommandSchema):
    """The check of the answers."""

    command = Checked

    seen = Line(longest=64)


class AddItemSchema(CommandSchema):
    """A form to an ``AddItem``; no grade is taken for granted."""

    command = AddItem

    event_on = Day("the day of the event")
    text = Text(missing="Write what is known", longest=8000)
    source = Choice(Source, missing="Choose how reliable the source is")
    assessment = Choice(Assessment, missing="Choose how the source knows it")
    handling = Choice(Handling, missing="Choose a handling code")
    conditions = Text(longest=2000)
    provenance = Text(longest=4000)
    group = GroupId()


FIELDS = ("event_on", "text", "source", "assessment", "handling", "conditions", "provenance",
          "group")  # fmt: skip
"""In the order of the page."""
