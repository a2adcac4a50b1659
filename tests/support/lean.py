"""The policy beside the reference without the application: seconds instead of a minute.

Worlds are built once and kept as files with the reference's answers, so that a mutant of the policy
(``tools/mutate.py``) is asked before anything else of ours is imported.
"""

import pickle
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

WORLDS = 8
FULL = 3
OF_A_SECTION = 20
"""Questions of each world: about so many readers, people and labels are drawn for each section, and
as many for rows that carry their section as a column."""
KINDS = (("police",), ("justice-social-work",), ("police", "justice-social-work"))
DERIVED = ""
"""Stands for the section of such rows."""


@dataclass(frozen=True)
class Asked:
    """One question, as plain values, with the reference's answer."""

    section: str
    named: bool
    """Whether only the named readers see it."""
    binds: dict[str, Any]
    level: int
    """The level by the rights alone, as the reasons come to it."""
    shown: int
    """The level at which a list shows the row: whom it names, and what a summary leaves out."""
    kind: str
    """Of what kind the reader's agency is."""


def make(folder: Path, worlds: int = WORLDS, of_a_section: int = OF_A_SECTION) -> None:
    """Write the worlds into a folder, with the questions and the reference's answers."""
    from flask import Flask

    from mappa.kernel.db import db
    from mappa.kernel.uow import Kind, unit_of_work
    from tests.factories import random_rights
    from tests.reference.load import reference

    for number in range(worlds):
        app, random = Flask("lean"), Random(f"lean-{number}")
        app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / str(number)}.sqlite"
        db.init_app(app)
        with app.app_context(), unit_of_work(Kind.WRITE, system="test"):
            db.metadata.create_all(db.session.connection())
            world = random_rights.build(random)
            db.session.add_all(_rare(random_rights.dice(random, world)))
            db.session.flush()
            asked = list(_questions(random, world, reference(), of_a_section))
        random.shuffle(asked)
        (folder / f"{number}.asked").write_bytes(pickle.dumps(asked))


def _questions(random: Random, world: Any, told: Any, of_a_section: int) -> Iterator[Asked]:
    from mappa.access.terms import Section
    from mappa.agencies.models import Agency
    from mappa.kernel.db import NOBODY, db
    from tests.factories.world import NOW
    from tests.reference.reader import NONE, SUM, Of

    kinds = {agency.id: agency.type for agency in db.session.scalars(sa.select(Agency))}
    for drawn in [each for each in (*Section, None) for _ in range(4 * of_a_section)]:
        near = _near(random, world, told, drawn) if random.random() < 0.7 else {}
        actor = random.choice(
            [each for each in world.readers if each.user_id == near.get("user_id")]
            or [each for each in world.readers if each.agency_id == near.get("agency_id")]
            or world.readers
        )
        target = _target(random, world, actor, near)
        named = random.random() < 0.2
        section = drawn or Section(near.get("section") or random.choice(list(Section)))
        of = Of(section.value, target.person, target.owner, target.record, named, target.handling,
                target.meeting)  # fmt: skip
        level = shown = int(told.level(actor, of, NOW))
        if level == NONE and random.random() < 0.7:
            continue  # most answers are no
        other = random.choice([NOBODY, NOBODY, *world.people])
        in_summary = drawn is None or named or random.random() < 0.7
        if not in_summary and level == SUM:
            shown = NONE
        if other != NOBODY and told.level(actor, Of("identity", other, NOBODY, other), NOW) < SUM:
            shown = NONE
        row = {"of_section": section.value, "of_audience": int(named), "of_other": other}
        binds = actor.binds(NOW) | target.binds() | row | {"of_in_summary": in_summary}
        kind, asked_as = kinds[actor.agency_id], drawn.value if drawn else DERIVED
        yield Asked(asked_as, named, binds, level, shown, kind)


def _target(random: Random, world: Any, actor: Any, near: dict[str, Any]) -> Any:
    from mappa.access.asking import Target

    return Target(
        person=near.get("person_id") or random.choice(world.people),
        owner=near.get("owner_agency_id") or random.choice([actor.agency_id, *world.agencies]),
        record=near.get("record_id") or random.choice(world.records),
        handling=near.get("group_id") or random.choice(world.groups),
        meeting=near.get("meeting_id") or random.choice(world.meetings),
    )


def _rare(throw: Any) -> Iterator[Any]:
    """Rights that only a few readers have, or that only one section looks at."""
    leading = [each.user_id for each in throw.world.readers if each.role in _LEADING]
    for number in range(6):
        seat = throw.seat()
        seat.user_id = leading[number % len(leading)]
        seat.agency_id = throw.agency_of(seat.user_id) if number % 3 else throw.agency()
        yield seat
        share = throw.share()
        share.section = ("intelligence", "victims", "health")[number % 3]
        yield share


_LEADING = ("chair", "coordinator")
_TELLING = {
    "identity": ("meeting_seat",) * 6,
    "meetings": ("meeting_seat",) * 12,
    "intelligence": ("handling_member", "share", "meeting_seat", "emergency") * 5,
    "victims": ("case_worker", "share", "meeting_seat", "emergency") * 5,
    "health": ("case_worker", "share", "meeting_seat", "emergency") * 5,
}
"""Rights that only some sections look at."""


