"""The forms of meetings: from what was typed to frozen commands. Shapes only, no rules."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.meetings.rules import Presence
from mappa.meetings.service import (
    AddClosedItem,
    AddLine,
    ChangeAttendance,
    DecideDisclosure,
    DecideLevel,
    DecideRisk,
    GiveAction,
    PlanMeeting,
    RecordAttendance,
    SetNextDate,
)
from mappa.web.typed import Choice, Clock, CommandSchema, Day, Line, Text, YesNo

_MEETING_LEVELS = {"2": 2, "3": 3}
_LEVELS = {"1": 1, "2": 2, "3": 3}
_CATEGORIES = {"1": 1, "2": 2, "3": 3, "4": 4}
_TICKED = {"yes": True}
_FINISH = {"yes": True, "no": False}
_LONGEST_SEEN = 64


class Chosen(fields.Field[UUID | None]):
    """One of the listed things, by id; whether it may be chosen is the service's to say."""

    def __init__(self, *, missing: str | None = None, **kwargs: Any) -> None:
        if missing:
            super().__init__(required=True, error_messages={"required": missing}, **kwargs)
        else:
            super().__init__(load_default=None, **kwargs)
        self.missing = missing

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID | None:
        typed = value.strip() if isinstance(value, str) else ""
        if not typed and not self.missing:
            return None
        try:
            return UUID(typed)
        except ValueError:
            raise ValidationError(self.missing or "Choose one from the list") from None


class _Many(fields.List[Any]):
    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class PlanMeetingSchema(CommandSchema):
    """Planning a meeting."""

    command = PlanMeeting

    level = Choice(_MEETING_LEVELS, missing="Choose the level of the meeting")
    held_on = Day("the day of the meeting")
    at = Clock("the time of the meeting")
    place = Line(missing="Say where the meeting is")
    chair = Chosen(missing="Choose who chairs the meeting")
    agencies = _Many(
        Chosen(missing="Choose agencies from the list"),
        required=True,
        error_messages={"required": "Choose the agencies that are asked to come"},
    )


@dataclass(frozen=True)
class Cancel:
    """Why a meeting is cancelled."""

    reason: str


class CancelSchema(CommandSchema):
    """Cancelling a meeting."""

    command = Cancel

    reason = Text(missing="Say why the meeting is cancelled", longest=1000)


class AddLineSchema(CommandSchema):
    """A line under an item; the button says whether the item is finished with it."""

    command = AddLine

    text = Text()
    said_by = Chosen()
    finish = Choice(_FINISH)


class AddClosedItemSchema(CommandSchema):
    """Opening a closed item."""

    command = AddClosedItem

    agency = Chosen(missing="Choose whose item it is")
    heard_by = _Many(Chosen(missing="Choose from the list"), load_default=tuple)


class RecordAttendanceSchema(CommandSchema):
    """Putting somebody on the attendance list."""

    command = RecordAttendance

    user = Chosen()
    name = Line(longest=100)
    agency = Chosen()
    presence = Choice(Presence, missing="Choose how they take part")
    agreed = Choice(_TICKED)


class ChangeAttendanceSchema(CommandSchema):
    """Changing how somebody takes part."""

    command = ChangeAttendance

    presence = Choice(Presence, missing="Choose how they take part")
    agreed = Choice(_TICKED)


@dataclass(frozen=True)
class Edit:
    """A decision as typed, with the fingerprint of what the form was made from."""

    seen: str
    decided: Any


class _Decision(CommandSchema):
    """A decision that may have been taken by somebody else in the meantime."""

    command = Edit
    seen = Line(longest=_LONGEST_SEEN)


def _edit(of: type[Any]) -> Any:
    def made(*, seen: str, **decided: Any) -> Edit:
        return Edit(seen, of(**decided))

    return staticmethod(made)


class RiskSchema(_Decision):
    """The risk to each group."""

    command = _edit(DecideRisk)

    risk = Text(missing="Say what the risk to each group is")


class DisclosureSchema(_Decision):
    """Disclosure: yes or no, with reason."""

    command = _edit(DecideDisclosure)

    disclosure = YesNo(missing="Choose yes or no")
    reason = Text(missing="Give the reason, whichever way it is decided", longest=2000)


class LevelSchema(_Decision):
    """Level and category, with reason."""

    command = _edit(DecideLevel)

    level = Choice(_LEVELS, missing="Choose the level")
    category = Choice(_CATEGORIES, missing="Choose the category")
    reason = Text(missing="Give the reason for the level", longest=2000)


class NextDateSchema(CommandSchema):
    """The next date."""

    command = SetNextDate

    next_on = Day("the date of the next meeting")
    reason = Text(longest=1000)


class GiveActionSchema(CommandSchema):
    """An action."""

    command = GiveAction

    what = Text(missing="Say what is to be done", longest=500)
    who = Chosen(missing="Choose who does it")
    due_on = Day("the day by which it is done")
