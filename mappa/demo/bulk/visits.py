"""Visits as they are loaded, with their officers and the duties that the last of them opened."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from mappa.access.terms import Audience, Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at, labels
from mappa.demo.bulk.commitments import Commitments, Said
from mappa.demo.bulk.duties import due_on, open_duty
from mappa.demo.bulk.plans import Plans, name_readers
from mappa.kernel.bulk import Load
from mappa.visits.commitment.rules import band_rule
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
    first: Clock = field(default_factory=Clock)
    """The first of an agency at which the person was seen."""

    def note(self, made: Made, asks: Asks, *, announced: bool) -> None:
        """Start the clocks of a visit, which is none earlier than those before it."""
        agency = made.worker.agency
        last = self.seen.get(agency)
        if asks.seen:
            self.seen[agency] = made
            self.first.setdefault(agency, made)
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
        self._commitments, self._plans = Commitments(load, history), Plans(load, history)
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
        for agency, made in clocks.seen.items():
            self._stand(case, made, clocks.unannounced.get(agency), clocks.first[agency])
        self._plans.write(case, _home(case, case.today))

    def _stand(self, case: Case, seen: Made, unannounced: Made | None, first: Made) -> None:
        """What an agency owes next, by the band or as it committed itself."""
        since = unannounced.on if unannounced else None
        said = self._commitments.set(case, seen.worker, seen.on, since)
        self._window(case, NEXT_VISIT, seen, seen.visit, said)
        if unannounced:
            duty = self._duty(case, unannounced)
            self._window(case, NEXT_UNANNOUNCED, unannounced, duty, said)
        if said is None:
            self._commitments.ask(case, first.worker, first.visit, first.on, first.written_at)

    def _window(self, case: Case, kind: str, made: Made, subject: str, said: Said | None) -> None:
        """The window that stands; one by the band that gave way to a commitment stays on record."""
        secret = kind == NEXT_UNANNOUNCED
        prefix = "unannounced-visit-review" if secret else "visit-review"
        audience = Audience.NAMED if secret else Audience.AGREEMENT
        if said is None:
            self._owed(case, prefix, kind, made, subject, audience)
            return
        self._owed(case, prefix, kind, made, subject, audience, ended_at=said.set_at)
        rule, interval = (
            band_rule(kind, case.person.risk),
            said.unannounced if secret else said.every,
        )
        before = due_on(case, self._rule(case, prefix, made), made.on)
        moved = due_on(case, rule, made.on, interval) != before
        open_duty(
            self._load, case, made.worker, rule, section=Section.VISITS, subject=subject, kind=kind,
            starts_on=made.on, opened_at=said.set_at, about=case.id, audience=audience,
            interval=interval, moved_from=before if moved else None,
            moved_because="the visit commitment was set anew" if moved else None,
        )  # fmt: skip

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
        name_readers(self._load, duty, (worker,), worker, made.written_at)
        return duty

    def _owed(
        self, case: Case, rule: str, kind: str, made: Made, subject: str,
        audience: Audience = Audience.AGREEMENT, *, banded: bool = True,
        ended_at: str | None = None,
    ) -> None:  # fmt: skip
        open_duty(
            self._load, case, made.worker, self._rule(case, rule, made) if banded else rule,
            section=Section.VISITS, subject=subject, kind=kind, starts_on=made.on,
            opened_at=made.written_at, about=case.id, audience=audience, ended_at=ended_at,
        )  # fmt: skip

    def _rule(self, case: Case, prefix: str, made: Made) -> str:
        known = case.assessed_on < made.on  # a visit before the first assessment is not banded
        band = case.person.risk if known else "not_assessed"
        return f"{prefix}-{band.replace('_', '-')}"


def _home(case: Case, day: date) -> str:
    for place in reversed(case.person.addresses):
        if place.from_on <= day:
            return f"{place.line}, {place.town}"
    return "Police station, by appointment"