def _near(random: Random, world: Any, told: Any, section: Any) -> dict[str, Any]:
    """What some right is about, of the section if it is of one: a question about just that."""
    from mappa.kernel.db import NOBODY
    from tests.reference.reader import RIGHTS

    kind = random.choice((*RIGHTS, *_TELLING.get(section or "", ())))
    found = [
        row
        for row in told.rows[kind]
        if section is None or row.get("section", section.value) == section.value
    ]
    leading = {each.user_id for each in world.readers if each.role in _LEADING}
    led = [row for row in found if row.get("user_id") in leading]
    if kind == "meeting_seat" and random.random() < 0.7:
        found = led or found
    row = random.choice(found) if found else {}
    return {name: value for name, value in row.items() if value != NOBODY}


def differs(folder: Path) -> str:
    """The first question that the policy answers otherwise than the reference; empty if none.

    Its predicates one by one come first: that is one statement for all sections. The lists of each
    section, which take longer, are asked every third question.
    """
    explained = _with_key(reasons())
    lists = cache(lambda section, named: _with_key(statement(section, named)))
    stages: tuple[tuple[int, Callable[[Asked], Any], Callable[[Asked, Any], bool]], ...] = (
        (1, lambda _: explained, lambda each, said: _explained(each, said) == each.level),
        (30, lambda _: _kinds(), lambda each, said: list(said) == [each.kind in k for k in KINDS]),
        (3, lambda each: lists(each.section, each.named),
         lambda each, said: _level(*said) == each.shown),
    )  # fmt: skip
    for step, ask, right in stages:
        for connection, asked in _worlds(folder):
            for each in asked[::step]:
                answer = connection.execute(ask(each), each.binds).one()
                if not right(each, answer):
                    return f"{each}: {answer}"
    return ""


def _worlds(folder: Path) -> Iterator[tuple[sa.Connection, list[Asked]]]:
    for kept in sorted(folder.glob("*.asked")):
        _here.append(kept.with_suffix(".sqlite"))
        with _engine.connect() as connection:
            yield connection, pickle.loads(kept.read_bytes())


_here: list[Path] = []
_engine = sa.create_engine(
    "sqlite://", creator=lambda: sqlite3.connect(_here[-1]), poolclass=NullPool, paramstyle="named"
)
"""One for all worlds, so that a statement is compiled once; each value is bound once."""


@cache
def _kinds() -> Any:
    """Of what kind the reader's agency is: only acts look at that."""
    import mappa.agencies.models  # noqa: F401 - brings the table
    from mappa.access.labels import ME
    from mappa.access.policy import AT
    from mappa.access.predicates import agency_is
    from mappa.access.terms import Level

    tests = {f"agency_is_{'_or_'.join(kinds).replace('-', '_')}": agency_is(*kinds)
             for kinds in KINDS}  # fmt: skip
    of = _label(DERIVED, False)
    assert all(name == test.__name__ for name, test in tests.items())
    return sa.select(*(test(ME, of, AT, Level.SUM).label(name) for name, test in tests.items()))


def _label(section: str, named: bool) -> Any:
    from mappa.access.labels import bound_label
    from mappa.access.terms import Audience, Section

    if section != DERIVED:
        audience = Audience.NAMED if named else Audience.AGREEMENT
        of = bound_label(Section(section))
        return replace(of, audience=sa.literal_column(str(audience.value)))
    return replace(
        bound_label(Section.IDENTITY),
        section=sa.bindparam("of_section", type_=sa.Text()),
        audience=sa.bindparam("of_audience", type_=sa.Integer()),
    )


def statement(section: str, named: bool) -> Any:
    """The level of one bound label as the policy says it: told of, summary, full, and at once."""
    from mappa.access import policy
    from mappa.access.labels import ME
    from mappa.access.terms import Level, Section

    of = replace(
        _label(section, named),
        other=sa.bindparam("of_other", type_=sa.Uuid()),
        at_summary=lambda me: sa.bindparam("of_in_summary", type_=sa.Boolean()) == sa.true(),
    )
    at = Section(section) if section != DERIVED else None
    some = policy.where(at, ME, of, policy.AT, Level.SUM)
    told = (
        sa.and_(policy.where(at, ME, of, policy.AT, Level.SEALED), sa.not_(some))
        if at is None
        else policy.told_of(at, ME, of, policy.AT)
    )
    return sa.select(
        told,
        some,
        policy.where(at, ME, of, policy.AT, Level.FULL),
        policy.level(at, ME, of, policy.AT),
    )


def reasons() -> Any:
    """The answer of each predicate by name, at every level that can be asked for."""
    from mappa.access import policy
    from mappa.access.labels import ME
    from mappa.access.terms import Level, Section

    of = _label(DERIVED, False)
    asked = {
        f"{need.value}{each.name}": each
        for need in (Level.SEALED, Level.SUM, Level.FULL)
        for section in Section
        for each in policy.reasons(section, ME, of, policy.AT, need)
    }
    return sa.select(*(each.label(name) for name, each in asked.items()))


def _explained(each: Asked, answer: Any) -> int:
    """The level that the reasons come to; no level at all if they open more than they open less."""
    from mappa.access import policy
    from mappa.access.terms import Section

    said, section, opened = answer._mapping, Section(each.binds["of_section"]), []
    for need in range(1, FULL + 1):
        mine = {name: bool(said[f"{need}{name}"]) for name in policy.named(section)}
        opened.append(policy.verdict(section, mine)[0])
    return sum(opened) if opened == sorted(opened, reverse=True) else -1


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
