"""The policy beside the reference without the application: seconds instead of a minute.

Worlds are built once and kept as files with the reference's answers, so that a mutant of the policy
(``tools/mutate.py``) is asked before anything else of ours is imported.
"""

import pickle
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa

WORLDS = 3
FULL = 3
OF_A_SECTION = 40
"""Questions of each world: so many readers, people and labels are drawn for each section."""

Asked = tuple[str, bool, dict[str, Any], int]
"""Section, whether only the named readers see it, the bind values, the reference's level."""


def make(folder: Path, worlds: int = WORLDS, of_a_section: int = OF_A_SECTION) -> None:
    """Write the worlds into a folder, with the questions and the reference's answers."""
    from flask import Flask

    from mappa.access.asking import Target
    from mappa.access.terms import Section
    from mappa.kernel.db import db
    from mappa.kernel.uow import Kind, unit_of_work
    from tests.factories import random_rights
    from tests.factories.world import NOW
    from tests.reference.load import reference
    from tests.reference.reader import Of

    for number in range(worlds):
        app, random = Flask("lean"), Random(f"lean-{number}")
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / str(number)}.sqlite"
        db.init_app(app)
        asked: list[Asked] = []
        with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
            db.metadata.create_all(db.session.connection())
            world, told = random_rights.build(random), reference()
            pairs = list(product(world.readers, world.people))
            for section in [each for each in Section for _ in range(of_a_section)]:
                actor, person = random.choice(pairs)
                target = Target(
                    person=person,
                    owner=random.choice([actor.agency_id, *world.agencies]),
                    record=random.choice(world.records),
                    handling=random.choice(world.groups),
                    meeting=random.choice(world.meetings),
                )
                named = random.random() < 0.2
                of = Of(section.value, person, target.owner, target.record, named,
                        target.handling, target.meeting)  # fmt: skip
                binds = actor.binds(NOW) | target.binds()
                asked.append((section.value, named, binds, int(told.level(actor, of, NOW))))
        random.shuffle(asked)
        (folder / f"{number}.asked").write_bytes(pickle.dumps(asked))


def differs(folder: Path) -> str:
    """The first question that the policy answers otherwise than the reference; empty if none."""
    statements: dict[tuple[str, bool], Any] = {}
    for kept in sorted(folder.glob("*.asked")):
        asked: list[Asked] = pickle.loads(kept.read_bytes())
        engine = sa.create_engine(f"sqlite:///{kept.with_suffix('.sqlite')}")
        with engine.connect() as connection:
            for section, named, binds, level in asked:
                if (section, named) not in statements:
                    statements[section, named] = _with_key(statement(section, named))
                answer = connection.execute(statements[section, named], binds).one()
                if _level(*answer) != level:
                    return f"{section} {binds}: {answer}, not {level}"
    return ""


def statement(section: str, named: bool) -> Any:
    """The level of one bound label as the policy says it: told of, summary, full, and at once."""
    from mappa.access import policy
    from mappa.access.labels import ME, bound_label
    from mappa.access.terms import Audience, Level, Section

    at, of = Section(section), bound_label(Section(section))
    audience = Audience.NAMED if named else Audience.AGREEMENT
    of = type(of)(**{**vars(of), "audience": sa.literal_column(str(audience.value))})
    return sa.select(
        policy.told_of(at, ME, of, policy.AT),
        policy.where(at, ME, of, policy.AT, Level.SUM),
        policy.where(at, ME, of, policy.AT, Level.FULL),
        policy.level(at, ME, of, policy.AT),
    )


def _with_key(asked: Any) -> Any:
    """The statement with its key of the cache of compiled ones: that takes longer than asking."""
    key = asked._generate_cache_key()
    asked._generate_cache_key = lambda: key
    return asked


def _level(told: bool, some: bool, whole: bool, shown: int) -> int:
    """The level that the answers come to; no level at all where they contradict each other."""
    if told and some or whole and not some:
        return -1
    if not some:
        return int(told)
    return shown if whole == (shown == FULL) else -1
