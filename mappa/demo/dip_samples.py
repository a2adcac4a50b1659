"""Dip samples of the demo: three drawn, two of them partly judged; one not drawn yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from mappa.demo.stage import Stage
from mappa.kernel.errors import FieldErrors
from mappa.visits.dip_sample import service
from mappa.visits.dip_sample.rules import FreezeSample, Purpose, RecordResult, Verdict

LEAD, SUPERVISOR, AUDITOR = "ruth.ambleby", "grace.ilford", "ada.kestrel"
_RESULTS = (
    RecordResult(verdict=Verdict.IN_ORDER),
    RecordResult(
        verdict=Verdict.NOT_IN_ORDER,
        found="The plan names two unannounced visits a year. None was made since January.",
    ),
    RecordResult(verdict=Verdict.COULD_NOT, found="The paper file is with the court."),
)


def dip(stage: Stage, *, now: datetime) -> None:
    """Draw five of everybody at the lead's office, and six for unannounced visits.

    Two are frozen for a supervisor's visits.

    The auditor draws four by their references, of which the lead has looked at one.
    """
    checks = FreezeSample(
        purpose=Purpose.CHECKS, wanted=5, why="The quarter’s look at plans and visits"
    )
    visits = FreezeSample(
        purpose=Purpose.VISITS, wanted=2, why="Unannounced visits by officers of another team"
    )
    calls = FreezeSample(
        purpose=Purpose.VISITS, wanted=6, why="Unannounced visits that nobody chose"
    )
    register = FreezeSample(
        purpose=Purpose.CHECKS, wanted=4, why="The yearly audit of what is kept up to date"
    )
    _draw(stage, LEAD, checks, now - timedelta(days=6), _RESULTS)
    _draw(stage, LEAD, calls, now - timedelta(days=1), ())
    _draw(stage, AUDITOR, register, now - timedelta(days=3), _RESULTS[:1])
    _freeze(stage, SUPERVISOR, visits, now - timedelta(hours=3))


def _draw(
    stage: Stage, who: str, command: FreezeSample, at: datetime, results: Sequence[RecordResult]
) -> None:
    sample_id = _freeze(stage, who, command, at)
    if sample_id is None:
        return
    later = at + timedelta(minutes=2)
    with stage.act(who, later) as actor:
        service.draw(actor, sample_id, now=later)
    for place, result in enumerate(results):
        found_at = at + timedelta(days=1 + place)
        with stage.act(LEAD, found_at) as actor:
            service.record(actor, sample_id, place, result, now=found_at)


def _freeze(stage: Stage, who: str, command: FreezeSample, at: datetime) -> UUID | None:
    """The id of the sample; none where there are not as many people."""
    with stage.act(who, at) as actor:
        try:
            return service.freeze(actor, command, now=at).id
        except FieldErrors:
            return None
