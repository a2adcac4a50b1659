"""The policy as SQL and a plain Python reading of the rules agree on random worlds."""

import os
from collections import Counter
from functools import cache
from itertools import product
from random import Random

import pytest
import sqlalchemy as sa

from mappa.access import asking, policy
from mappa.access.asking import Target
from mappa.access.labels import ME, bound_label
from mappa.access.reading import rows, scoped, shown_columns
from mappa.access.terms import Audience, Level, Section
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Address, Offence, Person, PersonChange, StaffWarning
from tests.factories import random_rights
from tests.factories.world import NOW
from tests.reference.load import reference
from tests.reference.reader import Of

pytestmark = pytest.mark.sql
TRIPLES = int(os.environ.get("MAPPA_POLICY_TRIPLES", "10000"))
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
            questions = TRIPLES // WORLDS // PLENTY[db.engine.dialect.name]
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


MODELS = (StaffWarning, Address, Offence, PersonChange, Person)
AT_SUMMARY = {Address: lambda row: row.until_on is None, PersonChange: lambda row: False}


def _expected(told, actor, model, rows):
    """Which rows, at what level, by the reference: record to level."""
    for row in rows:
        if model is Person:
            of = Of("identity", row.id, row.owner_agency_id, row.id)
        else:
            of = Of(
                str(row.__section__ or row.section), row.person_id, row.owner_agency_id,
                getattr(row, "subject_id", row.id), bool(row.audience), row.handling_group_id,
                getattr(row, "meeting_id", NOBODY),
            )  # fmt: skip
        level = told.level(actor, of, NOW)
        if level == Level.FULL or (
            level == Level.SUM and AT_SUMMARY.get(model, lambda _row: True)(row)
        ):
            yield row.id, Level(level)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_lists_of_real_rows_hold_what_the_reference_says(app, seed):
    """Every row of five tables, for every reader, over all people and over each person."""
    random = Random(f"rows-{seed}")
    lists = {model: scoped(model, model.id.label("row_id"), person=False) for model in MODELS}
    pages = {model: scoped(model, model.id.label("row_id"), person=True) for model in MODELS}
    seen: Counter[Level] = Counter()
    with app.app_context(), clock.at(NOW):
        with unit_of_work(Kind.WRITE, system="test"):
            world = random_rights.build(random)
        with unit_of_work(Kind.READ, system="test"):
            told = reference()
            stored = {model: list(db.session.scalars(sa.select(model))) for model in MODELS}
            db.session.expunge_all()
        with unit_of_work(Kind.READ):
            for actor, model in product(world.readers, MODELS):
                expected = Counter(_expected(told, actor, model, stored[model]))
                found = rows(actor, lists[model], model)
                assert Counter((row.row_id, row.level) for row in found) == expected
                paged = [
                    row
                    for person in world.people
                    for row in rows(actor, pages[model], model, person=person)
                ]
                assert Counter((row.row_id, row.level) for row in paged) == expected
                for row in found:
                    seen[row.level] += 1
                    assert set(row.fields()) - {"row_id"} == shown_columns(model, row.level)
    assert min(seen[Level.SUM], seen[Level.FULL]) > 2, "the world is too poor to tell"


def test_one_row_and_all_reasons_agree(app):
    """``decide_reading`` says the same as ``where``, and names what decided."""
    random = Random("reasons")
    statements = _statements(named_only=False)
    with app.app_context(), clock.at(NOW):
        with unit_of_work(Kind.WRITE, system="test"):
            world = random_rights.build(random)
        with unit_of_work(Kind.READ, system="test"):
            for _ in range(600):
                actor, section = random.choice(world.readers), random.choice(list(Section))
                target = Target(
                    person=random.choice(world.people),
                    owner=random.choice([actor.agency_id, *world.agencies]),
                    record=random.choice(world.records),
                    handling=random.choice(world.groups),
                    meeting=random.choice(world.meetings),
                )
                for need in (Level.SUM, Level.FULL):
                    said = asking.decide_reading(actor, section, need, target)
                    assert said.allowed == (_ask(statements[section], actor, target) >= need)
                    assert said.reasons


def test_the_standing_of_a_page_is_the_policy_of_every_section(app):
    random = Random("standing")
    with app.app_context(), clock.at(NOW):
        with unit_of_work(Kind.WRITE, system="test"):
            world = random_rights.build(random)
        with unit_of_work(Kind.READ, system="test"):
            told = reference()
            for actor, person in product(world.readers, world.people):
                expected = {
                    section: told.level(actor, Of(section.value, person, NOBODY), NOW)
                    for section in Section
                }
                try:
                    levels = asking.standing(actor, person).levels
                except asking.NotFound:
                    assert expected[Section.IDENTITY] < Level.SUM
                else:
                    assert levels == expected
