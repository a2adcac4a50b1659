"""The forms of visits: from what was typed to frozen values. Shapes only, no rules."""

import re
from dataclasses import dataclass
from datetime import date, time
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.visits.pattern import Part
from mappa.visits.rules import EndVisit, Outcome, Present, ToldHow, VisitState
from mappa.web.typed import Choice, Clock, CommandSchema, Day, Line, Text

KINDS = {"unannounced": False, "scheduled": True}
"""What the forms call the kind → whether the visit is announced."""

YES_NO = {"yes": True, "no": False}

SECOND = {"first": False, "second": True}
"""Which of two times that read the same → whether it is the second."""

ELSEWHERE = "elsewhere"
HOME = "home"
SOMEONE_ELSE = "other"
ANOTHER = "another"


def ids_in(text: str) -> frozenset[UUID]:
    """The ids in a text; none where it is not such a text."""
    try:
        return frozenset(UUID(each) for each in text[:4000].split())
    except ValueError:
        return frozenset()


class Ids(fields.Field[frozenset[UUID]]):
    """The ids in the value of a box that was ticked: what was shown beside it; none without it."""

    def __init__(self) -> None:
        super().__init__(load_default=frozenset())

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> frozenset[UUID]:
        return ids_in(str(value))


@dataclass(frozen=True)
class Happened:
    """The first page: what happened, and of which kind the visit was."""

    outcome: Outcome
    kind: bool
    warnings_read: frozenset[UUID] = frozenset()


class HappenedSchema(CommandSchema):
    """The first page of logging a visit."""

    command = Happened

    outcome = Choice(Outcome, missing="Choose what happened at the visit")
    kind = Choice(KINDS, missing="Choose whether it was scheduled or unannounced")
    warnings_read = Ids()


@dataclass(frozen=True)
class Essentials:
    """The second page, as typed: nothing is required here that an outcome may not ask for.

    ``arrived_which`` and ``left_which`` say of a time that came twice whether it is the second.
    ``overnight`` is the day of the arrival (ISO) of a visit that is said to have ended on the next.
    """

    made_on: date | None
    arrived: time | None
    arrived_which: bool | None
    left: time | None
    left_which: bool | None
    overnight: str
    where: str | None
    place: str
    officers: list[str]
    other_name: str
    other_agency: str
    present: list[Present]
    adults: str
    child_name: str
    child_age: str
    child_relation: str
    concern: bool | None
    concerns: str
    concern_child: bool | None
    told_next: bool | None
    account: str
    next_step: str
    plain_clothes: bool | None
    marked_car: bool | None
    accredited: bool | None
    turnout_reason: str


def _no_impossible_age(typed: str) -> None:
    """An age may be words, like "about 6"; a number is one that a child can have."""
    number = re.fullmatch(r"\s*(-?\d+)\s*", typed)
    if number and not 0 <= int(number[1]) < 18:
        raise ValidationError("Enter an age from 0 to 17, or leave it empty")


class EssentialsSchema(CommandSchema):
    """The second page of logging a visit."""

    command: ClassVar[type[Any]] = Essentials

    made_on = Day("the day of the visit", needed=False)
    arrived = Clock("the time you arrived")
    arrived_which = Choice(SECOND)
    left = Clock("the time you left")
    left_which = Choice(SECOND)
    overnight = Line(longest=10)
    where = Choice({HOME: HOME, ELSEWHERE: ELSEWHERE}, missing="Choose where the visit was")
    place = Line()
    officers = fields.List(Line(), load_default=list)
    other_name = Line(longest=100)
    other_agency = Line(longest=100)
    present = fields.List(
        Choice(Present, missing="Choose “Nobody else”, or say who was there"), load_default=list
    )
    adults = Line()
    child_name = Line(longest=100)
    child_age = Line(longest=30, validate=_no_impossible_age)
    child_relation = Line(longest=100)
    concern = Choice(YES_NO)
    concerns = Text()
    concern_child = Choice(YES_NO)
    told_next = Choice(YES_NO)
    account = Text(longest=2000)
    next_step = Text(longest=2000)
    plain_clothes = Choice(YES_NO)
    marked_car = Choice(YES_NO)
    accredited = Choice(YES_NO)
    turnout_reason = Text(longest=1000)


@dataclass(frozen=True)
class Checked:
    """The third page: the draft that was checked, and whether the visit is on record already.

    ``same`` is the id of a visit that is the same, ``ANOTHER`` for none of those ``asked`` about,
    empty where nothing was asked.
    """

    seen: str
    same: str
    asked: frozenset[UUID]

    @property
    def joins(self) -> UUID | None:
        """The visit that is said to be the same."""
        return next(iter(ids_in(self.same)), None)


class CheckedSchema(CommandSchema):
    """The third page of logging a visit."""

    command = Checked

    seen = Line(missing="Open the page again and check the visit")
    same = Line(longest=40)
    asked = Ids()


@dataclass(frozen=True)
class Planned:
    """The form of a visit to come, as typed."""

    kind: bool
    on: date | None
    at: time | None
    told_by: str
    told_how: ToldHow | None
    from_on: date | None
    until_on: date | None
    part: Part | None
    expected: bool | None
    elsewhere: bool | None
    warnings_read: frozenset[UUID]
    alone_reason: str
    plain_clothes: bool | None
    marked_car: bool | None
    accredited: bool | None
    turnout_reason: str
    where: str | None
    place: str
    officers: list[str]
    other_name: str
    other_agency: str


class PlannedSchema(CommandSchema):
    """Planning a visit."""

    command = Planned

    kind = Choice(KINDS, missing="Choose which kind of visit it is")
    on = Day("the day of the visit", needed=False)
    at = Clock("the time of the visit", needed=False)
    told_by = Line()
    told_how = Choice(ToldHow)
    from_on = Day("the first day of the window", needed=False)
    until_on = Day("the last day of the window", needed=False)
    part = Choice({each.value: each for each in Part})
    expected = Choice({"yes": True})
    elsewhere = Choice({"yes": True})
    warnings_read = Ids()
    alone_reason = Text(longest=1000)
    plain_clothes = Choice(YES_NO)
    marked_car = Choice(YES_NO)
    accredited = Choice(YES_NO)
    turnout_reason = Text(longest=1000)
    where = Choice({HOME: HOME, ELSEWHERE: ELSEWHERE}, missing="Choose where the visit will be")
    place = Line()
    officers = fields.List(Line(), load_default=list)
    other_name = Line(longest=100)
    other_agency = Line(longest=100)


class EndSchema(CommandSchema):
    """Taking a planned visit out of the plan."""

    command = EndVisit

    state = Choice(
        {each.value: each for each in (VisitState.WITHDRAWN, VisitState.MISSED)},
        missing="Choose what became of the visit",
    )
    reason = Text(missing="Say why", longest=2000)
