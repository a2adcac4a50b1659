"""Duties and notices on a person of a ``World``, written for the system."""

from datetime import date, datetime
from uuid import UUID

from mappa.access.labels import RecordLabel
from mappa.access.terms import Audience, Section
from mappa.kernel import crypto
from mappa.reminders import service
from mappa.reminders.models import Deadline
from tests.factories.world import NOW, World


def label(
    world: World,
    person: UUID,
    *,
    owner: str = "probation",
    section: Section = Section.VISITS,
    record: UUID | None = None,
    named: bool = False,
    meeting: UUID | None = None,
) -> RecordLabel:
    """The label of a record that an agency would own; ``named`` keeps it to named readers."""
    return RecordLabel(
        person=person,
        owner=world.agencies[owner],
        section=section,
        record=record or crypto.new_id(),
        audience=(Audience.NAMED if named else Audience.AGREEMENT).value,
        **({"meeting": meeting} if meeting else {}),
    )


def duty(
    world: World,
    of: RecordLabel,
    who: str,
    *,
    rule: str = "visit-write-up",
    kind: str = "visit-write-up",
    starts_on: date = date(2026, 11, 12),
    set_on: date | None = None,
    jurisdiction: str = "england-wales",
    title: str | None = None,
    now: datetime = NOW,
) -> Deadline:
    """Open a duty that ``who`` owes."""
    actor = world.staff[who].actor
    with world.system():
        return service.open_deadline(
            rule,
            of,
            kind=kind,
            starts_on=starts_on,
            set_on=set_on,
            jurisdiction=jurisdiction,
            owner_user=actor.user_id,
            owner_team=actor.team_id,
            owner_agency=actor.agency_id,
            now=now,
            title=title,
        )
