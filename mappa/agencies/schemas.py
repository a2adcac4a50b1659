"""From the administrator's forms to commands."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.agencies import rules
from mappa.agencies.service import (
    ChangePosting,
    CloseTeam,
    MovePeople,
    NewAgency,
    NewPosting,
    NewUser,
)
from mappa.kernel.db import NOBODY
from mappa.web.typed import Choice, CommandSchema, Day, Line

_EMAIL = re.compile(r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$")
ROLES = {role.value: role for role in rules.GIVEN_BY_ADMINISTRATOR}


class Team(fields.Field[UUID]):
    """A team by its id, or none; whether it is the agency's own, the service asks.

    ``needed`` is the sentence where there must be one.
    """

    def __init__(self, *, needed: str = "", **kwargs: Any) -> None:
        if needed:
            super().__init__(required=True, error_messages={"required": needed}, **kwargs)
        else:
            super().__init__(**kwargs)
        self.needed = needed

    def _deserialize(self, value: object, attr: object, data: object, **_: object) -> UUID:
        if value in ("", None):
            if self.needed:
                raise ValidationError(self.needed)
            return NOBODY
        try:
            return UUID(str(value))
        except ValueError:
            raise ValidationError("Choose a team from the list") from None


class Email(Line):
    """An address in plain ASCII, in lower case: look-alike letters would make two of one."""

    def _deserialize(self, value: object, attr: object, data: object, **rest: object) -> str:
        text = super()._deserialize(value, attr, data, **rest).lower()
        if not _EMAIL.match(text):
            raise ValidationError("Enter an email address, like name@example.org")
        return text


class NewUserSchema(CommandSchema):
    """Adding somebody."""

    command = NewUser

    name = Line(missing="Enter the full name", longest=120)
    email = Email(missing="Enter an email address, like name@example.org", longest=254)
    role = Choice(ROLES, missing="Choose a role")
    team = Team(load_default=NOBODY)
    why = Line(longest=300)


class NewPostingSchema(CommandSchema):
    """Posting somebody."""

    command = NewPosting

    role = Choice(ROLES, missing="Choose a role")
    team = Team(load_default=NOBODY)
    from_on = Day("the first day", needed=False)
    until_on = Day("the last day", needed=False)
    why = Line(longest=300)


class ChangePostingSchema(CommandSchema):
    """Another role or team in place of a posting."""

    command = ChangePosting

    role = Choice(ROLES, missing="Choose a role")
    team = Team(load_default=NOBODY)
    reason = Line(missing="Say why. It goes on record", longest=300)


@dataclass(frozen=True, kw_only=True)
class TeamName:
    """What a team is called."""

    name: str


class TeamNameSchema(CommandSchema):
    """Adding or renaming a team."""

    command = TeamName

    name = Line(missing="Enter a name for the team", longest=80)


class MovePeopleSchema(CommandSchema):
    """Moving postings to another team."""

    command = MovePeople

    postings = fields.List(
        fields.UUID(error_messages={"invalid_uuid": "Choose who moves"}),
        required=True,
        error_messages={"required": "Choose who moves"},
    )
    team = Team(needed="Choose the team they move to")
    reason = Line(missing="Say why. It goes on record", longest=300)


class CloseTeamSchema(CommandSchema):
    """Closing a team."""

    command = CloseTeam

    successor = Team(needed="Choose the team that takes over")
    reason = Line(missing="Say why. It goes on record", longest=300)


class NewAgencySchema(CommandSchema):
    """Adding an agency to an area; whether the area has such a kind, the service asks."""

    command = NewAgency

    type = Line(missing="Choose a kind of agency", longest=40)
    name = Line(missing="Enter the name of the agency", longest=120)
    short_name = Line(missing="Enter a short name, like Police", longest=40)
    phone = Line(longest=40)
    desk = Line(longest=120)


@dataclass(frozen=True, kw_only=True)
class OpenArea:
    """Which area of the list is opened."""

    area: str


class OpenAreaSchema(CommandSchema):
    """Opening an area."""

    command = OpenArea

    area = Line(missing="Choose an area", longest=60)


@dataclass(frozen=True, kw_only=True)
class SignAgreement:
    """From which day on the default agreement is in force."""

    starts_on: date


class SignAgreementSchema(CommandSchema):
    """Signing the default agreement."""

    command = SignAgreement

    starts_on = Day("the first day of the agreement")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why something is ended; ``anyway`` although people are still in the caseload."""

    reason: str
    anyway: bool | None = None


class ReasonSchema(CommandSchema):
    """A reason, which goes on record."""

    command = Reason

    reason = Line(missing="Say why. It goes on record", longest=300)
    anyway = Choice({"yes": True})
