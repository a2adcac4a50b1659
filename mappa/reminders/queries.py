"""What is due, to whom, and what people were told. Read by due date: nothing depends on a run.

The selects in capitals are built once. A page that also shows the person's name joins ``Person``
under its own scope and gives the result to ``reading.rows``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access.actor import Actor
from mappa.access.labels import ME, word
from mappa.access.models import Deputy
from mappa.access.predicates import Rows, live
from mappa.access.reading import RECORD, Seen, count, one, rows, scope, scoped, sees_person
from mappa.access.terms import Role
from mappa.agencies.models import Agency, User
from mappa.kernel.db import NOBODY, Query, db
from mappa.reminders.models import SIGHT_LOST, Deadline, DutyState, Notice, SweepRun

_LONGEST_LIST = 500
MOST_NOTICES = 100
MOST_ON_THE_BELL = 99
ALARM_AFTER = timedelta(hours=1)

# A constant: SQLite plans a statement anew at each run if a bind meets a partial index.
_OPEN = Deadline.state == word(DutyState.OPEN.value)
_NAMES = (User.name.label("owner_name"), Agency.name.label("owed_by_name"))


def _with_names(*, person: bool) -> Query:
    return (
        scoped(Deadline, *_NAMES, person=person)
        .join(User, User.id == Deadline.owner_user_id)
        .join(Agency, Agency.id == Deadline.owed_by_agency_id)
    )


def _by_day(statement: Query) -> Query:
    return statement.where(_OPEN).order_by(Deadline.due_on, Deadline.id)


def _me_and_whom_i_cover() -> sa.CompoundSelect[Any]:
    """The reader, and for whom the reader stands in: asked once, so that the index still serves."""
    cover = Rows(Deputy, "cover")
    covered = sa.select(cover.manager_id).where(
        cover.deputy_id == ME.user, cover.agency_id == ME.agency, live(cover, policy.AT)
    )
    return sa.union_all(sa.select(ME.user), covered)


MY_OPEN = _by_day(
    _with_names(person=False).where(
        Deadline.owner_user_id.in_(_me_and_whom_i_cover()),
        sa.or_(Deadline.owner_user_id == ME.user, Deadline.owed_by_agency_id == ME.agency),
    )
)
"""Open duties that the reader owes, or that somebody owes for whom the reader stands in."""

TEAM_OPEN = _by_day(
    _with_names(person=False).where(
        Deadline.owner_team_id == ME.team, Deadline.owed_by_agency_id == ME.agency
    )
)
"""Open duties of the team that the reader supervises."""

AGENCY_OPEN = _by_day(_with_names(person=False).where(Deadline.owed_by_agency_id == ME.agency))
"""Open duties of the reader's agency."""

_LONGEST = {each: each.limit(_LONGEST_LIST) for each in (MY_OPEN, TEAM_OPEN, AGENCY_OPEN)}

FOR_PERSON = _by_day(_with_names(person=True))
"""Open duties that concern ``:person``."""

FOR_PEOPLE = _by_day(
    _with_names(person=False).where(
        Deadline.person_id.in_(sa.bindparam("people", type_=sa.Uuid(), expanding=True))
    )
)
"""Open duties that concern one of ``:people``."""

_ONE = _with_names(person=False).where(Deadline.id == RECORD)

_OF_IDS = _with_names(person=False).where(
    Deadline.id.in_(sa.bindparam("ids", type_=sa.Uuid(), expanding=True))
)

_EARLIER = (
    scoped(Deadline, person=False)
    .where(
        Deadline.about_id == sa.bindparam("about", type_=sa.Uuid()),
        Deadline.kind == sa.bindparam("kind"),
        Deadline.owed_by_agency_id == sa.bindparam("owed_by", type_=sa.Uuid()),
        Deadline.opened_at <= sa.bindparam("before", type_=Deadline.opened_at.type),
        Deadline.state == word(DutyState.CLOSED.value),
        Deadline.id != RECORD,
    )
    .order_by(Deadline.opened_at.desc(), Deadline.id)
    .limit(5)
)

_MINE = (
    Notice.user_id == ME.user,
    Notice.ended_at.is_(None),
    sa.or_(Notice.event == SIGHT_LOST, sees_person(Notice.__table__.c.person_id)),
)


def _of_duty(column: sa.ColumnElement[Any], name: str) -> sa.Label[Any]:
    """A column of the notice's duty, as far as the reader sees the duty itself."""
    found = sa.select(column).where(Deadline.id == Notice.duty_id, scope(Deadline))
    return found.correlate(Notice).scalar_subquery().label(name)


