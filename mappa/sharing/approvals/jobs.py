"""What becomes of questions that nobody answered in time."""

import sqlalchemy as sa
from flask import Flask

from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.reminders import service as reminders
from mappa.sharing.approvals.models import Approval
from mappa.sharing.approvals.rules import ApprovalState
from mappa.sharing.approvals.service import ANSWER


def lapse(app: Flask) -> int:
    """Let questions lapse whose last day has passed; how many. It may run twice.

    The pages say so from the day itself; this ends the duty and puts it on record.
    """
    with app.app_context(), unit_of_work(Kind.WRITE, system="approvals") as unit:
        old = sa.select(Approval).where(
            Approval.state == ApprovalState.ASKED.value, Approval.last_day < day_of(unit.at)
        )
        found = list(db.session.scalars(old.order_by(Approval.id).with_for_update()))
        for each in found:
            each.state, each.answered_at = ApprovalState.LAPSED.value, unit.at
            db.session.flush()
            reminders.close_deadlines(each.id, unit.at, kind=ANSWER)
            log.record(
                None, Operation.ALTERATION, "approval:lapsed", [each.id], at=unit.at,
                basis=f"{each.kind} {each.digest}",
            )  # fmt: skip
        return len(found)
