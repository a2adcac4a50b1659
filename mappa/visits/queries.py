"""Reads of visits. Every statement is built once and starts from the policy."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.asking import Standing
from mappa.access.labels import ME
from mappa.access.reading import PERSON, Seen, note_read, of_person, one, rows, scope, scoped
from mappa.access.terms import Level
from mappa.agencies.models import Agency, User
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, Query
from mappa.kernel.types import midnight
from mappa.offenders import queries as people
from mappa.offenders.models import Person
from mappa.offenders.workers import case_workers
from mappa.visits import pattern
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.pattern import Made, Pattern
from mappa.visits.rules import ASKS, Attending, Outcome, VisitState

PAGE = 20
_SHOWN_AT_ONCE = 50

_visit = Visit.__table__
_officer = VisitOfficer.__table__
_person = Person.__table__
_owner = sa.alias(Agency.__table__, "visit_agency")
_author = sa.alias(User.__table__, "visit_author")
_VISIT = sa.bindparam("visit", type_=sa.Uuid())
_BEFORE_ON = sa.bindparam("before_on", type_=sa.Date())
_BEFORE_ID = sa.bindparam("before_id", type_=sa.Uuid())

_AGENCY = (_owner.c.name.label("agency_name"), _owner.c.type.label("agency_type"))


def _with_agency(start: sa.FromClause = _visit) -> sa.FromClause:
    return start.join(_owner, _owner.c.id == _visit.c.owner_agency_id)


@cache
def _of_person(*states: VisitState) -> Query:
    statement = scoped(Visit, *_AGENCY, person=True).select_from(_with_agency())
    return statement.where(_visit.c.state.in_([each.value for each in states]))


@cache
def _made(*, onward: bool) -> Query:
    statement = (
        _of_person(VisitState.MADE)
        .order_by(_visit.c.made_on.desc(), _visit.c.id.desc())
        .limit(PAGE + 1)
    )
    if onward:
        place = sa.tuple_(_visit.c.made_on, _visit.c.id) < sa.tuple_(_BEFORE_ON, _BEFORE_ID)
        return statement.where(place)
    return statement


@cache
def _planned() -> Query:
    statement = _of_person(VisitState.PLANNED)
    return statement.order_by(_visit.c.window_from, _visit.c.id).limit(_SHOWN_AT_ONCE)


@cache
def _not_made() -> Query:
    statement = _of_person(VisitState.MISSED, VisitState.WITHDRAWN)
    return statement.order_by(_visit.c.ended_at.desc(), _visit.c.id).limit(_SHOWN_AT_ONCE)


@cache
def _one_visit() -> Query:
    by = (_author.c.name.label("by_name"),)
    start = _with_agency().outerjoin(_author, _author.c.id == _visit.c.written_by_id)
    return scoped(Visit, *_AGENCY, *by, person=True).select_from(start).where(_visit.c.id == _VISIT)


def gated(seen: Seen) -> Seen:
    """A visit without its author's name where the reader has the summary only."""
    if seen.full or not seen.shows("by_name"):
        return seen
    fields = {name: value for name, value in seen.fields().items() if name != "by_name"}
    return Seen(seen.record, seen.level, fields)


def visit(actor: Actor, person_id: UUID, visit_id: UUID) -> Seen:
    """One visit to this person, with ``agency_name``. Raises ``NotFound``."""
    return gated(one(actor, _one_visit(), Visit, person=person_id, visit=visit_id))


def made(
    actor: Actor, person_id: UUID, *, before: UUID | None = None
) -> tuple[list[Seen], UUID | None]:
    """Visits that were made, newest first, 20 to a page, and the id to go on from if any.

    An id to go on from that the reader does not see is the beginning.
    """
    place: dict[str, Any] = {}
    if before is not None:
        found = rows(actor, _one_visit(), Visit, person=person_id, visit=before)
        if found and found[0].made_on is not None:
            place = {"before_on": found[0].made_on, "before_id": before}
    seen = rows(actor, _made(onward=bool(place)), Visit, person=person_id, **place)
    return seen[:PAGE], seen[PAGE - 1].id if len(seen) > PAGE else None


def planned(actor: Actor, person_id: UUID) -> list[Seen]:
    """Visits to come that this reader may know of, the next one first."""
    return rows(actor, _planned(), Visit, person=person_id)


def not_made(actor: Actor, person_id: UUID) -> list[Seen]:
    """Visits that were withdrawn or missed, newest first."""
    return rows(actor, _not_made(), Visit, person=person_id)


