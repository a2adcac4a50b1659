"""Merging and undoing in terms of rights: each person's rights are mirrored to the other's.

What allows and what denies is copied alike, so the result is the union, and deny comes first. A
right written or ended later, while the merge stands, is written or ended for all. Undoing ends the
images and touches no right that was there before.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access import merged
from mappa.access.models import (
    CaseTeam,
    CaseWorker,
    Emergency,
    Exclusion,
    Mark,
    MeetingSeat,
    MirroredRight,
    NamedReader,
    PersonArea,
    PersonMerge,
    Reach,
    RightEnd,
    Share,
)
from mappa.access.terms import Part, State
from mappa.kernel.clock import FOREVER
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db

_SUBJECT: dict[str, tuple[type[Any], str]] = {
    model.__name__: (model, "record_id" if model in (Mark, NamedReader) else "person_id")
    for model in (
        PersonArea, CaseTeam, CaseWorker, Share, Exclusion, Emergency, MeetingSeat, Mark,
        NamedReader,
    )
}  # fmt: skip
"""The rights that speak of a person, and the column that says of whom."""

_DENYING = (Exclusion, Mark, NamedReader)
"""What keeps somebody out, and who is excepted: written during a merge it outlives the merge."""

_COUNTS_WHEN_OVER = (MeetingSeat,)
"""A seat opens the minutes for good: it is mirrored although it has run out."""

_LIVE = State.LIVE.value
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class AlreadyOne(ValueError):
    """The two records are one person already."""


class NotTheSurvivor(ValueError):
    """One of the two was merged into another record in the meantime."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """When, by whom and why two records are merged, or parted."""

    at: datetime
    by: UUID
    reason: str


def is_about_people(right: Any) -> bool:
    """Whether a right is of a kind that is mirrored."""
    return type(right).__name__ in _SUBJECT


def subject_of(right: Any) -> UUID:
    """The person of whom a right speaks (for a mark: the record, which may be a person)."""
    return getattr(right, _SUBJECT[type(right).__name__][1])  # type: ignore[no-any-return]


def merge(survivor: UUID, loser: UUID, sort_name: str, said: Said) -> PersonMerge:
    """Let ``loser`` point at ``survivor``, and give each the rights of the other.

    ``sort_name`` is the survivor's. Raises ``AlreadyOne``, or ``NotTheSurvivor`` if one of them is
    not the surviving record of its group.
    """
    group, parted = _alone_with(survivor, loser)
    if loser in merged.component(survivor, parted):
        raise AlreadyOne
    if any(merged.top_of(each, parted) != each for each in (survivor, loser)):
        raise NotTheSurvivor
    made = PersonMerge(
        survivor_id=survivor, loser_id=loser, starts_at=said.at, made_at=said.at,
        made_by_id=said.by, reason=said.reason, state=_LIVE,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    for right in _sources(group, said.at):
        _add_images(right, group, said, stays=False)
    _carry_reach(survivor, loser, sort_name, said.at)
    merged.forget()
    return made


def _alone_with(*people: UUID) -> tuple[frozenset[UUID], merged.Edges]:
    """Everybody of these people's groups, held until the end, and the merges among them."""
    while True:
        edges = merged.edges_around(people)
        group = frozenset(people) | {each for edge in edges for each in edge}
        merged.hold(group, alone=True)
        if merged.edges_around(people) == edges:
            return group, edges


def _sources(group: Collection[UUID], at: datetime) -> Iterator[Any]:
    """The rights of these people that stand or are to come and that are no images."""
    images = sa.select(MirroredRight.right_id).where(MirroredRight.state == _LIVE)
    for model, column in _SUBJECT.values():
        wanted = [model.state == _LIVE, getattr(model, column).in_(group)]
        if model not in _COUNTS_WHEN_OVER:
            wanted.append(model.ends_at > at)
        statement = sa.select(model).where(*wanted, model.id.not_in(images)).order_by(model.id)
        yield from db.session.scalars(statement).all()