_DUTY = Deadline.__table__.c

_NOTICES = (
    scoped(
        Notice,
        _of_duty(_DUTY.title, "duty"),
        _of_duty(_DUTY.due_on, "duty_due_on"),
        _of_duty(_DUTY.moved_from, "duty_moved_from"),
        _of_duty(_DUTY.moved_because, "duty_moved_because"),
        person=False,
    )
    .where(*_MINE)
    .order_by(Notice.at.desc(), Notice.id)
    .limit(MOST_NOTICES)
)

_UNREAD: Query = sa.select(Notice.id).where(scope(Notice), *_MINE, Notice.read_at.is_(None))

_TO_MARK = sa.select(Notice).where(
    scope(Notice),
    *_MINE,
    Notice.read_at.is_(None),
    Notice.id.in_(sa.bindparam("ids", type_=sa.Uuid(), expanding=True)),
)


def team_select(actor: Actor) -> Query | None:
    """The select of what a supervisor or an agency lead answers for; None for anybody else."""
    if actor.role is Role.AGENCY_LEAD:
        return AGENCY_OPEN
    if actor.role is Role.SUPERVISOR and actor.team_id != NOBODY:
        return TEAM_OPEN
    return None


def my_open(actor: Actor) -> list[Seen]:
    """What the reader owes, the longest due first."""
    return rows(actor, _LONGEST[MY_OPEN], Deadline)


def team_open(actor: Actor) -> list[Seen]:
    """What the reader's team owes, or the whole agency for its lead; nothing for anybody else."""
    statement = team_select(actor)
    return [] if statement is None else rows(actor, _LONGEST[statement], Deadline)


def for_person(actor: Actor, person: UUID) -> list[Seen]:
    """The open duties that concern a person, as far as the reader sees them."""
    return rows(actor, FOR_PERSON, Deadline, person=person)


def for_people(actor: Actor, people: Sequence[UUID]) -> list[Seen]:
    """The same of several people, the longest due first."""
    return rows(actor, FOR_PEOPLE, Deadline, people=list(people))


def deadline(actor: Actor, deadline_id: UUID) -> Seen:
    """One duty, open or closed. Raises ``NotFound``."""
    return one(actor, _ONE, Deadline, record=deadline_id)


def earlier(actor: Actor, of: Seen) -> list[Seen]:
    """The days that the same duty had before, the last first."""
    return rows(
        actor,
        _EARLIER,
        Deadline,
        record=of.id,
        about=of.about_id,
        kind=of.kind,
        owed_by=of.owed_by_agency_id,
        before=of.opened_at,
    )


def notices(actor: Actor) -> list[Seen]:
    """What the reader was told and may still see, the newest first; no more than 100."""
    return rows(actor, _NOTICES, Notice)


def duties_of(actor: Actor, told: Sequence[Seen]) -> dict[UUID, Seen]:
    """The duties of notices that tell of somebody else's, by id, as far as the reader sees them."""
    ids = [each.duty_id for each in told]
    if not ids:
        return {}
    return {each.id: each for each in rows(actor, _OF_IDS, Deadline, ids=ids)}


def unread(actor: Actor) -> int:
    """How many notices the reader has not read, 99 at most."""
    return min(count(actor, _UNREAD, cap=MOST_ON_THE_BELL - 1), MOST_ON_THE_BELL)


def to_mark(actor: Actor, ids: Sequence[UUID], at: datetime) -> Sequence[Notice]:
    """The reader's own unread notices among ``ids``, to be changed; others are left out."""
    return db.session.scalars(_TO_MARK, actor.binds(at) | {"ids": list(ids)}).all()


@dataclass(frozen=True)
class Health:
    """The last runs of the sweep, and whether an hour has passed without one."""

    runs: Sequence[SweepRun]
    alarm: bool


def is_silent(now: datetime) -> bool:
    """Whether no sweep began in the last hour. One that is still to come was never seen to run."""
    within = SweepRun.began_at.between(now - ALARM_AFTER, now)
    return db.session.execute(sa.select(SweepRun.id).where(within).limit(1)).first() is None


def health(now: datetime) -> Health:
    """How the sweep is doing."""
    runs = db.session.scalars(
        sa.select(SweepRun).order_by(SweepRun.began_at.desc(), SweepRun.id).limit(10)
    ).all()
    return Health(runs, alarm=is_silent(now))
