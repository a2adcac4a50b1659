"""Forms of the shared record to frozen commands."""

from dataclasses import dataclass

from mappa.offenders import rules
from mappa.offenders.search import NOTHING_TYPED
from mappa.rules.levels import RiskBand
from mappa.web.typed import Choice, CommandSchema, Day, Id, Line, Text

SERIOUS = {str(level): level for level in rules.SERIOUS}
OFFICERS = {str(number): number for number in rules.OFFICERS}


@dataclass(frozen=True)
class Search:
    """What was typed into the box."""

    q: str


class SearchSchema(CommandSchema):
    """The box that finds a person."""

    command = Search

    q = Line(missing=NOTHING_TYPED)


class PeopleFilterSchema(CommandSchema):
    """How the list of people is narrowed."""

    command = rules.PeopleFilter

    level = Choice({str(level): level for level in (1, 2, 3)})
    category = Choice({str(category): category for category in (1, 2, 3, 4)})
    risk = Choice(RiskBand)
    team_id = Id()
    manager_id = Id()


class AddAddressSchema(CommandSchema):
    """A new address."""

    command = rules.AddAddress

    kind = Choice(
        {kind: kind for kind in rules.ADDRESS_KINDS}, missing="Choose how the person lives there"
    )
    lines = Text(longest=400)
    postcode = Line(longest=12)
    district = Line(longest=80)
    from_on = Day("the day from which the person lives there")
    until_on = Day("the last day on which the person lived there", needed=False)
    note = Text(longest=1000)


class AddWarningSchema(CommandSchema):
    """A new warning to staff."""

    command = rules.AddWarning

    headline = Line(missing="Say what staff must know, in one sentence", longest=160)
    detail = Text(longest=2000)
    serious = Choice(SERIOUS, missing="Choose how serious it is")
    officers = Choice(OFFICERS, missing="Choose how many officers must go")
    lone_working = Text(longest=500)
    review_on = Day("the day by which it is reviewed")


class EndWarningSchema(CommandSchema):
    """The end of a warning."""

    command = rules.EndWarning

    reason = Text(missing="Say why the warning no longer stands", longest=1000)
