"""What each agency of a case team gets of each section, asked of the policy itself.

The question is put for an agency as such: somebody with a case role there, in no team, named
nowhere. The pages of sharing show from it only what their own reader may know.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import policy
from mappa.access import predicates as p
from mappa.access.actor import Actor
from mappa.access.asking import Decision
from mappa.access.labels import ME, ActorColumns, Column, Label, bound_label, nobody, word
from mappa.access.models import Agreement, CapacityRow, CaseTeam, MeetingSeat, Reach, Share
from mappa.access.predicates import Rows, began, live, some
from mappa.access.reading import PERSON
from mappa.access.terms import Capacity, Level, Role, Section
from mappa.kernel import uow
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.types import UtcDateTime

_SOMEBODY = UUID(int=1)
"""A user who is nobody in particular; not ``NOBODY``, which rights of a whole agency carry."""

_DOWN = (Level.FULL, Level.SUM, Level.SEALED)


@dataclass(frozen=True)
class Cell:
    """What one agency gets of one section of what others own."""

    level: Level
    named_workers: bool = False
    """Workers named on the case team get more than the agency as such."""
    at_meetings: bool = False
    """The agency gets the meetings to which it is invited."""
    excluded: bool = False


@dataclass(frozen=True)
class Member:
    """An agency on a case team, in what capacity, since and until when (UTC).

    ``capacity`` is None for one that is not on the team and sees by a share alone.
    """

    agency_id: UUID
    capacity: Capacity | None
    since: datetime
    until: datetime
    cells: dict[Section, Cell]


@dataclass(frozen=True)
class SharedSection:
    """A live share of which the reader may know."""

    owner_id: UUID
    agency_id: UUID
    section: Section
    level: Level
    since: datetime
    until: datetime
    one_record: bool


@dataclass(frozen=True)
class SignedAgreement:
    """The agreement in force in an area."""

    title: str
    version: int
    until: datetime
    purposes: tuple[str, ...]


def _somebody_of(agency: Column, area: Column) -> ActorColumns:
    return ActorColumns(
        user=sa.literal(_SOMEBODY, sa.Uuid()),
        agency=agency,
        area=area,
        team=nobody(),
        role=word(Role.REPRESENTATIVE.value),
    )


def _level(me: ActorColumns, of: Label) -> Column:
    steps = ((policy.where(None, me, of, policy.AT, need), word(need)) for need in _DOWN)
    return sa.case(*steps, else_=word(Level.NONE))


def _sections() -> sa.Subquery:
    return sa.union_all(
        *(sa.select(word(section.value).label("section")) for section in Section)
    ).subquery("sections")


@cache
def _team_statement() -> Query:
    team, capacity = Rows(CaseTeam, "member"), Rows(CapacityRow, "member_capacity")
    seat = Rows(MeetingSeat, "member_seat")
    sections = _sections()
    me = _somebody_of(team.agency_id, capacity.area_id)
    of = replace(bound_label(Section.IDENTITY, owner=False), person=PERSON)
    of = replace(of, record=nobody(), handling=nobody())
    of = replace(of, meeting=nobody(), section=sections.c.section)
    at = policy.AT
    named = sa.case(
        *((p.on_team(me, of, at, need), word(need)) for need in _DOWN), else_=word(Level.NONE)
    )
    invited = some(
        seat, seat.person_id == PERSON, seat.agency_id == team.agency_id, began(seat, at)
    )
    return (
        sa.select(
            team.agency_id,
            capacity.code,
            team.starts_at,
            team.ends_at,
            sections.c.section,
            _level(me, of).label("level"),
            named.label("named"),
            invited.label("invited"),
            p.excluded(me, of, at, Level.SUM).label("excluded"),
        )
        .select_from(team.table)
        .join(capacity.table, capacity.id == team.capacity_id)
        .join(sections, sa.true())
        .where(team.person_id == PERSON, live(team, at))
        .order_by(team.capacity_id, team.starts_at, team.agency_id)
    )


def team(person: UUID, *, on: datetime | None = None) -> list[Member]:
    """The agencies on a person's case team and what each gets; the better of two capacities.

    ``on`` asks as of another moment (UTC): see ``access.past`` for one that has passed.
    """
    binds = {"person": person, "at": on or uow.current().at}
    members: dict[UUID, Member] = {}
    for row in db.session.execute(_team_statement(), binds):
        member = members.setdefault(
            row.agency_id,
            Member(row.agency_id, Capacity(row.code), row.starts_at, row.ends_at, {}),
        )
        section, level = Section(row.section), Level(row.level)
        member.cells[section] = Cell(
            level,
            named_workers=not row.excluded and row.named > level,
            at_meetings=section is Section.MEETINGS and bool(row.invited) and level < Level.FULL,
            excluded=bool(row.excluded),
        )
    return list(members.values())


@cache
def _own_statement() -> Query:
    sections = _sections()
    of = replace(bound_label(Section.IDENTITY), owner=ME.agency, section=sections.c.section)
    of = replace(of, person=PERSON)
    return sa.select(sections.c.section, _level(ME, of).label("level"))


def own_levels(actor: Actor, person: UUID) -> dict[Section, Level]:
    """At what level a reader gets what the reader's own agency owns, by section."""
    binds = actor.binds(uow.current().at) | {"person": person}
    found = db.session.execute(_own_statement(), binds)
    return {Section(section): Level(level) for section, level in found}


