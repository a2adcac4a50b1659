"""The form that confirms a share."""

from dataclasses import dataclass

from mappa.web.typed import CommandSchema, Text


@dataclass(frozen=True, kw_only=True)
class Confirm:
    """Why a share is still right."""

    why: str


class ConfirmSchema(CommandSchema):
    """Answering for a share of somebody who left."""

    command = Confirm

    why = Text(missing="Say why it is still necessary and proportionate", longest=1000)
