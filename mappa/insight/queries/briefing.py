"""The one-page briefing of a handover: what receiver, sender and reader all may see.

Built from the features' own queries, asked with each one's actor. Rights that stand now decide,
whatever the paper said before.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.reading import Seen, seen_by_all
from mappa.access.terms import CASE_ROLES, Role
from mappa.actions import queries as actions
from mappa.actions.models import ActionState
from mappa.agencies import queries as agencies
from mappa.kernel.errors import NotFound
from mappa.meetings import queries as meetings
from mappa.meetings.rules import MeetingState
from mappa.offenders import queries as record
from mappa.offenders.handover.queries import MANAGING
from mappa.plans import queries as plans
from mappa.plans.rules import State
from mappa.reminders import queries as reminders
from mappa.risk import queries as risk
from mappa.visits import queries as visits

_SENDING = (*CASE_ROLES, Role.COORDINATOR)
_LATEST_VISITS = 3


@dataclass(frozen=True, kw_only=True)
class Briefing:
    """What stands on the page; an empty part is one that not all of them see, or that is empty."""

    identity: Seen
    aliases: Sequence[Seen]
    warnings: Sequence[Seen]
    assessment: Seen | None
    groups: Sequence[Seen]
    plan: Seen | None
    measures: Sequence[Seen]
    contingencies: Sequence[Seen]
    planned: Sequence[Seen]
    made: Sequence[Seen]
    duties: Sequence[Seen]
    actions: Sequence[Seen]
    meetings: Sequence[Seen]
    offences: Sequence[Seen]
    orders: Sequence[Seen]


def readers(actor: Actor, handover: Seen) -> list[Actor]:
    """The reader, who was asked, and who hands over (or who proposed it for one who has left).

    Raises ``NotFound`` where the one who was asked can take over nothing any more.
    """
    receiver = agencies.acting_as(handover.to_user_id, handover.to_agency_id, MANAGING)
    if receiver is None:
        raise NotFound
    lead = handover.owner_agency_id
    sender = agencies.acting_as(handover.from_user_id, lead, _SENDING) or agencies.acting_as(
        handover.proposed_by_id, lead, _SENDING
    )
    return [actor, receiver, *([sender] if sender else [])]


def briefing(eyes: Sequence[Actor], person: UUID) -> Briefing:
    """The briefing on a person. Raises ``NotFound`` if one of them does not see the person."""
    found = seen_by_all(eyes, lambda each: [record.person(each, person)])
    if not found:
        raise NotFound
    identity = found[0]
    assessment = risk.newest(
        seen_by_all(eyes, lambda each: risk.history(each, person)), identity.owner_agency_id
    )
    plan = plans.first_in(
        seen_by_all(eyes, lambda each: plans.versions(each, person)), State.AGREED
    )
    given = seen_by_all(eyes, lambda each: actions.for_person(each, person))
    orders = seen_by_all(eyes, lambda each: record.orders(each, person))
    return Briefing(
        identity=identity,
        aliases=seen_by_all(eyes, lambda each: record.aliases(each, person)),
        warnings=seen_by_all(eyes, lambda each: record.live_warnings(each, person)),
        assessment=assessment,
        groups=_groups(eyes, person, assessment),
        plan=plan,
        measures=_measures(eyes, person, plan),
        contingencies=_contingencies(eyes, person, plan),
        planned=seen_by_all(eyes, lambda each: visits.planned(each, person)),
        made=seen_by_all(eyes, lambda each: visits.made(each, person)[0][:_LATEST_VISITS]),
        duties=seen_by_all(eyes, lambda each: reminders.for_person(each, person)),
        actions=[each for each in given if each.state == ActionState.OPEN],
        meetings=_meetings(eyes, person),
        offences=seen_by_all(eyes, lambda each: record.offences(each, person)),
        orders=[each for each in orders if not each.get("ended")],
    )


def _groups(eyes: Sequence[Actor], person: UUID, chosen: Seen | None) -> list[Seen]:
    if chosen is None:
        return []
    return seen_by_all(eyes, lambda each: risk.with_groups(each, person, chosen).groups)


def _measures(eyes: Sequence[Actor], person: UUID, plan: Seen | None) -> list[Seen]:
    if plan is None:
        return []
    return seen_by_all(eyes, lambda each: plans.read(each, person, plan).measures)


def _contingencies(eyes: Sequence[Actor], person: UUID, plan: Seen | None) -> list[Seen]:
    if plan is None:
        return []
    return seen_by_all(eyes, lambda each: plans.read(each, person, plan).contingencies)


def _meetings(eyes: Sequence[Actor], person: UUID) -> list[Seen]:
    """Those to come, and the last one whose minutes are signed off."""
    found = seen_by_all(eyes, lambda each: meetings.of_person(each, person))
    to_come = [each for each in found if each.state in (MeetingState.PLANNED, MeetingState.OPEN)]
    signed = [each for each in found if each.state == MeetingState.SIGNED_OFF]
    return [*to_come, *signed[:1]]
