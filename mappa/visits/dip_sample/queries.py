"""Reads of dip samples: one's own, and those of the agency for its leads and auditors.

What an auditor drew is for the supervisors of the agency too: they say what was found.

Whoever reads a sample sees of the drawn people those whom the policy shows that reader, no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from mappa.access.actor import Actor
from mappa.access.terms import Role
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.visits.dip_sample import packing
from mappa.visits.dip_sample.drawing import Claim, Step, checked
from mappa.visits.dip_sample.models import DipDraw, DipResult, DipSample
from mappa.visits.dip_sample.rules import Frame, Tally, Verdict, tally

READS_AGENCY = frozenset({Role.AGENCY_LEAD, Role.AUDITOR})
SHOWN = 50


@dataclass(frozen=True)
class Drawn:
    """The people of a sample in the order of the draw, and when it was drawn by whom."""

    people: Sequence[UUID]
    by_id: UUID
    at: datetime


@dataclass(frozen=True)
class Result:
    """What was found of the one at ``place``."""

    place: int
    verdict: Verdict
    found: str
    by_id: UUID
    at: datetime


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    agency = DipSample.agency_id == actor.agency_id
    if actor.role in READS_AGENCY:
        return agency
    of_register = DipSample.frame == Frame.REGISTER.value
    return sa.and_(agency, sa.or_(DipSample.user_id == actor.user_id, of_register))


def samples(actor: Actor) -> list[tuple[DipSample, bool]]:
    """The latest samples that this reader may read, newest first, and whether each is drawn."""
    found = db.session.execute(
        sa.select(DipSample, DipDraw.sample_id)
        .outerjoin(DipDraw, DipDraw.sample_id == DipSample.id)
        .where(_readable(actor))
        .order_by(DipSample.at.desc(), DipSample.id)
        .limit(SHOWN)
    )
    return [(sample, drawn is not None) for sample, drawn in found]


def sample(actor: Actor, sample_id: UUID, *, whole: bool = False) -> DipSample:
    """One sample; with its seed and frozen list if ``whole``. Raises ``NotFound``."""
    found = _one(sample_id, _readable(actor), whole=whole)
    if found is None:
        raise NotFound
    return found


def _one(sample_id: UUID, *conditions: sa.ColumnElement[bool], whole: bool) -> DipSample | None:
    statement = sa.select(DipSample).where(DipSample.id == sample_id, *conditions)
    if whole:
        statement = statement.options(undefer(DipSample.seed), undefer(DipSample.population))
    return db.session.scalars(statement).one_or_none()


def drawn(sample_id: UUID) -> Drawn | None:
    """Whom a sample drew, of a sample that the caller has found for the reader."""
    found = db.session.get(DipDraw, sample_id)
    return Drawn(packing.ids(found.drawn), found.by_id, found.at) if found else None


def results(sample_id: UUID) -> list[Result]:
    """Every result of a sample that the caller has found for the reader, place by place."""
    found = db.session.scalars(
        sa.select(DipResult)
        .where(DipResult.sample_id == sample_id)
        .order_by(DipResult.place, DipResult.number)
    )
    return [Result(r.place, Verdict(r.verdict), r.found, r.by_id, r.at) for r in found]


def latest(found: Sequence[Result]) -> dict[int, Result]:
    """The result that counts, by place."""
    return {each.place: each for each in found}


def tally_of(drawn: Drawn, found: Sequence[Result]) -> Tally:
    """How far it is."""
    return tally(len(drawn.people), [each.verdict for each in latest(found).values()])


def check(sample_id: UUID, actor: Actor | None) -> list[Step]:
    """Draw a sample again and compare. ``actor`` is None for the command.

    Raises ``NotFound``, also for a sample that is not drawn yet: its seed is nobody's to know.
    """
    conditions = () if actor is None else (_readable(actor),)
    found, was = _one(sample_id, *conditions, whole=True), drawn(sample_id)
    if found is None or was is None:
        raise NotFound
    claim = Claim(
        algorithm=found.algorithm,
        population_digest=found.population_digest,
        size=found.size,
        seed_digest=found.seed_digest,
        wanted=found.wanted,
        drawn=was.people,
    )
    return checked(claim, packing.unpacked(found.population), bytes.fromhex(found.seed))
