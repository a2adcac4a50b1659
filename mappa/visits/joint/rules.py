"""When an agency adds its account to a visit that another one logged. Pure."""

from dataclasses import dataclass
from uuid import UUID

from mappa.kernel.errors import RuleBroken
from mappa.visits.rules import VisitState


@dataclass(frozen=True)
class AddAccount:
    """What an agency says of a visit at which it was; ``concerns`` may be empty."""

    account: str
    concerns: str


def check_joint(*, state: str, owner: UUID, agency: UUID) -> None:
    """Raise ``RuleBroken`` unless it is another agency's visit that stands as made."""
    if owner == agency:
        said = "Your agency logged this visit. Correct it, or add to it"
        raise RuleBroken("visit-account-of-another-agency", said)
    if state != VisitState.MADE.value:
        said = "Nothing is added to a visit that was not made or was withdrawn"
        raise RuleBroken("visit-account-of-a-made-visit", said)
