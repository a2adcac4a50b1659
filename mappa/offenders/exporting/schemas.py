"""The form that asks for an export."""

from marshmallow import ValidationError, validates

from mappa.offenders.exporting import rules
from mappa.web.typed import Choice, CommandSchema, Text

_WHY = "Say what the list is needed for, and who will have it"


class AskForExportSchema(CommandSchema):
    """Which people, and why."""

    command = rules.AskForExport

    level = Choice({"1": 1, "2": 2, "3": 3})
    reason = Text(missing=_WHY, longest=1000)

    @validates("reason")
    def _says_something(self, reason: str, **_: object) -> None:
        if len(reason) < rules.SHORTEST_REASON:
            raise ValidationError(_WHY)
