"""Reads for merging: the two people side by side, who may merge, who gains what, requests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged, team_grid
from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Standing, Target, decide, standing
from mappa.access.holding import told_of
from mappa.access.models import PersonMerge
from mappa.access.reading import Seen, about, rows, scoped, sees_person
from mappa.access.terms import Level, Role, Section
from mappa.agencies.models import Agency, User
from mappa.kernel import uow
from mappa.kernel.db import Query, db
from mappa.kernel.errors import NotFound
from mappa.offenders import queries as people
from mappa.offenders.merging.models import MergeRequest
from mappa.offenders.merging.rules import Facts
from mappa.offenders.models import Alias, Person

_IDS = sa.bindparam("ids", type_=sa.Uuid(), expanding=True)
_IDENTIFIERS = {"CRN": "crn", "PNC": "pnc", "ViSOR": "visor", "prison": "prison_number"}

_SEEN_IN_FULL = frozenset(Section) - {Section.INTELLIGENCE, Section.VICTIMS, Section.HEALTH}
"""What must be open in full to whoever merges; in the other three nothing may be sealed to them."""


def may_merge(actor: Actor, *ids: UUID) -> bool:
    """Whether this reader sees all of each person, as far as anybody can know that.

    What is hidden from the reader does not count: an answer that hung on it would betray it.
    Raises ``NotFound`` if one of the people is invisible.
    """
    return all(_sees_all(actor, each) for each in ids)


def _sees_all(actor: Actor, person: UUID) -> bool:
    stands = standing(actor, person)
    if not decide(actor, Action.PERSON_MERGE, Target(person=person)).allowed:
        return False
    if actor.role is Role.COORDINATOR:
        return stands.at_least(Section.IDENTITY, Level.FULL)
    whole = all(stands.at_least(section, Level.FULL) for section in _SEEN_IN_FULL)
    return whole and not _is_told_of_more(actor, person)


@cache
def _told() -> Query:
    told: Query = sa.select(told_of().c.section).limit(1)
    return told


def _is_told_of_more(actor: Actor, person: UUID) -> bool:
    statement, mine = about(_told(), person)
    found = db.session.execute(statement, actor.binds(uow.current().at) | mine)
    return found.first() is not None


def facts(seen: Seen) -> Facts:
    """What decides about a record, as far as the reader sees it."""
    return Facts(
        jurisdiction=seen.jurisdiction,
        areas=frozenset(teams.areas_of(seen.record)),
        born_on=seen.born_on,
        identifiers={name: seen.get(field) or "" for name, field in _IDENTIFIERS.items()},
    )


@dataclass(frozen=True)
class Side:
    """One of two records, as the reader sees it."""

    person: Seen
    names: Sequence[str]
    stands: Standing

    @property
    def id(self) -> UUID:
        """The person's id."""
        return self.person.record


def side(actor: Actor, person: UUID) -> Side:
    """One record for the comparison. Raises ``NotFound`` if it is invisible."""
    seen = people.person(actor, person)
    names = [each.name for each in people.aliases(actor, person)]
    return Side(seen, names, standing(actor, person))


@dataclass(frozen=True)
class Gain:
    """What an agency gets of a record only since the merge: its level before and after."""

    agency: UUID
    section: Section
    before: Level
    after: Level


def gains(of: UUID, other: UUID) -> list[Gain]:
    """Which agencies get more of the record ``of`` when ``other`` is merged with it.

    Only for readers of team and sharing in full, of both. Deny first: who is kept out of either
    gains nothing.
    """
    here, there = _cells(of), _cells(other)
    barred = {agency for cells in (here, there) for agency, cell in cells.items() if not cell}
    found = []
    for agency, cells in there.items():
        if agency in barred:
            continue
        for section, after in cells.items():
            before = here.get(agency, {}).get(section, Level.NONE)
            if after > before:
                found.append(Gain(agency, section, before, after))
    return found


def barred(one: UUID, other: UUID) -> set[UUID]:
    """The agencies of either case team that are kept out of one of the records, so out of both."""
    return {agency for each in (one, other) for agency, cells in _cells(each).items() if not cells}


