"""The work of an import: rows checked, then added, a batch to a transaction.

It is done as the importer, under the posting of the upload: policy and guard are on. What was
added and the state of its row are one commit, so whatever ends the process, a row is added once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from mappa.access import guard
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import require
from mappa.access.terms import Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.clock import day_of
from mappa.kernel.db import db
from mappa.kernel.errors import MappaError, NotFound, NotPermitted, RuleBroken
from mappa.kernel.uow import Kind, unit_of_work
from mappa.offenders.importing import adding, matches, queries, rules, service
from mappa.offenders.importing.models import ImportRow, ImportRun
from mappa.offenders.importing.rules import UNDERWAY, Faults, NewCase, RowState, RunState
from mappa.offenders.importing.schemas import understand_row
from mappa.offenders.matching import service as matching

CHECKED_AT_ONCE = 100
ADDED_AT_ONCE = 50

_ENDED = (
    "Your posting, or your right to import, has ended, so no further row was added. Rows that were"
    " added stay; the report names them. Sign in under a posting that may import and upload the"
    " rest"
)
_LEFT_TO_THE_LEAD = (
    "Leave it empty: a co-ordinator adds who the person is, the agency that leads adds the rest"
)


class MayNoLonger(MappaError):
    """The importer may no longer import."""


@dataclass(frozen=True)
class Work:
    """One import in this unit of work: by whom, and what its rows are checked against."""

    actor: Actor
    run: ImportRun
    managers: dict[str, UUID]
    jurisdiction: str
    now: datetime

    @property
    def today(self) -> date:
        """The day in London."""
        return day_of(self.now)

    def understand(self, cells: dict[str, str]) -> tuple[NewCase | None, Faults]:
        """What a row says, or everything that is wrong with it."""
        case, faults = understand_row(
            cells,
            managers=self.managers,
            lead=self.run.lead_agency_id,
            jurisdiction=self.jurisdiction,
            today=self.today,
        )
        if self.actor.role is Role.COORDINATOR:
            theirs = (*rules.OF_ADDRESS, *rules.OF_OFFENCE)
            faults += [[name, _LEFT_TO_THE_LEAD] for name in theirs if cells.get(name)]
        return (None if faults else case), faults


def go_on(run_id: UUID) -> bool:
    """Do the next batch of an import; whether there is more to do."""
    try:
        return _batch(run_id, ADDED_AT_ONCE)
    except MayNoLonger:
        _stop(run_id)
        return False
    except (RuleBroken, NotPermitted, NotFound):
        return _one_alone(run_id)


def _one_alone(run_id: UUID) -> bool:
    """One row of a batch that was refused is the cause: find it, and leave it out with a fault."""
    try:
        return _batch(run_id, 1)
    except (RuleBroken, NotPermitted, NotFound) as error:
        said = error.sentences[0] if isinstance(error, RuleBroken) else "You may not add this"
    with unit_of_work(Kind.WRITE, system="import"):
        for row in queries.rows_in(run_id, RowState.READY, most=1):
            row.state, row.faults = RowState.FAULTY.value, [["", said]]
        db.session.flush()
    return True


def _batch(run_id: UUID, most: int) -> bool:
    try:
        with unit_of_work(Kind.WRITE) as unit:
            run = db.session.scalars(
                sa.select(ImportRun).where(ImportRun.id == run_id).with_for_update()
            ).one()
            if run.state not in UNDERWAY:
                return False
            work = _work(run, unit.at)
            if run.state == RunState.CHECKING:
                return _check_some(work)
            return _add_some(work, most)
    finally:
        guard.writes_as(None)


def _work(run: ImportRun, now: datetime) -> Work:
    actor = agencies.acting(run.user_id, run.posting_id)
    if actor is None:
        raise MayNoLonger
    guard.acts_as(actor)
    try:
        require(actor, Action.PEOPLE_IMPORT)
    except NotPermitted:
        raise MayNoLonger from None
    return _work_of(actor, run, now)


def case_of(actor: Actor, run: ImportRun, row: ImportRow, *, now: datetime) -> NewCase | None:
    """What a row says; None if it has a fault now."""
    return _work_of(actor, run, now).understand(json.loads(row.cells or "{}"))[0]


def _work_of(actor: Actor, run: ImportRun, now: datetime) -> Work:
    return Work(
        actor=actor,
        run=run,
        managers=agencies.emails_of(run.lead_agency_id),
        jurisdiction=agencies.jurisdiction_of(actor.area_id),
        now=now,
    )


def _check_some(work: Work) -> bool:
    rows = queries.rows_in(work.run.id, RowState.WAITING, most=CHECKED_AT_ONCE)
    good: list[tuple[ImportRow, NewCase]] = []
    for row in rows:
        case, faults = work.understand(json.loads(row.cells or "{}"))
        row.faults = [*row.faults, *faults]
        row.state = RowState.FAULTY.value if row.faults else RowState.READY.value
        if case and not row.faults:
            good.append((row, case))
    found = matches.of_each(work.actor, [case.person for _, case in good])
    for (row, _), possible in zip(good, found, strict=True):
        if possible:
            row.state = RowState.MATCHED.value
    if len(rows) < CHECKED_AT_ONCE:
        work.run.state = RunState.CHECKED.value
        log.record(work.actor, Operation.COLLECTION, "import:checked", [work.run.id], at=work.now)
    db.session.flush()
    return len(rows) == CHECKED_AT_ONCE


def _add_some(work: Work, most: int) -> bool:
    rows = queries.rows_in(work.run.id, RowState.READY, most=most)
    good: list[tuple[ImportRow, NewCase]] = []
    for row in rows:
        case, faults = work.understand(json.loads(row.cells or "{}"))
        if case:
            good.append((row, case))
        else:  # what held when it was checked no longer does: a manager has left, say
            row.state, row.faults = RowState.FAULTY.value, faults
    _add(work, good)
    if len(rows) < most:
        service.end(work.run, RunState.DONE, "", now=work.now)
        log.record(work.actor, Operation.COLLECTION, "import:done", [work.run.id], at=work.now)
    db.session.flush()
    return len(rows) == most


def _add(work: Work, good: Sequence[tuple[ImportRow, NewCase]]) -> None:
    known = [_dismissed(work.actor, row, case) for row, case in good]
    people = adding.add_cases(work.actor, [case for _, case in good], now=work.now)
    dismissed = {person.id: others for person, others in zip(people, known, strict=True)}
    matching.check_each_later(dismissed, work.now)
    for (row, _), person in zip(good, people, strict=True):
        row.state, row.person_id = RowState.ADDED.value, person.id
        row.cells = row.reason = None


def _dismissed(actor: Actor, row: ImportRow, case: NewCase) -> list[UUID]:
    """Whom the importer was shown and said to be somebody else."""
    if row.reason is None:
        return []
    return [each.person.record for each in matches.of_each(actor, [case.person])[0]]


def _stop(run_id: UUID) -> None:
    with unit_of_work(Kind.WRITE, system="import") as unit:
        run = db.session.get_one(ImportRun, run_id)
        service.end(run, RunState.STOPPED, _ENDED, now=unit.at)
        log.record(
            None, Operation.ERASURE, "import:stopped", [run.id], at=unit.at, actor_id=run.user_id
        )


def give_up_old() -> int:
    """Give up imports that nobody finished in time; how many. For the system."""
    with unit_of_work(Kind.WRITE, system="import") as unit:
        old = db.session.scalars(
            sa.select(ImportRun)
            .where(
                ImportRun.ends_at <= unit.at,
                ImportRun.state.in_([RunState.CHECKING.value, RunState.CHECKED.value]),
            )
            .with_for_update()
        ).all()
        for run in old:
            said = f"Not finished within {rules.KEPT_DAYS} days, so what was uploaded was deleted"
            service.end(run, RunState.GIVEN_UP, said, now=unit.at)
            log.record(
                None, Operation.ERASURE, "import:given-up", [run.id], at=unit.at,
                actor_id=run.user_id,
            )  # fmt: skip
        return len(old)
