"""The forms of a dip sample to frozen commands."""

from typing import Any

from marshmallow import ValidationError, fields

from mappa.rules.levels import RiskBand
from mappa.visits.dip_sample.rules import (
    MOST_DRAWN,
    FreezeSample,
    Purpose,
    RecordResult,
    Verdict,
)
from mappa.web.typed import Choice, CommandSchema, Id, Text

_HOW_MANY = f"Enter how many people to draw, 1 to {MOST_DRAWN}"


class _HowMany(fields.Field[int]):
    def __init__(self) -> None:
        super().__init__(required=True, error_messages={"required": _HOW_MANY})

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> int:
        typed = value.strip() if isinstance(value, str) else ""
        if not (typed.isascii() and typed.isdigit() and len(typed) < 6):
            raise ValidationError(_HOW_MANY)
        if not 1 <= int(typed) <= MOST_DRAWN:
            raise ValidationError(_HOW_MANY)
        return int(typed)


class FreezeSampleSchema(CommandSchema):
    """Whom to draw from, how many and why."""

    command = FreezeSample

    risk = Choice(RiskBand)
    lead_agency_id = Id()
    team_id = Id()
    manager_id = Id()
    wanted = _HowMany()
    purpose = Choice(Purpose, missing="Choose what they are drawn for")
    why = Text(missing="Say why this sample is drawn", longest=1000)


class RecordResultSchema(CommandSchema):
    """What was found of one of them."""

    command = RecordResult

    verdict = Choice(Verdict, missing="Choose what you found")
    found = Text(longest=4000)