def _cells(person: UUID) -> dict[UUID, dict[Section, Level]]:
    """By agency of the team, what it gets of each section; nothing at all if it is kept out."""
    return {
        member.agency_id: {}
        if any(cell.excluded for cell in member.cells.values())
        else {section: cell.level for section, cell in member.cells.items()}
        for member in team_grid.team(person)
    }


def agency_names(ids: Collection[UUID]) -> dict[UUID, str]:
    """Names by agency."""
    wanted = sa.select(Agency.id, Agency.name).where(Agency.id.in_(list(ids)))
    return {row.id: row.name for row in db.session.execute(wanted)}


@dataclass(frozen=True)
class Merged:
    """A merge as its page tells it; ``undone`` is (when, by whom, why) or None."""

    merge: PersonMerge
    name: str
    crn: str
    into: str
    by: str
    undone: tuple[datetime, str, str] | None


def merges(actor: Actor, person: UUID) -> list[Merged]:
    """The merges of a person whose other record the reader sees, newest first."""
    found = merged.merges_of(person)
    ids = {each for merge in found for each in (merge.loser_id, merge.survivor_id)}
    seen = {each.record: each for each in rows(actor, _some_people(), Person, ids=sorted(ids))}
    ends = {merge.id: merged.end_of(merge) for merge in found}
    staff = _staff(
        {merge.made_by_id for merge in found} | {end.ended_by_id for end in ends.values() if end}
    )
    told = []
    for merge in found:
        if not {merge.loser_id, merge.survivor_id} <= seen.keys():
            continue
        end, lost = ends[merge.id], seen[merge.loser_id]
        undone = (end.ended_at, staff.get(end.ended_by_id, ""), end.reason) if end else None
        into = people.display_name(seen[merge.survivor_id])
        by = staff.get(merge.made_by_id, "")
        name = people.display_name(lost)
        told.append(Merged(merge, name, lost.get("crn") or "", into, by, undone))
    return told


@cache
def _some_people() -> Query:
    return scoped(Person, person=False).where(Person.__table__.c.id.in_(_IDS))


def _staff(ids: Collection[UUID]) -> dict[UUID, str]:
    wanted = sa.select(User.id, User.name).where(User.id.in_(list(ids)))
    return {row.id: row.name for row in db.session.execute(wanted)}


@cache
def _requests() -> Query:
    table = MergeRequest.__table__
    return (
        scoped(
            MergeRequest,
            User.name.label("by_name"),
            Agency.name.label("agency_name"),
            need=Level.FULL,
            person=False,
        )
        .select_from(
            table.join(User, User.id == table.c.asked_by_id).join(
                Agency, Agency.id == table.c.owner_agency_id
            )
        )
        .where(sees_person(table.c.other_id))
    )


@cache
def _waiting() -> Query:
    table = MergeRequest.__table__
    return (
        _requests()
        .where(table.c.area_id == sa.bindparam("area"), table.c.state == "open")
        .order_by(table.c.asked_at, table.c.id)
        .limit(100)
    )


@cache
def _one_request() -> Query:
    return _requests().where(
        MergeRequest.__table__.c.id == sa.bindparam("request", type_=sa.Uuid())
    )


def waiting(actor: Actor) -> list[Seen]:
    """The open requests of the co-ordinator's area, the oldest first; 100 at most."""
    return rows(actor, _waiting(), MergeRequest, area=actor.area_id)


def request(actor: Actor, request_id: UUID) -> Seen:
    """One request, of the reader's area. Raises ``NotFound``."""
    found = rows(actor, _one_request(), MergeRequest, request=request_id)
    if not found or found[0].area_id != actor.area_id:
        raise NotFound
    return found[0]


def names(actor: Actor, ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of those of these people whom the reader sees."""
    return people.names(actor, ids) if ids else {}


def other_names(actor: Actor, person: UUID) -> list[str]:
    """Every name a person was recorded under, besides the one that stands."""
    found = rows(actor, _aliases_of(), Alias, ids=merged.people_of(person))
    return [each.name for each in found]


@cache
def _aliases_of() -> Query:
    table = Alias.__table__
    return scoped(Alias, person=False).where(table.c.person_id.in_(_IDS)).order_by(table.c.name)
