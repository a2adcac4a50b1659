"""Emergency access in the demo: one use that was judged, and one that waits for its review."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from mappa.demo.cases import NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.kernel.uow import Kind, unit_of_work
from mappa.sharing.emergency import finding, queries, service
from mappa.sharing.emergency.rules import Asked, Judge, Open

_OFFICER, _REVIEWER = "nadia.hartwell", "nell.ashby"
_EARLIER = "Seen at midnight outside a children's home; staff ask whether the children are safe."
_LATEST = "Detained at night with a family's address on him; the family has two young children."
_FIRST = 5
"""Before that stand the people of the pictures."""


def open_and_judge(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Children's services open somebody with whom they do not work: last week, and last night."""
    for case in list(_strangers(cases))[:1]:
        _use(stage, case, "danger-now", _EARLIER, at=now - timedelta(days=6))
        _judge(stage, at=now - timedelta(days=4))
        _use(stage, case, "arrested", _LATEST, at=now - timedelta(hours=7))


def _strangers(cases: Sequence[Case]) -> Iterator[Case]:
    for case in cases:
        led = case.lead == "probation" and _FIRST <= case.person.index < NOBODY_KNOWS
        if led and "children" not in case.others and case.person.crn and not case.person.died_on:
            yield case


def _use(stage: Stage, case: Case, reason: str, what: str, *, at: datetime) -> None:
    asked = Asked(identifier=case.person.crn or "")
    user = stage.actors[_OFFICER].user_id
    with clock.at(at), unit_of_work(Kind.READ, system="demo"):
        found = finding.find(asked, user)
    with stage.act(_OFFICER, at) as actor:
        command = Open(asked=asked, reason=reason, what=what)
        service.open_record(actor, command, found, now=at)


def _judge(stage: Stage, *, at: datetime) -> None:
    judgement = Judge(justified=True, why="Two children were at risk, and nobody else was awake")
    with stage.act(_REVIEWER, at) as actor:
        for use in queries.waiting(actor):
            service.judge(actor, use.id, judgement, now=at)