def _places(right: Any, group: frozenset[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Where a right is to stand: (person, record); record only where it names a person's own."""
    record = right.record_id if isinstance(right, Share) else NOBODY
    records = sorted(group) if record in group else [NOBODY]
    return ((person, each) for person in sorted(group) for each in records)


def _links_of(sources: Iterable[UUID]) -> list[MirroredRight]:
    wanted = MirroredRight.source_id.in_(list(sources))
    statement = sa.select(MirroredRight).where(wanted, MirroredRight.state == _LIVE)
    return list(db.session.scalars(statement.order_by(MirroredRight.right_id)))


def _add_images(right: Any, group: frozenset[UUID], said: Said, *, stays: bool) -> None:
    own = (subject_of(right), _own_record(right, group))
    there = {(link.person_id, link.record_id) for link in _links_of([right.id])}
    for person, record in _places(right, group):
        if (person, record) == own or (person, record) in there:
            continue
        image = _image(right, person, record, said)
        db.session.add(image)
        link = MirroredRight(
            right_id=image.id, source_id=right.id, kind=type(right).__name__, person_id=person,
            source_person_id=own[0], record_id=record, stays=stays, state=_LIVE,
        )  # fmt: skip
        db.session.add(link)
    db.session.flush()


def _own_record(right: Any, group: frozenset[UUID]) -> UUID:
    if isinstance(right, Share) and right.record_id in group:
        return right.record_id
    return NOBODY


def _image(right: Any, person: UUID, record: UUID, said: Said) -> Any:
    """The same right for another record of the same person, from now on."""
    columns = {column.key: getattr(right, column.key) for column in sa.inspect(type(right)).columns}
    starts = max(right.starts_at, said.at)
    columns |= {
        "id": new_id(),
        _SUBJECT[type(right).__name__][1]: person,
        "starts_at": starts,
        "ends_at": max(right.ends_at, starts),
        "made_at": said.at,
        "made_by_id": said.by,
        "reason": f"Merged record. {right.reason}".strip(),
    }
    if record != NOBODY:
        columns["record_id"] = record
    if columns.get("part") == Part.MANAGER:
        columns["part"] = Part.WORKER.value  # the surviving record's manager stands
    return type(right)(**columns)


def mirror(right: Any) -> None:
    """Write a new right for everybody who is one with its person; nothing for most people."""
    if not is_about_people(right):
        return
    person = subject_of(right)
    merged.hold([person], alone=False)
    edges = merged.edges_around([person])
    if edges:
        said = Said(at=right.made_at, by=right.made_by_id, reason=right.reason)
        group = merged.component(person, edges)
        _add_images(right, group, said, stays=isinstance(right, _DENYING))


def with_images(rights: Iterable[Any]) -> list[Any]:
    """These rights, and what must end with them: their sources, and the images of those."""
    found = list(rights)
    about = [right for right in found if is_about_people(right)]
    if not about:
        return found
    merged.hold({subject_of(right) for right in about}, alone=False)
    own = db.session.scalars(
        sa.select(MirroredRight).where(
            MirroredRight.right_id.in_([right.id for right in about]), MirroredRight.state == _LIVE
        )
    ).all()
    kinds = {right.id: type(right).__name__ for right in about}
    kinds |= {link.source_id: link.kind for link in own}
    images = {link.right_id for link in own}
    kinds |= {link.right_id: link.kind for link in _links_of(kinds.keys() - images)}
    there = {right.id for right in found}
    return found + [_right(kind, each) for each, kind in kinds.items() if each not in there]


def _right(kind: str, right_id: UUID) -> Any:
    return db.session.get_one(_SUBJECT[kind][0], right_id)


def undo(made: PersonMerge, said: Said) -> None:
    """Part two records again: the images end, every right that was there before stands as it did.

    Raises ``AlreadyOne`` if the merge no longer stands.
    """
    group, edges = _alone_with(made.loser_id)
    db.session.refresh(made)
    if made.state != _LIVE:
        raise AlreadyOne
    _end(made, said)
    left = edges - {(made.loser_id, made.survivor_id)}
    sides = {person: merged.component(person, left) for person in group}
    wanted = MirroredRight.source_person_id.in_(group)
    for link in db.session.scalars(
        sa.select(MirroredRight).where(wanted, MirroredRight.state == _LIVE)
    ).all():
        side = sides[link.source_person_id]
        if {link.person_id, link.record_id} - side - {NOBODY}:
            link.state = State.REVOKED.value
            if not link.stays:
                _end(_right(link.kind, link.right_id), said)
    _open_reach(made.loser_id)
    db.session.flush()
    merged.forget()


def _end(right: Any, said: Said) -> None:
    if right.state != _LIVE:
        return
    end = RightEnd(
        right_id=right.id, kind=type(right).__name__, was_to_end_at=right.ends_at,
        ended_at=said.at, ended_by_id=said.by, reason=said.reason,
    )  # fmt: skip
    db.session.add(end)
    right.state = State.REVOKED.value
    right.ends_at = min(right.ends_at, max(said.at, right.starts_at))
    db.session.flush()


# Reach: where lists of people start. It never grants.


def _carry_reach(survivor: UUID, loser: UUID, sort_name: str, at: datetime) -> None:
    """The losing record leaves every list, the surviving one comes into those."""
    for row in _reach_of(loser):
        _extend(row.agency_id, survivor, sort_name, row.ends_at)
        row.ends_at = min(row.ends_at, at)
    db.session.flush()


def _open_reach(person: UUID) -> None:
    """Back into every list it ever was in: more than enough, for the policy decides."""
    for row in _reach_of(person):
        row.ends_at = FOREVER


def _reach_of(person: UUID) -> list[Reach]:
    statement = sa.select(Reach).where(Reach.person_id == person)
    return list(db.session.scalars(statement.order_by(Reach.agency_id)))


def extend_reach(agency: UUID, person: UUID, sort_name: str, ends_at: datetime) -> None:
    """See that an agency's lists start with this person, or with whom the person was merged into.

    ``sort_name`` is for the first row of a person; later rows take the name that is there.
    """
    top = merged.top_of(person, merged.edges_around([person]))
    if top != person:
        _extend(agency, top, sort_name, ends_at)
        ends_at = _NEVER
    _extend(agency, person, sort_name, ends_at)


def extend_reach_of_each(agency: UUID, people: Mapping[UUID, str], ends_at: datetime) -> None:
    """The same for several people, by sort name, none of whom is one with another by a merge."""
    if not people:
        return
    names: dict[UUID, str] = {}
    there: dict[UUID, datetime] = {}
    asked = sa.select(Reach.person_id, Reach.agency_id, Reach.sort_name, Reach.ends_at)
    for person, other, name, until in db.session.execute(asked.where(Reach.person_id.in_(people))):
        names[person] = name
        if other == agency:
            there[person] = until
    later = [person for person, until in there.items() if until < ends_at]
    mine = (Reach.agency_id == agency, Reach.person_id.in_(later))
    db.session.execute(sa.update(Reach).where(*mine).values(ends_at=ends_at))
    new = [
        {"id": new_id(), "agency_id": agency, "person_id": person, "ends_at": ends_at,
         "sort_name": names.get(person, name)}
        for person, name in people.items() if person not in there
    ]  # fmt: skip
    if new:
        db.session.execute(sa.insert(Reach), new)


def _extend(agency: UUID, person: UUID, sort_name: str, ends_at: datetime) -> None:
    rows = _reach_of(person)
    found = next((row for row in rows if row.agency_id == agency), None)
    if found is None:
        name = rows[0].sort_name if rows else sort_name
        db.session.add(Reach(agency_id=agency, person_id=person, sort_name=name, ends_at=ends_at))
    elif found.ends_at < ends_at:
        found.ends_at = ends_at
    db.session.flush()
