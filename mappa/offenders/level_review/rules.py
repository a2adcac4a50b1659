"""What a level 1 review can find, and when there is one to do. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from mappa.kernel.errors import RuleBroken
from mappa.rules.levels import MappaLevel

RULE, KIND = "level-1-review", "level-review"


class Finding(StrEnum):
    """Whether ordinary management by the lead agency is still enough."""

    STAYS = "stays"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"

    @property
    def words(self) -> str:
        """As it is said in the history."""
        return {
            Finding.STAYS: "Level 1 is still right",
            Finding.LEVEL_2: "A level 2 meeting is asked for",
            Finding.LEVEL_3: "A level 3 meeting is asked for",
        }[self]

    @property
    def asks(self) -> bool:
        """Whether the co-ordinator is asked for a meeting. Only a meeting changes the level."""
        return self is not Finding.STAYS


@dataclass(frozen=True, kw_only=True)
class ReviewLevel:
    """The finding of a review, and what it rests on."""

    finding: Finding
    reason: str


def is_owed(level: int | None, *, has_manager: bool) -> bool:
    """Whether a level 1 review is owed: at level 1, by the manager of the case."""
    return level == MappaLevel.ONE and has_manager


def check_level(level: int | None) -> None:
    """Only level 1 is reviewed by the lead agency alone. Raises ``RuleBroken``."""
    if level != MappaLevel.ONE:
        raise RuleBroken(
            "LEVEL-1-REVIEW",
            "This person is not at level 1. A meeting reviews levels 2 and 3",
            field="finding",
        )
