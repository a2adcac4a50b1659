"""Forms of the case team to frozen commands."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.kernel.ids import NOBODY
from mappa.sharing.case_team import rules
from mappa.web.typed import CommandSchema, Line


class Worker(fields.Field[tuple[UUID, UUID]]):
    """A worker and the agency they work for: two ids with a point between; nobody if empty."""

    def __init__(self, missing: str = "") -> None:
        self.missing = missing
        if missing:
            super().__init__(required=True, error_messages={"required": missing})
        else:
            super().__init__(load_default=(NOBODY, NOBODY))

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> tuple[UUID, UUID]:
        if not value and not self.missing:
            return NOBODY, NOBODY
        user, _point, agency = str(value).partition(".")
        try:
            return UUID(user), UUID(agency)
        except ValueError:
            raise ValidationError(self.missing or "Choose somebody from the list") from None


@dataclass(frozen=True, kw_only=True)
class BringOnForm:
    """What the form of an agency says."""

    why: str
    worker: tuple[UUID, UUID]
    restricted: bool

    def command(self) -> rules.BringOn:
        """The command of it."""
        return rules.BringOn(why=self.why, worker=self.worker[0], restricted=self.restricted)


class BringOnSchema(CommandSchema):
    """Bringing an agency on."""

    command = BringOnForm

    why = Line(missing="Say why it comes on to the case team", longest=300)
    worker = Worker()
    restricted = fields.Boolean(load_default=False)


@dataclass(frozen=True, kw_only=True)
class NameForm:
    """What the form of a worker says."""

    user: tuple[UUID, UUID]
    why: str

    def command(self) -> rules.NameWorker:
        """The command of it."""
        return rules.NameWorker(user=self.user[0], agency=self.user[1], why=self.why)


class NameSchema(CommandSchema):
    """Naming a worker."""

    command = NameForm

    user = Worker("Choose who is to be named")
    why = Line(missing="Say why they are named", longest=300)


@dataclass(frozen=True, kw_only=True)
class Leave:
    """Why somebody leaves."""

    why: str


class LeaveSchema(CommandSchema):
    """Leaving the case team."""

    command = Leave

    why = Line(missing="Say why they leave the case team", longest=300)
