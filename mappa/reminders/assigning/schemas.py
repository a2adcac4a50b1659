"""Forms that put duties off and give them to colleagues, to frozen commands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.reminders.assigning import rules
from mappa.reminders.assigning.rules import Assign, Chosen
from mappa.web.typed import CommandSchema, Day, Text

_AGAIN = "Open the list again and choose from there"


class SnoozeSchema(CommandSchema):
    """Until when a duty is put off, and why."""

    command = rules.Snooze

    until_on = Day("the day on which it is back in your list")
    why = Text(missing="Say why, so that others can follow it", longest=500)


class ColleagueId(fields.Field[UUID]):
    """Somebody from the list of colleagues."""

    words: ClassVar[str] = "Choose a colleague"

    def __init__(self) -> None:
        super().__init__(required=True, error_messages={"required": self.words})

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID:
        try:
            return UUID(str(value))
        except ValueError:
            raise ValidationError(self.words) from None


class ChosenDuty(fields.Field[Chosen]):
    """A duty as it stood on the page: its id, its owner and its date, with points between."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> Chosen:
        try:
            duty, owner, due_on = str(value).split(".")
            return Chosen(id=UUID(duty), owner=UUID(owner), due_on=date.fromisoformat(due_on))
        except ValueError:
            raise ValidationError(_AGAIN) from None


def as_chosen(duty: Any) -> str:
    """A duty as its page sends it back."""
    return f"{duty.id}.{duty.owner_user_id}.{duty.due_on.isoformat()}"


def ids_in(given: Sequence[str]) -> list[UUID]:
    """The ids in what a list or a page sent; what is none is left out."""
    found = []
    for each in given:
        try:
            found.append(UUID(each.partition(".")[0]))
        except ValueError:
            continue
    return list(dict.fromkeys(found))[: rules.MOST_AT_ONCE]


@dataclass(frozen=True, kw_only=True)
class AssignForm:
    """What the form says: which duties, to whom, why."""

    duty: list[Chosen]
    to: UUID
    why: str

    def command(self) -> Assign:
        """The command of it."""
        return Assign(chosen=tuple(self.duty), to=self.to, why=self.why)


class AssignSchema(CommandSchema):
    """Giving duties to a colleague."""

    command = AssignForm

    duty = fields.List(ChosenDuty(), load_default=list)
    to = ColleagueId()
    why = Text(missing="Say why, so that your colleague can follow it", longest=500)
