"""Which visits a supervisor countersigns, and who owes that duty.

A visit is countersigned where the file of rules has a rule for the band of the person: by default
very high and high, as a local standard with its source.
"""

from datetime import date, datetime
from uuid import UUID

from config.read import rule_book
from mappa.access import queries as teams
from mappa.access.labels import label_of
from mappa.access.reading import Seen
from mappa.agencies import queries as agencies
from mappa.kernel import clock
from mappa.kernel.db import NOBODY
from mappa.reminders.service import Duty
from mappa.rules.deadlines import UnknownRule
from mappa.rules.levels import Jurisdiction
from mappa.visits import rules
from mappa.visits.models import Visit

COUNTERSIGN = "visit-countersign"
"""The kind of the duty; the rule's name goes on with the band."""


def rule_of(person: Seen, on: date) -> str | None:
    """The rule by which a visit to this person is countersigned, if one was in force on a day."""
    band = person.get("risk_band") or "not_assessed"
    rule = f"{COUNTERSIGN}-{band.replace('_', '-')}"
    try:
        return rule_book(Jurisdiction(person.jurisdiction)).rule(rule, on).id
    except UnknownRule:
        return None


def supervisor_of(visit: Visit, team: UUID) -> UUID | None:
    """Who countersigns: a supervisor of the author's team, else a lead of the agency.

    Never the author; None where there is nobody else.
    """
    agency = visit.owner_agency_id
    others = [each for each in teams.supervisors_of(agency, team) if each != visit.written_by_id]
    if not others:
        leads = teams.supervisors_of(agency, NOBODY)
        others = [each for each in leads if each != visit.written_by_id]
    return next(iter(others), None)


def duties(visit: Visit, person: Seen, now: datetime, *, team: UUID) -> list[Duty]:
    """The duty to countersign a visit that was just written; none where the band asks for none."""
    if agencies.type_of(visit.owner_agency_id) not in rules.VISITING:
        return []
    rule = rule_of(person, clock.day_of(now))
    owner = supervisor_of(visit, team) if rule else None
    if rule is None or owner is None:
        return []
    return [
        Duty(
            rule=rule,
            label=label_of(visit),
            kind=COUNTERSIGN,
            starts_on=clock.day_of(now),
            jurisdiction=person.jurisdiction,
            owner_user=owner,
            owner_team=team,
            owner_agency=visit.owner_agency_id,
        )
    ]
