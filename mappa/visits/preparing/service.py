"""Planning a visit: prepared, told of or kept to those who make it, and owed its write-up."""

from datetime import datetime
from uuid import UUID

from mappa.access import queries as supervisors
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.access.terms import Audience
from mappa.audit.log import Operation
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.offenders import queries as people
from mappa.reminders import service as reminders
from mappa.visits import queries as queries_of_visits
from mappa.visits import rules as visits
from mappa.visits.models import Visit
from mappa.visits.preparing import queries, rules
from mappa.visits.preparing.rules import WRITE_UP
from mappa.visits.rules import Faults, PlanVisit, VisitState
from mappa.visits.service import (
    add_officers,
    kept_ids,
    name_readers,
    record,
    refuse,
    say_turnout,
)

ALONE = "visit:alone"
"""The event of which supervisors are told: fewer officers go than a warning asks for."""
PLANNED = (
    "announced",
    "window_from",
    "window_to",
    "place",
    "told_by",
    "told_how",
    "officers",
    "warnings_read",
)
"""The fields of a plan, as the audit names them."""


def plan_visit(
    actor: Actor, person_id: UUID, plan: PlanVisit, *, now: datetime, besides: Faults | None = None
) -> Visit:
    """Plan a visit. An unannounced one is for those who will make it and their supervisors.

    ``besides`` is what else stands against it, to be said together with the rest.
    Raises ``NotPermitted`` or ``FieldErrors``; then nothing is written.
    """
    require(actor, Action.VISIT_PLAN, Target(person=person_id, owner=actor.agency_id))
    standing = queries.standing(actor, person_id)
    found = rules.faults(plan, standing) | visits.plan_faults(plan, now=now)
    refuse(found | (besides or {}))
    planned = Visit(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        audience=(Audience.AGREEMENT if plan.announced else Audience.NAMED).value,
        announced=plan.announced,
        state=VisitState.PLANNED.value,
        window_from=plan.window_from,
        window_to=plan.window_to,
        place=plan.place,
        planned_by_id=actor.user_id,
        planned_at=now,
    )
    _prepare(planned, plan, alone=rules.reason_counts(plan, standing))
    db.session.add(planned)
    db.session.flush()
    add_officers(planned, plan.officers, attended=False)
    if not plan.announced:
        name_readers(actor, planned.id, plan.officers, now)
    if planned.alone_reason:
        _tell_of_alone(actor, planned, plan, now)
    _owe_write_up(actor, planned, plan, now)
    record(actor, Operation.COLLECTION, "visit:planned", planned, now, PLANNED)
    return planned


def _prepare(planned: Visit, plan: PlanVisit, *, alone: bool) -> None:
    """Let the plan keep what was said of how it is prepared."""
    planned.told_by = plan.told_by if plan.announced else ""
    planned.told_how = plan.told_how.value if plan.announced and plan.told_how else ""
    planned.warnings_read = kept_ids(plan.warnings_read)
    planned.alone_reason = plan.alone_reason if alone else ""
    say_turnout(planned, plan.turnout)


def _tell_of_alone(actor: Actor, visit: Visit, plan: PlanVisit, now: datetime) -> None:
    """Tell the supervisors of who plans and of who goes that fewer go than a warning asks for.

    The notice carries the visit's own label: who may not read the plan learns of nothing.
    """
    going = [queries_of_visits.reader(actor), *plan.officers]
    in_team = queries_of_visits.teams_of(going)
    teams = {
        (each.agency_id, in_team.get(each.user_id, NOBODY))
        for each in going
        if each.user_id and each.agency_id
    }
    for agency, team in sorted(teams):
        for user in supervisors.supervisors_of(agency, team):
            if user != actor.user_id:
                reminders.tell(
                    user, label_of(visit), event=ALONE, text_key=visit.id.hex, now=now,
                    about=visit.id, agency=agency,
                )  # fmt: skip


def _owe_write_up(actor: Actor, visit: Visit, plan: PlanVisit, now: datetime) -> None:
    """Open the write-up, for the first of the own officers who go, else for whoever plans.

    It carries the visit's own label, so of an unannounced one nobody learns by it. It counts from
    the last day on which the visit can be made.
    """
    own = (each for each in plan.officers if each.user_id and each.agency_id == actor.agency_id)
    goes = next(own, None)
    reminders.open_deadline(
        WRITE_UP,
        label_of(visit),
        kind=WRITE_UP,
        starts_on=clock.day_of(plan.window_to),
        jurisdiction=people.person(actor, visit.person_id).jurisdiction,
        owner_user=goes.user_id if goes and goes.user_id else actor.user_id,
        owner_team=(goes.team_id or NOBODY) if goes else actor.team_id,
        owner_agency=actor.agency_id,
        now=now,
    )
