"""From the forms of local standards to commands."""

from collections.abc import Iterable
from typing import Any

from marshmallow import ValidationError, fields

from mappa.reminders.standards.rules import LONGEST, EndStandard, SetStandard
from mappa.rules.deadlines import Unit
from mappa.web.typed import Choice, CommandSchema, Day, Line

_MOST_DIGITS = 3
_SOURCE = "Enter where it was decided, like the board’s minute and its date"


class Amount(fields.Field[int]):
    """A whole number of a unit."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> int:
        typed = value.strip() if isinstance(value, str) else ""
        if not typed.isascii() or not typed.isdigit() or len(typed) > _MOST_DIGITS:
            raise ValidationError("Enter a whole number, like 5")
        return int(typed)


class SetStandardSchema(CommandSchema):
    """Setting a standard."""

    command = SetStandard

    amount = Amount(required=True, error_messages={"required": "Enter a whole number, like 5"})
    unit = Choice({unit.value: unit for unit in LONGEST}, missing="Choose in what it is counted")
    from_on = Day("the first day")
    reason = Line(missing="Say why", longest=300)
    source = Line(missing=_SOURCE, longest=200)


class EndStandardSchema(CommandSchema):
    """Going back to the figure of the file."""

    command = EndStandard

    from_on = Day("the first day")
    reason = Line(missing="Say why", longest=300)
    source = Line(missing=_SOURCE, longest=200)


def first_values(units: Iterable[Unit], amount: int, unit: Unit) -> dict[str, str]:
    """What the form begins with: the figure that holds, in a unit that may be chosen."""
    return {"amount": str(amount), "unit": unit.value if unit in set(units) else ""}
