"""The forms by which a logged visit is corrected, countersigned or withdrawn."""

from dataclasses import dataclass
from typing import Any, ClassVar

from mappa.visits.correcting.rules import Sign, Withdraw
from mappa.visits.rules import Outcome
from mappa.visits.schemas import KINDS, Essentials, EssentialsSchema
from mappa.web.typed import Choice, CommandSchema, Line, Text


@dataclass(frozen=True)
class Correction(Essentials):
    """A visit as its author types it anew, on one page; ``seen`` is what the page was made from."""

    outcome: Outcome
    kind: bool | None
    why: str
    seen: str


class CorrectionSchema(EssentialsSchema):
    """Correcting a visit."""

    command: ClassVar[type[Any]] = Correction

    outcome = Choice(Outcome, missing="Choose what happened at the visit")
    kind = Choice(KINDS)
    why = Text(longest=1000)
    seen = Line(missing="Open the page again and correct the visit")


class WithdrawSchema(CommandSchema):
    """Withdrawing a visit that was logged."""

    command = Withdraw

    reason = Text(missing="Say why it does not count", longest=1000)


class SignSchema(CommandSchema):
    """Countersigning a visit."""

    command = Sign

    note = Text(longest=1000)
