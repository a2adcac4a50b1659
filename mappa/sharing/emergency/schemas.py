"""Forms of emergency access to frozen commands."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import ValidationError, validates_schema

from config.emergency import emergency_reasons
from mappa.kernel.errors import FieldErrors
from mappa.sharing.emergency import rules
from mappa.sharing.emergency.finding import is_identifier
from mappa.sharing.emergency.rules import Asked, Open
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text


@dataclass(frozen=True, kw_only=True)
class OpenForm:
    """What the form of the door says, but for the password."""

    identifier: str
    name: str
    born_on: date | None
    reason: str
    what: str

    def command(self) -> Open:
        """The command of it."""
        asked = Asked(identifier=self.identifier, name=self.name, born_on=self.born_on)
        return Open(asked=asked, reason=self.reason, what=self.what)


class OpenSchema(CommandSchema):
    """Whom to open, and why."""

    command = OpenForm

    identifier = Line(longest=40)
    name = Line(longest=200)
    born_on = Day("the date of birth", needed=False)
    reason = Choice({code: code for code in emergency_reasons()}, missing="Choose why you need it")
    what = Text(missing="Say what is happening. The reviewer reads this", longest=1000)

    @validates_schema(skip_on_field_errors=False)
    def _asks_for_somebody(self, data: dict[str, Any], **_: Any) -> None:
        """Said together with what is wrong elsewhere; what cannot be read is not said to miss."""
        if not {"identifier", "name", "born_on"} <= data.keys():
            return
        asked = Asked(**{name: data[name] for name in ("identifier", "name", "born_on")})
        try:
            rules.check_asked(asked, known=is_identifier(asked.identifier))
        except FieldErrors as error:
            raise ValidationError(error.errors) from None


class JudgeSchema(CommandSchema):
    """A judgement of a use."""

    command = rules.Judge

    justified = Choice({"yes": True, "no": False}, missing="Choose whether it was justified")
    why = Text(missing="Say why you judge so", longest=2000)
    follows = Text(longest=2000)
