"""What planning for a drawn sample goes by: a statement for all of them, never one for each.

Plans, warnings, duties and addresses are those that the reader sees: what is kept from the reader
stops nothing and shapes nothing.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import may_to_each
from mappa.access.labels import ME
from mappa.access.reading import Seen, rows, scope, scoped
from mappa.access.terms import Level, Part
from mappa.agencies import queries as agencies
from mappa.kernel.db import Query
from mappa.offenders import queries as people
from mappa.offenders.models import Person
from mappa.reminders import queries as reminders
from mappa.visits.backlog import queries as backlog
from mappa.visits.commitment.following import KINDS
from mappa.visits.models import Visit, VisitOfficer
from mappa.visits.places import home_of
from mappa.visits.preparing.rules import turnout_asked
from mappa.visits.rules import VisitState
from mappa.visits.sampled.rules import Line, stop

_visit, _officer, _person = Visit.__table__, VisitOfficer.__table__, Person.__table__
_PEOPLE = sa.bindparam("people", type_=sa.Uuid(), expanding=True)


@cache
def _planned() -> Query:
    return (
        scoped(Visit, _officer.c.name.label("officer_name"), need=Level.FULL, person=False)
        .select_from(_visit.join(_officer, _officer.c.subject_id == _visit.c.id))
        .where(
            _visit.c.person_id.in_(_PEOPLE),
            _visit.c.owner_agency_id == ME.agency,
            _visit.c.state == VisitState.PLANNED.value,
            sa.not_(_visit.c.announced),
            sa.not_(_officer.c.attended),
            scope(VisitOfficer, need=Level.FULL),
        )
        .order_by(_visit.c.window_from, _visit.c.id, _officer.c.place_in_list)
    )


def planned(actor: Actor, among: Sequence[UUID]) -> dict[UUID, list[Seen]]:
    """The own agency's unannounced plans that stand, by person: a row for each who is to go."""
    return _by_person(rows(actor, _planned(), Visit, people=list(among)))


@cache
def _seen() -> Query:
    return scoped(Person, person=False).where(_person.c.id.in_(_PEOPLE))


def _by_person(found: Iterable[Seen]) -> dict[UUID, list[Seen]]:
    of: dict[UUID, list[Seen]] = {}
    for each in found:
        of.setdefault(each.person_id, []).append(each)
    return of


def _due(actor: Actor, among: Sequence[UUID]) -> dict[UUID, date]:
    """By when the own agency owes a visit that an unannounced one fulfils: the earliest of each."""
    found: dict[UUID, date] = {}
    for each in reminders.for_people(actor, among):
        if each.kind in KINDS and each.owed_by_agency_id == actor.agency_id:
            found.setdefault(each.person_id, each.due_on)
    return found


class _Staff:
    """Who of the own agency works on whose case, by name; the reader can go to everybody."""

    def __init__(self, actor: Actor, among: Sequence[UUID]) -> None:
        self.on = teams.officers_among(among, actor.agency_id)
        self.mine = frozenset(backlog.staff(actor))
        everybody = {each.user_id for several in self.on.values() for each in several}
        self.names = agencies.user_names(everybody) | {actor.user_id: f"{actor.name} (you)"}
        self.reader = actor.user_id

    def officers(self, person: UUID) -> dict[UUID, str]:
        of = [each.user_id for each in self.on.get(person, ())]
        return {user: self.names[user] for user in (*of, self.reader) if user in self.names}

    def manager(self, person: UUID) -> UUID | None:
        managers = (e.user_id for e in self.on.get(person, ()) if e.part == Part.MANAGER.value)
        return next((user for user in managers if user in self.mine), None)


def outlook(actor: Actor, drawn: Sequence[UUID]) -> list[Line]:
    """Everybody who was drawn, in the order of the draw, with what stops a plan in one step."""
    seen = {each.id: each for each in rows(actor, _seen(), Person, people=list(drawn))}
    among = [each for each in drawn if each in seen]
    if not among:
        return [_unseen(place, each) for place, each in enumerate(drawn)]
    may = may_to_each(actor, Action.VISIT_PLAN, among)
    stands, due = planned(actor, among), _due(actor, among)
    warned = {each.person_id for each in people.warnings_among(actor, among)}
    homes = {
        person: home_of(found)
        for person, found in _by_person(people.addresses_among(actor, among)).items()
    }
    staff, agency = _Staff(actor, among), agencies.type_of(actor.agency_id)

    def line(place: int, person: UUID) -> Line:
        if person not in seen:
            return _unseen(place, person)
        home = homes.get(person, "")
        return Line(
            place=place,
            person_id=person,
            name=people.display_name(seen[person]),
            stop=stop(
                seen=True,
                may_plan=person in may,
                planned=person in stands,
                warned=person in warned,
                address=bool(home),
            ),
            address=home,
            due_on=due.get(person),
            officers=staff.officers(person),
            officer=staff.manager(person),
            asks_turnout=turnout_asked(agency, seen[person].jurisdiction),
        )

    return [line(place, person) for place, person in enumerate(drawn)]


def _unseen(place: int, person: UUID) -> Line:
    stopped = stop(seen=False, may_plan=False, planned=False, warned=False, address=False)
    return Line(place=place, person_id=person, stop=stopped, officers={})
