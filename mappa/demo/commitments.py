"""How often some people of the demo are visited: from a plan, by a decision, and one that ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from mappa.access.actor import Actor
from mappa.access.asking import Target, decide
from mappa.demo.cases import DANIEL, Case
from mappa.demo.stage import Stage
from mappa.kernel.errors import RuleBroken
from mappa.offenders import queries as people
from mappa.visits.commitment import queries, service
from mappa.visits.commitment.rules import (
    DEFAULTS,
    INTERVALS,
    Basis,
    EndCommitment,
    Manner,
    SetCommitment,
    Times,
)

_DECIDES, _VISIT = "naomi.pell", ("owen.marsh", "bethan.pryce")

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
    reason="As the panel agreed with the plan",
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
    """Cases of visiting officers with an agreed plan, and nothing set so far.

    The first changes what is due. Of the others it says what was done before, where no default
    said it; those of the officers who are not named here stay an alarm.
    """
    told = False
    for case in cases:
        if case.police not in _VISIT:
            continue
        with stage.act(case.police, now) as actor:
            if not _may_from_plan(actor, case):
                continue
            band = people.person(actor, case.id).get("risk_band")
            said = _as_before(band) if told else _FROM_PLAN
            try:
                service.set_commitment(actor, case.id, said, now=now)
            except RuleBroken:
                continue  # a visit is overdue, and stays so until it is made
            told = True


def _as_before(band: str | None) -> SetCommitment:
    every = DEFAULTS.get(band or "", _FROM_PLAN.every)
    yearly = INTERVALS["12 months"]
    return replace(_FROM_PLAN, every=every, unannounced=yearly, manner=Manner.TWO, agencies="")


def _may_from_plan(actor: Actor, case: Case) -> bool:
    target = Target(person=case.id, owner=actor.agency_id)
    return (
        decide(actor, service.action_of(Basis.PLAN), target).allowed
        and queries.agreed_plan(actor, case.id) is not None
        and not queries.history(actor, case.id)
    )
