"""Asking whether a person is known, having it looked into later, and deciding what was found."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.reading import Seen
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import db
from mappa.offenders import candidates
from mappa.offenders.matching import queries, rules
from mappa.offenders.matching.models import MatchCheck, MatchTask
from mappa.offenders.matching.rules import ORDER, Candidate, Different, Likeness, Strength
from mappa.offenders.models import NameKey

MOST_SHOWN = 20


@dataclass(frozen=True)
class PossibleMatch:
    """Somebody who may be the person, as the asker may see them, and what speaks for it."""

    person: Seen
    reasons: tuple[str, ...]
    strength: Strength


def visible_matches(actor: Actor, candidate: Candidate) -> list[PossibleMatch]:
    """Those who may be the person among the people whom the actor may see, the likeliest first.

    Somebody who is hidden from the actor moves nothing in the answer.
    """
    met = candidates.seen(actor, rules.wanted_for(candidate), by=NameKey)
    likened = ((each, rules.compare(candidate, queries.known(each))) for each in met)
    found = [(each, likeness) for each, likeness in likened if likeness is not None]
    found.sort(key=_closest)
    return [PossibleMatch(each, of.reasons, of.strength) for each, of in found[:MOST_SHOWN]]


def _closest(found: tuple[Seen, Likeness]) -> tuple[int, float, str, UUID]:
    seen, likeness = found
    return ORDER.index(likeness.strength), -likeness.score, seen.sort_name, seen.id


def check_later(person_id: UUID, now: datetime, *, dismissed: Collection[UUID] = ()) -> None:
    """Have the person compared with all people by the system; the asker gets no sign of it.

    ``dismissed`` are those whom the adder was shown and who are somebody else.
    """
    check_each_later({person_id: dismissed}, now)


def check_each_later(dismissed: Mapping[UUID, Collection[UUID]], now: datetime) -> None:
    """The same for several people at once, each with whom the adder said it is not."""
    db.session.add_all(
        MatchCheck(person_id=person, asked_at=now, dismissed=sorted(other.hex for other in others))
        for person, others in dismissed.items()
    )
    db.session.flush()


def keep_different(actor: Actor, task_id: UUID, command: Different, *, now: datetime) -> None:
    """Decide that two records are of two people; the two are not put together again.

    Raises ``NotFound`` where either is hidden from the actor, ``RuleBroken`` if already decided.
    """
    require(actor, Action.MATCH_DECIDE)
    pair = queries.one_pair(actor, task_id)
    task = db.session.get_one(MatchTask, pair.id, with_for_update=True)
    rules.check_open(decided=task.decided_at is not None)
    _decide(task, "different", actor, command.reason, now)
    people = [pair.person.id, pair.other.id]
    log.record(actor, Operation.ALTERATION, "match:kept_apart", people, at=now, fields=["reason"])


def note_merged(actor: Actor, one: UUID, other: UUID, *, now: datetime) -> None:
    """Close the task of two people who have been merged; nothing where there is none."""
    table = MatchTask.__table__.c
    both = (table.person_id.in_([one, other]), table.other_id.in_([one, other]))
    for task in db.session.scalars(sa.select(MatchTask).where(*both, table.state == "open")):
        _decide(task, "merged", actor, "", now)


def _decide(task: MatchTask, state: str, actor: Actor, reason: str, now: datetime) -> None:
    task.state, task.reason = state, reason
    task.decided_by_id, task.decided_at = actor.user_id, now
    db.session.flush()
