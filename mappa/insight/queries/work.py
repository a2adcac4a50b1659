"""What a reader waits for, and may want to know of since yesterday."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.models import CaseWorker
from mappa.access.predicates import Rows, live
from mappa.access.reading import Seen, note_read, rows, scoped
from mappa.access.terms import Level
from mappa.actions import queries as actions
from mappa.actions.models import ActionItem
from mappa.agencies.models import Agency, Area
from mappa.insight.queries.people import with_person
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.kernel.types import UtcDateTime
from mappa.offenders.handover import queries as handovers
from mappa.offenders.models import PersonChange
from mappa.sharing.requests import asking

MOST_WAITING = 50
_CHANGES = 10

_action = ActionItem.__table__


@cache
def _waiting() -> Query:
    return with_person(actions.WAITING_FOR_OTHERS, _action.c.person_id).limit(MOST_WAITING + 1)


@cache
def _changes() -> Query:
    change = PersonChange.__table__
    found = (
        scoped(PersonChange, Agency.name.label("agency_name"), need=Level.FULL, person=False)
        .join(Agency, Agency.id == change.c.owner_agency_id)
        .where(
            change.c.person_id.in_(_my_people()),
            change.c.at >= sa.bindparam("since", type_=UtcDateTime()),
            change.c.by_id != ME.user,
        )
        .order_by(change.c.at.desc(), change.c.id.desc())
    )
    return with_person(found, change.c.person_id).limit(_CHANGES)


def _my_people() -> Query:
    """Those on whose case team the reader is by name: few, so a search starts from them."""
    worker = Rows(CaseWorker, "mine")
    named = (worker.user_id == ME.user, worker.agency_id == ME.agency, live(worker, policy.AT))
    return sa.select(worker.person_id).where(*named)


@dataclass(frozen=True)
class Around:
    """What home says besides the work itself."""

    jurisdiction: str
    """Of the reader's area."""
    has_people: bool
    """Whether the reader is named on any case team."""
    asked: int
    """How many people the reader is asked to take over."""
    requests: int
    """How many requests for information others have not answered; 51 at most."""


@cache
def _around() -> Query:
    has_people = _my_people().exists().label("has_people")
    asked = handovers.how_many_to_answer().label("asked")
    requests = asking.how_many_waiting().label("requests")
    return sa.select(Area.jurisdiction, has_people, asked, requests).where(Area.id == ME.area)


def _with_people(found: list[Seen]) -> list[Seen]:
    note_read(each.person_id for each in found)
    return found


def waiting(actor: Actor) -> list[Seen]:
    """What the reader asked of others and they have not done, with the person; 51 at most."""
    return _with_people(rows(actor, _waiting(), ActionItem))


def changes(actor: Actor, since: datetime) -> list[Seen]:
    """What others changed since then on the records of the reader's own cases, newest first."""
    return _with_people(rows(actor, _changes(), PersonChange, since=since))


def around(actor: Actor) -> Around:
    """What home says besides the work itself. Raises ``NotFound`` if there is no such area."""
    at = uow.current().at
    found = db.session.execute(_around(), actor.binds(at) | {"today": day_of(at)}).one_or_none()
    if found is None:
        raise NotFound
    asked = found.asked if actor.role in handovers.MANAGING else 0
    return Around(found.jurisdiction, bool(found.has_people), asked, found.requests)
