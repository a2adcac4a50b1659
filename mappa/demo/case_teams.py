"""An agency that came on to a case team of the demo and left it again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from mappa.demo.cases import DANIEL, NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.sharing.case_team import queries, service
from mappa.sharing.case_team.rules import BringOn

_MANAGER, _COMES = "priya.sandhurst", "anil.bhaskar"


def visit_teams(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Adult services come on to a case of Priya's, with a worker, and leave it."""
    fits = (
        each
        for each in cases
        if each.manager == _MANAGER
        and "adults" not in each.others
        and DANIEL < each.person.index < NOBODY_KNOWS
    )
    case = next(fits, None)
    if case is None:
        return
    adults, began, ended = (
        stage.agencies["adults"].id,
        now - timedelta(days=3),
        now - timedelta(days=1),
    )
    worker = stage.actors[_COMES].user_id
    with stage.act(_MANAGER, began) as actor:
        command = BringOn(why="He asked for help with his own tenancy", worker=worker)
        service.bring_on(actor, case.id, adults, command, now=began)
    with stage.act(_MANAGER, ended) as actor:
        place = next(
            each for each in queries.places(actor, case.id) if each.stands and each.agency == adults
        )
        service.let_go(actor, case.id, place.id, "The tenancy has begun", now=ended)
