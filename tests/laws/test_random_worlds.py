"""Rights come and go in any order while time moves: all ways of asking the policy agree.

After every step some readers are asked about every row of five tables, at both levels: the list
(``where``), what its rows show (``fields``), the named reasons (``decide``), row-level security
(PostgreSQL), and the slow, obvious reference.
"""

import os
from contextlib import ExitStack
from datetime import datetime, timedelta
from random import Random

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from mappa.access import asking, guard, policy, reading, rights
from mappa.access import models as m
from mappa.access import predicates as p
from mappa.access.terms import Level, Section, State
from mappa.kernel import clock
from mappa.kernel.db import NOBODY, Model, db
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.models import Address, PersonChange
from tests.factories import random_rights
from tests.factories.random_rights import RandomWorld, dice
from tests.factories.world import NOW
from tests.reference import comparing
from tests.reference.comparing import LEVELS, MODELS, Stored, Tally
from tests.reference.load import reference
from tests.reference.reader import RIGHTS, Reference

RULES = (
    "place", "team", "worker", "share", "exclusion", "emergency", "member", "seat", "reader",
    "mark", "cell", "role_cell",
)  # fmt: skip
ACTS = ("marked", "answered", "bulk")
"""Several rights in one act."""
VARIETIES = {
    "share of a section", "share of a record", "share of a summary", "share in full",
    "share that is over", "share to come", "share that was ended",
    "exclusion of a user", "exclusion of an agency", "exclusion to come", "exclusion that is over",
    "emergency that runs", "emergency that is over", "emergency that was ended",
    "sealed with a reader", "hidden with a reader", "posting that was ended",
    *(f"several at once: {each}" for each in ACTS),
}  # fmt: skip
"""What the worlds must have held when they were compared."""
MOVES = (timedelta(minutes=1), timedelta(hours=5), timedelta(days=1), timedelta(days=5))
RIGHTS_AT_FIRST = 250
READERS_A_STEP = 3
STEPS = 12
TRIPLES = int(os.environ.get("MAPPA_TRIPLES", "10000"))
"""On each database; tools/mutate.py asks for fewer."""


class Worlds:
    """One database in which world follows world, and the count of what was compared."""

    def __init__(self, app: Flask, application_url: str | None) -> None:
        self.app = app
        self.tally = Tally()
        self.raw = (
            sa.create_engine(application_url, connect_args={"options": "-c jit=off"})
            if application_url
            else None
        )
        with app.app_context(), clock.at(NOW), unit_of_work(Kind.WRITE, system="test"):
            self.world: RandomWorld = random_rights.build(Random("worlds"), rights=0)

    def close(self) -> None:
        if self.raw:
            self.raw.dispose()


