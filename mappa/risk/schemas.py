"""The form of an assessment to its findings."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from marshmallow import post_load

from mappa.risk.rules import Band, Findings, Group, Rating
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text

PLACES = ("community", "custody")
_CHOOSE = {
    f"{group.value}_{place}": f"Choose a level for {group.words.lower()} in {place_words}"
    for group in Group
    for place, place_words in (("community", "the community"), ("custody", "custody"))
}
FIELDS = (*_CHOOSE, "raises", "lowers", "assessed_on", "tool", "tool_version", "tool_result")
"""The fields of the form, in the order of the page."""


@dataclass(frozen=True, kw_only=True)
class Assess:
    """An assessment as typed; ``seen`` is what the form was made from."""

    findings: Findings
    seen: str


class _Texts(CommandSchema):
    command = Assess

    assessed_on = Day("the day of the assessment")
    raises = Text(missing="Enter what raises the risk, or “Nothing known”", longest=2000)
    lowers = Text(missing="Enter what lowers the risk, or “Nothing known”", longest=2000)
    tool = Line(longest=100)
    tool_version = Line(longest=50)
    tool_result = Text(longest=1000)
    seen = Line()

    @post_load
    def _to_command(self, loaded: dict[str, Any], **_: Any) -> Assess:
        ratings = tuple(
            Rating(group, *(Band(loaded.pop(f"{group.value}_{place}")) for place in PLACES))
            for group in Group
        )
        seen: str = loaded.pop("seen")
        on: date = loaded.pop("assessed_on")
        return Assess(findings=Findings(ratings=ratings, assessed_on=on, **loaded), seen=seen)


AssessSchema: type[_Texts] = type(
    "AssessSchema",
    (_Texts,),
    {name: Choice(Band, missing=missing) for name, missing in _CHOOSE.items()},
)
"""A form to an ``Assess``: two levels for each group, none of them chosen beforehand."""
