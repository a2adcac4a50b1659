"""Who may owe the next look at an exclusion: whoever may end it; and the end of what ran out."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from mappa.access.actor import Actor
from mappa.access.models import Exclusion
from mappa.access.queries import live
from mappa.access.terms import SUPERVISORS, Role
from mappa.agencies import queries as agencies
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline, DutyState
from mappa.sharing.passing import queries as passing
from mappa.sharing.passing.kinds import Passing
from mappa.sharing.restrictions import queries
from mappa.sharing.restrictions.service import REVIEW, show_review


def _heirs(duty: Deadline) -> Sequence[Actor]:
    right = db.session.get_one(Exclusion, duty.about_id)
    person = passing.person_of(duty)
    return [
        each
        for each in _office(duty, whole=right.agency_id != NOBODY)
        if each.user_id != right.user_id
        and passing.sees(each, person)
        and queries.may_exclude(each, duty.person_id)
    ]


def _office(duty: Deadline, *, whole: bool) -> Iterator[Actor]:
    """Who keeps out the like: the nearest to the owner first."""
    agency, team = duty.owed_by_agency_id, duty.owner_team_id
    if whole:
        yield from agencies.posted(Role.COORDINATOR, area=agencies.area_of(agency))
        return
    if team != NOBODY:
        yield from agencies.posted(Role.SUPERVISOR, agency=agency, team=team)
    for role in (Role.INFORMATION_OFFICER, *SUPERVISORS):
        yield from agencies.posted(role, agency=agency)


def _give(duty: Deadline, heir: Actor, now: datetime) -> None:
    show_review(heir, duty.about_id, now)


PASSING = Passing(
    kinds=(REVIEW,),
    roles=(*SUPERVISORS, Role.INFORMATION_OFFICER, Role.COORDINATOR),
    heirs=_heirs,
    give=_give,
)


def close_what_ran_out(app: Flask) -> int:
    """End the duty of exclusions that have ended by themselves; how many. It may run twice."""
    with app.app_context(), unit_of_work(Kind.WRITE, system="exclusions") as unit:
        still = sa.select(Exclusion.id).where(live(Exclusion), Exclusion.id == Deadline.about_id)
        begins = sa.select(Exclusion.id).where(
            Exclusion.id == Deadline.about_id, Exclusion.starts_at > unit.at, Exclusion.state == 1
        )
        over = sa.select(Deadline.about_id).where(
            Deadline.kind == REVIEW,
            Deadline.state == DutyState.OPEN.value,
            sa.not_(still.correlate(Deadline).exists()),
            sa.not_(begins.correlate(Deadline).exists()),
        )
        found = db.session.scalars(over, {"at": unit.at}).all()
        for each in found:
            reminders.close_deadlines(each, unit.at, kind=REVIEW)
        return len(found)
