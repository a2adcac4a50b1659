"""Who may owe the answer to a question about a record: whoever may answer it now."""

from collections.abc import Sequence

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.reminders.models import Deadline
from mappa.sharing.approvals import queries
from mappa.sharing.approvals.kinds import kind_of
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.service import ANSWER
from mappa.sharing.passing.kinds import Passing


def _asked(duty: Deadline) -> Approval:
    return db.session.get_one(Approval, duty.about_id)


def _asker(found: Approval) -> Actor | None:
    return agencies.acting_as(found.asked_by_id, found.agency_id, [Role(found.asked_as)])


def _heirs(duty: Deadline) -> Sequence[Actor]:
    found = _asked(duty)
    owner = agencies.acting_as(duty.owner_user_id, found.agency_id, list(Role))
    if owner is not None and queries.may_answer(owner, found):
        return [owner]
    asker = _asker(found)
    if asker is None:
        return []
    try:
        may = kind_of(found.kind).answerers(asker, queries.payload_of(found))
    except NotFound:
        return []
    return [each for each in may if each.user_id != asker.user_id]


def _others(duty: Deadline) -> Sequence[Actor]:
    """Whoever asked, and nobody else: what is asked may be kept from all others."""
    asker = _asker(_asked(duty))
    return [] if asker is None else [asker]


PASSING = Passing(kinds=(ANSWER,), roles=list(Role), heirs=_heirs, others=_others, each=True)
