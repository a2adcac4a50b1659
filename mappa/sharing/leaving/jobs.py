"""The duty to answer for shares that were left behind: opened and closed as people come and go."""

from collections.abc import Iterator
from datetime import date

import sqlalchemy as sa
from flask import Flask

from mappa.access import giving, restricting
from mappa.access.labels import label_of
from mappa.agencies import queries as agencies
from mappa.agencies.models import User
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Person
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline, DutyState
from mappa.sharing.leaving import queries
from mappa.sharing.leaving.service import REAUTHORISE
from mappa.sharing.shares.models import ShareRecord


def open_duties(app: Flask) -> int:
    """Let an information officer owe an answer for each share left behind; how many wait.

    It may run twice, and ends the duty where somebody came back. An agency without an information
    officer has nobody to owe it: its shares wait on the page for the next one, and what is owed
    already stays owed (who hears of that: ``passing``).
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="leavers") as unit:
        behind = list(_left_behind())
        owed = [share for share in behind if queries.officers(share.owner_agency_id)]
        for share in owed:
            _owe(share)
        asked = {share.id for share in behind}
        still = sa.select(Deadline.about_id).where(
            Deadline.kind == REAUTHORISE, Deadline.state == DutyState.OPEN.value
        )
        for about in set(db.session.scalars(still)) - asked:
            reminders.close_deadlines(about, unit.at, kind=REAUTHORISE)
        return len(owed)


def _left_behind() -> Iterator[ShareRecord]:
    for agency in restricting.sharing_agencies():
        gone = queries.leavers(agency)
        if not gone:
            continue
        shares = sa.select(ShareRecord).where(
            ShareRecord.owner_agency_id == agency,
            ShareRecord.authorised_by_id.in_(gone),
            sa.not_(ShareRecord.lets_end),
            giving.stands(ShareRecord.__table__.c.id),
        )
        yield from db.session.scalars(shares.order_by(ShareRecord.id), {"at": uow.current().at})


def _owe(share: ShareRecord) -> None:
    owner = agencies.posted(queries.AUTHORISES, agency=share.owner_agency_id)[0]
    reminders.open_deadline(
        REAUTHORISE, label_of(share), kind=REAUTHORISE, starts_on=_since(share),
        jurisdiction=_jurisdiction(share),
        owner_user=owner.user_id, owner_agency=owner.agency_id, now=uow.current().at,
    )  # fmt: skip


def _jurisdiction(share: ShareRecord) -> str:
    person = Person.__table__.c
    found = sa.select(person.jurisdiction).where(person.id == share.person_id)
    return str(db.session.execute(found).scalar_one())


def _since(share: ShareRecord) -> date:
    """The day on which the authoriser left: the same at every run."""
    user, agency = share.authorised_by_id, share.owner_agency_id
    left = restricting.left_at(user, agency, queries.AUTHORISES)
    disabled = db.session.get_one(User, user).disabled_at
    return day_of(left or disabled or share.authorised_at)
