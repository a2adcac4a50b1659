"""What a supervisor's view counts: a few statements, each of no more rows than it says.

Each starts from the policy, so that nothing is counted that the reader may not see: an unannounced
visit that is owed or planned is open to named readers, and so is what is late of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import ME, word
from mappa.access.reading import Seen, note_read, rows, scope, scoped
from mappa.access.terms import Level, Role
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.offenders.identity import reads_risk
from mappa.offenders.models import Person
from mappa.reminders import queries as reminders
from mappa.reminders.models import Deadline
from mappa.visits.backlog.rules import LOOKED_BACK, MOST_PEOPLE
from mappa.visits.commitment.queries import KINDS
from mappa.visits.commitment.rules import KIND
from mappa.visits.models import Visit
from mappa.visits.rules import VisitState

MOST = 2000
"""So much is counted; beyond it the page says that there is more."""
LISTED = 100
"""So much is listed."""
WRITE_UP = "visit-write-up"
NOT_SET = KIND

_duty = Deadline.__table__.c
_person = Person.__table__
_visit = Visit.__table__
_DUE_FROM = sa.bindparam("due_from", type_=sa.Date())
_DUE_TO = sa.bindparam("due_to", type_=sa.Date())
_SINCE = sa.bindparam("since", type_=sa.Date())
_MOMENT = sa.bindparam("since_at", type_=_visit.c.ended_at.type)
BAND = sa.case((reads_risk(_person.c.id), _person.c.risk_band), else_=sa.null()).label("band")


@dataclass(frozen=True)
class Narrow:
    """To which officer and kinds of duty the view is narrowed."""

    kinds: tuple[str, ...] = KINDS
    officer: UUID | None = None

    def binds(self) -> dict[str, Any]:
        """As the statements take it."""
        return {"kinds": list(self.kinds), "officer": self.officer}


def _duties(start: Query) -> Query:
    """Open duties of some kinds of the team or the agency, of people whom the reader sees."""
    officer = sa.bindparam("officer", type_=sa.Uuid())
    return start.join(_person, _person.c.id == _duty.person_id).where(
        scope(Person),
        _duty.kind.in_(sa.bindparam("kinds", expanding=True)),
        sa.or_(officer.is_(None), _duty.owner_user_id == officer),
        _duty.due_on >= _DUE_FROM,
        _duty.due_on <= _DUE_TO,
    )


@cache
def _listed(start: Query) -> Query:
    band = sa.bindparam("band", type_=sa.Text())
    names = (_person.c.given_name, _person.c.family_name, BAND)
    inside = sa.and_(reads_risk(_person.c.id), _person.c.risk_band == band)
    unseen = sa.and_(band == word("unknown"), sa.not_(reads_risk(_person.c.id)))
    found = _duties(start).add_columns(*names)
    return found.where(sa.or_(band.is_(None), inside, unseen)).limit(LISTED + 1)


def start_of(actor: Actor) -> Query:
    """The select of what the reader answers for."""
    found = reminders.team_select(actor)
    assert found is not None, "only who answers for others has the page"
    return found


def listed(
    actor: Actor, narrow: Narrow, due: tuple[date, date], band: str | None = None
) -> list[Seen]:
    """The duties themselves, with the person's name and band, the oldest 101."""
    binds = narrow.binds() | {"due_from": due[0], "due_to": due[1], "band": band}
    found = rows(actor, _listed(start_of(actor)), Deadline, **binds)
    note_read([each.person_id for each in found])
    return found


def for_team(actor: Actor) -> bool:
    """Whether the reader answers for a team; else it is for the agency."""
    return actor.role is Role.SUPERVISOR


# Visits that were made, and that were not


def visits_made(start: Query, *, team: bool) -> Query:
    """Of these visits those that the agency made, to people of the team if asked, newest first."""
    found = start.where(
        _visit.c.owner_agency_id == ME.agency,
        _visit.c.state == word(VisitState.MADE.value),
        _visit.c.made_on >= _SINCE,
    )
    if team:
        found = found.where(_visit.c.person_id.in_(teams.people_of_users()))
    return found.order_by(_visit.c.made_on.desc(), _visit.c.id.desc())


_PLANNED = _visit.c.planned_at.is_not(None)


