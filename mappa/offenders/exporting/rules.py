"""What may be taken out at once, and for how long an asked-for file may be fetched. Pure."""

from dataclasses import dataclass
from datetime import timedelta

MOST_PEOPLE = 2000
FETCHED_WITHIN = timedelta(hours=24)
SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class AskForExport:
    """Which people (by level, or all), and why they are taken out."""

    reason: str
    level: int | None = None