@cache
def _received_statement() -> Query:
    sections = _sections()
    me = _somebody_of(
        sa.bindparam("of_agency", type_=sa.Uuid()), sa.bindparam("of_area", type_=sa.Text())
    )
    of = replace(bound_label(Section.IDENTITY), person=PERSON, section=sections.c.section)
    own = replace(of, owner=nobody())
    return sa.select(
        sections.c.section, _level(me, of).label("with"), _level(me, own).label("without")
    )


def received(
    agency: UUID, area: str, person: UUID, owner: UUID
) -> tuple[dict[Section, Level], dict[Section, Level]]:
    """What an agency as such gets of what an owner owns, by section; and what without any share."""
    binds = {
        "of_agency": agency,
        "of_area": area,
        "of_owner": owner,
        "person": person,
        "at": uow.current().at,
    }
    now: dict[Section, Level] = {}
    without: dict[Section, Level] = {}
    for section, level, bare in db.session.execute(_received_statement(), binds):
        now[Section(section)], without[Section(section)] = Level(level), Level(bare)
    return now, without


@cache
def _received_of_each_statement(section: Section) -> Query:
    candidate = Rows(Reach, "candidate")
    me = _somebody_of(
        sa.bindparam("of_agency", type_=sa.Uuid()), sa.bindparam("of_area", type_=sa.Text())
    )
    of = replace(bound_label(section), person=candidate.person_id)
    bare = replace(of, owner=nobody())
    return sa.select(
        candidate.person_id, _level(me, of).label("with"), _level(me, bare).label("without")
    ).where(
        candidate.agency_id == sa.bindparam("own_agency", type_=sa.Uuid()),
        candidate.person_id.in_(sa.bindparam("people", type_=sa.Uuid(), expanding=True)),
    )


def received_of_each(
    agency: UUID,
    area: str,
    people: Sequence[UUID],
    section: Section,
    *,
    owner: UUID,
    own: UUID,
) -> dict[UUID, tuple[Level, Level]]:
    """The same of one section of each of these people: with shares, and without any.

    ``own`` is the agency that asks: people who were never on its lists have no answer.
    """
    binds = {
        "of_agency": agency,
        "of_area": area,
        "of_owner": owner,
        "own_agency": own,
        "people": list(people),
        "at": uow.current().at,
    }
    found = db.session.execute(_received_of_each_statement(section), binds)
    return {person: (Level(level), Level(bare)) for person, level, bare in found}


@cache
def _shares_statement() -> Query:
    share = Rows(Share, "given")
    of = Label(
        section=share.section,
        person=PERSON,
        owner=share.owner_agency_id,
        record=share.record_id,
        audience=word(0),
        handling=nobody(),
        meeting=nobody(),
    )
    known = policy.where(None, ME, of, policy.AT, Level.SUM)
    return (
        sa.select(
            share.owner_agency_id,
            share.agency_id,
            share.section,
            share.level,
            share.starts_at,
            share.ends_at,
            share.record_id,
        )
        .select_from(share.table)
        .where(
            share.person_id == PERSON,
            live(share, sa.bindparam("on", type_=UtcDateTime())),
            sa.or_(
                share.owner_agency_id == ME.agency,
                share.agency_id == ME.agency,
                known,
            ),
        )
        .order_by(share.ends_at, share.id)
    )


def shares(actor: Actor, person: UUID, *, on: datetime | None = None) -> list[SharedSection]:
    """Live shares of a person that the reader may know of: given, received, or of what is seen.

    ``on`` asks which of them stand at another moment (UTC); what is seen is seen now.
    """
    at = uow.current().at
    binds = actor.binds(at) | {"person": person, "on": on or at}
    found = [
        SharedSection(
            row.owner_agency_id,
            row.agency_id,
            Section(row.section),
            Level(row.level),
            row.starts_at,
            row.ends_at,
            row.record_id != NOBODY,
        )
        for row in db.session.execute(_shares_statement(), binds)
    ]
    return list(dict.fromkeys(found))  # a merged record brings the image of a share that is there


@cache
def _why_statement(section: Section, need: Level) -> Query:
    me = _somebody_of(
        sa.bindparam("of_agency", type_=sa.Uuid()), sa.bindparam("of_area", type_=sa.Text())
    )
    return sa.select(*policy.reasons(section, me, bound_label(section), policy.AT, need))


def why(
    agency: UUID, area: str, person: UUID, section: Section, need: Level, *, owner: UUID = NOBODY
) -> Decision:
    """Whether an agency as such gets a section at a level, and by which predicates."""
    binds = {
        "of_agency": agency,
        "of_area": area,
        "of_person": person,
        "of_owner": owner,
        "at": uow.current().at,
    }
    answers = db.session.execute(_why_statement(section, need), binds).one()._mapping
    allowed, names = policy.verdict(section, {key: bool(said) for key, said in answers.items()})
    return Decision(allowed, names)


@cache
def _agreement_statement() -> Query:
    agreement = Rows(Agreement, "signed")
    return (
        sa.select(agreement.title, agreement.version, agreement.ends_at, agreement.purposes)
        .select_from(agreement.table)
        .where(agreement.area_id == sa.bindparam("of_area"), live(agreement, policy.AT))
        .order_by(agreement.version.desc())
        .limit(1)
    )


def agreement(area: str, *, on: datetime | None = None) -> SignedAgreement | None:
    """The agreement in force in an area, if one is signed; ``on`` is another moment (UTC)."""
    binds = {"of_area": area, "at": on or uow.current().at}
    row = db.session.execute(_agreement_statement(), binds).one_or_none()
    if row is None:
        return None
    return SignedAgreement(row.title, row.version, row.ends_at, tuple(row.purposes.splitlines()))
