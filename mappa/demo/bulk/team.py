"""Rights as they are loaded: area, case team, workers, shares, and the reach that follows."""

from dataclasses import dataclass, field
from datetime import timedelta

from mappa.access.terms import Capacity, Level, Part, Section, State
from mappa.demo.bulk.area import Office, Place
from mappa.demo.bulk.case import Case, Seat, at
from mappa.kernel.bulk import Load, stored_moment
from mappa.kernel.clock import FOREVER

_FOREVER = stored_moment(FOREVER)
_EXCLUDED, _SHARED_ELSEWHERE = 0.003, 0.3
_SHARES = (
    ((Section.IDENTITY, Level.SUM), (Section.CONTACT, Level.SUM)),
    ((Section.RISK, Level.SUM),),
)
"""What is shared with the first agency beyond the team, and with the second."""


@dataclass
class Rights:
    """Writes what gives access to a person, as ``access.rights`` would."""

    load: Load
    places: list[Place]
    _reach: dict[str, str] = field(default_factory=dict)

    def give(self, case: Case, sort_name: str) -> None:
        """Everything that the case's agencies and workers were given."""
        self._reach = {}
        manager = case.lead.worker
        added = {"made_by_id": manager.id, "reason": "person added"}
        opened = added | {"reason": "case opened"}
        self._add(case, "person_area", "PersonArea", added, area_id=case.place.id)
        self._seat(case, case.lead, Capacity.LEAD, Part.MANAGER, added)
        for seat in case.seats[1:]:
            self._seat(case, seat, seat.office.capacity, Part.WORKER, opened)
        self._share(case)
        if case.rng.random() < _EXCLUDED:
            kept_out = case.rng.choice(case.partner.office.workers)
            if kept_out.id not in {each.worker.id for each in case.seats}:
                self._add(case, "exclusion", "Exclusion", opened, user_id=kept_out.id)
        for agency, ends_at in self._reach.items():
            self.load.sheet("reach").add(
                agency_id=agency, person_id=case.id, sort_name=sort_name, ends_at=ends_at
            )

    def _seat(
        self, case: Case, seat: Seat, capacity: Capacity, part: Part, given: dict[str, str]
    ) -> None:
        office, worker = seat.office, seat.worker
        self._add(
            case, "case_team", "CaseTeam", given, agency_id=office.id,
            capacity_id=case.place.capacities[capacity.value],
        )  # fmt: skip
        self._extend(office.id, _planned_end(case))
        self._add(
            case, "case_worker", "CaseWorker", given, agency_id=office.id, team_id=worker.team,
            user_id=worker.id, part=part.value,
        )  # fmt: skip

    def _add(
        self, case: Case, table: str, kind: str, given: dict[str, str], **columns: str
    ) -> None:
        starts = at(case.opened_on, 9, 10)
        right = given | {"starts_at": starts, "made_at": starts, "ends_at": _planned_end(case)}
        if case.revoked and case.closed_on:
            right |= {"state": str(State.REVOKED.value), "ends_at": at(case.closed_on, 16)}
        made = self.load.sheet(table).add(person_id=case.id, **right, **columns)
        if case.revoked:
            self.load.sheet("right_end").add(
                right_id=made, kind=kind, was_to_end_at=_FOREVER, ended_at=right["ends_at"],
                ended_by_id=case.lead.worker.id, reason="case closed",
            )  # fmt: skip

    def _share(self, case: Case) -> None:
        owner, given_by = case.lead.office.id, case.lead.worker.id
        for office, shared in zip(self._beyond(case), _SHARES, strict=False):
            days = case.rng.randrange(20, 60), case.rng.choice((180, 365, 730, 1460))
            starts = at(case.opened_on + timedelta(days=days[0]), 11)
            ends_on = case.opened_on + timedelta(days=sum(days))
            ends = at(min(ends_on, case.closed_on or ends_on), 11)
            if ends <= starts:
                continue
            self._extend(office.id, ends)
            for section, level in shared:
                self.load.sheet("share").add(
                    person_id=case.id, owner_agency_id=owner, agency_id=office.id,
                    section=section.value, level=str(level.value), starts_at=starts, ends_at=ends,
                    made_at=starts, made_by_id=given_by, reason="disclosure",
                )  # fmt: skip

    def _beyond(self, case: Case) -> list[Office]:
        """Agencies that are not on the team: of the area, now and then of another."""
        on_team = {seat.office.id for seat in case.seats}
        found: list[Office] = []
        for _ in range(8):
            elsewhere = case.rng.random() < _SHARED_ELSEWHERE
            place = case.rng.choice(self.places) if elsewhere else case.place
            office = case.rng.choice(list(place.offices.values()))
            if office.most is None and office.id not in on_team:
                found.append(office)
                on_team.add(office.id)
        return found[:2]

    def _extend(self, agency: str, ends_at: str) -> None:
        self._reach[agency] = max(ends_at, self._reach.get(agency, ""))


def _planned_end(case: Case) -> str:
    """Until when rights were given: for good, or to the day on which the case closed.

    A right that is ended early leaves ``reach`` as it was: it never grants.
    """
    if case.closed_on is None or case.revoked:
        return _FOREVER
    return at(case.closed_on, 16)
