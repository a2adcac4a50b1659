"""Forms of a plan to commands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.plans.rules import ContingencyText, MeasureText, Pillar
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text

Who = tuple[UUID, UUID]
"""A user, or nobody in particular, of an agency."""

NOBODY_CHOSEN = "Choose who does this"


@dataclass(frozen=True, kw_only=True)
class WriteMeasure:
    """A measure as typed; ``seen`` is what the form was made from, ``then`` where to go on."""

    pillar: Pillar
    what: str
    who: Who
    when: str
    due_on: date | None
    seen: str
    then: str

    @property
    def text(self) -> MeasureText:
        """The measure itself."""
        user, agency = self.who
        return MeasureText(
            pillar=self.pillar,
            what=self.what,
            user=user,
            agency=agency,
            when=self.when,
            due_on=self.due_on,
        )


@dataclass(frozen=True, kw_only=True)
class WriteContingency:
    """A contingency as typed."""

    if_text: str
    then_text: str
    who: Who
    within: str
    seen: str
    then: str

    @property
    def text(self) -> ContingencyText:
        """The contingency itself."""
        user, agency = self.who
        return ContingencyText(
            if_=self.if_text, then=self.then_text, user=user, agency=agency, within=self.within
        )


class _GivenToSomebody(CommandSchema):
    """A form with a choice of who does it: those of this person's case."""

    who = Choice({}, missing=NOBODY_CHOSEN)
    seen = Line()
    then = Line()

    def __init__(self, who: Mapping[str, Who]) -> None:
        super().__init__()
        choice = self.fields["who"]
        assert isinstance(choice, Choice)
        choice.of = dict(who)


class MeasureSchema(_GivenToSomebody):
    """A form to a ``WriteMeasure``."""

    command = WriteMeasure

    pillar = Choice(Pillar, missing="Choose the heading that this belongs to")
    what = Text(missing="Enter what will be done", longest=1000)
    when = Line(longest=100)
    due_on = Day("the date", needed=False)


class ContingencySchema(_GivenToSomebody):
    """A form to a ``WriteContingency``."""

    command = WriteContingency

    if_text = Text(missing="Enter what might happen", longest=500)
    then_text = Text(missing="Enter what is done then", longest=1000)
    within = Line(missing="Say how soon", longest=100)


@dataclass(frozen=True, kw_only=True)
class SetReview:
    """The day of the next review."""

    review_on: date
    seen: str
    lifelong: bool = False


class ReviewSchema(CommandSchema):
    """A form to a ``SetReview``."""

    command = SetReview

    review_on = Day("the day of the next review")
    seen = Line()


YES_NO = {"yes": True, "no": False}


class ScottishReviewSchema(ReviewSchema):
    """The same in Scotland, where a plan may stand under an order for lifelong restriction."""

    lifelong = Choice(YES_NO, missing="Say whether there is an order for lifelong restriction")


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """That one has read what is there; ``seen`` says what that was."""

    seen: str


class ConfirmSchema(CommandSchema):
    """A form to a ``Confirm``."""

    command = Confirm

    seen = Line()
