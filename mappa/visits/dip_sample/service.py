"""Freezing the people of a dip sample, drawing it, and recording what was found.

First the people are frozen and a seed is committed to, in one act that stands in the audit with
both digests; in a later act the seed is used and shown. Who draws again until the names suit does
it on record: no sample can be taken back.
"""

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit import queries as audited
from mappa.audit.log import Operation
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders import listing
from mappa.offenders.rules import PeopleFilter
from mappa.visits import queries as visits
from mappa.visits.dip_sample import drawing, packing, queries, rules
from mappa.visits.dip_sample.models import DipDraw, DipResult, DipSample
from mappa.visits.dip_sample.rules import Frame, FreezeSample, RecordResult

FROZEN, DRAWN, RECORDED = "sample:frozen", "sample:drawn", "sample:recorded"
MOST_PEOPLE = 1_000_000


def frame_of(actor: Actor) -> Frame:
    """What this actor draws from: an auditor sees no people, and draws from their references."""
    return Frame.REGISTER if actor.role is Role.AUDITOR else Frame.SEEN


def draws_by_reference(actor: Actor, sample: DipSample) -> bool:
    """Whether this reader knows those drawn by their references: an auditor, of the register."""
    of_register = sample.frame == Frame.REGISTER.value
    return of_register and frame_of(actor) is Frame.REGISTER