@cache
def _latest() -> Query:
    statement = _of_person(VisitState.MADE)
    return statement.order_by(_visit.c.made_on.desc(), _visit.c.id.desc()).limit(1)


def latest(actor: Actor, person_id: UUID) -> Seen | None:
    """The last visit that was made, as this reader sees it."""
    found = rows(actor, _latest(), Visit, person=person_id)
    return found[0] if found else None


@cache
def _unannounced() -> Query:
    return (
        scoped(Visit, need=Level.FULL, person=True)
        .where(_visit.c.state == VisitState.MADE.value, sa.not_(_visit.c.announced))
        .order_by(_visit.c.made_on.desc(), _visit.c.id.desc())
        .limit(pattern.LOOKED_AT)
    )


@cache
def _my_unannounced() -> Query:
    went = sa.select(_officer.c.subject_id).where(
        _officer.c.user_id == ME.user, _officer.c.attended, scope(VisitOfficer, need=Level.FULL)
    )
    return (
        scoped(Visit, need=Level.FULL, person=False)
        .where(
            _visit.c.state == VisitState.MADE.value,
            sa.not_(_visit.c.announced),
            _visit.c.id.in_(went),
        )
        .order_by(_visit.c.made_on.desc(), _visit.c.id.desc())
        .limit(pattern.LOOKED_AT)
    )


def pattern_of(actor: Actor, person_id: UUID) -> Pattern:
    """What the last unannounced visits to a person look like, of those the reader sees in full."""
    return _pattern(rows(actor, _unannounced(), Visit, person=person_id))


def my_pattern(actor: Actor) -> Pattern:
    """What the reader's own last unannounced visits look like, whoever they were to."""
    return _pattern(rows(actor, _my_unannounced(), Visit))


def _pattern(found: Iterable[Seen]) -> Pattern:
    at = (clock.local(each.arrived_at) for each in found)
    return pattern.pattern(Made(each.date(), pattern.part_of(each.time())) for each in at)


@cache
def _officers() -> Query:
    return (
        scoped(VisitOfficer, need=Level.FULL, person=True)
        .where(_officer.c.subject_id == _VISIT)
        .order_by(_officer.c.place_in_list, _officer.c.id)
    )


def officers(actor: Actor, person_id: UUID, visit_id: UUID, *, attended: bool) -> list[Seen]:
    """Who went, or who was to go."""
    found = rows(actor, _officers(), VisitOfficer, person=person_id, visit=visit_id)
    return [each for each in found if each.attended is attended]


@cache
def _own_made() -> Query:
    """The own agency's made visits, newest first: day, time and outcome."""
    return (
        _of_person(VisitState.MADE)
        .where(_visit.c.owner_agency_id == ME.agency)
        .order_by(_visit.c.made_on.desc(), _visit.c.arrived_at.desc(), _visit.c.id)
        .limit(_SHOWN_AT_ONCE)
    )


def failed_attempts(actor: Actor, person_id: UUID, visit_id: UUID) -> int:
    """Which failed attempt of the own agency a visit is since the person was last seen.

    0 if the visit is none, or if the person was seen after it.
    """
    found = [
        (each.id, Outcome(each.outcome))
        for each in rows(actor, _own_made(), Visit, person=person_id)
    ]
    place = next((at for at, (id_, _) in enumerate(found) if id_ == visit_id), None)
    if place is None or any(outcome.asks.seen for _, outcome in found[:place]):
        return 0
    attempts = 0
    for _, outcome in found[place:]:
        if outcome.asks.seen:
            break
        attempts += outcome.asks.failed
    return attempts if found[place][1].asks.failed else 0


_SEEN = [each.value for each in Outcome if each.asks.seen]


@cache
def _seen_by_own(*, unannounced: bool) -> Query:
    found = _own_made().where(_visit.c.outcome.in_(_SEEN)).limit(2)
    return found.where(sa.not_(_visit.c.announced)) if unannounced else found


def last_seen_by_own(actor: Actor, person_id: UUID, *, unannounced: bool = False) -> Seen | None:
    """The own agency's last visit, or last unannounced visit, at which the person was seen."""
    found = rows(actor, _seen_by_own(unannounced=unannounced), Visit, person=person_id)
    return found[0] if found else None


def reader(actor: Actor) -> Attending:
    """The reader as an officer."""
    return Attending(actor.name, actor.agency_name, actor.user_id, actor.agency_id, actor.team_id)


