"""A visit to come, planned by the police officer of a case as the warnings to staff ask for."""

from dataclasses import replace
from datetime import datetime

from mappa.demo.cases import Case
from mappa.demo.stage import Stage
from mappa.visits.preparing import queries, service
from mappa.visits.rules import Attending, PlanVisit, ToldHow, Turnout


def attending(stage: Stage, key: str) -> Attending:
    """A member of staff as an officer."""
    actor = stage.actors[key]
    return Attending(actor.name, actor.agency_name, actor.user_id, actor.agency_id, actor.team_id)


def plan_visit(stage: Stage, case: Case, at: datetime, begins: datetime, ends: datetime) -> None:
    """Plan a visit: scheduled if it begins when it ends, else unannounced, in pairs if asked."""
    announced = begins == ends
    police = attending(stage, case.police)
    plan = PlanVisit(
        announced=announced,
        window_from=begins,
        window_to=ends,
        officers=(police,),
        told_by=police.name if announced else "",
        told_how=ToldHow.TELEPHONE if announced else None,
        turnout=None
        if case.scottish
        else Turnout(plain_clothes=True, marked_car=False, accredited=True),
    )
    with stage.act(case.police, at) as actor:
        standing = queries.standing(actor, case.id)
        if any(each.officers > 1 for each in standing):
            plan = replace(plan, officers=(police, attending(stage, case.manager)))
        read = frozenset(each.id for each in standing)
        service.plan_visit(actor, case.id, replace(plan, warnings_read=read), now=at)
