"""What becomes of shares by itself.

Duties whose owner has left pass to another information officer, and receivers are told of an end.
"""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import aliased

from mappa.access import queries as teams
from mappa.access.models import Share
from mappa.access.terms import Role, State
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.types import UtcDateTime
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.reminders import service as reminders
from mappa.reminders.models import Notice
from mappa.reminders.service import Owes
from mappa.sharing.shares import service, telling
from mappa.sharing.shares.models import ShareRecord
from mappa.sharing.shares.service import ENDING, REVIEW

KINDS = (ENDING, REVIEW)
LATELY = timedelta(days=3)
"""An end is told of that much later at most: so long the scheduler may have stood still."""


def pass_on(app: Flask) -> int:
    """Pass the duties of those who left; of how many people. It may run twice.

    With nobody to take them they stay where they are: the agency lead is told when they are late.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="shares") as unit:
        passed = 0
        for user, agency in reminders.owners_of(KINDS):
            heir = _heir(user, agency)
            if heir is not None:
                reminders.pass_kinds(KINDS, _owes(user, agency), _owes(heir, agency), unit.at)
                passed += 1
        return passed


def _heir(user: UUID, agency: UUID) -> UUID | None:
    """Who takes over; None where nobody can, or the owner is still there."""
    staff = agencies.staff_of([agency])
    office = [each.user_id for each in staff if each.role is Role.INFORMATION_OFFICER]
    return None if user in office or not office else office[0]


def tell_of_ends(app: Flask) -> int:
    """Tell the receivers of shares that ended these days; how many were told now.

    The right itself ends it, run or no run. It may run twice: nobody is told twice. Who was told at
    once that a share was ended is not told again; who lost sight of the person by it is told here.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="share ends") as unit:
        told = 0
        for kept, lead in db.session.execute(_ended(), {"at": unit.at, "since": unit.at - LATELY}):
            users = service.receivers(kept.person_id, kept.to_agency_id)
            told += telling.of_end(kept, lead, users, now=unit.at)
            told += telling.of_sight_lost(kept, lead, _begun(kept), now=unit.at)
        return told


@cache
def _ended() -> Query:
    """Shares that ended of late with their person's lead; not what was given again since."""
    at, since = (sa.bindparam(name, type_=UtcDateTime()) for name in ("at", "since"))
    again = aliased(Share)
    same = ("person_id", "agency_id", "owner_agency_id", "section", "record_id")
    goes_on: Query = sa.select(sa.literal_column("1")).where(
        *(getattr(again, name) == getattr(Share, name) for name in same),
        again.state == State.LIVE.value,
        again.ends_at > at,
    )
    return (
        sa.select(ShareRecord, Person.owner_agency_id)
        .join(Share, Share.id == ShareRecord.id)
        .join(Person, Person.id == ShareRecord.person_id)
        .where(
            Share.ends_at <= at,
            Share.ends_at > since,
            sa.not_(goes_on.correlate(Share).exists()),
        )
        .order_by(ShareRecord.id)
    )


def _begun(kept: ShareRecord) -> Sequence[Notice]:
    """What told the receiver of this share, or of another by the same agency; one for each user."""
    told = sa.select(Notice).where(
        Notice.event == service.MADE,
        Notice.about_id == kept.person_id,
        Notice.owner_agency_id == kept.owner_agency_id,
        Notice.agency_id == kept.to_agency_id,
    )
    ordered = told.order_by(Notice.key == kept.id.hex, Notice.at, Notice.id)
    return list({each.user_id: each for each in db.session.scalars(ordered)}.values())


def _owes(user: UUID, agency: UUID) -> Owes:
    return Owes(user=user, team=teams.team_of(user, agency) or NOBODY, agency=agency)
