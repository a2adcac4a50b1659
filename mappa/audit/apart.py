"""Verifying a long history in several processes at once.

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

from mappa.audit.models import AuditHead
from mappa.audit.scan import Scanned, halves, linked_by_heads, scan
from mappa.audit.verify import Pairs, Verified, verify
from mappa.kernel.db import db
from mappa.kernel.uow import Kind, unit_of_work

WORTH_IT = 100_000
"""From so many entries on, starting processes costs less than it saves."""

_SYSTEM = "mappa audit verify"


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
    with unit_of_work(Kind.READ, system=_SYSTEM):
        parts, expected = halves(), linked_by_heads(key)
    for engine in db.engines.values():
        engine.dispose()
    works: list[Callable[[], Scanned]] = [
        lambda: scan(parts[0], key),
        lambda: scan(parts[1], key),
        lambda: Scanned(0, 0, 0, -Pairs(key).of_table()),
    ]
    return agreed(_run(app, works), expected)


def agreed(shares: list[Scanned | None], expected: tuple[int, int] | None) -> Verified | None:
    """How many entries there are if all parts and the heads agree; else None."""
    done = [each for each in shares if each is not None]
    if expected is None or len(done) < len(shares):
        return None
    entries, linked = (sum(each.entries for each in done), sum(each.linked for each in done))
    wrong = sum(each.altered for each in done) or sum(each.named for each in done)
    return None if wrong or (entries, linked) != expected else Verified(entries, ())


def _run(app: Flask, works: list[Callable[[], Scanned]]) -> list[Scanned | None]:
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


def _answer(here: Connection) -> Scanned | None:
    try:
        share: Scanned = here.recv()
    except EOFError:  # it ended without an answer
        return None
    return share


def _do(app: Flask, work: Callable[[], Scanned], there: Connection) -> None:
    with app.app_context(), unit_of_work(Kind.READ, system=_SYSTEM):
        there.send(work())
