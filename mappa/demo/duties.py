"""What is owed besides: a visit not written up, meetings asked for, a plan reviewed every year."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from mappa.demo import planning
from mappa.demo.cases import NOBODY_KNOWS, Case
from mappa.demo.stage import Stage
from mappa.kernel.clock import day_of
from mappa.meetings.referring import service as referring
from mappa.meetings.referring.rules import AcceptReferral, SentBack
from mappa.plans import service as plans

_OF_THE_PICTURES = ("priya.sandhurst", "owen.marsh")
"""Whose lists stay as they are drawn."""


def owe(stage: Stage, cases: Sequence[Case], *, now: datetime) -> None:
    """Tell it of the first cases that fit."""
    free = [c for c in cases if c.person.index > NOBODY_KNOWS and not c.person.died_on]
    free = [c for c in free if not {c.manager, c.police} & set(_OF_THE_PICTURES)]
    today = day_of(now)
    english = [c for c in free if not c.scottish]
    scottish = [c for c in free if c.scottish]
    for case in english[:1]:
        _not_written_up(stage, case, today)
    for case in english[1:2]:
        accept = AcceptReferral(
            level=2,
            accepted_on=_monday(today - timedelta(days=3)),
            first_by=today + timedelta(days=10),
        )
        _accept(stage, case, "carl.estover", accept)
    for case in scottish[:1]:
        accepted_on = _monday(today - timedelta(days=10))
        accept = AcceptReferral(level=2, accepted_on=accepted_on)
        _accept(stage, case, "neil.torrance", accept)
        back = SentBack(
            from_on=accepted_on + timedelta(days=1), until_on=accepted_on + timedelta(days=4)
        )
        at = case.on(back.until_on, 16)
        with stage.act("neil.torrance", at) as actor:
            referring.sent_back(actor, case.id, back, now=at)
    for case in [c for c in scottish if c.person.risk != "not_assessed"][:1]:
        _review_every_year(stage, case, today)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _not_written_up(stage: Stage, case: Case, today: date) -> None:
    at, begins = case.on(today - timedelta(days=8)), case.on(today - timedelta(days=6), 14)
    planning.plan_visit(stage, case, at, begins, begins)


def _accept(stage: Stage, case: Case, coordinator: str, command: AcceptReferral) -> None:
    at = case.on(command.accepted_on, 15)
    with stage.act(coordinator, at) as actor:
        referring.accept(actor, case.id, command, now=at)


def _review_every_year(stage: Stage, case: Case, today: date) -> None:
    at = case.on(today - timedelta(days=2), 11)
    with stage.act(case.manager, at) as actor:
        w = plans.writing(actor, case.id, now=at)
        fresh = plans.start(w)
        plans.set_review(w, fresh, today + timedelta(days=180), lifelong=True)
        plans.agree(w, fresh)
