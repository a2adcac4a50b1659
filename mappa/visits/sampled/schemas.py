"""The form that plans for a drawn sample: the ticks, who goes to whom, and how the police go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from mappa.visits.rules import Turnout
from mappa.visits.sampled.rules import PlanSample
from mappa.visits.schemas import YES_NO
from mappa.web.typed import Choice, CommandSchema, Line, Text

EVERYBODY, TICKED = "everybody", "ticked"
_TURNOUT = ("plain_clothes", "marked_car", "accredited")


@dataclass(frozen=True)
class Typed:
    """The form as typed, but for who goes to whom, which has a field for each person."""

    then: bool
    chosen: list[str]
    plain_clothes: bool | None
    marked_car: bool | None
    accredited: bool | None
    turnout_reason: str

    def turnout(self) -> Turnout | None:
        """How the police go, if all of it is said."""
        said = {name: getattr(self, name) for name in _TURNOUT}
        if None in said.values():
            return None
        return Turnout(**said, reason=self.turnout_reason)


class PlanSampleSchema(CommandSchema):
    """Planning for a drawn sample."""

    command = Typed

    then = Choice({EVERYBODY: True, TICKED: False}, missing="Choose for whom to plan")
    chosen = fields.List(Line(), load_default=list)
    plain_clothes = Choice(YES_NO)
    marked_car = Choice(YES_NO)
    accredited = Choice(YES_NO)
    turnout_reason = Text(longest=1000)


def command_of(typed: Typed, officers: Mapping[int, str]) -> PlanSample:
    """The command; what is no place or no id is as if it had not been sent."""
    return PlanSample(
        everybody=typed.then,
        chosen=_places(typed.chosen),
        officers={place: _id(text) for place, text in officers.items()},
        turnout=typed.turnout(),
    )


def _places(chosen: Sequence[str]) -> list[int]:
    return [int(each) for each in chosen if each.isascii() and each.isdigit() and len(each) < 6]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
