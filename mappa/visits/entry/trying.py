"""What follows from a failed attempt, and from somebody who does not live there any more."""

from datetime import date, datetime, timedelta
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.access.reading import Seen
from mappa.actions import service as actions
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.reminders import closing
from mappa.reminders import service as reminders
from mappa.visits import queries
from mappa.visits.entry.rules import SUBJECT_CATEGORY
from mappa.visits.models import Visit
from mappa.visits.rules import VISITING, Outcome

RULE = "visit-after-failed-attempt"
TRY_AGAIN = "visit-try-again"
"""The kind of what is owed after a failed attempt until the person is seen."""
CHECKED_WITHIN = timedelta(days=1)
BREACH = "Possible breach of notification: find out where this person lives"
TELL_POLICE = "Tell the police: possible breach of notification, not living at the address"


def follow(actor: Actor, visit: Visit, outcome: Outcome, person: Seen, now: datetime) -> None:
    """Owe another visit soon after one that failed; make a task of somebody who has moved."""
    if outcome.asks.failed:
        _try_again(actor, visit, person, now)
    elif outcome is Outcome.NOT_LIVING_THERE and person.category == SUBJECT_CATEGORY:
        _find_out(actor, visit, person, now)


def _try_again(actor: Actor, visit: Visit, person: Seen, now: datetime) -> None:
    if agencies.type_of(actor.agency_id) not in VISITING:
        return
    assert visit.made_on is not None
    seen = queries.last_seen_by_own(actor, visit.person_id)
    if seen is not None and seen.made_on >= visit.made_on:
        return
    if _later_attempt(visit.person_id, visit.made_on, actor.agency_id):
        return
    reminders.open_deadline(
        RULE,
        label_of(visit),
        kind=TRY_AGAIN,
        starts_on=visit.made_on,
        jurisdiction=person.jurisdiction,
        owner_user=actor.user_id,
        owner_team=actor.team_id,
        owner_agency=actor.agency_id,
        about=visit.person_id,
        now=now,
    )


def _later_attempt(person_id: UUID, on: date, agency: UUID) -> bool:
    """Whether another visit is owed already for an attempt later than that day."""
    owed = closing.standing_of(person_id, (TRY_AGAIN,), agency)
    return any(each.starts_on > on for each in owed)


def is_met(person_id: UUID, on: date, agency: UUID, now: datetime) -> bool:
    """Whether a visit of a day at which the person was seen was the one to be tried again.

    One that was made before the attempt, and is logged after it, was not.
    """
    return on >= day_of(now) or not _later_attempt(person_id, on, agency)


def _find_out(actor: Actor, visit: Visit, person: Seen, now: datetime) -> None:
    police = agencies.type_of(actor.agency_id) == "police"
    actions.add_action(
        actor,
        label_of(visit),
        what=BREACH if police else TELL_POLICE,
        owner_user=actor.user_id,
        owner_team=actor.team_id,
        owner_agency=actor.agency_id,
        due_on=day_of(now + CHECKED_WITHIN),
        jurisdiction=person.jurisdiction,
        now=now,
    )
