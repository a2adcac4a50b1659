"""What has open dates counted anew, made for measuring: a day off, and a local standard."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from bench.deadlines import AREA, KIND, RULE
from mappa.agencies.models import Agency, User
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders.holidays import queries as days_off
from mappa.reminders.holidays.models import BankHoliday
from mappa.reminders.models import Deadline
from mappa.reminders.standards import recounting
from mappa.reminders.standards.models import LocalStandard
from mappa.rules.calendar import is_working_day, take_working_days
from mappa.rules.levels import Jurisdiction

_HERE = Jurisdiction.ENGLAND_WALES
_AHEAD = 60
IN_WORKING_DAYS, DAYS = "minutes-circulation-level-2", 10
"""A rule that a day off moves. A tenth of the dates, those of one agency, are made to be of it."""


def proclaim() -> None:
    """Proclaim a bank holiday some weeks ahead; a tenth of the dates are in working days."""
    with unit_of_work(Kind.WRITE, system="bench") as unit:
        today = day_of(unit.at)
        _in_working_days(today)
        on = today + timedelta(days=_AHEAD - (today + timedelta(days=_AHEAD)).weekday())
        day = BankHoliday(
            jurisdiction=_HERE.value, falls_on=on, name="Day of mourning", kind="proclaimed",
            source="Proclamation", added_at=unit.at,
        )  # fmt: skip
        db.session.add(day)
        db.session.flush()
        days_off.forget(_HERE)
        _ask("holiday:added", unit.at, from_on=on)


def set_standard() -> None:
    """Set a standard for the rule of most dates; it moves those that start two months ahead."""
    with unit_of_work(Kind.WRITE, system="bench") as unit:
        by = db.session.scalars(sa.select(User.id).limit(1)).one()
        from_on = day_of(unit.at) + timedelta(days=_AHEAD)
        db.session.add(
            LocalStandard(
                jurisdiction=_HERE.value, area_id=AREA, rule_id=RULE, of_version=1, version=101,
                amount=2, unit="months", from_on=from_on, reason="Measured", source="Measured",
                proposed_at=unit.at, proposed_by_id=by, set_at=unit.at, set_by_id=by,
            )
        )  # fmt: skip
        db.session.flush()
        _ask("standard:set", unit.at, from_on=from_on, area=AREA, rule_id=RULE)


def _ask(event: str, at: datetime, *, from_on: date, area: str = "", rule_id: str = "") -> None:
    recounting.ask(
        event, new_id(), _HERE,
        from_on=from_on, because="it is measured", now=at, area=area, rule_id=rule_id,
    )  # fmt: skip


def _in_working_days(today: date) -> None:
    holidays = days_off.between(_HERE, today.year - 1, today.year + 2)
    table = Deadline.__table__.c
    agency = db.session.scalars(sa.select(Agency.id).order_by(Agency.id).limit(1)).one()
    here = (table.owed_by_agency_id == agency, table.kind == KIND)
    for on in db.session.scalars(sa.select(table.due_on).where(*here).distinct()).all():
        if is_working_day(on, holidays):
            starts_on = take_working_days(on, DAYS, holidays)
            db.session.execute(
                sa.update(Deadline)
                .where(*here, table.due_on == on)
                .values(rule_id=IN_WORKING_DAYS, starts_on=starts_on),
                execution_options={"synchronize_session": False},
            )
