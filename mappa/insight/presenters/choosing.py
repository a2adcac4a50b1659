"""Which single records an information officer can share: made visits, items of intelligence."""

from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.terms import Section
from mappa.intelligence import queries as intelligence
from mappa.sharing.shares.choosing import RECORDS, Offered
from mappa.visits import presenters, queries
from mappa.visits.rules import kind_words
from mappa.web.words import day


def visits(actor: Actor, person_id: UUID) -> Offered:
    """The own agency's last visits that were made."""
    made, _ = queries.made(actor, person_id)
    return [
        (each.record, f"{kind_words(each.announced)} visit, {presenters.when(each)}")
        for each in made
        if each.owner_agency_id == actor.agency_id
    ]


def items(actor: Actor, person_id: UUID) -> Offered:
    """The own agency's items that this reader may read."""
    return [
        (each.record, f"Intelligence item of {day(each.event_on)}")
        for each in intelligence.items(actor, person_id)
        if each.owner_agency_id == actor.agency_id
    ]


RECORDS |= {Section.VISITS: visits, Section.INTELLIGENCE: items}
