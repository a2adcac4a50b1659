"""The forms of a commitment to frozen commands. Shapes only, no rules."""

from marshmallow import fields

from mappa.visits.commitment.rules import (
    INTERVALS,
    Basis,
    EndCommitment,
    Manner,
    SetCommitment,
    Times,
)
from mappa.web.typed import Choice, CommandSchema, Line, Text

NONE = "none"
"""What the form calls that no visit has to be unannounced."""


class SetCommitmentSchema(CommandSchema):
    """How an agency is to visit somebody."""

    command = SetCommitment

    basis = Choice(Basis, missing="Choose what it rests on")
    every = Choice(INTERVALS, missing="Choose how often visits are made")
    unannounced = Choice(
        {NONE: None, **INTERVALS}, missing="Choose how often a visit is made unannounced"
    )
    times = fields.List(Choice(Times, missing="Choose from the list"), load_default=list)
    manner = Choice(Manner, missing="Choose who goes")
    agencies = Line()
    devices = Line()
    reason = Text(longest=2000)


class EndCommitmentSchema(CommandSchema):
    """That it does not stand any more."""

    command = EndCommitment

    reason = Text(missing="Say why it ends", longest=2000)
