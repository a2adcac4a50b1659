"""When an agreed plan is next reviewed: the day that it sets, and once a year under some orders."""

from datetime import datetime
from typing import Any

from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.access.reading import Seen
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.plans.models import Plan
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty

REVIEW = "plan-review"
"""The rule and the kind of the deadline of an agreed version."""
YEARLY = "plan-review-olr"
"""The same of a plan under an order for lifelong restriction. Only Scotland has the rule."""


def start_review(actor: Actor, person: Seen, plan: Plan, now: datetime) -> None:
    """Let a version that was just agreed meet what was owed, and start the clock of its review.

    Both duties carry the plan's label. That it stands under such an order is said in the plan: the
    record of the order may be kept from somebody who reads the plan.
    """
    owner = person.manager_id if person.manager_id != NOBODY else actor.user_id

    def duty(kind: str, **set_day: Any) -> Duty:
        return Duty(
            rule=kind,
            label=label_of(plan),
            kind=kind,
            starts_on=day_of(now),
            jurisdiction=person.jurisdiction,
            owner_user=owner,
            owner_team=actor.team_id,
            owner_agency=actor.agency_id,
            **set_day,
        )

    duties = [duty(REVIEW, set_on=plan.review_on)]
    if plan.lifelong:
        duties.append(duty(YEARLY))
    else:
        reminders.close_for_person(person.record, YEARLY, now, actor.agency_id)
    reminders.renew_deadlines(person.record, duties, now)
