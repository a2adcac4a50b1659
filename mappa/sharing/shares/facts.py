"""What must be known of a person, a receiver and the agreement before the rules are asked."""

from dataclasses import replace
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from config.lawful_bases import REGIMES, lawful_bases
from mappa.access import restricting, team_grid
from mappa.access.actor import Actor
from mappa.access.asking import standing
from mappa.access.reading import Seen
from mappa.access.terms import Level, Section
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.sharing import words
from mappa.sharing.owners import owners
from mappa.sharing.shares.models import ShareRecord
from mappa.sharing.shares.rules import Basis, Facts, Regime


def facts(actor: Actor, person: Seen, receiver: UUID, *, today: date) -> Facts:
    """What the rules look at, as the sharer may know it."""
    known = in_general(actor, receiver, person.jurisdiction, today=today)
    now, without = team_grid.received(receiver, actor.area_id, person.record, actor.agency_id)
    lead = person.owner_agency_id
    identity = now
    if lead != actor.agency_id:
        identity, _ = team_grid.received(receiver, actor.area_id, person.record, lead)
    return replace(
        known,
        owned=owned(actor, person.record),
        lead=known.agencies.get(lead, known.lead),
        leads=lead == actor.agency_id,
        sees_person=identity[Section.IDENTITY] >= Level.SUM,
        excluded=_known_to_be_kept_out(actor, person, receiver),
        by_agreement=without,
        received=now,
    )


def _known_to_be_kept_out(actor: Actor, person: Seen, receiver: UUID) -> bool:
    """Whether the receiver is kept out of the record, and the sharer may know that it is.

    Who leads may: it is lead that puts agencies on the case team, where the grid says so. Who only
    reads the whole grid may know it of the agencies that stand there.
    """
    if not restricting.kept_from(receiver, [person.record]):
        return False
    if person.owner_agency_id == actor.agency_id:
        return True
    if not standing(actor, person.record).at_least(Section.SHARING, Level.FULL):
        return False
    return any(each.agency_id == receiver for each in team_grid.team(person.record))


def in_general(actor: Actor, receiver: UUID, jurisdiction: str, *, today: date) -> Facts:
    """What is so whoever the person is; of the person, whatever lets a share be made."""
    area = {each.id: each.name for each in agencies.agencies_in(actor.area_id)}
    agreed = team_grid.agreement(actor.area_id)
    bases = lawful_bases()
    return Facts(
        today=today,
        own_id=actor.agency_id,
        own_name=actor.agency_name,
        agencies=area,
        receiver=area.get(receiver, ""),
        agreed_until=day_of(agreed.until - timedelta(seconds=1)) if agreed else None,
        purposes=agreed.purposes if agreed else (),
        statutes=[each.id for each in bases.statutes_in(jurisdiction)],
        conditions={
            regime: [each.id for each in bases.conditions_of(regime)] for regime in REGIMES
        },
        owned=dict.fromkeys(Section, (actor.agency_name,)),
        lead="the lead agency",
        leads=True,
        sees_person=True,
        excluded=False,
        names=words.IN_SENTENCE,
        by_agreement={},
        received={},
    )


def owned(actor: Actor, person_id: UUID) -> dict[Section, list[str]]:
    """Which agencies own what the sharer sees of each section, by name, the own one first."""
    names: dict[UUID, str] = {}

    def name(agency: UUID) -> str:
        if agency not in names:
            names[agency] = agencies.agency(agency).name
        return names[agency]

    return {
        section: sorted(map(name, counted), key=lambda each: (each != actor.agency_name, each))
        for section, counted in owners(actor, person_id).items()
    }


def by_agreement(actor: Actor, share: Seen) -> Level:
    """What the receiver of an own share gets of its section without any share."""
    _, without = team_grid.received(
        share.to_agency_id, actor.area_id, share.person_id, actor.agency_id
    )
    return without[Section(share.section)]


def basis_of(kept: ShareRecord | Seen) -> Basis:
    """The lawful basis as it was named."""
    return Basis(
        statutes=tuple(kept.statutes.splitlines()),
        other=kept.other,
        regime=cast(Regime, kept.regime),
        condition=kept.condition,
    )
