"""Reads of who put duties off and to whom they passed, and of whom a duty may be given to."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from mappa.access import queries as teams
from mappa.access import restricting
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide_reading
from mappa.access.labels import Clause
from mappa.access.reading import RECORD, Seen, rows, scope, scoped, sees_person, unnoted
from mappa.access.terms import CASE_ROLES, Audience, Level, Role, Section
from mappa.agencies import queries as agencies
from mappa.agencies.models import User
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.reminders.assigning.models import DutyPassed, Snooze
from mappa.reminders.assigning.rules import STAYS, By
from mappa.reminders.models import Deadline, DutyState

TODAY = sa.bindparam("today", type_=sa.Date())

_duty = Deadline.__table__.c
_snooze = Snooze.__table__.c
_By = aliased(User, name="put_off_by")
_To = aliased(User, name="passed_to")
_From = aliased(User, name="passed_from")
_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)


def stands() -> list[Clause]:
    """The snooze holds on ``:today`` for the duty as it is: its owner, its date."""
    return [
        _snooze.duty_id == _duty.id,
        _snooze.owner_user_id == _duty.owner_user_id,
        _snooze.due_on == _duty.due_on,
        _snooze.ended_at.is_(None),
        _snooze.until_on > TODAY,
        scope(Snooze),
    ]


def put_off() -> Clause:
    """The duty of the row was put off to a day after ``:today``."""
    found = sa.select(_snooze.id).where(*stands()).correlate(Deadline.__table__)
    return found.suffix_with("OFFSET 0", dialect="postgresql").exists()


def snoozed_until() -> sa.Label[date | None]:
    """Until when the duty of the row was put off, as ``snoozed_until``; None if it was not."""
    until = sa.select(sa.func.max(_snooze.until_on)).where(*stands())
    return until.correlate(Deadline.__table__).scalar_subquery().label("snoozed_until")


def with_snooze(statement: Query) -> Query:
    """Of these duties those that were put off, with ``snoozed_until``, ``why`` and by whom."""
    named = (
        _snooze.until_on.label("snoozed_until"),
        _snooze.why.label("snoozed_why"),
        _By.name.label("snoozed_by"),
    )
    return (
        statement.add_columns(*named)
        .join(Snooze, _snooze.duty_id == _duty.id)
        .join(_By, _By.id == _snooze.by_id)
        .where(*stands())
    )


# The history of one duty


@cache
def _snoozes() -> Query:
    return (
        scoped(Snooze, _By.name.label("by_name"), person=False)
        .join(_By, _By.id == _snooze.by_id)
        .where(_snooze.duty_id == RECORD)
        .order_by(_snooze.at.desc(), _snooze.id)
        .limit(20)
    )


@cache
def _passed() -> Query:
    return (
        scoped(
            DutyPassed,
            _By.name.label("by_name"),
            _From.name.label("from_name"),
            _To.name.label("to_name"),
            person=False,
        )
        .join(_By, _By.id == DutyPassed.by_id)
        .join(_From, _From.id == DutyPassed.from_user_id)
        .join(_To, _To.id == DutyPassed.to_user_id)
        .where(DutyPassed.duty_id == RECORD)
        .order_by(DutyPassed.at.desc(), DutyPassed.id)
        .limit(20)
    )


def snoozes_of(actor: Actor, duty: UUID) -> list[Seen]:
    """How often a duty was put off, the last first."""
    return rows(actor, _snoozes(), Snooze, record=duty)


def passed(actor: Actor, duty: UUID) -> list[Seen]:
    """To whom a duty passed, the last first."""
    return rows(actor, _passed(), DutyPassed, record=duty)


def snoozes_standing(actor: Actor, duty: Any, today: date) -> list[Seen]:
    """What keeps a duty out of its owner's list now."""
    return [each for each in _same(actor, duty) if each.ended_at is None and each.until_on > today]


def how_often(actor: Actor, duty: Any) -> int:
    """How often a duty was put off while this owner had it under this date."""
    return len(_same(actor, duty))


def _same(actor: Actor, duty: Any) -> list[Seen]:
    return [
        each
        for each in snoozes_of(actor, duty.id)
        if (each.owner_user_id, each.due_on) == (duty.owner_user_id, duty.due_on)
    ]


# Who may do something about a duty


def place_of(actor: Actor, duty: Any) -> By | None:
    """In what place the reader stands to a duty of the own agency; None for everybody else."""
    if duty.owed_by_agency_id != actor.agency_id:
        return None
    if duty.owner_user_id == actor.user_id:
        return By.OWNER
    if _answers_for(actor, duty.owner_team_id):
        return By.SUPERVISOR
    covered = teams.covered_by(actor.user_id, actor.agency_id)
    return By.DEPUTY if duty.owner_user_id in {each.manager_id for each in covered} else None


def _answers_for(actor: Actor, team: UUID) -> bool:
    if actor.role is Role.AGENCY_LEAD:
        return True
    return actor.role is Role.SUPERVISOR and team == actor.team_id != NOBODY


