"""Forms of handovers and deputies to frozen commands."""

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar
from uuid import UUID

from marshmallow import ValidationError, fields

from mappa.offenders.handover import rules
from mappa.offenders.handover.rules import Stays
from mappa.web.typed import Choice, CommandSchema, Day, Line, Text


class Id(fields.Field[UUID]):
    """An id that a list or a page of ours offered."""

    def __init__(self, missing: str, **kwargs: Any) -> None:
        super().__init__(required=True, error_messages={"required": missing}, **kwargs)
        self.missing_words = missing

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> UUID:
        try:
            return UUID(str(value))
        except ValueError:
            raise ValidationError(self.missing_words) from None


class Receiver(fields.Field[tuple[UUID, UUID]]):
    """A manager and the agency they act for: two ids with a point between."""

    words: ClassVar[str] = "Choose who is to take over"

    def __init__(self) -> None:
        super().__init__(required=True, error_messages={"required": self.words})

    def _deserialize(self, value: Any, attr: Any, data: Any, **_: Any) -> tuple[UUID, UUID]:
        user, _point, agency = str(value).partition(".")
        try:
            return UUID(user), UUID(agency)
        except ValueError:
            raise ValidationError(self.words) from None


@dataclass(frozen=True, kw_only=True)
class ProposeForm:
    """What the form of a handover says."""

    people: list[UUID]
    receiver: tuple[UUID, UUID]
    why: str
    overlap_until: date | None
    stays: Stays | None

    def command(self) -> rules.Propose:
        """The command of it."""
        return rules.Propose(
            people=tuple(self.people),
            to_user=self.receiver[0],
            to_agency=self.receiver[1],
            why=self.why,
            overlap_until=self.overlap_until,
            stays=self.stays,
        )


class ProposeSchema(CommandSchema):
    """A proposal to hand people over."""

    command = ProposeForm

    people = fields.List(Id("Choose at least one person"), load_default=list)
    receiver = Receiver()
    why = Text(missing="Say why the case is handed over", longest=1000)
    overlap_until = Day("the last day on which both work together", needed=False)
    stays = Choice(Stays)


@dataclass(frozen=True, kw_only=True)
class AnswerForm:
    """What the receiver says, of which proposals."""

    handover: list[UUID]
    accept: bool
    why: str

    def command(self) -> rules.Answer:
        """The command of it."""
        return rules.Answer(handovers=tuple(self.handover), accept=self.accept, why=self.why)


class AnswerSchema(CommandSchema):
    """The receiver's answer."""

    command = AnswerForm

    handover = fields.List(Id("Choose at least one person"), load_default=list)
    accept = Choice(
        {"accept": True, "decline": False}, missing="Choose whether you accept or decline"
    )
    why = Text(longest=1000)


@dataclass(frozen=True, kw_only=True)
class Withdraw:
    """Why a proposal is taken back."""

    why: str


class WithdrawSchema(CommandSchema):
    """Taking a proposal back."""

    command = Withdraw

    why = Line(missing="Say why you withdraw it", longest=300)


class DeputySchema(CommandSchema):
    """Naming a deputy."""

    command = rules.NameDeputy

    deputy = Id("Choose who stands in")
    from_on = Day("the first day")
    until_on = Day("the last day")
    why = Line(missing="Say why, like leave or training", longest=300)
