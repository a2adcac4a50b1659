"""Cases that change hands in the demo: taken over, declined, waiting; a deputy; a manager gone."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mappa.agencies import service as accounts
from mappa.demo.cases import NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.offenders.handover import cover, service
from mappa.offenders.handover.rules import Answer, NameDeputy, Propose, Stays

_LEFT = "wendy.sorrel"
_STORY: tuple[tuple[str, bool | None], ...] = (
    ("priya.sandhurst", None),
    ("bethan.pryce", True),
    (_LEFT, True),
    ("joy.adeyemi-cross", True),
    ("marek.dolny", False),
)
"""To whom the next cases go, and whether it was accepted, declined or waits."""
_WHY = "The caseload is shared out anew"


def change_hands(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Tell how some cases of probation changed hands in the last days."""
    free = [c for c in cases if c.lead == "probation" and c.person.index > NOBODY_KNOWS]
    for case, (to, accepted) in zip(free, _STORY, strict=False):
        _one(stage, case, _other(case, to), accepted, now=now)
    _stand_in(stage, now)
    _leave(stage, now)


def _other(case: Case, to: str) -> str:
    """The one who is meant; whoever has the case already hands it to a colleague."""
    colleague = {"priya.sandhurst": "joy.adeyemi-cross", "joy.adeyemi-cross": "marek.dolny"}
    return colleague.get(to, "priya.sandhurst") if to == case.manager else to


def _one(stage: Stage, case: Case, to: str, accepted: bool | None, *, now: datetime) -> None:
    asked, answered = now - timedelta(days=3), now - timedelta(hours=2)
    receiver = stage.actors[to]
    other = receiver.agency_id != stage.agencies[case.lead].id
    command = Propose(
        people=(case.id,),
        to_user=receiver.user_id,
        to_agency=receiver.agency_id,
        why=_WHY,
        overlap_until=day_of(now) + timedelta(days=14) if other else None,
        stays=Stays.RESPONSIBLE if other else None,
    )
    with stage.act(case.manager, asked) as actor:
        (made,) = service.propose(actor, command, now=asked)
        proposal = made.id
    if accepted is None:
        return
    why = "" if accepted else "I am on training until the new year"
    with stage.act(to, answered) as actor:
        service.answer(actor, Answer(handovers=(proposal,), accept=accepted, why=why), now=answered)


def _stand_in(stage: Stage, now: datetime) -> None:
    today = day_of(now)
    command = NameDeputy(
        deputy=stage.actors["marek.dolny"].user_id,
        from_on=today,
        until_on=today + timedelta(days=9),
        why="Leave",
    )
    with stage.act("joy.adeyemi-cross", now) as actor:
        cover.name_deputy(actor, actor.user_id, command, now=now)


def _leave(stage: Stage, now: datetime) -> None:
    with stage.act("adam.rook", now) as actor:
        posting = stage.actors[_LEFT].posting_id
        accounts.end_posting(actor, posting, "Left the service", now=now, anyway=True)