class RightsComeAndGo(RuleBasedStateMachine):
    """The rules. ``worlds`` is set by ``machine``: whose database it is."""

    worlds: Worlds

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.stack = ExitStack()
        self.stack.enter_context(self.worlds.app.app_context())

    def teardown(self) -> None:
        self.stack.close()

    def writing(self):
        stack = ExitStack()
        stack.enter_context(clock.at(self.now))
        stack.enter_context(unit_of_work(Kind.WRITE, system="test"))
        return stack

    @initialize(random=st.integers(0, 2**32))
    def begin(self, random: int) -> None:
        """A world with some rights of every kind, other than the last one."""
        with self.writing():
            for name in RIGHTS:
                if name not in ("posting", "agreement_cell", "role_cell"):
                    db.session.execute(sa.delete(Model.metadata.tables[name]))
            throw = dice(Random(random), self.worlds.world)
            for _ in range(RIGHTS_AT_FIRST):
                db.session.add(throw.one(throw.makers())())
        self.compare(Random(random))

    @rule(kind=st.sampled_from(RULES), random=st.integers(0, 2**32))
    def give(self, kind: str, random: int) -> None:
        """A right begins, will begin, or is entered too late."""
        drawn = Random(random)
        with self.writing():
            db.session.add(getattr(dice(drawn, self.worlds.world, self.now), kind)())
        self.compare(drawn)

    @rule(act=st.sampled_from(ACTS), random=st.integers(0, 2**32))
    def give_together(self, act: str, random: int) -> None:
        """Rights that one act gives together."""
        drawn = Random(random)
        with self.writing():
            db.session.add_all(getattr(dice(drawn, self.worlds.world, self.now), act)())
        self.worlds.tally.kinds[f"several at once: {act}"] += 1
        self.compare(drawn)

    @rule(random=st.integers(0, 2**32))
    def leave(self, random: int) -> None:
        """Somebody's posting ends; the rights that stand are asked about as before."""
        drawn = Random(random)
        with self.writing():
            found = db.session.scalars(sa.select(m.Posting)).all()
            if found:
                rights.end([drawn.choice(found)], at=self.now, by=NOBODY, reason="left")
        self.compare(drawn)

    @rule(random=st.integers(0, 2**32))
    def post(self, random: int) -> None:
        """Somebody is posted; a posting alone opens no record."""
        drawn = Random(random)
        who = drawn.choice(self.worlds.world.readers)
        with self.writing():
            given = rights.Given(at=self.now)
            rights.post(who.user_id, who.agency_id, who.area_id, who.role, given)
        self.compare(drawn)

    @rule(kind=st.sampled_from(RIGHTS), random=st.integers(0, 2**32))
    def revoke(self, kind: str, random: int) -> None:
        """One right of a kind is ended at once."""
        drawn = Random(random)
        with self.writing():
            found = db.session.scalars(sa.select(right_of(kind))).all()
            if found:
                rights.end([drawn.choice(found)], at=self.now, by=NOBODY, reason="test")
        self.compare(drawn)

    @rule(random=st.integers(0, 2**32))
    def sign_off(self, random: int) -> None:
        """A meeting's seats run out."""
        drawn = Random(random)
        with self.writing():
            rights.end_seats(drawn.choice(self.worlds.world.meetings), at=self.now)
        self.compare(drawn)

    @rule(random=st.integers(0, 2**32))
    def relabel(self, random: int) -> None:
        """A record is kept to named readers, or opened again, or handled by another group."""
        drawn = Random(random)
        with self.writing():
            model = drawn.choice([each for each in MODELS if each is not MODELS[-1]])
            found = db.session.scalars(sa.select(model)).all()
            changed = drawn.choice(found)
            changed.audience = 1 - changed.audience
            changed.handling_group_id = drawn.choice(self.worlds.world.groups)
            if isinstance(changed, Address):
                changed.until_on = None if changed.until_on else self.now.date()
        self.compare(drawn)

    @rule(by=st.sampled_from(MOVES), random=st.integers(0, 2**32))
    def time_passes(self, by: timedelta, random: int) -> None:
        self.now += by
        self.compare(Random(random))

    @rule(random=st.integers(0, 2**32))
    def time_meets_a_right(self, random: int) -> None:
        """It is the very moment at which some right begins or ends."""
        drawn = Random(random)
        with self.writing():
            table = Model.metadata.tables[drawn.choice(RIGHTS)]
            moments = db.session.execute(sa.select(table.c.starts_at, table.c.ends_at)).all()
        near = {each for pair in moments for each in pair if each.year < 9000}
        if near:
            self.now = max(self.now, drawn.choice(sorted(near)))
        self.compare(drawn)

    def compare(self, random: Random) -> None:
        """Some readers, every row, both levels."""
        with clock.at(self.now), unit_of_work(Kind.READ, system="test"):
            told, stored = reference(), Stored.now()
            self.worlds.tally.kinds.update(varieties(told, self.now))
            db.session.expunge_all()
        for actor in random.sample(self.worlds.world.readers, READERS_A_STEP):
            agree(self.worlds, actor, self.now, told, stored, random)


def varieties(told: Reference, at: datetime) -> set[str]:
    """Which of the kinds of right this world holds now."""
    named = {row["record_id"] for row in told.live("named_reader", at)}
    return {
        *(_said_of(row, at, "share", ended="was ended") for row in told.rows["share"]),
        *(_share(row) for row in told.live("share", at)),
        *(_level(row) for row in told.live("share", at)),
        *(_exclusion(row) for row in told.live("exclusion", at)),
        *(_said_of(row, at, "exclusion") for row in told.rows["exclusion"]),
        *(_said_of(row, at, "emergency", ended="was ended") for row in told.rows["emergency"]),
        *(
            f"{row['kind']} with a reader"
            for row in told.live("mark", at)
            if row["record_id"] in named
        ),
        *(_said_of(row, at, "posting", ended="was ended") for row in told.rows["posting"]),
    }


def _share(row) -> str:
    return "share of a section" if row["record_id"] == NOBODY else "share of a record"


def _level(row) -> str:
    return "share in full" if row["level"] == Level.FULL else "share of a summary"


def _exclusion(row) -> str:
    if row["user_id"] != NOBODY:
        return "exclusion of a user"
    return "exclusion of nobody" if row["agency_id"] == NOBODY else "exclusion of an agency"


def _said_of(row, at: datetime, right: str, *, ended: str = "is over") -> str:
    if row["state"] != State.LIVE:
        return f"{right} that {ended}"
    if row["ends_at"] <= at:
        return f"{right} that is over"
    return f"{right} to come" if row["starts_at"] > at else f"{right} that runs"


