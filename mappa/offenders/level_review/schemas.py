"""The form of a level 1 review to its frozen command."""

from mappa.offenders.level_review.rules import Finding, ReviewLevel
from mappa.web.typed import Choice, CommandSchema, Text


class ReviewLevelSchema(CommandSchema):
    """What a review found, and why."""

    command = ReviewLevel

    finding = Choice(Finding, missing="Choose what the review found")
    reason = Text(missing="Say what the finding rests on", longest=2000)
