"""A day drawn at random for an unannounced visit, kept for whoever asked for it."""

import json
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.audit import log
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.visits import pattern
from mappa.visits.models import VisitSuggestion
from mappa.visits.pattern import Part, Suggested

KEPT_FOR = timedelta(days=14)
EVENT = "visit:drawn"


@dataclass(frozen=True)
class Kept:
    """The newest draw that still lies ahead, and how many there were in these two weeks."""

    suggested: Suggested
    draws: int


def draw(actor: Actor, person_id: UUID, due_on: date | None, *, now: datetime) -> Suggested:
    """Draw a day until ``due_on`` for an unannounced visit, and keep it for this user.

    Every draw is on record: who draws until a day suits has drawn in vain. Raises
    ``NotPermitted``; then nothing is written.
    """
    require(actor, Action.VISIT_PLAN, Target(person=person_id, owner=actor.agency_id))
    first, last = pattern.window(clock.day_of(now), due_on)
    drawn = pattern.suggested(first, last, secrets.randbelow(pattern.choices(first, last)))
    days = [each.isoformat() for each in (drawn.on, first, last)]
    db.session.execute(sa.delete(VisitSuggestion).where(VisitSuggestion.ends_at <= now))
    kept = VisitSuggestion(
        id=new_id(),
        user_id=actor.user_id,
        person_id=person_id,
        drawn=json.dumps([drawn.part.value, *days]),
        at=now,
        ends_at=now + KEPT_FOR,
    )
    db.session.add(kept)
    db.session.flush()
    log.record(actor, log.Operation.ADMINISTRATION, EVENT, [person_id], at=now)
    return drawn


def kept(actor: Actor, person_id: UUID, *, now: datetime) -> Kept | None:
    """What was last drawn for this user and person, unless its day is over."""
    found = db.session.scalars(
        sa.select(VisitSuggestion.drawn)
        .where(
            VisitSuggestion.user_id == actor.user_id,
            VisitSuggestion.person_id == person_id,
            VisitSuggestion.ends_at > now,
        )
        .order_by(VisitSuggestion.at.desc(), VisitSuggestion.id.desc())
    ).all()
    if not found:
        return None
    part, *days = json.loads(found[0])
    on, first, last = map(date.fromisoformat, days)
    if on < clock.day_of(now):
        return None
    return Kept(Suggested(on, Part(part), first, last), len(found))