def machine(worlds: Worlds) -> type[RightsComeAndGo]:
    """The rules, over the database of these worlds."""
    return type("RightsComeAndGo", (RightsComeAndGo,), {"worlds": worlds})


def right_of(table: str) -> type[m.Right]:
    return next(
        mapper.class_ for mapper in Model.registry.mappers if mapper.local_table.name == table
    )


def agree(worlds: Worlds, actor, at, told, stored: Stored, random: Random) -> None:
    """All ways of asking give the reference's answer."""
    tally = worlds.tally
    expected = {model: comparing.expected(told, actor, at, stored, model) for model in MODELS}
    listed = {
        model: {row: shown for row, (_, shown) in answer.items() if shown}
        for model, answer in expected.items()
    }
    with clock.at(at), unit_of_work(Kind.READ):
        guard.acts_as(actor)
        for model in MODELS:
            assert comparing.by_lists(actor, model) == listed[model], (actor.role, model, "lists")
    with clock.at(at), unit_of_work(Kind.READ, system="test"):
        for model in MODELS:
            for need in LEVELS:
                wanted = {row for row, (level, _) in expected[model].items() if level >= need}
                if model is not PersonChange:
                    found = comparing.by_reasons(actor, model, at, need)
                    assert found == wanted, (actor.role, model, need, "reasons")
                tally.triples += len(expected[model])
        decisions(actor, at, expected, stored, random)
    if worlds.raw:
        seen = comparing.by_wall(worlds.raw, actor, at)
        assert seen == {model: set(answer) for model, answer in listed.items()}, actor.role
    for model, answer in expected.items():
        tally.answers.update((model.__tablename__, level) for level, _ in answer.values())


def decisions(actor, at, expected, stored: Stored, random: Random) -> None:
    """The service's own question about one row of each table."""
    for model in MODELS:
        row = random.choice(stored.rows[model])
        label = comparing.of(model, row)
        if label.named_only:
            continue
        need = random.choice(LEVELS)
        said = comparing.by_decision(actor, label, need)
        assert said == (expected[model][row["id"]][0] >= need), (actor.role, label, need)


def explore(
    app, application_url: str | None, triples: int, examples: int, phases=tuple(Phase)
) -> Tally:
    """World after world until so many triples were compared; a difference fails at once."""
    worlds = Worlds(app, application_url)
    number = 0
    try:
        while worlds.tally.triples < triples:
            number += 1
            run_state_machine_as_test(
                seed(number)(machine(worlds)),
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=STEPS,
                    deadline=None,
                    phases=phases,
                    database=None,
                    suppress_health_check=list(HealthCheck),
                ),
            )
    finally:
        worlds.close()
    return worlds.tally


def tell(record_property, app, tally: Tally) -> None:
    with app.app_context():
        kind = db.engine.dialect.name
    said = f"{tally.triples:,} triples of reader, record and level on {kind}: 0 disagreements"
    record_property("figure", said)


@pytest.fixture
def wall(settings) -> str | None:
    return settings.database_url if settings.postgresql else None


@pytest.mark.sql
def test_rights_come_and_go_and_all_ways_of_asking_agree(app, wall, record_property):
    tally = explore(app, wall, triples=TRIPLES, examples=4)
    tell(record_property, app, tally)
    assert set(tally.kinds) >= VARIETIES, VARIETIES - set(tally.kinds)
    for model in MODELS:
        levels = {level for name, level in tally.answers if name == model.__tablename__}
        assert {Level.NONE, Level.FULL} <= levels, f"the worlds are too poor to tell: {model}"


@pytest.mark.sql
@pytest.mark.deep
def test_a_million_triples_agree(app, wall, record_property):
    tell(record_property, app, explore(app, wall, triples=500_000, examples=10))


@pytest.fixture
def another_policy(monkeypatch):
    """Patches the policy's table; nothing built of it before or meanwhile is used afterwards."""

    def forget() -> None:
        for module in (policy, asking, reading, comparing):
            for each in vars(module).values():
                if hasattr(each, "cache_clear"):
                    each.cache_clear()

    def patch(name: str, value: object) -> None:
        monkeypatch.setattr(policy, name, value)
        forget()

    yield patch
    monkeypatch.undo()
    forget()
    assert all("excluded" in policy.named(section) for section in Section)


def test_a_difference_would_be_found(app, another_policy):
    """The comparison itself: a list that forgets exclusions is caught."""
    another_policy("DENY", (p.marked,))
    with pytest.raises(AssertionError):
        explore(app, None, triples=20_000, examples=4, phases=(Phase.generate,))
