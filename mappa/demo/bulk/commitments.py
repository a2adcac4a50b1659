"""Visit commitments as they are loaded, and the alarms where nothing says how often to visit."""

from dataclasses import dataclass
from datetime import date

from mappa.access.terms import Section
from mappa.audit.bulk import History
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at
from mappa.demo.bulk.duties import due_on, open_duty
from mappa.kernel.bulk import Load
from mappa.visits.commitment import rules
from mappa.visits.commitment.rules import KIND, RULE, Basis, Facts, Manner, Source, Times
from mappa.visits.service import NEXT_UNANNOUNCED

_SET, _CLOSER = 0.9, 0.3
_FIELDS = ("every", "unannounced", "times", "manner", "agencies", "devices", "reason")
_USUAL = {
    "very_high": ("1 months", "3 months"), "high": ("3 months", "6 months"),
    "medium": ("6 months", "12 months"), "low": ("12 months", "12 months"),
}  # fmt: skip
_MORE_OFTEN = {
    "very_high": ("2 weeks", "2 months"), "high": ("2 months", "4 months"),
    "medium": ("4 months", "6 months"), "low": ("6 months", "12 months"),
}  # fmt: skip
"""Of all visits and of unannounced ones, by band; never less often than by the band alone."""


@dataclass(frozen=True)
class Said:
    """A commitment that was set: when, and the intervals of all and of unannounced visits."""

    set_at: str
    every: str
    unannounced: str


class Commitments:
    """Writes what ``visits.commitment.service`` would, each on the day of a visit it counts from.

    On that day no visit is overdue that an officer may not let disappear.
    """

    def __init__(self, load: Load, history: History) -> None:
        self._load = load
        self._set = history.kind("collection", "commitment:set", _FIELDS)

    def set(self, case: Case, by: Worker, on: date, unannounced: date | None) -> Said | None:
        """How the agency of a worker visits from ``on`` on, the day it last saw the person.

        ``unannounced`` is the day from which the next unannounced visit counts, if it does.
        """
        plan_on = case.known.plan_on
        if case.closed_on is not None or plan_on is None or plan_on > on:
            return None
        if case.rng.random() >= _SET or self._late(case, unannounced, on):
            return None
        often = _MORE_OFTEN if case.rng.random() < _CLOSER else _USUAL
        every, without_notice = often[case.person.risk]
        said = Said(at(on, 21), every, without_notice if unannounced else "")
        pairs = any(warned.officers > 1 for since, warned in case.known.warned if since <= on)
        made = self._load.sheet("visit_commitment").add(
            person_id=case.id, owner_agency_id=by.agency, every=every, basis=Basis.PLAN.value,
            set_on=on, plan_number="1", unannounced=said.unannounced,
            times=" ".join(each.value for each in Times),
            manner=(Manner.TWO if pairs else Manner.SINGLE).value, devices="Phone, at each visit",
            set_by_id=by.id, set_at=said.set_at,
        )  # fmt: skip
        case.act(said.set_at, by, self._set, made)
        return said

    def _late(self, case: Case, unannounced: date | None, on: date) -> bool:
        if unannounced is None:
            return False
        band = case.person.risk if case.assessed_on < unannounced else None
        return due_on(case, rules.band_rule(NEXT_UNANNOUNCED, band), unannounced) < on

    def ask(self, case: Case, by: Worker, visit: str, on: date, written_at: str) -> None:
        """The alarm that nothing says how often, since the first visit; none where a default does.

        The job that follows the risk band has closed those for whom there is a default by now.
        """
        if case.closed_on is not None or self._governs(case, by) is not Source.NOT_SET:
            return
        leads = by.agency == case.lead.office.id
        open_duty(
            self._load, case, case.lead.worker if leads else by, RULE, section=Section.VISITS,
            subject=visit, kind=KIND, starts_on=on, opened_at=written_at, about=case.id,
        )  # fmt: skip

    def _governs(self, case: Case, by: Worker) -> Source:
        police = by.agency == case.police.office.id
        band = None if case.person.risk == "not_assessed" else case.person.risk
        known = Facts(
            jurisdiction=case.place.jurisdiction, agency_type="police" if police else "",
            category=case.person.category or 2, band=band,
        )  # fmt: skip
        return rules.governing(known, None, None).source