def offered(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What the people can be narrowed to: value and words, by field; nothing of the register."""
    if frame_of(actor) is Frame.REGISTER:
        return {}
    choices = listing.choices(actor)
    return {
        "lead_agency_id": [(str(a.id), a.name) for a in agencies.agencies_in(actor.area_id)],
        "team_id": list(choices.teams),
        "manager_id": list(choices.managers),
    }


def freeze(actor: Actor, command: FreezeSample, *, now: datetime) -> DipSample:
    """Freeze the people whom the actor sees and who answer the conditions; commit to a seed.

    Of an auditor it is everybody whom the own agency leads and whom nothing keeps from it.

    Raises ``NotPermitted``, and ``FieldErrors`` if there are not as many; then nothing is written.
    """
    require(actor, Action.SAMPLE_DRAW)
    frame = frame_of(actor)
    rules.check_frame(command, frame)
    among = _among(command, offered(actor))
    population = drawing.frozen(_people(actor, command, frame))
    rules.check_size(command.wanted, drawing.size_of(population))
    seed = secrets.token_bytes(drawing.SEED_BYTES)
    made = DipSample(
        id=new_id(),
        user_id=actor.user_id,
        agency_id=actor.agency_id,
        purpose=command.purpose.value,
        frame=frame.value,
        among=among,
        why=command.why,
        algorithm=drawing.ALGORITHM,
        size=drawing.size_of(population),
        wanted=command.wanted,
        population_digest=drawing.digest(population),
        seed_digest=drawing.digest(seed),
        seed=seed.hex(),
        population=packing.packed(population),
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    # Chained with everything else: neither digest can be another one later.
    proof = f"people {made.population_digest} seed {made.seed_digest}"
    log.record(actor, Operation.ADMINISTRATION, FROZEN, [made.id], at=now, basis=proof)
    return made


def _people(actor: Actor, command: FreezeSample, frame: Frame) -> Iterable[UUID]:
    if frame is Frame.REGISTER:
        return audited.register(actor)
    wanted = PeopleFilter(**{name: getattr(command, name) for name in rules.NARROWS})
    return listing.everybody(actor, wanted, most=MOST_PEOPLE)


def draw(actor: Actor, sample_id: UUID, *, now: datetime) -> Sequence[UUID]:
    """Draw a sample of one's own, once; whom it draws. Drawn already, it is left as it is.

    Raises ``NotPermitted`` or ``NotFound``.
    """
    require(actor, Action.SAMPLE_DRAW)
    found = _own(actor, sample_id)
    before = queries.drawn(found.id)
    if before is not None:
        return before.people
    population, seed = packing.unpacked(found.population), bytes.fromhex(found.seed)
    people = drawing.drawn(population, seed, found.wanted)
    kept = packing.in_order(people)
    db.session.add(DipDraw(sample_id=found.id, drawn=kept, by_id=actor.user_id, at=now))
    db.session.flush()
    basis = f"seed {found.seed}"
    log.record(actor, Operation.ADMINISTRATION, DRAWN, [found.id], at=now, basis=basis)
    return people


def record(
    actor: Actor, sample_id: UUID, place: int, command: RecordResult, *, now: datetime
) -> DipResult:
    """Add what was found of somebody who was drawn and whom the actor sees.

    Raises ``NotPermitted``, ``NotFound`` (also for a person whom the actor does not see) or
    ``FieldErrors``; then nothing is written.
    """
    require(actor, Action.SAMPLE_RECORD)
    person_id, _ = who(actor, sample_id, place)
    hold(sample_id)
    before = sum(each.place == place for each in queries.results(sample_id))
    rules.check_result(command, again=before > 0)
    made = DipResult(
        id=new_id(),
        sample_id=sample_id,
        place=place,
        number=before + 1,
        verdict=command.verdict.value,
        found=command.found,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    log.record(actor, Operation.ALTERATION, RECORDED, [person_id, sample_id], at=now)
    return made


def who(actor: Actor, sample_id: UUID, place: int) -> tuple[UUID, str]:
    """The person at a place of a drawn sample, and the name. Raises ``NotFound``."""
    found = queries.drawn(queries.sample(actor, sample_id).id)
    if found is None or not 0 <= place < len(found.people):
        raise NotFound
    person_id = found.people[place]
    names = visits.names(actor, [person_id])
    if person_id not in names:
        raise NotFound
    return person_id, names[person_id]


def frozen_list(actor: Actor, sample_id: UUID) -> DipSample:
    """A sample with its frozen list, for its drawer and for who sees everybody on it.

    Raises ``NotPermitted`` and ``NotFound``; ``RuleBroken`` for a list with somebody unseen.
    """
    require(actor, Action.SAMPLE_READ)
    found = queries.sample(actor, sample_id, whole=True)
    if found.user_id != actor.user_id:
        seen = set(listing.everybody(actor, PeopleFilter(), most=MOST_PEOPLE))
        if not seen.issuperset(drawing.thawed(packing.unpacked(found.population))):
            said = "The list has people whom you may not see. Ask who drew the sample for it"
            raise RuleBroken("sample-list-seen", said)
    return found


def _own(actor: Actor, sample_id: UUID) -> DipSample:
    """The actor's own sample with all it holds. Raises ``NotFound``."""
    queries.sample(actor, sample_id)
    hold(sample_id)
    found = queries.sample(actor, sample_id, whole=True)
    if found.user_id != actor.user_id:
        raise NotFound
    return found


def hold(sample_id: UUID) -> None:
    """Nobody else draws it, adds to it or plans for it until this is committed."""
    db.session.execute(sa.select(DipSample.id).where(DipSample.id == sample_id).with_for_update())


def _among(command: FreezeSample, offered: dict[str, list[tuple[str, str]]]) -> str:
    """The conditions in words, empty for none. Raises ``FieldErrors`` for what was not offered."""
    said: list[str] = []
    if command.risk is not None:
        said.append(f"risk of serious harm {command.risk.words.lower()}")
    starts = {
        "lead_agency_id": "led by",
        "team_id": "of the team",
        "manager_id": "of the officer",
    }
    for name, start in starts.items():
        chosen = getattr(command, name)
        if chosen is None:
            continue
        words = dict(offered[name]).get(str(chosen))
        if words is None:
            raise FieldErrors({name: ["Choose one from the list"]})
        said.append(f"{start} {words}")
    return "; ".join(said)
