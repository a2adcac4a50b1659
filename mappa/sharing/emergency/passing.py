"""Who may owe the review of an emergency access: whoever may judge it now."""

from collections.abc import Sequence

import sqlalchemy as sa

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.kernel.db import db
from mappa.reminders.models import Deadline
from mappa.sharing.emergency import queries
from mappa.sharing.emergency.models import EmergencyUse
from mappa.sharing.emergency.service import REVIEW
from mappa.sharing.passing import queries as passing
from mappa.sharing.passing.kinds import Passing


def _use(duty: Deadline) -> EmergencyUse:
    return db.session.scalars(sa.select(EmergencyUse).where(EmergencyUse.id == duty.about_id)).one()


def _heirs(duty: Deadline) -> Sequence[Actor]:
    return queries.reviewers(_use(duty))


def _others(duty: Deadline) -> Sequence[Actor]:
    user = _use(duty).user_id
    return [each for each in passing.above(duty) if each.user_id != user]


PASSING = Passing(
    kinds=(REVIEW,),
    roles=(Role.INFORMATION_OFFICER, Role.COORDINATOR),
    heirs=_heirs,
    others=_others,
    each=True,
    passes=False,  # ``keep_reviewed`` does, and tells all who may judge it
)