@cache
def _made_listed(*, team: bool) -> Query:
    which = sa.bindparam("which", type_=sa.Text())
    names = (_person.c.given_name, _person.c.family_name)
    start = scoped(Visit, *names, need=Level.FULL, person=False).join(
        _person, _person.c.id == _visit.c.person_id
    )
    chosen = sa.or_(
        which == "",
        sa.and_(which == "planned", _PLANNED),
        sa.and_(which == "unannounced", sa.not_(_visit.c.announced)),
        _visit.c.outcome == which,
    )
    return visits_made(start.where(scope(Person), chosen), team=team).limit(LISTED + 1)


_NOT_MADE = (VisitState.MISSED.value, VisitState.WITHDRAWN.value)


def visits_not_made(start: Query) -> Query:
    """Of these visits those of the agency that ended without being made, the newest first."""
    return (
        start.select_from(_visit.join(_person, _person.c.id == _visit.c.person_id))
        .where(
            scope(Person),
            _visit.c.owner_agency_id == ME.agency,
            _visit.c.state.in_([word(each) for each in _NOT_MADE]),
            _visit.c.ended_at >= _MOMENT,
        )
        .order_by(_visit.c.ended_at.desc(), _visit.c.id)
    )


@cache
def _not_made() -> Query:
    names = (_person.c.given_name, _person.c.family_name)
    start = scoped(Visit, *names, need=Level.FULL, person=False)
    ended = _visit.c.state == sa.bindparam("ended", type_=sa.Text())
    return visits_not_made(start).where(ended).limit(LISTED + 1)


def _of_team(actor: Actor, staff: Sequence[UUID], today: date) -> dict[str, Any]:
    users = {"users": list(staff) or [NOBODY]} if for_team(actor) else {}
    return {"since": today - LOOKED_BACK} | users


def made_listed(actor: Actor, staff: Sequence[UUID], today: date, which: str) -> list[Seen]:
    """Those visits themselves, the newest 101: all, planned, unannounced, or of an outcome."""
    binds = _of_team(actor, staff, today)
    found = rows(actor, _made_listed(team=for_team(actor)), Visit, which=which, **binds)
    note_read([each.person_id for each in found])
    return found


def not_made(actor: Actor, state: VisitState, since: Any) -> list[Seen]:
    """Visits that were missed, or withdrawn, since, with the reason, the newest 101."""
    found = rows(actor, _not_made(), Visit, ended=state.value, since_at=since)
    note_read([each.person_id for each in found])
    return found


# Officers


def staff(actor: Actor) -> list[UUID]:
    """Who works in the supervisor's team, or for the lead's agency."""
    team = actor.team_id if for_team(actor) else None
    return teams.staff_of(actor.agency_id, team)


@cache
def _people_of() -> Query:
    pairs = teams.people_of_users(with_user=True).subquery()
    among = sa.select(pairs.c.user_id, _person.c.id).join(
        _person, _person.c.id == pairs.c.person_id
    )
    seen = among.where(scope(Person)).distinct().limit(MOST + 1).subquery()
    several = sa.func.count().label("people")
    return sa.select(seen.c.user_id, several).group_by(seen.c.user_id)


def above(actor: Actor, staff: Sequence[UUID]) -> list[tuple[UUID, int]]:
    """Officers on the case teams of more than 50 people whom the reader sees, the most first.

    Who may be above is found without looking at people; how many is counted of those seen.
    """
    many = teams.with_more_people(staff, MOST_PEOPLE)[:20]
    if not many:
        return []
    asked = actor.binds(uow.current().at) | {"users": many}
    found = db.session.execute(_people_of(), asked).all()
    over = [(user, people) for user, people in found if people > MOST_PEOPLE]
    return sorted(over, key=lambda each: (-each[1], each[0]))


@cache
def _people() -> Query:
    among = _person.c.id.in_(teams.people_of_users())
    listed = scoped(Person, person=False).where(among)
    return listed.order_by(_person.c.sort_name, _person.c.id).limit(LISTED + 1)


def people_of(actor: Actor, officer: UUID) -> list[Seen]:
    """The people of an officer of the own team, or agency, as far as the reader sees them."""
    if officer not in staff(actor):
        return []
    return rows(actor, _people(), Person, users=[officer])
