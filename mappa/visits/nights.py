"""How long a visit past midnight can be before it is taken for a slip of the pen."""

from datetime import date, timedelta
from uuid import UUID

from mappa.reminders.standards import queries as standards
from mappa.rules.levels import Jurisdiction
from mappa.visits.hours import PAST_MIDNIGHT


def longest_night(jurisdiction: str, agency: UUID, today: date) -> timedelta:
    """The local standard of the agency's area as it is today.

    That of today, whenever the visit was: it tells what is likely a slip from what is not.
    """
    book = standards.book_for(Jurisdiction(jurisdiction), agency)
    return timedelta(hours=book.rule(PAST_MIDNIGHT, today).amount)
