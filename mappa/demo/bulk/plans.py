"""Visits to come as they are loaded: planned, late, to be written up, and some that were missed."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from mappa.access.terms import Audience, Reader, Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, Seat, at, labels
from mappa.demo.bulk.duties import open_duty
from mappa.kernel.bulk import Load, stored_moment
from mappa.kernel.clock import FOREVER
from mappa.visits.preparing.rules import WRITE_UP, Warned
from mappa.visits.preparing.service import PLANNED
from mappa.visits.rules import ToldHow, VisitState
from mappa.visits.service import kept_ids

_SCHEDULED, _UNANNOUNCED, _UNWRITTEN, _MISSED = 8, 30, 35, 38
"""Of a hundred seats: those with a scheduled visit to come, with any, with any not written up."""
_WHY = "Called away to another case. To be planned again."
_PLANNED_BEFORE, _LONG_BEFORE = 10, 24


@dataclass(frozen=True)
class _Plan:
    """A visit to come: when it was planned, from when until when it is to be, and who goes."""

    announced: bool
    on: date
    first: str
    last: str
    last_on: date
    goes: tuple[Worker, ...]
    warned: tuple[Warned, ...]
    missed_at: str | None = None

    @property
    def planned_at(self) -> str:
        return at(self.on, 9, 30)


class Plans:
    """Writes what ``visits.preparing.service`` would."""

    def __init__(self, load: Load, history: History) -> None:
        self._load = load
        self._planned = history.kind("collection", "visit:planned", PLANNED)
        self._missed = history.kind("alteration", "visit:missed", ["state", "end_reason"])

    def write(self, case: Case, place: str) -> None:
        """A visit to come of lead and partner, now and then; nothing in a case that has closed."""
        if case.closed_on is not None or case.ends_on < case.today:
            return
        for seat, other in ((case.lead, case.partner), (case.partner, case.lead)):
            drawn = case.rng.randrange(100)
            if drawn < _MISSED:
                plan = _plan(case, seat, other, drawn)
                if case.opened_on < plan.on:
                    self._one(case, seat.worker, plan, place)

    def _one(self, case: Case, by: Worker, plan: _Plan, place: str) -> None:
        audience = Audience.AGREEMENT if plan.announced else Audience.NAMED
        visit = self._load.sheet("visit").add(
            person_id=case.id, owner_agency_id=by.agency, audience=str(audience.value),
            announced="01"[plan.announced], window_from=plan.first, window_to=plan.last,
            place=place, planned_by_id=by.id, planned_at=plan.planned_at,
            told_by=by.name if plan.announced else "",
            told_how=ToldHow.TELEPHONE.value if plan.announced else "",
            warnings_read=kept_ids([each.id for each in plan.warned]),
            **_turnout(case, by), **_end(plan, by),
        )  # fmt: skip
        for number, worker in enumerate(plan.goes):
            self._load.sheet("visit_officer").add(
                **labels(case, by.agency, Section.VISITS, visit)
                | {"audience": str(audience.value)}, user_id=worker.id, name=worker.name,
                agency=worker.agency_name, attended="0", place_in_list=str(number),
            )  # fmt: skip
        if not plan.announced:
            name_readers(self._load, visit, plan.goes, by, plan.planned_at)
        case.act(plan.planned_at, by, self._planned, visit)
        if plan.missed_at:
            case.act(plan.missed_at, by, self._missed, visit)
            return
        open_duty(
            self._load, case, by, WRITE_UP, section=Section.VISITS, subject=visit, kind=WRITE_UP,
            starts_on=plan.last_on, opened_at=plan.planned_at, about=visit, audience=audience,
        )  # fmt: skip


def name_readers(
    load: Load, record: str, goes: tuple[Worker, ...], by: Worker, given_at: str
) -> None:
    """Open a record to who makes a visit and to the supervisors of their teams."""
    given = {
        "record_id": record, "starts_at": given_at, "made_at": given_at,
        "ends_at": stored_moment(FOREVER), "made_by_id": by.id, "reason": "unannounced visit",
    }  # fmt: skip
    readers = load.sheet("named_reader")
    for each in goes:
        readers.add(**given, agency_id=each.agency, kind=Reader.USER.value, user_id=each.id)
    for agency, team in sorted({(each.agency, each.team) for each in goes}):
        readers.add(
            **given, agency_id=agency, kind=Reader.TEAM_SUPERVISORS.value, team_id=team
        )  # fmt: skip


def _plan(case: Case, seat: Seat, other: Seat, drawn: int) -> _Plan:
    draw, today = case.rng.randrange, case.today
    if drawn < _UNANNOUNCED:
        on, begins = today - timedelta(days=1 + draw(_PLANNED_BEFORE)), draw(21)
    else:
        on, begins = today - timedelta(days=_LONG_BEFORE), -14 + draw(4)
    first_on = today + timedelta(days=begins)
    last_on = first_on + timedelta(days=5 + draw(4))
    first, last = at(first_on, 8), at(last_on, 20)
    announced = drawn < _SCHEDULED
    if announced:
        last_on = first_on = first_on + timedelta(days=1)
        first = last = at(first_on, 9 + draw(8))
    warned = tuple(each for since, each in case.known.warned if since < on)
    pairs = any(each.officers > 1 for each in warned)
    return _Plan(
        announced=announced, on=on, first=first, last=last, last_on=last_on, warned=warned,
        goes=(seat.worker, other.worker) if pairs else (seat.worker,),
        missed_at=at(today - timedelta(days=1), 16) if drawn >= _UNWRITTEN else None,
    )  # fmt: skip


def _turnout(case: Case, by: Worker) -> dict[str, Any]:
    if by.agency != case.police.office.id or case.place.jurisdiction == "scotland":
        return {}
    return {"plain_clothes": "1", "marked_car": "0", "accredited": "1"}


def _end(plan: _Plan, by: Worker) -> dict[str, Any]:
    if plan.missed_at is None:
        return {"state": VisitState.PLANNED.value}
    return {
        "state": VisitState.MISSED.value, "end_reason": _WHY, "ended_by_id": by.id,
        "ended_at": plan.missed_at, "version": "2",
    }  # fmt: skip