@cache
def _chosen() -> Query:
    return (
        scoped(Deadline, User.name.label("owner_name"), person=False)
        .join(User, User.id == _duty.owner_user_id)
        .where(_duty.id.in_(_IDS), sees_person(_duty.person_id))
        .order_by(_duty.due_on, _duty.id)
    )


def chosen(actor: Actor, ids: Collection[UUID]) -> list[Seen]:
    """These duties as far as the reader sees them and their people, open or closed."""
    return rows(actor, _chosen(), Deadline, ids=list(ids)) if ids else []


@cache
def _rows() -> Query:
    return (
        sa.select(Deadline)
        .where(_duty.id.in_(_IDS), scope(Deadline), sees_person(_duty.person_id))
        .order_by(_duty.id)
    )


@cache
def _to_pass() -> Query:
    return _rows().with_for_update(of=Deadline)


def as_rows(actor: Actor, ids: Collection[UUID], *, change: bool = False) -> dict[UUID, Deadline]:
    """The same as rows with their label, by id; ``change`` holds them until the act is done."""
    binds = actor.binds(uow.current().at) | {"ids": list(ids)}
    anew = {"populate_existing": True}
    statement = _to_pass() if change else _rows()
    found = db.session.scalars(statement, binds, execution_options=anew).all()
    return {each.id: each for each in found}


def to_pass(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Deadline]:
    """These duties as rows to be changed, by id."""
    return as_rows(actor, ids, change=True)


@dataclass(frozen=True)
class Colleague:
    """Somebody of the agency to whom duties may pass: the team, and people on whose case they are.

    ``anything`` says that whoever answers for the whole agency gives the duties out.
    """

    user_id: UUID
    name: str
    role: Role
    team_id: UUID
    cases: frozenset[UUID]
    anything: bool

    def suits(self, duty: Any) -> bool:
        """They are of the owner's team or on the case team; whether they may see it is not said."""
        if self.user_id == duty.owner_user_id:
            return False
        of_team = self.team_id == duty.owner_team_id != NOBODY
        return self.anything or of_team or duty.person_id in self.cases


def colleagues(actor: Actor, duties: Sequence[Any]) -> list[Colleague]:
    """To whom some of these duties may pass as far as teams go, by name."""
    staff = [each for each in agencies.staff_of([actor.agency_id]) if each.role in CASE_ROLES]
    team = teams.teams_of([(each.user_id, each.agency_id) for each in staff])
    on_case = teams.workers_among({each.person_id for each in duties}, actor.agency_id)
    found = {
        each.user_id: Colleague(
            each.user_id,
            each.name,
            each.role,
            team.get((each.user_id, each.agency_id), NOBODY),
            frozenset(on_case.get(each.user_id, ())),
            anything=actor.role is Role.AGENCY_LEAD,
        )
        for each in staff
    }
    return [each for each in found.values() if any(map(each.suits, duties))]


def offered(actor: Actor, duty_id: UUID) -> list[Colleague]:
    """To whom one duty may be offered, by name.

    Of what only named readers see, to those who are named. Who else sees it is not asked: that
    would tell who is kept out.
    """
    found = list(as_rows(actor, [duty_id]).values())
    offered = colleagues(actor, found)
    if any(_is_for_the_named(each) for each in found):
        named = set(restricting.named_users(found[0].subject_id))
        return [each for each in offered if each.user_id in named]
    return offered


def _is_for_the_named(duty: Deadline) -> bool:
    if is_opened_by_passing(duty):
        return False
    return duty.audience == Audience.NAMED.value or teams.is_marked(duty.subject_id)


@cache
def _seen_by() -> Query:
    return sa.select(_duty.id).where(
        _duty.id.in_(_IDS), scope(Deadline), sees_person(_duty.person_id)
    )


def takes(colleague: Actor, duties: Collection[Deadline]) -> frozenset[UUID]:
    """Which of these duties the colleague may be given: asked of the policy as that colleague.

    An unannounced visit is open to named readers only; whoever takes it over becomes one, if
    nothing else keeps it from them.
    """
    if not duties:
        return frozenset()
    binds = colleague.binds(uow.current().at) | {"ids": [each.id for each in duties]}
    with unnoted():
        seen = set(db.session.execute(_seen_by(), binds).scalars())
        more = {each.id for each in duties if each.id not in seen and _could_read(colleague, each)}
    return frozenset(seen | more)


def is_opened_by_passing(duty: Deadline) -> bool:
    """Whoever takes this duty over becomes a named reader of its record."""
    return duty.audience == Audience.NAMED.value and duty.section == Section.VISITS.value


def _could_read(colleague: Actor, duty: Deadline) -> bool:
    if not is_opened_by_passing(duty):
        return False
    target = Target(
        person=duty.person_id,
        owner=duty.owner_agency_id,
        record=duty.subject_id,
        handling=duty.handling_group_id,
        meeting=duty.meeting_id,
    )
    return all(
        decide_reading(colleague, section, Level.SUM, of).allowed
        for section, of in (
            (Section.IDENTITY, Target(person=duty.person_id, record=duty.person_id)),
            (Section.VISITS, target),
        )
    )


def can_pass(duty: Any) -> bool:
    """The duty is open and of a kind that goes with no seat."""
    return duty.state == DutyState.OPEN.value and duty.kind not in STAYS
