"""The policy as SQL and a plain Python reading of the rules agree, section by section.

Labels are bound here, so that every section, and what is only told of, is asked. Rows, lists and
fields, decisions and row-level security: ``test_random_worlds``.
"""

from collections import Counter
from functools import cache
from itertools import product
from random import Random
from uuid import UUID

import pytest
import sqlalchemy as sa

from mappa.access import asking, policy
from mappa.access.asking import Target
from mappa.access.labels import ME, bound_label
from mappa.access.models import CapacityRow
from mappa.access.terms import Audience, Level, Section
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from tests.factories import random_rights
from tests.factories.world import NOW
from tests.reference.load import reference
from tests.reference.reader import Of

pytestmark = pytest.mark.sql
QUESTIONS = 4000
WORLDS = 4
PLENTY = {"sqlite": 1, "postgresql": 2}
"""By what the questions are divided: PostgreSQL is asked half of them, of every world."""


def _label(section: Section, named_only: bool):
    audience = Audience.NAMED if named_only else Audience.AGREEMENT
    changed = {"audience": sa.literal_column(str(audience.value))}
    return type(bound_label(section))(**{**bound_label(section).__dict__, **changed})


@cache
def _statements(named_only: bool):
    """For each section the level as the policy says it: told of, summary, full."""
    statements = {}
    for section in Section:
        of = _label(section, named_only)
        statements[section] = sa.select(
            policy.told_of(section, ME, of, policy.AT),
            policy.where(section, ME, of, policy.AT, Level.SUM),
            policy.where(section, ME, of, policy.AT, Level.FULL),
        )
    return statements


def _ask(statement, actor, target: Target) -> Level:
    told, some, whole = db.session.execute(statement, actor.binds(NOW) | target.binds()).one()
    assert not (told and some), "told of what is shown"
    if whole:
        return Level.FULL
    if some:
        return Level.SUM
    return Level.SEALED if told else Level.NONE


@pytest.mark.parametrize("seed", range(WORLDS))
def test_policy_and_reference_agree(app, seed):
    random = Random(f"policy-{seed}")
    statements = {named: _statements(named) for named in (False, True)}
    seen: Counter[tuple[Section, Level]] = Counter()
    with app.app_context(), clock.at(NOW):
        with unit_of_work(Kind.WRITE, system="test"):
            world = random_rights.build(random)
        with unit_of_work(Kind.READ, system="test"):
            told = reference()
            grid = list(product(world.readers, world.people, Section))
            questions = QUESTIONS // WORLDS // PLENTY[db.engine.dialect.name]
            for actor, person, section in random.choices(grid, k=questions):
                target = Target(
                    person=person,
                    owner=random.choice([actor.agency_id, *world.agencies]),
                    record=random.choice(world.records),
                    handling=random.choice(world.groups),
                    meeting=random.choice(world.meetings),
                )
                named_only = random.random() < 0.2
                of = Of(section.value, person, target.owner, target.record, named_only,
                        target.handling, target.meeting)  # fmt: skip
                expected = told.level(actor, of, NOW)
                answer = _ask(statements[named_only][section], actor, target)
                assert answer == expected, (actor.role, section, named_only, target)
                seen[section, answer] += 1
    assert len(seen) >= 40, f"the worlds are too poor to tell: {len(seen)} kinds of answer"


def _lead(told, person: UUID) -> UUID:
    """Who owns the identity: the agency that leads, the last to begin."""
    leads = set(db.session.scalars(sa.select(CapacityRow.id).where(CapacityRow.code == "lead")))
    found = [
        row for row in told.live("case_team", NOW, person_id=person) if row["capacity_id"] in leads
    ]
    ordered = sorted(found, key=lambda row: (-row["starts_at"].timestamp(), row["id"]))
    return ordered[0]["agency_id"] if ordered else NOBODY


def _shared(told, actor, person: UUID) -> set[Section]:
    """The sections in which the reader gets something that an owner shares."""
    return {
        Section(row["section"])
        for row in told.live("share", NOW, person_id=person, agency_id=actor.agency_id)
        for of in [Of(row["section"], person, row["owner_agency_id"], row["record_id"])]
        if told.level(actor, of, NOW) >= Level.SUM
    }


def test_the_standing_of_a_page_is_the_policy_of_every_section(app):
    random = Random("standing-3")
    with app.app_context(), clock.at(NOW):
        with unit_of_work(Kind.WRITE, system="test"):
            world = random_rights.build(random)
            rolled = random_rights.dice(random, world)
            for _ in range(40):  # without them no reader of this world has anything by a share
                db.session.add_all(rolled.answered())
        with unit_of_work(Kind.READ, system="test"):
            told, shared, stood = reference(), set(), 0
            for actor, person in product(world.readers, world.people):
                lead = _lead(told, person)
                expected = {
                    section: told.level(actor, Of(section.value, person, owner), NOW)
                    for section in Section
                    for owner in [lead if section is Section.IDENTITY else NOBODY]
                }
                try:
                    stands = asking.standing(actor, person)
                except asking.NotFound:
                    assert expected[Section.IDENTITY] < Level.SUM
                else:
                    assert stands.levels == expected
                    given = _shared(told, actor, person)
                    assert stands.shared == given
                    shared.update(given)
                    stood += 1
    assert stood >= 10, f"too few readers see anybody to tell: {stood}"
    assert len(shared) >= 6, f"the worlds share too little to tell: {sorted(shared)}"
