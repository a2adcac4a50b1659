"""Worlds that many tests begin with: built once per run on each kind of database, then copied.

The first test that asks builds the world in its own database, by the ordinary steps; a copy becomes
the template, with what the steps answered beside it. A test whose database already holds anything
else is served by the ordinary steps.
"""

import filecmp
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import sqlalchemy as sa
from flask import Flask

from mappa.kernel.db import db
from tests.support import databases, postgres
from tests.support.once import once, run_folder

EMPTY = ""
Answer = TypeVar("Answer")


def staged(app: Flask, stage: str, build: Callable[[], Answer], *, after: str = EMPTY) -> Answer:
    """What ``build`` answers; the database then holds what it builds on the stage ``after``."""
    with app.app_context():
        place = _PLACES[db.engine.dialect.name](db.engine, list(db.engines.values()))
    if not place.is_at(after):
        return build()
    answers = run_folder() / f"{place.kind}-{stage}.pickle"
    made_here: list[Answer] = []

    def make() -> str:
        made_here.append(build())
        answers.write_bytes(pickle.dumps(made_here[0]))
        return place.keep(stage)

    template = once(f"{place.kind}-{stage}", make)
    if made_here:
        return made_here[0]
    place.become(template)
    answer: Answer = pickle.loads(answers.read_bytes())
    return answer


class _Place:
    """The database of a test."""

    def __init__(self, engine: sa.Engine, engines: list[sa.Engine]) -> None:
        self.engine = engine
        self.engines = engines
        self.kind = engine.dialect.name

    def leave(self) -> None:
        for each in self.engines:
            each.dispose()

    def is_at(self, stage: str) -> bool:
        """Whether it holds what the template holds, nothing more, and nobody is using it."""
        made = run_folder() / f"{self.kind}-{stage}.made"
        if stage == EMPTY:
            made = run_folder() / f"{databases.TEMPLATES[self.kind]}.made"
        if not made.exists() or any(each.pool.checkedout() for each in self.engines):  # type: ignore[attr-defined]
            return False
        self.leave()
        return self.equals(made.read_text())

    def equals(self, template: str) -> bool:
        raise NotImplementedError

    def keep(self, stage: str) -> str:
        """Make the database as it is the template of a stage; the template's name."""
        raise NotImplementedError

    def become(self, template: str) -> None:
        raise NotImplementedError


class _File(_Place):
    @property
    def path(self) -> Path:
        return Path(str(self.engine.url.database))

    def equals(self, template: str) -> bool:
        # The last connection to close folds the log into the file; one that stays keeps it.
        log = self.path.with_name(f"{self.path.name}-wal")
        return not log.exists() and filecmp.cmp(self.path, template, shallow=False)

    def keep(self, stage: str) -> str:
        self.leave()
        databases.fold_in_wal(self.path)
        return str(shutil.copyfile(self.path, run_folder() / f"{stage}.sqlite"))

    def become(self, template: str) -> None:
        shutil.copyfile(template, self.path)


class _Served(_Place):
    @property
    def name(self) -> str:
        return str(self.engine.url.database)

    def equals(self, template: str) -> bool:
        server = databases.postgresql_server()
        return databases.fingerprint(server, self.name) == databases.kept_fingerprint(template)

    def keep(self, stage: str) -> str:
        self.leave()
        return databases.keep_postgresql(self.name, stage)

    def become(self, template: str) -> None:
        postgres.create(databases.postgresql_server(), self.name, template)


_PLACES = {"sqlite": _File, "postgresql": _Served}
