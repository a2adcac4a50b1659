"""From the administrator's forms to commands."""

import re
from dataclasses import dataclass
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.access.terms import Role
from mappa.agencies import rules
from mappa.agencies.service import NewUser
from mappa.kernel.db import NOBODY
from mappa.web.typed import Choice, CommandSchema, Line

_EMAIL = re.compile(r"^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$")
ROLES = {role.value: role for role in rules.GIVEN_BY_ADMINISTRATOR}


class Team(fields.Field[UUID]):
    """A team by its id, or none; whether it is the agency's own, the service asks."""

    def _deserialize(self, value: object, attr: object, data: object, **_: object) -> UUID:
        if value in ("", None):
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


@dataclass(frozen=True, kw_only=True)
class NewPosting:
    """One more posting for somebody of the agency."""

    role: Role
    team: UUID = NOBODY


class NewPostingSchema(CommandSchema):
    """Posting somebody."""

    command = NewPosting

    role = Choice(ROLES, missing="Choose a role")
    team = Team(load_default=NOBODY)


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
