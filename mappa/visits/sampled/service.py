"""Planning an unannounced visit to each of those whom a sample drew."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.kernel import clock
from mappa.kernel.errors import FieldErrors, NotFound
from mappa.visits import queries as visits
from mappa.visits import suggestions
from mappa.visits.dip_sample import queries as samples
from mappa.visits.dip_sample.rules import Purpose
from mappa.visits.dip_sample.service import hold
from mappa.visits.models import Visit
from mappa.visits.pattern import Suggested
from mappa.visits.preparing import service as preparing
from mappa.visits.preparing.rules import turnout_faults
from mappa.visits.rules import Attending, PlanVisit
from mappa.visits.sampled import queries, rules
from mappa.visits.sampled.rules import Line, PlanSample


def drawn_for_visits(actor: Actor, sample_id: UUID) -> Sequence[UUID]:
    """Whom a sample drew for unannounced visits.

    Raises ``NotPermitted``, and ``NotFound`` for another sample or one that is not drawn.
    """
    require(actor, Action.SAMPLE_PLAN)
    found = samples.sample(actor, sample_id)
    drawn = samples.drawn(found.id) if found.purpose == Purpose.VISITS.value else None
    if drawn is None:
        raise NotFound
    return drawn.people


def plan_for_each(
    actor: Actor, sample_id: UUID, command: PlanSample, *, now: datetime
) -> list[Visit]:
    """Plan an unannounced visit to each who is wanted and for whom nothing stops it.

    Its day is drawn at random within the commitment of the person. Who has such a plan already gets
    no second one, whoever sends this once more. Raises ``NotPermitted``, ``NotFound`` or
    ``FieldErrors``; then nothing is written.
    """
    people = drawn_for_visits(actor, sample_id)
    hold(sample_id)
    lines = queries.outlook(actor, people)
    wanted = rules.wanted(lines, command)
    found = rules.faults(lines, command)
    if rules.asked(wanted):
        found |= turnout_faults(command.turnout)
    if found:
        raise FieldErrors(found)
    return [_plan(actor, each, command, now) for each in wanted]


def _plan(actor: Actor, line: Line, command: PlanSample, now: datetime) -> Visit:
    officer = command.officers[line.place]
    assert officer is not None
    drawn = suggestions.draw(actor, line.person_id, line.due_on, now=now)
    begins, ends = _window(drawn)
    other = Attending(line.officers[officer], actor.agency_name, officer, actor.agency_id)
    goes = visits.reader(actor) if officer == actor.user_id else other
    plan = PlanVisit(
        announced=False,
        window_from=begins,
        window_to=ends,
        officers=(goes,),
        place=line.address,
        turnout=command.turnout if line.asks_turnout else None,
    )
    return preparing.plan_visit(actor, line.person_id, plan, now=now)


def _window(drawn: Suggested) -> tuple[datetime, datetime]:
    first, last = (
        datetime.combine(drawn.on, at, tzinfo=clock.LONDON).astimezone(UTC)
        for at in drawn.part.hours
    )
    return first, last
