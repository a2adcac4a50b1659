"""Plans in a given state, written through the service as the lead agency's manager."""

from datetime import date
from uuid import UUID

from mappa.access.actor import Actor
from mappa.kernel.uow import Kind
from mappa.plans import service
from mappa.plans.rules import ContingencyText, MeasureText, Pillar
from tests.factories.world import NOW, World

REVIEW_ON = date(2027, 5, 20)


def a_writing(actor: Actor, person: UUID) -> service.Writing:
    return service.writing(actor, person, now=NOW)


def a_measure(world: World, who: str = "priya", agency: str = "probation", **columns: object):
    said = {
        "pillar": Pillar.SUPERVISION,
        "what": "Office appointment, face to face",
        "user": world.staff[who].user_id,
        "agency": world.agencies[agency],
        "when": "Every week",
    }
    return MeasureText(**(said | columns))


def a_contingency(world: World, who: str = "priya", agency: str = "probation", **columns: object):
    said = {
        "if_": "Misses an appointment and cannot be reached",
        "then": "Ring, then visit together; consider recall",
        "user": world.staff[who].user_id,
        "agency": world.agencies[agency],
        "within": "4 hours",
    }
    return ContingencyText(**(said | columns))


def a_draft(world: World, person: UUID, *measures: MeasureText, who: str = "priya") -> UUID:
    """A draft with these measures (or one), one contingency and a review: it can be agreed."""
    with world.as_reader(who, Kind.WRITE) as actor:
        w = a_writing(actor, person)
        plan = service.start(w)
        for each in measures or [a_measure(world)]:
            service.add_measure(w, each)
        service.add_contingency(w, a_contingency(world))
        service.set_review(w, plan, REVIEW_ON)
        return plan.id


def an_agreed_plan(world: World, person: UUID, *measures: MeasureText, who: str = "priya") -> UUID:
    """A version in force."""
    made = a_draft(world, person, *measures, who=who)
    with world.as_reader(who, Kind.WRITE) as actor:
        w = a_writing(actor, person)
        service.agree(w, service.draft(w))
    return made
