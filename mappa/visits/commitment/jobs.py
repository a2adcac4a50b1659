"""Letting the next visits of every agency follow another risk band."""

import sqlalchemy as sa
from flask import Flask

from mappa.kernel.db import Query, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.visits.commitment import following
from mappa.visits.commitment.models import BandRecount
from mappa.visits.commitment.rules import Facts

MOST = 100
"""So many people in one run."""


def follow_bands(app: Flask) -> int:
    """Count anew what waits for it; of how many people. It may run twice, and be killed."""
    followed = 0
    with app.app_context():
        while followed < MOST:
            with unit_of_work(Kind.WRITE, system="risk bands") as unit:
                asked = db.session.scalars(_next()).first()
                if asked is None:
                    break
                known = db.session.execute(_known(), {"of_person": asked.person_id}).one()
                following.follow_band(
                    asked.person_id,
                    Facts(
                        jurisdiction=known.jurisdiction,
                        agency_type="",
                        category=known.category,
                        band=None if known.risk_band == "not_assessed" else known.risk_band,
                    ),
                    unit.at,
                )
                db.session.delete(asked)
                followed += 1
    return followed


def _next() -> sa.Select[BandRecount]:
    asked = sa.select(BandRecount).order_by(BandRecount.asked_at, BandRecount.id).limit(1)
    return asked.with_for_update(skip_locked=True)


def _known() -> Query:
    person = Person.__table__.c
    names = (person.jurisdiction, person.category, person.risk_band)
    return sa.select(*names).where(person.id == sa.bindparam("of_person", type_=sa.Uuid()))
