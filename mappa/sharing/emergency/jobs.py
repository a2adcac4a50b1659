"""Putting on record that emergency access ended by itself; it ends by the policy, run or no run."""

import sqlalchemy as sa
from flask import Flask

from mappa.access import queries as rights
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.sharing.emergency.models import EmergencyUse
from mappa.sharing.emergency.service import RAN_OUT

AT_ONCE = 200


def record_ends(app: Flask) -> int:
    """Record the ends that have passed; how many. It may run twice."""
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
