"""People of the demo who have been low in risk for years: one proposed, one without visits."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.offenders import queries as people
from mappa.visits.entry.rules import SUBJECT_CATEGORY
from mappa.visits.reactive import queries, service
from mappa.visits.reactive.rules import Decide, Propose, Verdict, conditions

_DECIDES, _TEAM = "naomi.pell", ("owen.marsh", "bethan.pryce")
_WHY = "Settled in work and home for years, open with the police, and nothing new at any visit."
_YES = "The assessments and the visits say the same. To be looked at again with any change."


def is_low_for_years(case: Case) -> bool:
    """Whether the demo tells that the risk was low before the case came to the area."""
    person = case.person
    ours = not case.scottish and person.index not in (DANIEL, NOBODY_KNOWS)
    low = person.risk == "low" and person.category == SUBJECT_CATEGORY
    return ours and low and not person.died_on


def leave_in_peace(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """That routine visits stop is proposed for the first who fits, and stands for the second."""
    told = 0
    for case in cases:
        if case.police in _TEAM and is_low_for_years(case) and _fits(stage, case, now):
            _tell(stage, case, now, approve=told == 1)
            told += 1
        if told == 2:
            break


def _fits(stage: Stage, case: Case, now: datetime) -> bool:
    """Whether both who are to decide know of nothing against it."""
    for who in (case.police, _DECIDES):
        with stage.act(who, now) as actor:
            known = queries.known(actor, people.person(actor, case.id), day_of(now))
            if not all(each.holds for each in conditions(known, day_of(now))):
                return False
    return True


def _tell(stage: Stage, case: Case, now: datetime, *, approve: bool) -> None:
    with stage.act(case.police, now) as actor:
        made = service.propose(actor, case.id, Propose(reason=_WHY), now=now).id
    if approve:
        later = now + timedelta(seconds=2)
        with stage.act(_DECIDES, now) as actor:
            said = Decide(verdict=Verdict.APPROVE, reason=_YES)
            service.decide_on(actor, case.id, made, said, now=later)
