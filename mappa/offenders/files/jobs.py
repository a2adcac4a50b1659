"""What happens to files by itself: the scanner is asked, and what no row names is swept."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask, current_app

from config.settings import Settings
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.files import queries, scanner
from mappa.offenders.files.rules import Scan
from mappa.offenders.files.store import NotStored, Store

AT_ONCE = 200
ORPHANS_AFTER = timedelta(days=1)
"""Longer than any request: a file without a row may still be on its way."""


@dataclass(frozen=True, kw_only=True)
class Scanned:
    """How many files were called clean and refused; ``silent`` ones wait for the next run."""

    clean: int = 0
    refused: int = 0
    silent: int = 0


def scan_files(app: Flask) -> Scanned:
    """Ask the scanner about every file that waits, one unit of work each; nothing without one."""
    settings: Settings = app.config["SETTINGS"]
    counts = {"clean": 0, "refused": 0, "silent": 0}
    if not settings.scanner:
        return Scanned()
    with app.app_context():
        with unit_of_work(Kind.READ, system="scan files"):
            found = queries.not_scanned(AT_ONCE)
        for file_id in found:
            counts[_scan(settings, file_id)] += 1
    return Scanned(**counts)


def _scan(settings: Settings, file_id: UUID) -> str:
    with unit_of_work(Kind.READ, system="scan files"):
        name = queries.waiting(file_id).stored_as
    try:
        said = scanner.ask(settings.scanner, Store(settings.uploads).read(name))
    except (scanner.ScannerSilent, NotStored) as error:
        current_app.logger.warning("file %s was not scanned: %s", file_id, type(error).__name__)
        return "silent"
    with unit_of_work(Kind.WRITE, system="scan files") as unit:
        found = queries.waiting(file_id)
        found.scan, found.scanned_at = said.value, unit.at
        if said is Scan.REFUSED:
            records = [found.person_id, found.id]
            log.record(None, Operation.ALTERATION, "file:refused", records, at=unit.at)
    return said.value


def sweep_orphans(app: Flask) -> int:
    """Remove stored bytes that no row names and that are older than a day; how many."""
    store = Store(app.config["SETTINGS"].uploads)
    with app.app_context(), unit_of_work(Kind.READ, system="sweep files") as unit:
        old = set(store.names(older_than=(unit.at - ORPHANS_AFTER).timestamp()))
        orphans = sorted(old - queries.stored_names())
    for name in orphans:
        store.remove(name)
    return len(orphans)