def may_attend(actor: Actor, person_id: UUID, stands: Standing | None = None) -> list[Attending]:
    """Whom to offer as officers: the reader first, then the case team, each with agency."""
    offered = {actor.user_id: reader(actor)}
    for each in case_workers(actor, person_id, stands):
        if each.user_id not in offered:
            offered[each.user_id] = Attending(each.name, each.agency, each.user_id, each.agency_id)
    return list(offered.values())


def who_was_to_go(actor: Actor, person_id: UUID, visit_id: UUID) -> list[Attending]:
    """The officers of a planned visit."""
    return [
        Attending(each.name, each.agency, None if each.user_id == NOBODY else each.user_id)
        for each in officers(actor, person_id, visit_id, attended=False)
    ]


def teams_of(officers: Iterable[Attending]) -> dict[UUID, UUID]:
    """The teams in which officers work, by account; none without a posting."""
    found = {each.user_id: each.team_id for each in officers if each.user_id and each.team_id}
    posts = {
        (each.user_id, each.agency_id)
        for each in officers
        if each.user_id and each.agency_id and each.user_id not in found
    }
    return found | {user: team for (user, _), team in teams.teams_of(posts).items()}


def _mine() -> sa.ColumnElement[bool]:
    """The visits to which the reader is to go."""
    return _visit.c.id.in_(
        sa.select(_officer.c.subject_id).where(
            _officer.c.user_id == ME.user,
            sa.not_(_officer.c.attended),
            scope(VisitOfficer, need=Level.FULL),
        )
    )


@cache
def _my_planned() -> Query:
    names = (_person.c.given_name, _person.c.family_name)
    return (
        scoped(Visit, *_AGENCY, *names, person=False)
        .select_from(_with_agency().join(_person, _person.c.id == _visit.c.person_id))
        .where(_visit.c.state == VisitState.PLANNED.value, _mine(), scope(Person))
        .order_by(_visit.c.window_to, _visit.c.id)
        .limit(_SHOWN_AT_ONCE)
    )


def my_planned(actor: Actor) -> list[Seen]:
    """The visits that the reader is to make, the most urgent first, with the person's name."""
    found = rows(actor, _my_planned(), Visit)
    note_read([each.person_id for each in found])
    return found


@cache
def _names() -> Query:
    ids = sa.bindparam("people", type_=sa.Uuid(), expanding=True)
    return scoped(Person, person=False).where(_person.c.id.in_(ids))


def names(actor: Actor, ids: Sequence[UUID]) -> dict[UUID, str]:
    """The names of those of these people whom the reader sees."""
    if not ids:
        return {}
    found = rows(actor, _names(), Person, people=list(set(ids)))
    return {each.id: people.display_name(each) for each in found}


_PAST_WORDS = {outcome.value: asks.words for outcome, asks in ASKS.items()}


def timeline_part(*, person: bool = True) -> Query:
    """Visits that were made, as entries of a timeline of ``:person``; a summary has the day only.

    Columns: kind, record, at, day, title, body, by_name, agency_name.
    """
    of = replace(Visit.label(), person=PERSON) if person else Visit.label()
    full = policy.level(Visit.__section__, ME, of, policy.AT) == Level.FULL.value
    outcome = sa.case(_PAST_WORDS, value=_visit.c.outcome, else_="")
    kind = sa.case((_visit.c.announced, "Scheduled visit: "), else_="Unannounced visit: ")
    child = sa.case((_visit.c.concern_child, "Concern for a child."), else_="")
    said = sa.case((_visit.c.concerns != "", _visit.c.concerns), else_=_visit.c.account)
    statement = (
        sa.select(
            sa.literal("visit").label("kind"),
            _visit.c.id.label("record"),
            sa.case(
                (full, _visit.c.arrived_at),
                else_=midnight(_visit.c.made_on),
            ).label("at"),
            _visit.c.made_on.label("day"),
            (kind + outcome).label("title"),
            sa.case((full, said), else_=child).label("body"),
            sa.case((full, sa.func.coalesce(_author.c.name, "")), else_="").label("by_name"),
            _owner.c.name.label("agency_name"),
        )
        .select_from(_with_agency().outerjoin(_author, _author.c.id == _visit.c.written_by_id))
        .where(_visit.c.state == VisitState.MADE.value, scope(Visit, of=of))
    )
    return statement.where(of_person(_visit.c.person_id)) if person else statement


def safeguarding(agencies: Sequence[Agency]) -> Agency | None:
    """The children's services agency to ring, among the agencies of an area."""
    return next((each for each in agencies if each.type == "childrens-services"), None)
