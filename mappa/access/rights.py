"""Writing rights: the only module that adds or ends them, and that keeps ``reach``.

Callers have asked the policy already. Every function flushes; none commits. Times are UTC.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import guard, merged, mirroring
from mappa.access.mirroring import extend_reach
from mappa.access.models import (
    AgreementCell,
    CapacityRow,
    CaseTeam,
    CaseWorker,
    Emergency,
    Exclusion,
    HandlingMember,
    Mark,
    MeetingSeat,
    NamedReader,
    PersonArea,
    Posting,
    Reach,
    Right,
    RightEnd,
    Share,
)
from mappa.access.terms import Capacity, Level, MarkKind, Part, Reader, Role, Section, State
from mappa.kernel.clock import FOREVER
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db


@dataclass(frozen=True, kw_only=True)
class Given:
    """By whom, when and why a right is given; until when it lasts."""

    at: datetime
    by: UUID = NOBODY
    reason: str = ""
    starts_at: datetime | None = None
    ends_at: datetime = FOREVER

    def columns(self) -> dict[str, Any]:
        """The columns that every right has."""
        return {
            "made_at": self.at,
            "made_by_id": self.by,
            "reason": self.reason,
            "starts_at": self.starts_at or self.at,
            "ends_at": self.ends_at,
            "state": State.LIVE.value,
        }


def _add(right: Any) -> Any:
    db.session.add(right)
    db.session.flush()
    mirroring.mirror(right)
    return right


def post(
    user: UUID, agency: UUID, area: str, role: Role, given: Given, *, team: UUID = NOBODY
) -> Posting:
    """Post a user to an agency in a role."""
    return _add(  # type: ignore[no-any-return]
        Posting(
            user_id=user,
            agency_id=agency,
            area_id=area,
            team_id=team,
            role=role.value,
            **given.columns(),
        )
    )


def place(person: UUID, area: str, given: Given) -> PersonArea:
    """Keep a person's case in an area."""
    return _add(PersonArea(person_id=person, area_id=area, **given.columns()))  # type: ignore[no-any-return]


def capacity_id(area: str, code: Capacity) -> int:
    """The small id of a capacity in an area."""
    return db.session.execute(
        sa.select(CapacityRow.id).where(CapacityRow.area_id == area, CapacityRow.code == code.value)
    ).scalar_one()


def add_agency_to_team(
    person: UUID, agency: UUID, area: str, capacity: Capacity, sort_name: str, given: Given
) -> CaseTeam:
    """Put an agency on a person's case team."""
    right = CaseTeam(
        person_id=person,
        agency_id=agency,
        capacity_id=capacity_id(area, capacity),
        **given.columns(),
    )
    extend_reach(agency, person, sort_name, given.ends_at)
    return _add(right)  # type: ignore[no-any-return]


def add_worker(
    person: UUID, agency: UUID, user: UUID, part: Part, given: Given, *, team: UUID = NOBODY
) -> CaseWorker:
    """Name a worker on a person's case team; a supervisor's team comes with the worker."""
    return _add(  # type: ignore[no-any-return]
        CaseWorker(
            person_id=person,
            agency_id=agency,
            user_id=user,
            team_id=team,
            part=part.value,
            **given.columns(),
        )
    )


@dataclass(frozen=True, kw_only=True)
class NewCase:
    """A person who was added in this transaction, and who manages the case (or ``NOBODY``)."""

    person: UUID
    sort_name: str
    manager: UUID
    team: UUID


