"""Visits as they are loaded, with their officers and the duties that the last of them opened."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from mappa.access.terms import Audience, Reader, Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at, labels
from mappa.demo.bulk.duties import open_duty
from mappa.kernel.bulk import Load, stored_moment
from mappa.kernel.clock import FOREVER
from mappa.visits.entry import trying
from mappa.visits.rules import Asks, Outcome
from mappa.visits.service import LOGGED, NEXT_UNANNOUNCED, NEXT_VISIT

_OUTCOMES = (Outcome.SEEN_AND_SPOKEN_TO, Outcome.SEEN_NOT_SPOKEN_TO, Outcome.NO_REPLY)
_OFTEN = (85, 88, 100)
_UNANNOUNCED, _WORRIED, _CHILD = 0.6, 0.08, 0.4
_ACCOUNT = "Knocked, rang the bell and rang the phone. A neighbour has not seen him today."
_CONCERN = "Spoke of seeing his brother’s children at weekends."
_NEXT_STEP = "Raise at the next supervision."
_MINUTES = (0, 10, 20, 35, 50)


@dataclass(frozen=True)
class Made:
    """A visit that started a clock."""

    worker: Worker
    visit: str
    on: date
    written_at: str


Clock = dict[str, Made]
"""The last of them by agency."""


@dataclass(frozen=True)
class _Clocks:
    """What stands: since when the person was seen, or was not to be found."""

    seen: Clock = field(default_factory=Clock)
    unannounced: Clock = field(default_factory=Clock)
    failed: Clock = field(default_factory=Clock)

    def note(self, made: Made, asks: Asks, *, announced: bool) -> None:
        """Start the clocks of a visit, which is none earlier than those before it."""
        agency = made.worker.agency
        last = self.seen.get(agency)
        if asks.seen:
            self.seen[agency] = made
            self.failed.pop(agency, None)
            if not announced:
                self.unannounced[agency] = made
        elif last is None or last.on < made.on:
            self.failed[agency] = made


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
        clocks = _Clocks()
        for number, day in enumerate(chosen):
            seat = (case.lead, case.partner)[number % 2]
            self._one(case, seat.worker, case.opened_on + timedelta(days=day), clocks)
        for made in clocks.failed.values():
            self._owed(case, trying.RULE, trying.TRY_AGAIN, made, made.visit, banded=False)
        for made in clocks.seen.values():
            self._owed(case, "visit-review", NEXT_VISIT, made, made.visit)
        for made in clocks.unannounced.values():
            duty = self._duty(case, made)
            self._owed(
                case, "unannounced-visit-review", NEXT_UNANNOUNCED, made, duty, Audience.NAMED
            )

    def _one(self, case: Case, worker: Worker, on: date, clocks: _Clocks) -> None:
        draw = case.rng.random
        drawn = draw() * 100
        outcome = next(o for o, below in zip(_OUTCOMES, _OFTEN, strict=True) if drawn < below)
        asks, announced = outcome.asks, draw() >= _UNANNOUNCED
        worried = asks.concerns and draw() < _WORRIED
        slot = int(draw() * 60)
        hour, minute = 8 + slot // 5, _MINUTES[slot % 5]
        written_at = at(on, hour + 1, minute)
        nobody = "0" if asks.present else None
        visit = self._visit.add(
            person_id=case.id, owner_agency_id=worker.agency, announced="01"[announced],
            state="made", made_on=on.isoformat(), outcome=outcome.value,
            concern_child="01"[worried and draw() < _CHILD] if asks.concerns else None,
            arrived_at=at(on, hour, minute), left_at=at(on, hour + (minute > 34),
            (minute + 25) % 60), place=_home(case, on), present_adult=nobody, present_child=nobody,
            concerns=_CONCERN if worried else "", account=_ACCOUNT if asks.account else "",
            told_next="0" if asks.told_next else None, next_step=_NEXT_STEP if worried else "",
            written_by_id=worker.id, written_at=written_at,
        )  # fmt: skip
        self._officer.add(
            **labels(case, worker.agency, Section.VISITS, visit), user_id=worker.id,
            name=worker.name, agency=worker.agency_name, attended="1", place_in_list="0",
        )  # fmt: skip
        case.act(written_at, worker, self._logged, visit)
        clocks.note(Made(worker, visit, on, written_at), asks, announced=announced)

    def _duty(self, case: Case, made: Made) -> str:
        """The next unannounced visit, known to who makes it and to the team's supervisors."""
        worker = made.worker
        duty = self._load.sheet("visit_duty").add(
            person_id=case.id, owner_agency_id=worker.agency, since_on=made.on,
            audience=str(Audience.NAMED.value),
        )  # fmt: skip
        given = {
            "record_id": duty, "agency_id": worker.agency, "starts_at": made.written_at,
            "made_at": made.written_at, "ends_at": stored_moment(FOREVER),
            "made_by_id": worker.id, "reason": "unannounced visit",
        }  # fmt: skip
        readers = self._load.sheet("named_reader")
        readers.add(**given, kind=Reader.USER.value, user_id=worker.id)
        readers.add(**given, kind=Reader.TEAM_SUPERVISORS.value, team_id=worker.team)
        return duty

    def _owed(
        self, case: Case, rule: str, kind: str, made: Made, subject: str,
        audience: Audience = Audience.AGREEMENT, *, banded: bool = True,
    ) -> None:  # fmt: skip
        known = case.assessed_on < made.on  # a visit before the first assessment is not banded
        band = case.person.risk if known else "not_assessed"
        open_duty(
            self._load, case, made.worker, f"{rule}-{band.replace('_', '-')}" if banded else rule,
            section=Section.VISITS, subject=subject, kind=kind, starts_on=made.on,
            opened_at=made.written_at, about=case.id, audience=audience,
        )  # fmt: skip


def _home(case: Case, day: date) -> str:
    for place in reversed(case.person.addresses):
        if place.from_on <= day:
            return f"{place.line}, {place.town}"
    return "Police station, by appointment"
