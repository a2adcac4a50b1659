"""Who owes a level 1 review: the manager of each person at level 1, three months after the last.

The months are the starting interval of the rule ``level-1-review``; an area may set its own.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from mappa.access import merged
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.reading import load
from mappa.access.terms import Level
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY
from mappa.offenders.level_review.rules import KIND, RULE, is_owed
from mappa.offenders.models import Person, PersonChange
from mappa.offenders.periods import label_of_person
from mappa.reminders import closing
from mappa.reminders import service as reminders
from mappa.reminders.service import Duty

REVIEWED = "level:reviewed"
HANDED_OVER, PARTED = "lead:handed-over", "person:parted"


def _duty(person: Person, starts_on: date, team: UUID) -> Duty:
    return Duty(
        rule=RULE,
        label=label_of_person(person),
        kind=KIND,
        starts_on=starts_on,
        jurisdiction=person.jurisdiction,
        owner_user=person.manager_id,
        owner_team=team,
        owner_agency=person.owner_agency_id,
    )


def owe_for_new(people: Sequence[Person], team_of: Mapping[UUID, UUID], *, now: datetime) -> None:
    """Open the review of those at level 1 who were added in this unit of work.

    ``team_of`` gives the team of each manager.
    """
    duties = [
        _duty(each, day_of(now), team_of.get(each.manager_id, NOBODY))
        for each in people
        if is_owed(each.level, has_manager=each.manager_id != NOBODY)
    ]
    reminders.open_on_new(duties, now)


def follow(actor: Actor, change: PersonChange, now: datetime) -> None:
    """Let the duty follow a changed level, a review, or a manager where there was none."""
    person = load(actor, Person, change.person_id, need=Level.SUM)
    if not is_owed(person.level, has_manager=person.manager_id != NOBODY):
        reminders.close_for_person(person.id, KIND, now)
        return
    if change.kind in (HANDED_OVER, PARTED) and closing.is_owed(person.id, KIND):
        return
    since = person.level_since or day_of(now)
    starts_on = day_of(now) if change.kind == REVIEWED else since
    team = teams.team_of(person.manager_id, person.owner_agency_id) or NOBODY
    reminders.renew_deadlines(person.id, [_duty(person, starts_on, team)], now)


def end_with_record(actor: Actor, change: PersonChange, now: datetime) -> None:
    """Of two records of one person the surviving one is reviewed; the other's review ends."""
    if merged.survivor_of(change.person_id) != change.person_id:
        closing.close_of_record(change.person_id, KIND, now)
