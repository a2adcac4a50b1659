"""What an importer does: upload, decide on possible matches, start, give up.

Each raises ``NotPermitted``, ``NotFound`` or ``RuleBroken``; then nothing is written. The work
itself is done by ``running``.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import RuleBroken
from mappa.offenders.importing import queries, rules
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.parsing import FileRow
from mappa.offenders.importing.repeats import Repeats
from mappa.offenders.importing.rules import Choice, Decide, RowState, RunState, Upload

MOST_UNFINISHED = 5
_CHUNK = 500


def upload(
    actor: Actor, command: Upload, name: str, rows: Iterable[FileRow], *, now: datetime
) -> ImportRun:
    """Keep the rows of a file, encrypted, to be checked. Nobody is added by it.

    Raises what ``rows`` raises, too: a file is kept whole or not at all.
    """
    require(actor, Action.PEOPLE_IMPORT)
    lead = _lead(actor, command)
    _check_unfinished(actor)
    made = ImportRun(
        id=new_id(),
        user_id=actor.user_id,
        posting_id=actor.posting_id,
        agency_id=actor.agency_id,
        lead_agency_id=lead,
        file_name=name[:200],
        state=RunState.CHECKING.value,
        total=0,
        at=now,
        ends_at=now + timedelta(days=rules.KEPT_DAYS),
    )
    db.session.add(made)
    db.session.flush()
    found = _as_rows(made.id, rows)
    while chunk := list(islice(found, _CHUNK)):
        db.session.execute(sa.insert(ImportRow), chunk)
        made.total += len(chunk)
    db.session.flush()
    _record(actor, made, "import:uploaded", now)
    return made


def _as_rows(run_id: UUID, rows: Iterable[FileRow]) -> Iterator[dict[str, Any]]:
    repeats = Repeats()
    for row in rows:
        faults = [["", row.fault]] if row.fault else repeats.faults(row.line, row.cells)
        yield {
            "id": new_id(),
            "run_id": run_id,
            "line": row.line,
            "state": RowState.WAITING.value,
            "cells": json.dumps(row.cells),
            "faults": faults,
            "reason": None,
            "person_id": NOBODY,
        }


def _lead(actor: Actor, command: Upload) -> UUID:
    if actor.role is not Role.COORDINATOR:
        return actor.agency_id
    if command.lead_agency_id not in {each.id for each in agencies.agencies_in(actor.area_id)}:
        raise RuleBroken("LEAD-IN-AREA", "Choose the agency that will lead", field="lead_agency_id")
    return command.lead_agency_id


def _check_unfinished(actor: Actor) -> None:
    ended = {each.value for each in rules.ENDED}
    unfinished = [each for each in queries.runs(actor) if each.state not in ended]
    if len(unfinished) >= MOST_UNFINISHED:
        raise RuleBroken(
            "IMPORT-UNFINISHED",
            f"You have {len(unfinished)} imports that are not finished. Finish or give up one",
            field="file",
        )


def decide(
    actor: Actor, run_id: UUID, row_id: UUID, command: Decide, shown: Iterable[UUID], *,
    now: datetime,
) -> ImportRow:  # fmt: skip
    """Say what becomes of a row that may be one of the people ``shown``."""
    require(actor, Action.PEOPLE_IMPORT)
    run = queries.run(actor, run_id, lock=True)
    row = queries.row(actor, run_id, row_id)
    if run.state != RunState.CHECKED or row.state != RowState.MATCHED:
        raise RuleBroken("IMPORT-OPEN", "This row is decided already. Go back to the import")
    rules.check_choice(command, list(shown))
    if command.choice is Choice.ADD:
        row.state, row.reason = RowState.READY.value, command.reason
    elif command.choice is Choice.SAME:
        row.state, row.person_id, row.cells = RowState.SAME.value, command.same_as, None
    else:
        row.state, row.cells = RowState.SKIPPED.value, None
    db.session.flush()
    records = [command.same_as] if command.choice is Choice.SAME else []
    log.record(
        actor, Operation.COLLECTION, f"import:decided-{command.choice.value}",
        [*records, run.id, row.id], at=now, basis=command.reason,
    )  # fmt: skip
    return row


def skip_undecided(actor: Actor, run_id: UUID, *, now: datetime) -> ImportRun:
    """Leave out every row that may be somebody who is here and is not decided yet."""
    require(actor, Action.PEOPLE_IMPORT)
    run = queries.run(actor, run_id, lock=True)
    if run.state != RunState.CHECKED:
        raise RuleBroken("IMPORT-OPEN", "This import has moved on. Open it again")
    db.session.execute(
        sa.update(ImportRow)
        .where(ImportRow.run_id == run.id, ImportRow.state == RowState.MATCHED.value)
        .values(state=RowState.SKIPPED.value, cells=None)
    )
    _record(actor, run, "import:decided-skip-all", now)
    return run


def start(actor: Actor, run_id: UUID, *, now: datetime) -> ImportRun:
    """Let the rows without a fault be added, in the background."""
    require(actor, Action.PEOPLE_IMPORT)
    run = queries.run(actor, run_id, lock=True)
    counts = queries.how_many(run.id)
    rules.check_start(
        run.state, undecided=counts[RowState.MATCHED.value], ready=counts[RowState.READY.value]
    )
    run.state, run.started_at = RunState.RUNNING.value, now
    db.session.flush()
    _record(actor, run, "import:started", now)
    return run


def give_up(actor: Actor, run_id: UUID, *, now: datetime) -> ImportRun:
    """End an import; what was uploaded is deleted. Who was added stays."""
    run = queries.run(actor, run_id, lock=True)
    if run.state in rules.ENDED:
        raise RuleBroken("IMPORT-OPEN", "This import has ended already")
    end(run, RunState.GIVEN_UP, "Given up by the person who uploaded it", now=now)
    log.record(actor, Operation.ERASURE, "import:given-up", [run.id], at=now)
    return run


def end(run: ImportRun, state: RunState, sentence: str, *, now: datetime) -> None:
    """End an import in a state, and delete what stood in its file."""
    run.state, run.sentence, run.ended_at = state.value, sentence, now
    db.session.flush()
    db.session.execute(
        sa.update(ImportRow).where(ImportRow.run_id == run.id).values(cells=None, reason=None)
    )


def _record(actor: Actor, run: ImportRun, event: str, now: datetime) -> None:
    log.record(actor, Operation.COLLECTION, event, [run.id], at=now)
