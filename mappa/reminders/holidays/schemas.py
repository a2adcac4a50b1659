"""From the forms of days off to commands."""

from dataclasses import dataclass

from mappa.reminders.holidays.rules import KINDS, AddHoliday
from mappa.web.typed import Choice, CommandSchema, Day, Line


class AddHolidaySchema(CommandSchema):
    """Adding a day."""

    command = AddHoliday

    falls_on = Day("the day")
    name = Line(missing="Enter what the day is called", longest=80)
    kind = Choice({each: each for each in KINDS}, missing="Choose whom it is for")
    source = Line(missing="Enter where it is written, like a proclamation", longest=200)
    reason = Line(missing="Say why. It goes on record", longest=300)


@dataclass(frozen=True, kw_only=True)
class EndHoliday:
    """Why a day is counted again."""

    reason: str


class EndHolidaySchema(CommandSchema):
    """Ending a day."""

    command = EndHoliday

    reason = Line(missing="Say why. It goes on record", longest=300)
