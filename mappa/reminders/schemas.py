"""What can be sent about notices and dead letters."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from marshmallow import fields, validate

from mappa.reminders.queries import MOST_NOTICES
from mappa.reminders.telling.queries import MOST_SHOWN
from mappa.web.typed import CommandSchema


@dataclass(frozen=True)
class MarkRead:
    """The notices that were read."""

    notice: list[UUID]


class MarkReadSchema(CommandSchema):
    """Ids of notices; those of others, or that are gone, do nothing."""

    command: ClassVar[type[MarkRead]] = MarkRead

    notice = fields.List(
        fields.UUID(error_messages={"invalid_uuid": "Open the page again and choose from there"}),
        required=True,
        validate=validate.Length(max=MOST_NOTICES, error="Mark at most 100 at once"),
        error_messages={"required": "There is nothing to mark as read"},
    )


@dataclass(frozen=True)
class TryAgain:
    """The dead letters to be tried again."""

    letter: list[UUID]


class TryAgainSchema(CommandSchema):
    """Ids of dead letters; those that are none, or are gone, do nothing."""

    command: ClassVar[type[TryAgain]] = TryAgain

    letter = fields.List(
        fields.UUID(error_messages={"invalid_uuid": "Open the page again and choose from there"}),
        required=True,
        validate=validate.Length(max=MOST_SHOWN, error="Try at most 50 at once"),
        error_messages={"required": "There is nothing to try again"},
    )
