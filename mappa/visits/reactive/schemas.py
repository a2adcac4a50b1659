"""The forms of reactive management to frozen commands. Shapes only, no rules."""

from mappa.visits.reactive.rules import Answer, Decide, EndReactive, Propose, Reconsider, Verdict
from mappa.web.typed import Choice, CommandSchema, Text


class ProposeSchema(CommandSchema):
    """A proposal."""

    command = Propose

    reason = Text(missing="Say why routine visits can stop", longest=2000)


class DecideSchema(CommandSchema):
    """What the supervisor says."""

    command = Decide

    verdict = Choice(Verdict, missing="Choose whether to approve it")
    reason = Text(missing="Say why. It goes on record", longest=2000)


class EndReactiveSchema(CommandSchema):
    """That it ends."""

    command = EndReactive

    reason = Text(missing="Say why visits begin again", longest=2000)


class ReconsiderSchema(CommandSchema):
    """What is decided on a change."""

    command = Reconsider

    answer = Choice(Answer, missing="Choose what you decide")
    reason = Text(missing="Say why. It goes on record", longest=2000)
