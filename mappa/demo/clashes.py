"""Two agencies add the same person, each without seeing the other's record.

The match queue of the co-ordinator tells of it; neither of the two is told.
"""

from datetime import date, datetime, timedelta

from mappa.demo.stage import Stage
from mappa.offenders import service as offenders
from mappa.offenders.matching import service as matching
from mappa.offenders.rules import AddPerson

_BORN = date(1984, 6, 9)
TOLD = (
    ("owen.marsh", 21, "Shivaun", "Trelawn", _BORN),
    ("priya.sandhurst", 2, "Siobhán", "Trelawne", date(1984, 9, 6)),
)
"""Who adds whom how many days ago, and when they say the person was born."""


def tell(stage: Stage, *, now: datetime) -> None:
    """Add both; the system compares the second with everybody afterwards."""
    for who, days, given, family, born_on in TOLD:
        at = now - timedelta(days=days)
        with stage.act(who, at) as actor:
            command = AddPerson(
                given_name=given, family_name=family, born_on=born_on, category=2, level=1,
                manager_id=actor.user_id,
            )  # fmt: skip
            added = offenders.add_person(actor, command, now=at)
            matching.check_later(added.id, at)
