"""Visits as they are loaded, with their officers and the duties that the last of them opened."""

from datetime import date, timedelta

from mappa.access.terms import Audience, Reader, Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at, labels
from mappa.demo.bulk.duties import open_duty
from mappa.kernel.bulk import Load, stored_moment
from mappa.kernel.clock import FOREVER
from mappa.visits.rules import Outcome
from mappa.visits.service import LOGGED, NEXT_UNANNOUNCED, NEXT_VISIT

_OUTCOMES = (Outcome.SEEN_AND_SPOKEN_TO, Outcome.SEEN_NOT_SPOKEN_TO, Outcome.NO_REPLY)
_OFTEN = (85, 88, 100)
_UNANNOUNCED, _WORRIED, _CHILD = 0.6, 0.08, 0.4
_ACCOUNT = "Knocked, rang the bell and rang the phone. A neighbour has not seen him today."
_CONCERN = "Spoke of seeing his brother’s children at weekends."
_NEXT_STEP = "Raise at the next supervision."
_MINUTES = (0, 10, 20, 35, 50)


Clock = dict[str, tuple[Worker, str, date]]
"""By agency: who made the last visit that started a clock, that visit, and its day."""


class Visits:
    """Writes what ``visits.service`` would; of the duties only those that are left at the end."""

    def __init__(self, load: Load, history: History) -> None:
        self._load = load
        self._visit, self._officer = load.sheet("visit"), load.sheet("visit_officer")
        self._logged = history.kind("collection", "visit:logged", LOGGED)

    def write(self, case: Case, how_many: int) -> None:
        """So many visits over the time of the case, each agency in its turn."""
        days = max(1, (case.ends_on - case.opened_on).days - 3)
        chosen = sorted(case.rng.randrange(days) for _ in range(how_many))
        last: Clock = {}
        unannounced: Clock = {}
        for number, day in enumerate(chosen):
            seat = (case.lead, case.partner)[number % 2]
            on = case.opened_on + timedelta(days=day)
            visit, seen, announced = self._one(case, seat.worker, on)
            if seen:
                last[seat.office.id] = (seat.worker, visit, on)
                if not announced:
                    unannounced[seat.office.id] = (seat.worker, visit, on)
        for worker, visit, on in last.values():
            self._owed(case, "visit-review", NEXT_VISIT, worker, visit, on)
        for worker, _, on in unannounced.values():
            duty = self._duty(case, worker, on)
            self._owed(
                case, "unannounced-visit-review", NEXT_UNANNOUNCED, worker, duty, on,
                audience=str(Audience.NAMED.value),
            )  # fmt: skip

    def _one(self, case: Case, worker: Worker, on: date) -> tuple[str, bool, bool]:
        draw = case.rng.random
        drawn = draw() * 100
        outcome = next(o for o, below in zip(_OUTCOMES, _OFTEN, strict=True) if drawn < below)
        asks, announced = outcome.asks, draw() >= _UNANNOUNCED
        worried = asks.concerns and draw() < _WORRIED
        slot = int(draw() * 60)
        hour, minute = 8 + slot // 5, _MINUTES[slot % 5]
        nobody = "0" if asks.present else None
        visit = self._visit.add(
            person_id=case.id, owner_agency_id=worker.agency, announced="01"[announced],
            state="made", made_on=on.isoformat(), outcome=outcome.value,
            concern_child="01"[worried and draw() < _CHILD] if asks.concerns else None,
            arrived_at=at(on, hour, minute), left_at=at(on, hour + (minute > 34),
            (minute + 25) % 60), place=_home(case, on), present_adult=nobody, present_child=nobody,
            concerns=_CONCERN if worried else "", account=_ACCOUNT if asks.account else "",
            told_next="0" if asks.told_next else None, next_step=_NEXT_STEP if worried else "",
            written_by_id=worker.id, written_at=at(on, hour + 1, minute),
        )  # fmt: skip
        self._officer.add(
            **labels(case, worker.agency, Section.VISITS, visit), user_id=worker.id,
            name=worker.name, agency=worker.agency_name, attended="1", place_in_list="0",
        )  # fmt: skip
        case.act(at(on, hour + 1, minute), worker, self._logged, visit)
        return visit, asks.seen, announced

    def _duty(self, case: Case, worker: Worker, on: date) -> str:
        """The next unannounced visit, known to who makes it and to the team's supervisors."""
        duty = self._load.sheet("visit_duty").add(
            person_id=case.id, owner_agency_id=worker.agency, since_on=on,
            audience=str(Audience.NAMED.value),
        )  # fmt: skip
        when = at(on, 21)
        given = {
            "record_id": duty, "agency_id": worker.agency, "starts_at": when, "made_at": when,
            "ends_at": stored_moment(FOREVER), "made_by_id": worker.id,
            "reason": "unannounced visit",
        }  # fmt: skip
        readers = self._load.sheet("named_reader")
        readers.add(**given, kind=Reader.USER.value, user_id=worker.id)
        readers.add(**given, kind=Reader.TEAM_SUPERVISORS.value, team_id=worker.team)
        return duty

    def _owed(
        self, case: Case, rule: str, kind: str, worker: Worker, subject: str, on: date, **label: str
    ) -> None:
        open_duty(
            self._load, case, worker, f"{rule}-{case.person.risk.replace('_', '-')}",
            section=Section.VISITS, subject=subject, kind=kind, starts_on=on, opened_at=at(on, 21),
            about=case.id, **label,
        )  # fmt: skip


def _home(case: Case, day: date) -> str:
    for place in reversed(case.person.addresses):
        if place.from_on <= day:
            return f"{place.line}, {place.town}"
    return "Police station, by appointment"
