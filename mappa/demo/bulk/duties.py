"""Duties as they are loaded: those that stand open at the end, as ``reminders.service`` would."""

from datetime import date
from functools import lru_cache
from typing import Any

from config.read import bank_holidays, rule_book
from mappa.access.terms import Audience, Section
from mappa.demo.bulk.area import Worker
from mappa.demo.bulk.case import Case, at, labels
from mappa.kernel.bulk import Load
from mappa.reminders.models import DutyState
from mappa.reminders.service import Reckoned
from mappa.rules.deadlines import due
from mappa.rules.levels import Jurisdiction
from mappa.rules.rule import of_case


@lru_cache(maxsize=100_000)
def _reckoned(
    rule: str, jurisdiction: str, starts_on: date, set_on: date | None = None, interval: str = ""
) -> tuple[str, dict[str, Any]]:
    # The table of bank holidays was seeded from this calendar when the demo's areas were opened.
    nation = Jurisdiction(jurisdiction)
    years = (starts_on.year, starts_on.year + 1)
    version = of_case(rule_book(nation).rule(rule, starts_on), interval)
    holidays = bank_holidays(nation, years)
    found = Reckoned(
        version, starts_on, set_on, due(version, starts_on, holidays, set_on), holidays
    )
    return found.rule.title, found.columns()


def due_on(case: Case, rule: str, starts_on: date, interval: str = "") -> date:
    """When a duty that starts on a day is due."""
    _, columns = _reckoned(rule, case.place.jurisdiction, starts_on, None, interval)
    found: date = columns["due_on"]
    return found


def open_duty(
    load: Load, case: Case, owner: Worker, rule: str, *, section: Section, subject: str, kind: str,
    starts_on: date, opened_at: str, about: str, set_on: date | None = None,
    audience: Audience = Audience.AGREEMENT, interval: str = "", ended_at: str | None = None,
    **more: Any,
) -> None:  # fmt: skip
    """A duty that ``owner`` owes, until ``ended_at``; closed with the case, if that has closed."""
    title, columns = _reckoned(rule, case.place.jurisdiction, starts_on, set_on, interval)
    closed_at = ended_at
    if closed_at is None and case.closed_on is not None:
        closed_at = at(case.closed_on, 16)
    load.sheet("deadline").add(
        **labels(case, owner.agency, section, subject) | {"audience": str(audience.value)},
        **columns, about_id=about, kind=kind, title=title, owner_user_id=owner.id,
        owner_team_id=owner.team, owed_by_agency_id=owner.agency, opened_at=opened_at,
        closed_at=closed_at, interval=interval, **more,
        state=(DutyState.CLOSED if closed_at else DutyState.OPEN).value,
    )  # fmt: skip
