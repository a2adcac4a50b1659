"""What a reader has to do, waits for, and may want to know of since yesterday."""

from datetime import datetime
from functools import cache

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.actor import Actor
from mappa.access.labels import ME
from mappa.access.models import CaseWorker
from mappa.access.predicates import Rows, live
from mappa.access.reading import Seen, note_read, rows, scoped
from mappa.access.terms import Level
from mappa.actions import queries as actions
from mappa.actions.models import ActionItem
from mappa.agencies.models import Agency
from mappa.insight.queries.people import with_person
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.types import UtcDateTime
from mappa.offenders.models import PersonChange
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline

LONGEST_LIST = 500
_CHANGES = 10

_action = ActionItem.__table__
_deadline = Deadline.__table__


@cache
def _mine() -> Query:
    return with_person(reminders.MY_OPEN, _deadline.c.person_id).limit(LONGEST_LIST)


@cache
def _team(agency: bool) -> Query:
    chosen = reminders.AGENCY_OPEN if agency else reminders.TEAM_OPEN
    return with_person(chosen, _deadline.c.person_id).limit(LONGEST_LIST)


@cache
def _waiting() -> Query:
    return with_person(actions.WAITING_FOR_OTHERS, _action.c.person_id).limit(LONGEST_LIST)


@cache
def _changes() -> Query:
    change = PersonChange.__table__
    mine = p.on_team_as_person(ME, PersonChange.label(), policy.AT, Level.FULL)
    found = (
        scoped(PersonChange, Agency.name.label("agency_name"), need=Level.FULL, person=False)
        .join(Agency, Agency.id == change.c.owner_agency_id)
        .where(
            mine,
            change.c.at >= sa.bindparam("since", type_=UtcDateTime()),
            change.c.by_id != ME.user,
        )
        .order_by(change.c.at.desc(), change.c.id.desc())
    )
    return with_person(found, change.c.person_id).limit(_CHANGES)


@cache
def _has_people() -> Query:
    worker = Rows(CaseWorker, "mine")
    found: Query = (
        sa.select(sa.literal_column("1"))
        .select_from(worker.table)
        .where(worker.user_id == ME.user, worker.agency_id == ME.agency, live(worker, policy.AT))
    )
    return sa.select(found.exists())


def _with_people(found: list[Seen]) -> list[Seen]:
    note_read(each.person_id for each in found)
    return found


def mine(actor: Actor) -> list[Seen]:
    """What the reader owes, the longest due first, with the person."""
    return _with_people(rows(actor, _mine(), Deadline))


def teams(actor: Actor) -> list[Seen]:
    """What the reader's team owes, or the whole agency for its lead; nothing for anybody else."""
    chosen = reminders.team_select(actor)
    if chosen is None:
        return []
    statement = _team(agency=chosen is reminders.AGENCY_OPEN)
    found = _with_people(rows(actor, statement, Deadline))
    return [each for each in found if each.owner_user_id != actor.user_id]


def waiting(actor: Actor) -> list[Seen]:
    """What the reader asked of others and they have not done, with the person."""
    return _with_people(rows(actor, _waiting(), ActionItem))


def changes(actor: Actor, since: datetime) -> list[Seen]:
    """What others changed since then on the records of the reader's own cases, newest first."""
    return _with_people(rows(actor, _changes(), PersonChange, since=since))


def has_people(actor: Actor) -> bool:
    """Whether the reader is named on any case team."""
    found = db.session.execute(_has_people(), actor.binds(uow.current().at))
    return bool(found.scalar_one())
