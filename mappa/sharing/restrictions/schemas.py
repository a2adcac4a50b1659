"""The forms of exclusions to frozen commands."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from mappa.sharing.restrictions.rules import Exclude, Review
from mappa.web.typed import CommandSchema, Day, Id, Line, Text


@dataclass(frozen=True, kw_only=True)
class ExcludeForm:
    """What the form says."""

    user: UUID | None
    agency: UUID | None
    manager: UUID | None
    reason: str
    from_on: date | None
    until_on: date | None
    review_on: date | None

    def command(self) -> Exclude:
        """The command of it."""
        return Exclude(
            user=self.user,
            agency=self.agency,
            manager=self.manager,
            reason=self.reason,
            from_on=self.from_on,
            until_on=self.until_on,
            review_on=self.review_on,
        )


class ExcludeSchema(CommandSchema):
    """Keeping somebody out."""

    command = ExcludeForm

    user = Id()
    agency = Id()
    manager = Id()
    reason = Text(missing="Say why. It is shown to those who may end it, and to nobody else")
    from_on = Day("the first day", needed=False)
    until_on = Day("the last day", needed=False)
    review_on = Day("the day on which it is looked at again", needed=False)


@dataclass(frozen=True, kw_only=True)
class Why:
    """Why something ends."""

    why: str


class WhySchema(CommandSchema):
    """Ending an exclusion."""

    command = Why

    why = Line(missing="Say why it ends. It goes on record", longest=300)


class ReviewSchema(CommandSchema):
    """Looking at an exclusion again."""

    command = Review

    found = Text(missing="Say what you found", longest=1000)
    next_on = Day("the day on which it is looked at again", needed=False)
