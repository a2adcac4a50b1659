"""What can be said of an action."""

from dataclasses import dataclass
from typing import ClassVar

from mappa.web.typed import CommandSchema, Text


@dataclass(frozen=True)
class CompleteAction:
    """What shows that an action is done."""

    evidence: str


class CompleteActionSchema(CommandSchema):
    """The form on the page of an open action."""

    command: ClassVar[type[CompleteAction]] = CompleteAction

    evidence = Text(missing="Say what was done and how it can be seen", longest=2000)