def open_cases(cases: Sequence[NewCase], lead: UUID, area: str, given: Given) -> None:
    """Place new people in an area, put their lead on the case team and name their managers.

    Nobody has a right to them yet, so there is no earlier reach to extend.
    """
    columns, capacity = given.columns(), capacity_id(area, Capacity.LEAD)
    led = {"agency_id": lead, "capacity_id": capacity, **columns}
    _insert(PersonArea, [{"person_id": x.person, "area_id": area, **columns} for x in cases])
    _insert(CaseTeam, [{"person_id": each.person, **led} for each in cases])
    reached = {"agency_id": lead, "ends_at": given.ends_at}
    _insert(Reach, [{"person_id": x.person, "sort_name": x.sort_name, **reached} for x in cases])
    managed = {"agency_id": lead, "part": Part.MANAGER.value, **columns}
    _insert(
        CaseWorker,
        [
            {"person_id": each.person, "user_id": each.manager, "team_id": each.team, **managed}
            for each in cases
            if each.manager != NOBODY
        ],
    )


def _insert(right: Any, rows: Sequence[dict[str, Any]]) -> None:
    if rows:
        guard.add_rows(right.__table__, rows)


def share(
    person: UUID,
    owner: UUID,
    agency: UUID,
    section: Section,
    level: Level,
    sort_name: str,
    given: Given,
    *,
    record: UUID = NOBODY,
) -> Share:
    """Share an owner's section, or one record of it, with another agency."""
    extend_reach(agency, person, sort_name, given.ends_at)
    return _add(  # type: ignore[no-any-return]
        Share(
            person_id=person,
            owner_agency_id=owner,
            agency_id=agency,
            section=section.value,
            record_id=record,
            level=level.value,
            **given.columns(),
        )
    )


def share_each(
    people: Mapping[UUID, str],
    owner: UUID,
    agency: UUID,
    sections: Sequence[Section],
    level: Level,
    given: Given,
) -> dict[tuple[UUID, Section], UUID]:
    """Share an owner's sections of each of these people (with their sort names); ids of the shares.

    Those who are one with somebody by a merge get theirs one by one: they are mirrored.
    """
    merged.hold(people, alone=False)
    mirrored = {each for edge in merged.edges_around(people) for each in edge}
    made = {
        (person, section): share(person, owner, agency, section, level, people[person], given).id
        for person in sorted(mirrored & set(people))
        for section in sections
    }
    plain = {person: name for person, name in people.items() if person not in mirrored}
    mirroring.extend_reach_of_each(agency, plain, given.ends_at)
    fresh = {(person, section): new_id() for person in plain for section in sections}
    shared = {"owner_agency_id": owner, "agency_id": agency, "record_id": NOBODY, **given.columns()}
    rows = [
        {"id": id_, "person_id": person, "section": section.value, "level": level.value, **shared}
        for (person, section), id_ in fresh.items()
    ]
    _insert(Share, rows)
    return made | fresh


def exclude(person: UUID, given: Given, *, user: UUID = NOBODY, agency: UUID = NOBODY) -> Exclusion:
    """Keep a user or an agency out of a person's record."""
    return _add(  # type: ignore[no-any-return]
        Exclusion(person_id=person, user_id=user, agency_id=agency, **given.columns())
    )


def open_emergency(
    user: UUID, agency: UUID, person: UUID, area: str, sort_name: str, given: Given
) -> Emergency:
    """Open one person's record to one user, as to a responsible authority."""
    extend_reach(agency, person, sort_name, given.ends_at)
    return _add(  # type: ignore[no-any-return]
        Emergency(
            user_id=user,
            person_id=person,
            capacity_id=capacity_id(area, Capacity.RESPONSIBLE),
            **given.columns(),
        )
    )


def join_handling(group: UUID, user: UUID, given: Given) -> HandlingMember:
    """Add a user to a handling group."""
    return _add(HandlingMember(group_id=group, user_id=user, **given.columns()))  # type: ignore[no-any-return]


def seat(
    meeting: UUID,
    person: UUID,
    agency: UUID,
    area: str,
    part: Part,
    sort_name: str,
    given: Given,
    *,
    user: UUID = NOBODY,
) -> MeetingSeat:
    """Invite an agency, or one user of it, to a meeting on a person."""
    extend_reach(agency, person, sort_name, given.ends_at)
    leads = part in (Part.CHAIR, Part.COORDINATOR)
    return _add(  # type: ignore[no-any-return]
        MeetingSeat(
            meeting_id=meeting,
            person_id=person,
            user_id=user,
            agency_id=agency,
            part=part.value,
            capacity_id=capacity_id(area, Capacity.RESPONSIBLE) if leads else 0,
            **given.columns(),
        )
    )


