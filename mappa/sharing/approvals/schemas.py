"""The forms of approvals."""

from dataclasses import dataclass

from mappa.web.typed import Choice, CommandSchema, Text


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the second person says."""

    approve: bool
    why: str


class AnswerSchema(CommandSchema):
    """The answer to a question."""

    command = Answer

    approve = Choice(
        {"approve": True, "decline": False}, missing="Choose whether you approve or decline"
    )
    why = Text(longest=1000)


@dataclass(frozen=True)
class Nothing:
    """A form that is only its button."""


class NothingSchema(CommandSchema):
    """A form without fields."""

    command = Nothing
