"""What an agency would see of a person if a share were made: asked of the policy, never worked out.

The share is written by the code that writes real ones, the features' own queries are asked as
somebody of the receiving agency, and the unit of work, a rehearsal, is rolled back
(docs/decisions/0017). What the sharer may not see herself is no part of the answer.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from mappa.access import queries as teams
from mappa.access import rights
from mappa.access.actor import Actor
from mappa.access.reading import Seen, seen_by_all
from mappa.access.rights import Given
from mappa.access.terms import Role, Section
from mappa.insight.queries.briefing import Briefing, briefing
from mappa.intelligence import queries as intelligence
from mappa.kernel import uow
from mappa.kernel.db import NOBODY
from mappa.kernel.uow import Kind
from mappa.offenders.record import queries as records
from mappa.offenders.record.rules import KINDS
from mappa.offenders.record.rules import Kind as RecordKind
from mappa.sharing.shares.rules import MakeShare
from mappa.visits import queries as visits

_SOMEBODY = UUID(int=1)
"""Nobody in particular, as in the grid of team and sharing."""
_NAMED = frozenset({Section.VICTIMS, Section.HEALTH})
"""Sections that open to workers who are named on the case team, and to nobody else."""


@dataclass(frozen=True)
class VisitSeen:
    """A visit, and who went."""

    visit: Seen
    officers: Sequence[Seen]


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What both the receiver and the sharer would see of the sections of a share."""

    person: Briefing
    visits: Sequence[VisitSeen]
    items: Sequence[Seen]
    kinds: Sequence[tuple[RecordKind, Sequence[Seen]]]


def rehearse(actor: Actor, person: Seen, command: MakeShare, receiver: str) -> Preview:
    """The preview. Raises ``RuntimeError`` outside a rehearsal: then it would be a share."""
    if uow.current().kind is not Kind.REHEARSAL:
        raise RuntimeError("a preview is rehearsed, never done")
    given = Given(at=uow.current().at, by=actor.user_id, reason="rehearsed")
    for section in command.sections:
        rights.share(
            person.record, actor.agency_id, command.agency_id, section, command.level,
            person.sort_name, given, record=command.record_id,
        )  # fmt: skip
    eyes = (_reader(actor, person.record, command, receiver), actor)
    return _seen(eyes, person.record, set(command.sections), command.record_id)


def as_agency(
    actor: Actor, person: UUID, agency: UUID, name: str, sections: Collection[Section]
) -> Preview:
    """What somebody of an agency, named nowhere, sees of these sections and the reader too.

    Raises ``NotFound`` where one of the two sees nothing of the person.
    """
    return _seen((somebody_of(actor, agency, name), actor), person, set(sections), NOBODY)


def somebody_of(actor: Actor, agency: UUID, name: str) -> Actor:
    """Nobody in particular with a case role at an agency: in no team, named nowhere."""
    return _of(actor, _SOMEBODY, agency, name)


def _reader(actor: Actor, person_id: UUID, command: MakeShare, name: str) -> Actor:
    """Somebody with a case role at the receiving agency, in no team."""
    user = _SOMEBODY
    if _NAMED & set(command.sections):
        named = (
            each.user_id
            for each in teams.workers_of(person_id)
            if each.agency_id == command.agency_id
        )
        user = next(named, _SOMEBODY)
    return _of(actor, user, command.agency_id, name)


def _of(actor: Actor, user: UUID, agency: UUID, name: str) -> Actor:
    return replace(
        actor,
        user_id=user,
        name=name,
        posting_id=NOBODY,
        agency_id=agency,
        agency_name=name,
        team_id=NOBODY,
        role=Role.REPRESENTATIVE,
        session_id=NOBODY,
    )


def _seen(
    eyes: Sequence[Actor], person: UUID, sections: Collection[Section], record: UUID
) -> Preview:
    return Preview(
        person=briefing(eyes, person),
        visits=_visits(eyes, person, record) if Section.VISITS in sections else (),
        items=[
            each
            for each in seen_by_all(eyes, lambda reader: intelligence.items(reader, person))
            if record in (NOBODY, each.record)
        ]
        if Section.INTELLIGENCE in sections
        else (),
        kinds=[
            (kind, seen_by_all(eyes, lambda reader, of=kind: records.records(reader, person, of)))  # type: ignore[misc]
            for kind in KINDS.values()
            if kind.section in sections
        ],
    )


def _visits(eyes: Sequence[Actor], person: UUID, record: UUID) -> list[VisitSeen]:
    made = seen_by_all(eyes, lambda reader: visits.made(reader, person)[0])
    chosen = [each for each in made if record in (NOBODY, each.record)]
    return [VisitSeen(each, _officers(eyes, person, each)) for each in chosen]


def _officers(eyes: Sequence[Actor], person: UUID, visit: Seen) -> Sequence[Seen]:
    if not visit.full:
        return ()
    return seen_by_all(
        eyes, lambda reader: visits.officers(reader, person, visit.record, attended=True)
    )
