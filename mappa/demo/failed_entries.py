"""Failed entries of the demo: a warrant asked for in Northmoor, one granted in Scotland."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.visits import service as visits
from mappa.visits.entry import queries, service
from mappa.visits.entry.rules import SUBJECT_CATEGORY, Rank, SayEntry, Step, TakeStep
from mappa.visits.rules import Attending, LogVisit, Outcome
from mappa.web.typed import moment

SUPERVISORS = {False: "naomi.pell", True: "moira.laidlaw"}
TRIED = "Knocked and rang for ten minutes. A light was on and nobody came to the door."
_ASKED = TakeStep(
    step=Step.ASKED,
    on=date.min,
    reason="Two attempts on different days, and the assessment is out of date.",
    senior="R. Copeland",
    rank=Rank.SUPERINTENDENT,
)
_GRANTED = TakeStep(step=Step.GRANTED, on=date.min, reason="Granted by the sheriff in chambers.")


def try_doors(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Two attempts at one home of each nation; the second raises a warrant."""
    for scottish in (False, True):
        for case in cases:
            if case.scottish is scottish and _fits(case) and _tell(stage, case, now):
                break


def _fits(case: Case) -> bool:
    person = case.person
    early = DANIEL < person.index < NOBODY_KNOWS
    return early and person.category == SUBJECT_CATEGORY and not person.died_on


def _tell(stage: Stage, case: Case, now: datetime) -> bool:
    """Whether a warrant came of it: not of who is away, or was seen meanwhile."""
    raised: list[UUID] = []
    for days, hour in ((4, 9), (2, 18)):
        raised = _attempt(stage, case, now - timedelta(days=days), hour)
    if not raised:
        return False
    steps = (_ASKED, _GRANTED) if case.scottish else (_ASKED,)
    for number, each in enumerate(steps):
        at = now - timedelta(hours=9 - number)
        command = replace(each, on=day_of(at))
        with stage.act(SUPERVISORS[case.scottish], at) as actor:
            service.take_step(actor, case.id, raised[0], command, now=at)
    return True


def _attempt(stage: Stage, case: Case, at: datetime, hour: int) -> list[UUID]:
    day = day_of(at)
    arrived = moment(day, time(hour, 10))
    written = arrived + timedelta(hours=1)
    with stage.act(case.police, written) as actor:
        standing = [each for each in queries.premises(actor, case.id) if each.kind == "home"]
        if not standing:
            return []
        me = Attending(actor.name, actor.agency_name, actor.user_id, actor.agency_id, actor.team_id)
        made = LogVisit(
            announced=False,
            outcome=Outcome.NO_REPLY,
            made_on=day,
            arrived_at=arrived,
            left_at=arrived + timedelta(minutes=20),
            place=queries.place_words(standing[0]),
            officers=(me,),
            account=TRIED,
        )
        visit = visits.log_visit(actor, case.id, made, now=written).id
        said = SayEntry(sought=True, address_id=standing[0].id)
        return [each.id for each in service.say(actor, case.id, visit, said, now=written)]
