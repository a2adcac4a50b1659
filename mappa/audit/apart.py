"""Verifying a long history in several processes at once, some partitions each.

Each has a snapshot of its own, so an entry added meanwhile may look like a fault: only that nothing
is wrong is believed. Anything else is looked for again in one process and one snapshot.
"""

import multiprocessing
import secrets
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

import sqlalchemy as sa
from flask import Flask

from mappa.audit.chain import PARTITIONS
from mappa.audit.models import AuditHead
from mappa.audit.verify import Fault, Pairs, Verified, strangers, verify, walk
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work

WORTH_IT = 100_000
"""From so many entries on, starting processes costs less than it saves."""

_WALKERS = 2
_SYSTEM = "mappa audit verify"
Share = tuple[int, list[Fault], int]
"""Entries, faults, and the sum of who names what: of a walk, or of the look-up table."""


def verify_apart(app: Flask, *, worth_it: int = WORTH_IT) -> Verified:
    """What ``verify`` says, sooner where there is much to look at."""
    with app.app_context():
        with unit_of_work(Kind.READ, system=_SYSTEM):
            entries = db.session.execute(sa.select(sa.func.sum(AuditHead.sequence))).scalar() or 0
        for engine in db.engines.values():  # no connection goes along to a process split off
            engine.dispose()
        found = _in_processes(app) if entries >= worth_it else None
        if found is not None:
            return found
        with unit_of_work(Kind.READ, system=_SYSTEM):
            return verify()


def _in_processes(app: Flask) -> Verified | None:
    """How many entries are in order; None unless all are."""
    key = secrets.token_hex(16)
    walks: list[Callable[[], Share]] = [
        lambda first=first: _walk(range(first, PARTITIONS, _WALKERS), key)  # type: ignore[misc]
        for first in range(_WALKERS)
    ]
    shares = _run(app, [*walks, lambda: _table(key)])
    if any(share is None or share[1] for share in shares):
        return None
    *walked, table = [share for share in shares if share is not None]
    if sum(share[2] for share in walked) != table[2]:
        return None
    return Verified(sum(share[0] for share in walked), ())


def _run(app: Flask, works: list[Callable[[], Share]]) -> list[Share | None]:
    split = multiprocessing.get_context("fork")
    running: list[tuple[Any, Connection]] = []
    for work in works:
        here, there = split.Pipe(duplex=False)
        process = split.Process(target=_do, args=(app, work, there))
        process.start()
        there.close()
        running.append((process, here))
    shares = [_answer(here) for _, here in running]
    for process, _ in running:
        process.join()
    return shares


def _answer(here: Connection) -> Share | None:
    try:
        share: Share = here.recv()
    except EOFError:  # it ended without an answer
        return None
    return share


def _do(app: Flask, work: Callable[[], Share], there: Connection) -> None:
    with app.app_context(), unit_of_work(Kind.READ, system=_SYSTEM):
        there.send(work())


def _walk(partitions: range, key: str) -> Share:
    pairs = Pairs(key)
    entries, faults = walk(partitions, pairs)
    return entries, faults, pairs.named


def _table(key: str) -> Share:
    return 0, list(strangers()), Pairs(key).of_table()
