"""Who may owe the duties of a share: any information officer of its owner who sees the person."""

from collections.abc import Sequence

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.reminders.models import Deadline
from mappa.sharing.leaving.service import REAUTHORISE
from mappa.sharing.passing import queries
from mappa.sharing.passing.kinds import Passing
from mappa.sharing.shares.service import ENDING, REVIEW


def _heirs(duty: Deadline) -> Sequence[Actor]:
    person = queries.person_of(duty)
    target = Target(person=duty.person_id, owner=duty.owed_by_agency_id)
    return [
        each
        for each in agencies.posted(Role.INFORMATION_OFFICER, agency=duty.owed_by_agency_id)
        if queries.sees(each, person) and decide(each, Action.SHARE_MAKE, target).allowed
    ]


PASSING = Passing(
    kinds=(ENDING, REVIEW, REAUTHORISE), roles=(Role.INFORMATION_OFFICER,), heirs=_heirs
)
