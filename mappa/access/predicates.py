"""Named predicates: each turns reader columns and label columns into one SQL condition.

Each is a function ``(me, of, at, need)``. Every subquery is made by ``some``, which correlates
whatever is not its own table, at any depth; a bare EXISTS would forget the outer row and open
everything.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import sqlalchemy as sa

from mappa.access.labels import (
    ActorColumns,
    Clause,
    Column,
    Label,
    among,
    nobody,
    role_is,
    same,
    word,
)
from mappa.access.models import (
    AgreementCell,
    CaseTeam,
    CaseWorker,
    Emergency,
    Exclusion,
    HandlingMember,
    Mark,
    MeetingSeat,
    NamedReader,
    PersonArea,
    RoleCell,
    Share,
)
from mappa.access.terms import (
    CASE_ROLES,
    PREPARING,
    SUPERVISORS,
    Audience,
    Level,
    MarkKind,
    Part,
    Reader,
    Role,
    State,
)
from mappa.kernel.db import Model, Query

Predicate = Callable[[ActorColumns, Label, Column, Level], Clause]


class Rows:
    """The rows of one rights table under a name of their own; attributes are its columns."""

    def __init__(self, model: type[Any], name: str) -> None:
        self.table = _alias(model.__tablename__, name)

    @classmethod
    def of(cls, table: str, name: str) -> "Rows":
        """The rows of a table that another package owns, by its name."""
        rows = cls.__new__(cls)
        rows.table = _alias(table, name)
        return rows

    def __getattr__(self, column: str) -> Column:
        found: Column = self.table.c[column]
        return found


_NOT_SUPERVISORS = tuple(role for role in Role if role is not Role.SUPERVISOR)


@cache
def _alias(table: str, name: str) -> sa.FromClause:
    # Copying a table's columns into an alias is most of what building a statement costs.
    return Model.metadata.tables[table].alias(name)


def some(rows: Rows, *conditions: Clause) -> Clause:
    """Whether a row exists. OFFSET 0 keeps PostgreSQL from hashing a whole agency."""
    return (
        sa.select(sa.literal_column("1"))
        .select_from(rows.table)
        .where(*conditions)
        .correlate_except(rows.table)
        .suffix_with("OFFSET 0", dialect="postgresql")
        .exists()
    )


def live(right: Rows, at: Column) -> Clause:
    """The right stands: not revoked, begun and not ended."""
    return sa.and_(right.state == word(State.LIVE), right.starts_at <= at, at < right.ends_at)


def began(right: Rows, at: Column) -> Clause:
    """The right was not revoked and has begun, ended or not."""
    return sa.and_(right.state == word(State.LIVE), right.starts_at <= at)


def grid(of: Label, at: Column, need: Level) -> Query:
    """The capacities that get this section at this level: asked once if the section is fixed."""
    cell = Rows(AgreementCell, "cell")
    return (
        sa.select(cell.capacity_id)
        .where(cell.section == of.section, live(cell, at), cell.level >= word(need))
        .correlate_except(cell.table)
    )


# Roles


@cache
def role_in(*roles: Role, name: str = "") -> Predicate:
    """One of these roles; the predicate is named after them."""

    def predicate(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
        return role_is(me, *roles)

    predicate.__name__ = name or "is_" + "_or_".join(role.value for role in roles)
    return predicate


works_cases = role_in(*CASE_ROLES, name="works_cases")

reads_content = role_in(
    *CASE_ROLES, Role.CHAIR, Role.COORDINATOR, Role.INFORMATION_OFFICER, name="reads_content"
)


@cache
def agency_is(*types: str) -> Predicate:
    """The reader's agency is of one of these kinds; the predicate is named after them."""

    def predicate(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
        agency = Rows.of("agency", "kind")
        return some(agency, agency.id == me.agency, agency.type.in_([word(t) for t in types]))

    predicate.__name__ = "agency_is_" + "_or_".join(each.replace("-", "_") for each in types)
    return predicate


# Allowing


def in_area(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The person's case is kept in the reader's area."""
    place = Rows(PersonArea, "place")
    return some(place, place.person_id == of.person, place.area_id == me.area, live(place, at))


def own_record(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader's agency owns the record."""
    return of.owner == me.agency


def on_team(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader's agency is on the case team, in a capacity that gets this section."""
    team = Rows(CaseTeam, "team")
    return some(
        team,
        team.person_id == of.person,
        team.agency_id == me.agency,
        live(team, at),
        among(team.capacity_id, grid(of, at, need), of=of.section),
    )


def on_team_at_all(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader's agency is on the case team, in any capacity."""
    team = Rows(CaseTeam, "anyteam")
    return some(team, team.person_id == of.person, team.agency_id == me.agency, live(team, at))


def on_team_as_person(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader is on the case team by name."""
    worker = Rows(CaseWorker, "worker")
    return some(
        worker,
        worker.person_id == of.person,
        worker.user_id == me.user,
        worker.agency_id == me.agency,
        live(worker, at),
    )


def of_own_team(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """A supervisor's reach ends at the people of the team; others have no such bound."""
    worker = Rows(CaseWorker, "teamworker")
    return sa.or_(
        role_is(me, *_NOT_SUPERVISORS),
        some(
            worker,
            worker.person_id == of.person,
            worker.team_id == me.team,
            live(worker, at),
        ),
    )


def shared(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The owner shares this section, or this record, with the reader's agency."""
    share = Rows(Share, "share")
    return some(
        share,
        share.person_id == of.person,
        share.agency_id == me.agency,
        share.section == of.section,
        share.owner_agency_id == of.owner,
        live(share, at),
        share.level >= word(need),
        sa.or_(share.record_id == nobody(), share.record_id == of.record),
    )


def shared_whole(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The owner shares the section in full: for a section that has no summary to share."""
    return shared(me, of, at, need if need <= Level.SEALED else Level.FULL)


def in_emergency(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader opened this person's record in an emergency that still runs."""
    emergency = Rows(Emergency, "emergency")
    return some(
        emergency,
        emergency.user_id == me.user,
        emergency.person_id == of.person,
        live(emergency, at),
        among(emergency.capacity_id, grid(of, at, need), of=of.section),
    )


def seated(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader chairs a meeting on the person that is not signed off."""
    seat = Rows(MeetingSeat, "seat")
    return some(
        seat,
        seat.person_id == of.person,
        seat.user_id == me.user,
        seat.agency_id == me.agency,
        seat.part == word(Part.CHAIR),
        live(seat, at),
        among(seat.capacity_id, grid(of, at, need), of=of.section),
    )


def preparing(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader prepares a meeting on the person that is not signed off."""
    seat = Rows(MeetingSeat, "preparation")
    return some(
        seat,
        seat.person_id == of.person,
        seat.user_id == me.user,
        seat.agency_id == me.agency,
        seat.part == word(Part.COORDINATOR),
        live(seat, at),
    )


def chaired(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The record belongs to a meeting that the reader chairs or chaired."""
    seat = Rows(MeetingSeat, "chairseat")
    return some(
        seat,
        seat.meeting_id == of.meeting,
        seat.user_id == me.user,
        seat.agency_id == me.agency,
        seat.part.in_([word(Part.CHAIR), word(Part.COORDINATOR)]),
        began(seat, at),
    )


def chaired_person(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader chairs or chaired a meeting on the person: enough for the identity summary."""
    if need > Level.SUM:
        return sa.false()
    seat = Rows(MeetingSeat, "chairperson")
    return some(
        seat,
        seat.person_id == of.person,
        seat.user_id == me.user,
        seat.agency_id == me.agency,
        seat.part == word(Part.CHAIR),
        began(seat, at),
    )


def invited(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The record belongs to a meeting to which the reader's agency is or was invited."""
    seat = Rows(MeetingSeat, "invitation")
    return some(seat, seat.meeting_id == of.meeting, seat.agency_id == me.agency, began(seat, at))


def by_role(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader's role gets this section of the people of the area."""
    return _role_gets(me.role, me, of, at, need)


def while_preparing(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """A co-ordinator who prepares a meeting gets this section."""
    return _role_gets(word(PREPARING), me, of, at, need)


def _role_gets(role: Column, me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    cell = Rows(RoleCell, "rolecell")
    return some(
        cell,
        cell.section == of.section,
        cell.area_id == me.area,
        cell.role == role,
        live(cell, at),
        cell.level >= word(need),
    )


def in_handling_group(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader belongs, as a person, to the group that handles the record."""
    member = Rows(HandlingMember, "member")
    return some(member, member.group_id == of.handling, member.user_id == me.user, live(member, at))


def only_told_of(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The question is only whether something is held: no content is asked for."""
    return sa.true() if need <= Level.SEALED else sa.false()


def named_reader(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The record names the reader, the reader's agency, or the team the reader supervises."""
    reader = Rows(NamedReader, "reader")
    supervises = sa.or_(
        sa.and_(role_is(me, Role.SUPERVISOR), reader.team_id == me.team),
        role_is(me, Role.AGENCY_LEAD),
    )
    return some(
        reader,
        reader.record_id == of.record,
        live(reader, at),
        reader.agency_id == me.agency,
        reads_content(me, of, at, need),
        sa.or_(
            sa.and_(reader.kind == word(Reader.USER), reader.user_id == me.user),
            sa.and_(reader.kind == word(Reader.TEAM_SUPERVISORS), supervises),
            reader.kind == word(Reader.AGENCY),
        ),
    )


def follows_agreement(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The record is not kept to named readers."""
    return same(of.audience, word(Audience.AGREEMENT))


# Denying


def excluded(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The reader or the reader's agency is kept out of the person's record."""
    exclusion = Rows(Exclusion, "exclusion")
    return some(
        exclusion,
        exclusion.person_id == of.person,
        sa.or_(exclusion.user_id == me.user, exclusion.agency_id == me.agency),
        live(exclusion, at),
    )


def _marked(of: Label, at: Column, *kinds: MarkKind) -> Clause:
    mark = Rows(Mark, "mark")
    return some(
        mark,
        mark.record_id.in_([of.record, of.person]),
        live(mark, at),
        mark.kind.in_([word(kind) for kind in kinds]),
    )


def marked(me: ActorColumns, of: Label, at: Column, need: Level) -> Clause:
    """The record, or the person, is marked sealed or hidden and does not name the reader."""
    kinds = (MarkKind.HIDDEN,) if need <= Level.SEALED else (MarkKind.SEALED, MarkKind.HIDDEN)
    return sa.and_(_marked(of, at, *kinds), sa.not_(named_reader(me, of, at, need)))


SUPERVISE = role_in(*SUPERVISORS, name="supervises")
