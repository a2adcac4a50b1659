"""Visits in a given state, made through the service by one of the world's staff."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from mappa.kernel.uow import Kind
from mappa.visits import queries, service
from mappa.visits.preparing import queries as queries_of_warnings
from mappa.visits.preparing import service as preparing
from mappa.visits.rules import Attending, LogVisit, Outcome, PlanVisit, Present, ToldHow
from tests.factories.world import NOW, World

ARRIVED = datetime(2026, 11, 19, 14, 15, tzinfo=UTC)


def told(**changes: object) -> LogVisit:
    """A plain visit of the day before: seen and spoken to, nobody else, no concerns."""
    arrived = changes.pop("arrived_at", ARRIVED)
    plain = {
        "announced": False,
        "outcome": Outcome.SEEN_AND_SPOKEN_TO,
        "made_on": arrived.date(),
        "arrived_at": arrived,
        "left_at": arrived + timedelta(minutes=25),
        "place": "Flat 4, 18 Tallow Row",
        "officers": (Attending("Robin Alder", "Northmoor Wardens"),),
        "present": frozenset({Present.NOBODY}),
        "concern": False,
        "told_next": False,
        "account": "Knocked twice and rang.",
    }
    return LogVisit(**(plain | changes))


def a_made_visit(world: World, who: str, person: UUID, **changes: object) -> UUID:
    """A visit that ``who`` made and logged."""
    with world.as_reader(who, Kind.WRITE) as actor:
        offered = {each.name: each for each in queries.may_attend(actor, person)}
        officers = (offered[actor.name],)
        made = told(**({"officers": officers} | changes))
        return service.log_visit(actor, person, made, now=NOW).id


def to_come(**changes: object) -> PlanVisit:
    """An unannounced visit in the week to come."""
    plain = {
        "announced": False,
        "window_from": NOW + timedelta(days=1),
        "window_to": NOW + timedelta(days=8),
        "officers": (),
        "place": "Flat 4, 18 Tallow Row",
    }
    return PlanVisit(**(plain | changes))


def a_planned_visit(
    world: World, who: str, person: UUID, *others: str, announced: bool = False
) -> UUID:
    """A visit that ``who`` planned to make, with others."""
    with world.as_reader(who, Kind.WRITE) as actor:
        going = {world.staff[each].user_id for each in (who, *others)}
        officers = tuple(
            each for each in queries.may_attend(actor, person) if each.user_id in going
        )
        standing = queries_of_warnings.standing(actor, person)
        read = {
            "officers": officers,
            "warnings_read": tuple(each.id for each in standing),
            "alone_reason": "Nobody else is free",
        }
        plan = to_come(**read)
        if announced:
            plan = to_come(
                **read,
                announced=True,
                window_to=NOW + timedelta(days=1),
                told_by="Owen Marsh",
                told_how=ToldHow.TELEPHONE,
            )
        return preparing.plan_visit(actor, person, plan, now=NOW).id
