"""Emergency access in the demo: one use that was judged, and one that waits for its review."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mappa.demo.cases import NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel import clock
from mappa.kernel.uow import Kind, unit_of_work
from mappa.sharing.emergency import finding, queries, service
from mappa.sharing.emergency.rules import Asked, Judge, Open

_OFFICER, _REVIEWER = "kit.lansdown", "carl.estover"
_EARLIER = "Reported missing by his landlord at 1am; the address was needed to look for him."
_LATEST = "Detained on the ring road at night; custody asks what staff must know."


def open_and_judge(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """The police open somebody whom only the lead knows: four days ago, and last night."""
    for case in cases:
        if case.person.index == NOBODY_KNOWS:
            _use(stage, case, "missing", _EARLIER, at=now - timedelta(days=4))
            _judge(stage, at=now - timedelta(days=3))
            _use(stage, case, "arrested", _LATEST, at=now - timedelta(hours=7))


def _use(stage: Stage, case: Case, reason: str, what: str, *, at: datetime) -> None:
    person = case.person
    asked = Asked(name=f"{person.given} {person.family}", born_on=person.born_on)
    user = stage.actors[_OFFICER].user_id
    with clock.at(at), unit_of_work(Kind.READ, system="demo"):
        found = finding.find(asked, user)
    with stage.act(_OFFICER, at) as actor:
        command = Open(asked=asked, reason=reason, what=what)
        service.open_record(actor, command, found, now=at)


def _judge(stage: Stage, *, at: datetime) -> None:
    judgement = Judge(justified=True, why="The address was needed at once, and only the address")
    with stage.act(_REVIEWER, at) as actor:
        for use in queries.waiting(actor):
            service.judge(actor, use.id, judgement, now=at)
