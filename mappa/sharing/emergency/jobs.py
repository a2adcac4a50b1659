"""What happens by itself: the ends are put on record, and no use is without a reviewer for long."""

from uuid import UUID

import sqlalchemy as sa
from flask import Flask

from mappa.access import queries as rights
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.reminders.models import Deadline, DutyState
from mappa.sharing.emergency import queries
from mappa.sharing.emergency.models import EmergencyUse
from mappa.sharing.emergency.rules import UseState
from mappa.sharing.emergency.service import RAN_OUT, REVIEW, have_it_judged

AT_ONCE = 200


def record_ends(app: Flask) -> int:
    """Record the ends that have passed; how many. The policy ends it, run or no run."""
    with app.app_context(), unit_of_work(Kind.WRITE, system="emergency ends") as unit:
        over = (
            sa.select(EmergencyUse)
            .where(EmergencyUse.end_told_at.is_(None), EmergencyUse.until_at <= unit.at)
            .order_by(EmergencyUse.until_at, EmergencyUse.id)
            .limit(AT_ONCE)
            .with_for_update()
        )
        found = db.session.scalars(over).all()
        early = rights.ended_early([each.id for each in found])
        for use in found:
            use.end_told_at = unit.at
            if use.id not in early:
                records = [use.person_id, use.id]
                log.record(None, Operation.ADMINISTRATION, RAN_OUT, records, at=unit.at)
        db.session.flush()
        return len(found)


def keep_reviewed(app: Flask) -> int:
    """Give what waits to somebody who may judge it, where its owner may no more; how many.

    The day stays. It may run twice.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="emergency reviews") as unit:
        still = sa.select(EmergencyUse).where(EmergencyUse.state == UseState.OPEN.value)
        given = 0
        for use in db.session.scalars(still.order_by(EmergencyUse.id).with_for_update()):
            who = queries.reviewers(use)
            if who and not _owners(use.id) & {(each.user_id, each.agency_id) for each in who}:
                have_it_judged(use, who, _jurisdiction(use.person_id), unit.at)
                given += 1
        return given


def _owners(use: UUID) -> set[tuple[UUID, UUID]]:
    owed = sa.select(Deadline.owner_user_id, Deadline.owed_by_agency_id).where(
        Deadline.about_id == use, Deadline.kind == REVIEW, Deadline.state == DutyState.OPEN.value
    )
    return {(user, agency) for user, agency in db.session.execute(owed)}


def _jurisdiction(person: UUID) -> str:
    asked = sa.select(Person.jurisdiction).where(Person.id == person)
    found: str = db.session.execute(asked).scalar_one()
    return found
