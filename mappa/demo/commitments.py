"""How often some people of the demo are visited: from a plan, by a decision, and one that ended."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mappa.access.asking import Target, decide
from mappa.demo.cases import DANIEL, Case
from mappa.demo.stage import Stage
from mappa.visits.commitment import queries, service
from mappa.visits.commitment.rules import (
    INTERVALS,
    Basis,
    EndCommitment,
    Manner,
    SetCommitment,
    Times,
)

_DECIDES, _VISITS = "naomi.pell", "owen.marsh"

_BY_DECISION = SetCommitment(
    basis=Basis.SUPERVISOR,
    every=INTERVALS["1 months"],
    unannounced=INTERVALS["2 months"],
    times=(Times.EVENING, Times.WEEKEND),
    manner=Manner.TWO,
    devices="Phone, at each visit",
    reason="New to the area. To be looked at again with the plan",
)
_FROM_PLAN = SetCommitment(
    basis=Basis.PLAN,
    every=INTERVALS["2 months"],
    unannounced=INTERVALS["4 months"],
    times=tuple(Times),
    manner=Manner.JOINT,
    agencies="Probation, at every second visit",
    devices="Phone and tablet",
)


def commit(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Tell it of some cases of the first area; nothing of the first person changes."""
    own = [each for each in cases if each.person.index > DANIEL]
    decided = 0
    for case in own:
        with stage.act(_DECIDES, now) as actor:
            basis = service.action_of(Basis.SUPERVISOR)
            if not decide(actor, basis, Target(person=case.id, owner=actor.agency_id)).allowed:
                continue
            service.set_commitment(actor, case.id, _BY_DECISION, now=now)
        decided += 1
        if decided == 2:
            later = now + timedelta(seconds=1)
            with stage.act(_DECIDES, now) as actor:
                said = EndCommitment(reason="The usual frequency is enough again")
                service.end_commitment(actor, case.id, said, now=later)
            break
    _from_plan(stage, own, now)


def _from_plan(stage: Stage, cases: Sequence[Case], now: datetime) -> None:
    """The first case of the visiting officer with an agreed plan, and nothing set so far."""
    for case in cases:
        with stage.act(_VISITS, now) as actor:
            target = Target(person=case.id, owner=actor.agency_id)
            if not decide(actor, service.action_of(Basis.PLAN), target).allowed:
                continue
            if queries.agreed_plan(actor, case.id) is None or queries.history(actor, case.id):
                continue
            service.set_commitment(actor, case.id, _FROM_PLAN, now=now)
            return
