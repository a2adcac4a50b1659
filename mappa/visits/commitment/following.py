"""Letting what is due follow a visit, a commitment, a plan and the risk band.

What stands is closed and opened anew, never changed: so the windows of a person keep their history.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel
from mappa.access.reading import Seen
from mappa.access.terms import Section
from mappa.agencies import queries as agencies
from mappa.kernel.clock import day_of
from mappa.kernel.db import NOBODY, db
from mappa.reminders import absences, closing
from mappa.reminders import service as reminders
from mappa.reminders.models import Deadline
from mappa.reminders.service import Duty
from mappa.visits.commitment import queries
from mappa.visits.commitment.models import BandRecount
from mappa.visits.commitment.queries import KINDS as KINDS
from mappa.visits.commitment.queries import NEXT_UNANNOUNCED as NEXT_UNANNOUNCED
from mappa.visits.commitment.queries import NEXT_VISIT as NEXT_VISIT
from mappa.visits.commitment.rules import (
    KIND,
    RULE,
    Facts,
    Source,
    band_rule,
    goes_by_band,
    governing,
)
from mappa.visits.rules import VISITING


def owed(
    actor: Actor, person_id: UUID, kinds: Collection[str], stood: Mapping[str, str]
) -> Mapping[str, str]:
    """Which visits are owed next, of these kinds, and at which interval: empty goes by the band.

    ``stood`` is what the visit ended. What stood had its interval from the commitment, so this is
    asked anew only where something did not stand. Under reactive management nothing is owed.
    """
    if set(kinds) <= set(stood):
        return stood
    last = queries.last_own(actor, person_id)
    if queries.is_reactive(last):
        return {}
    own = queries.intervals(last)
    return {each: own[each] for each in kinds if each in own} if own else dict.fromkeys(kinds, "")


def ask_if_not_set(actor: Actor, person: Seen, label: RecordLabel, now: datetime) -> None:
    """Raise the alarm if nothing says how often the own agency is to visit the person."""
    kind_of_agency = agencies.type_of(actor.agency_id)
    if kind_of_agency not in VISITING:
        return
    last = queries.last_own(actor, person.record)
    held = queries.governs(person, actor.agency_id, kind_of_agency, last, day_of(now))
    if held.source is not Source.NOT_SET:
        return
    if closing.standing_of(person.record, (KIND,), actor.agency_id):
        return  # whoever was told has the day that they were told
    reminders.open_deadline(
        RULE,
        label,
        kind=KIND,
        starts_on=day_of(now),
        jurisdiction=person.jurisdiction,
        owner_user=_who_sees_to_it(actor, person),
        owner_agency=actor.agency_id,
        now=now,
        about=person.record,
    )


def _who_sees_to_it(actor: Actor, person: Seen) -> UUID:
    leads = person.owner_agency_id == actor.agency_id and person.manager_id != NOBODY
    return person.manager_id if leads else actor.user_id


def ask_to_follow_band(_actor: Actor, person_id: UUID, now: datetime) -> None:
    """Have the next visits counted anew for another risk band, those of other agencies too."""
    db.session.add(BandRecount(person_id=person_id, asked_at=now))
    db.session.flush()


def follow_band(person_id: UUID, known: Facts, now: datetime) -> None:
    """Count every next visit anew that goes by the risk band. A job of the system.

    ``known`` are the facts of the person; the type of the agency is that of who owes.
    """
    for alarm in closing.standing_of(person_id, (KIND,)):
        agency = alarm.owed_by_agency_id
        of_agency = replace(known, agency_type=agencies.type_of(agency))
        area = queries.area_interval(of_agency, agency, day_of(now))
        if governing(of_agency, None, area).source is not Source.NOT_SET:
            closing.close_one(alarm.id, now)
    for each in closing.standing_of(person_id, KINDS):
        if not each.interval and goes_by_band(each.rule_id):
            duty = _again(each, rule=band_rule(each.kind, known.band), interval="")
            absences.count_anew(duty, because="the risk of serious harm was assessed anew", now=now)


def follow_commitment(
    actor: Actor, person: Seen, intervals: Mapping[str, str], now: datetime
) -> set[str]:
    """Count the own agency's next visits anew at these intervals; gives the kinds that stood.

    A kind without an interval goes by the band, if ``intervals`` is empty, and else is not owed.
    """
    stood = set()
    for each in closing.standing_of(person.record, KINDS, actor.agency_id):
        stood.add(each.kind)
        if intervals and each.kind not in intervals:
            closing.close_one(each.id, now)
            continue
        rule = band_rule(each.kind, person.get("risk_band"))
        duty = _again(each, rule=rule, interval=intervals.get(each.kind, ""))
        absences.count_anew(duty, because="the visit commitment was set anew", now=now)
    return stood


def _again(standing: Deadline, *, rule: str, interval: str) -> Duty:
    return Duty(
        rule=rule,
        interval=interval,
        label=RecordLabel(
            person=standing.person_id,
            owner=standing.owner_agency_id,
            section=Section(standing.section),
            record=standing.subject_id,
            audience=standing.audience,
            handling=standing.handling_group_id,
            meeting=standing.meeting_id,
        ),
        kind=standing.kind,
        starts_on=standing.starts_on,
        jurisdiction=standing.jurisdiction,
        owner_user=standing.owner_user_id,
        owner_team=standing.owner_team_id,
        owner_agency=standing.owed_by_agency_id,
        about=standing.about_id,
    )
