"""The forms of failed entries and warrants to frozen commands."""

from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load

from mappa.visits.entry.rules import Rank, SayEntry, Step, TakeStep
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text

ELSEWHERE = "elsewhere"
_WHERE = "Choose at which address"


class _Number(fields.Field[int | None]):
    def __init__(self) -> None:
        super().__init__(load_default=None)

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> int | None:
        typed = value.strip() if isinstance(value, str) else ""
        if not typed:
            return None
        if not (typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= 100):
            raise ValidationError("Enter a number of entries, like 1")
        return int(typed[:4])


class SayEntrySchema(CommandSchema):
    """Whether entry was sought, and at which address."""

    command = SayEntry

    sought = Choice({"yes": True, "no": False}, missing="Choose whether entry was sought")
    address_id = Line()

    @post_load
    def _to_command(self, loaded: dict[str, Any], **_: Any) -> SayEntry:
        where = loaded["address_id"]
        if not loaded["sought"] or where == ELSEWHERE:
            return SayEntry(sought=loaded["sought"])
        try:
            return SayEntry(sought=True, address_id=UUID(where))
        except ValueError:
            raise ValidationError({"address_id": [_WHERE]}) from None


class TakeStepSchema(CommandSchema):
    """A decision on a warrant, or what became of it."""

    command = TakeStep

    step = Choice(Step, missing="Choose what was decided, or what became of it")
    on = Day("the day")
    senior = Line(longest=100)
    rank = Choice(Rank)
    valid_until = Day("the last day of the warrant", needed=False)
    entries = _Number()
    reason = Text(longest=2000)
