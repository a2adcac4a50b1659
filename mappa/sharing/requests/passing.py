"""Who may owe the answer to a request: any officer of the owner who sees the person."""

from collections.abc import Sequence

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.reminders.models import Deadline
from mappa.sharing.passing import queries
from mappa.sharing.passing.kinds import Passing
from mappa.sharing.requests.jobs import officers
from mappa.sharing.requests.service import DUTY


def _heirs(duty: Deadline) -> Sequence[Actor]:
    return officers(duty.owed_by_agency_id, queries.person_of(duty))


def _others(duty: Deadline) -> Sequence[Actor]:
    """As at its delivery: whoever can have somebody posted; the agency's leads besides."""
    person = queries.person_of(duty)
    area = agencies.area_of(person.owner_agency_id)
    office = agencies.posted(Role.COORDINATOR, area=area)
    leads = agencies.posted(Role.AGENCY_LEAD, agency=duty.owed_by_agency_id)
    return [each for each in (*office, *leads) if queries.sees(each, person)]


PASSING = Passing(
    kinds=(DUTY,), roles=(Role.INFORMATION_OFFICER,), heirs=_heirs, others=_others, each=True
)
