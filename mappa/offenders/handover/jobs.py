"""What becomes of proposals that nobody answered, or that nobody can answer any more."""

from datetime import datetime

import sqlalchemy as sa
from flask import Flask

from mappa.access import queries as teams
from mappa.access.labels import label_of
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.handover.models import Handover
from mappa.offenders.handover.queries import MANAGING
from mappa.offenders.handover.rules import HandoverState, state_on
from mappa.offenders.handover.service import ANSWER
from mappa.reminders import service as reminders

LAPSED = "handover:lapsed"
_UNANSWERED = "Not answered in time"
_LEFT = "The one who was asked no longer manages cases there"


def lapse(app: Flask) -> int:
    """Let old proposals lapse and tell both sides; how many. It may run twice."""
    with app.app_context(), unit_of_work(Kind.WRITE, system="handovers") as unit:
        now = unit.at
        still = sa.select(Handover).where(Handover.state == HandoverState.PROPOSED.value)
        lapsed = 0
        for found in db.session.scalars(still.order_by(Handover.id).with_for_update()):
            why = _why(found, now)
            if why:
                _lapse(found, why, now)
                lapsed += 1
        return lapsed


def _why(found: Handover, now: datetime) -> str:
    state = state_on(HandoverState(found.state), found.last_day, day_of(now))
    if state is HandoverState.LAPSED:
        return _UNANSWERED
    there = agencies.acting_as(found.to_user_id, found.to_agency_id, MANAGING)
    return "" if there else _LEFT


def _lapse(found: Handover, why: str, now: datetime) -> None:
    found.state, found.answer, found.answered_at = HandoverState.LAPSED.value, why, now
    db.session.flush()
    reminders.close_deadlines(found.id, now, kind=ANSWER)
    lead = found.owner_agency_id
    team = teams.team_of(found.from_user_id, lead) or NOBODY
    concerned = [(found.to_user_id, found.to_agency_id)]
    concerned += [(user, lead) for user in (found.from_user_id, found.proposed_by_id)]
    concerned += [(user, lead) for user in teams.supervisors_of(lead, team)]
    for user, agency in dict.fromkeys(concerned):
        if user != NOBODY:
            reminders.tell(
                user, label_of(found), event=LAPSED, text_key=found.batch_id.hex, now=now,
                about=found.id, agency=agency,
            )  # fmt: skip
    records = [found.person_id, found.id]
    log.record(None, Operation.ALTERATION, LAPSED, records, at=now, basis=why)