def name_reader(
    record: UUID,
    kind: Reader,
    agency: UUID,
    given: Given,
    *,
    user: UUID = NOBODY,
    team: UUID = NOBODY,
) -> NamedReader:
    """Let a user, the supervisors of a team, or an agency read one record by name."""
    return _add(  # type: ignore[no-any-return]
        NamedReader(
            record_id=record,
            kind=kind.value,
            user_id=user,
            team_id=team,
            agency_id=agency,
            **given.columns(),
        )
    )


@dataclass(frozen=True, kw_only=True)
class Named:
    """Whom a record is opened to by name: a user, the supervisors of a team, or an agency."""

    kind: Reader
    agency: UUID
    user: UUID = NOBODY
    team: UUID = NOBODY


def name_readers_of_new(record: UUID, readers: Sequence[Named], given: Given) -> None:
    """Let these read a record that was made in this unit of work.

    Nobody is one with it, so there is nobody to whom the right would have to be mirrored.
    """
    columns = {"record_id": record, **given.columns()}
    _insert(
        NamedReader,
        [
            {
                "kind": each.kind.value,
                "user_id": each.user,
                "team_id": each.team,
                "agency_id": each.agency,
                **columns,
            }
            for each in readers
        ],
    )


def mark(record: UUID, kind: MarkKind, review_at: datetime, given: Given) -> Mark:
    """Seal or hide a record from everybody who is not a named reader of it."""
    return _add(  # type: ignore[no-any-return]
        Mark(record_id=record, kind=kind.value, review_on=review_at, **given.columns())
    )


def end(rights: Iterable[Right], *, at: datetime, by: UUID, reason: str) -> None:
    """End rights at once: a state and a fact beside each, so that the past can still be told.

    The same right of a person merged with theirs ends with it.
    """
    for right in mirroring.with_images(rights):
        if right.state != State.LIVE or right.ends_at <= at:
            continue
        db.session.add(
            RightEnd(
                right_id=right.id,
                kind=type(right).__name__,
                was_to_end_at=right.ends_at,
                ended_at=at,
                ended_by_id=by,
                reason=reason,
            )
        )
        right.state = State.REVOKED.value
        right.ends_at = max(at, right.starts_at)
    db.session.flush()


def end_seats(meeting: UUID, *, at: datetime) -> None:
    """Let the seats of a meeting run out at its sign-off; what was seated stays told."""
    statement = sa.select(MeetingSeat).where(
        MeetingSeat.meeting_id == meeting,
        MeetingSeat.state == State.LIVE.value,
        MeetingSeat.ends_at > at,
    )
    merged.hold({each.person_id for each in db.session.scalars(statement)}, alone=False)
    for each in db.session.scalars(statement):
        each.ends_at = max(at, each.starts_at)
    db.session.flush()


def rename_in_reach(person: UUID, sort_name: str) -> None:
    """Carry a changed name to the lists of every agency."""
    db.session.execute(
        sa.update(Reach).where(Reach.person_id == person).values(sort_name=sort_name)
    )


def cells_of(area: str, at: datetime) -> dict[tuple[Capacity, Section], Level]:
    """The area's agreement as it stands: what each capacity gets of each section."""
    found = db.session.execute(
        sa.select(CapacityRow.code, AgreementCell.section, AgreementCell.level)
        .join(CapacityRow, CapacityRow.id == AgreementCell.capacity_id)
        .where(
            CapacityRow.area_id == area,
            AgreementCell.state == State.LIVE.value,
            AgreementCell.starts_at <= at,
            AgreementCell.ends_at > at,
        )
    )
    return {(Capacity(code), Section(section)): Level(level) for code, section, level in found}
