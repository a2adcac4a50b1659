"""Changes of the shared record: a person, an address, a warning to staff.

Each raises ``NotPermitted``, ``RuleBroken`` or ``NotFound``; then nothing is written. The search
keys are kept in the same transaction as the names and places they are made from.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

import sqlalchemy as sa

from mappa.access import guard, merged, rights
from mappa.access import queries as teams
from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require, standing
from mappa.access.labels import label_of
from mappa.access.reading import PERSON, load, scope
from mappa.access.rights import Given, NewCase
from mappa.access.terms import Audience, Level, Role
from mappa.agencies import queries as agencies
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, Query, db
from mappa.kernel.errors import NotFound, RuleBroken
from mappa.offenders import changes, periods, rules
from mappa.offenders.changes import change_of, record_change, record_changes
from mappa.offenders.keys import DISTRICT, keys_for, keys_for_address, keys_for_alias
from mappa.offenders.level_review import duties as level_duties
from mappa.offenders.models import Address, Alias, NameKey, Person, PlaceKey, StaffWarning
from mappa.offenders.names import identifiers, sort_name
from mappa.offenders.periods import label_of_person
from mappa.offenders.rules import AddAddress, AddPerson, AddWarning, EndWarning
from mappa.rules.levels import RiskBand


def keep_keys(person: Person, aliases: list[Alias] | None = None) -> None:
    """Store the keys of a person who has none yet."""
    db.session.add_all(NameKey(**row) for row in keys_for(person, aliases or ()))
    db.session.flush()


def keep_alias_keys(alias: Alias) -> None:
    """Store the keys of a name that has none yet."""
    db.session.add_all(NameKey(**row) for row in keys_for_alias(alias))
    db.session.flush()


def keep_place_keys(address: Address) -> None:
    """Store the keys of an address that has none yet."""
    db.session.add_all(PlaceKey(**row) for row in keys_for_address(address))
    db.session.flush()


@contextmanager
def _writing_for(actor: Actor, lead: UUID) -> Iterator[None]:
    # A co-ordinator adds a person for the agency that will lead; nobody else writes for another.
    guard.writes_as(lead)
    try:
        yield
    finally:
        guard.writes_as(actor.agency_id)


def add_person(actor: Actor, command: AddPerson, *, now: datetime) -> Person:
    """Add a person. The adder's agency leads (for a co-ordinator: the one named).

    The person is placed in the adder's area, the lead is on the case team, the manager is named.
    """
    return add_people(actor, [command], now=now)[0]


def add_people(actor: Actor, commands: Sequence[AddPerson], *, now: datetime) -> list[Person]:
    """Add people as ``add_person`` does, all or none, in as few statements as for one."""
    require(actor, Action.PERSON_ADD)
    jurisdiction = agencies.jurisdiction_of(actor.area_id)
    for command in commands:
        rules.check_person(command, jurisdiction, today=day_of(now))
    by_lead: dict[UUID, list[AddPerson]] = {}
    for command in commands:
        by_lead.setdefault(_lead(actor, command), []).append(command)
    added: dict[int, Person] = {}
    for lead, led in by_lead.items():
        managers = _managers(actor, led, lead)
        with _writing_for(actor, lead):
            people = _keep_people(led, lead, managers, jurisdiction, today=day_of(now))
            team_of = _put_on_team(actor, people, lead, now)
            level_duties.owe_for_new(people, team_of, now=now)
            periods.first(actor, people, from_on=day_of(now), reason="Added to MAPPA", now=now)
            told = [
                change_of(
                    actor, label_of_person(person), kind="person:added", what="Person",
                    after=person.name, now=now,
                )
                for person in people
            ]  # fmt: skip
            record_changes(actor, told, now=now)
        added |= {id(command): person for command, person in zip(led, people, strict=True)}
    for command in commands:
        log.record(
            actor, Operation.COLLECTION, "person:added", [added[id(command)].id], at=now,
            fields=[name for name, value in vars(command).items() if value],
        )  # fmt: skip
    return [added[id(command)] for command in commands]


def _lead(actor: Actor, command: AddPerson) -> UUID:
    if actor.role is not Role.COORDINATOR:
        return actor.agency_id
    wanted = command.lead_agency_id
    if wanted is None or wanted not in {each.id for each in agencies.agencies_in(actor.area_id)}:
        raise RuleBroken("LEAD-IN-AREA", "Choose the agency that will lead", field="lead_agency_id")
    return wanted


def _managers(actor: Actor, commands: Sequence[AddPerson], lead: UUID) -> list[UUID]:
    known: dict[UUID | None, UUID] = {
        None: actor.user_id if actor.role is Role.OFFENDER_MANAGER else NOBODY
    }
    for command in commands:
        wanted = command.manager_id
        if wanted is not None and wanted not in known:
            if not teams.is_posted(wanted, lead):
                raise RuleBroken(
                    "MANAGER-OF-LEAD", "Choose a manager of the lead agency", field="manager_id"
                )
            known[wanted] = wanted
    return [known[command.manager_id] for command in commands]


def _keep_people(
    commands: Sequence[AddPerson],
    lead: UUID,
    managers: Sequence[UUID],
    jurisdiction: str,
    *,
    today: date,
) -> list[Person]:
    elsewhere = ("aliases", "manager_id", "lead_agency_id")
    people = [
        Person(
            **{name: value for name, value in vars(command).items() if name not in elsewhere},
            id=new_id(),
            owner_agency_id=lead,
            manager_id=manager,
            sort_name=sort_name(command.family_name, command.given_name),
            jurisdiction=jurisdiction,
            level_since=today,
        )
        for command, manager in zip(commands, managers, strict=True)
    ]
    db.session.add_all(people)
    db.session.flush()
    names = [
        [
            Alias(id=new_id(), person_id=person.id, owner_agency_id=lead, name=name)
            for name in command.aliases
        ]
        for command, person in zip(commands, people, strict=True)
    ]
    db.session.add_all(alias for each in names for alias in each)
    db.session.flush()
    both = zip(people, names, strict=True)
    guard.add_many(NameKey, [row for who, other in both for row in keys_for(who, other)])
    return people


def _put_on_team(
    actor: Actor, people: Sequence[Person], lead: UUID, now: datetime
) -> dict[UUID, UUID]:
    """Open the cases; the team of each manager."""
    given = Given(at=now, by=actor.user_id, reason="person added")
    managers = {person.manager_id for person in people} - {NOBODY}
    team_of = {manager: teams.team_of(manager, lead) or NOBODY for manager in managers}
    cases = [
        NewCase(
            person=person.id,
            sort_name=person.sort_name,
            manager=person.manager_id,
            team=team_of.get(person.manager_id, NOBODY),
        )
        for person in people
    ]
    rights.open_cases(cases, lead, actor.area_id, given)
    return team_of


def add_address(actor: Actor, person_id: UUID, command: AddAddress, *, now: datetime) -> Address:
    """Add where the person lives or stays. An earlier home ends, and stays in the history.

    One that has ended already is added beside the others, and ends none.
    """
    standing(actor, person_id)
    require(actor, Action.ADDRESS_ADD, Target(person=person_id, owner=actor.agency_id))
    rules.check_address(command, today=day_of(now))
    ended = _end_earlier_homes(actor, person_id, command)
    added = _address(actor, person_id, command, now)
    db.session.add(added)
    db.session.flush()
    keep_place_keys(added)
    # What stood before is told with the new address only where both have the same readers.
    told = [said_of(each) for each in ended if each.owner_agency_id == added.owner_agency_id]
    record_change(
        actor, label_of(added), kind="address:added", what="Address", before="; ".join(told),
        after=said_of(added), why=command.note, now=now,
    )  # fmt: skip
    records = [person_id, added.id, *(each.id for each in ended)]
    log.record(actor, Operation.COLLECTION, "address:added", records, at=now, fields=_TYPED)
    return added


def add_first_addresses(
    actor: Actor, wanted: Sequence[tuple[UUID, AddAddress]], *, now: datetime
) -> list[Address]:
    """Add where people live who were added in this transaction: no earlier home ends."""
    for person_id, command in wanted:
        require(actor, Action.ADDRESS_ADD, Target(person=person_id, owner=actor.agency_id))
        rules.check_address(command, today=day_of(now))
    added = [_address(actor, person_id, command, now) for person_id, command in wanted]
    db.session.add_all(added)
    db.session.flush()
    guard.add_many(PlaceKey, [row for each in added for row in keys_for_address(each)])
    told = [
        change_of(
            actor, label_of(each), kind="address:added", what="Address", after=said_of(each),
            why=each.note, now=now,
        )
        for each in added
    ]  # fmt: skip
    record_changes(actor, told, now=now)
    for each in added:
        records = [each.person_id, each.id]
        log.record(actor, Operation.COLLECTION, "address:added", records, at=now, fields=_TYPED)
    return added


_TYPED = ("kind", "lines", "postcode", "district", "from_on", "note")


def _address(actor: Actor, person_id: UUID, command: AddAddress, now: datetime) -> Address:
    no_place = command.kind == "no_fixed_address"
    postcode = "" if no_place else identifiers.postcode(command.postcode) or command.postcode
    return Address(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        kind=command.kind,
        lines="" if no_place else command.lines,
        postcode=postcode,
        district=command.district,
        from_on=command.from_on,
        until_on=command.until_on,
        note=command.note,
        added_by_id=actor.user_id,
        added_at=now,
    )


def said_of(address: Address) -> str:
    """An address on one line."""
    if address.kind == "no_fixed_address":
        return "No fixed address" + (f", {address.district}" if address.district else "")
    lines = ", ".join(line.strip() for line in address.lines.split("\n") if line.strip())
    return f"{lines} {address.postcode}".strip()


def _end_earlier_homes(actor: Actor, person_id: UUID, command: AddAddress) -> list[Address]:
    """End the current homes that the writer sees in full, whoever wrote them down.

    A home that is kept from others is left alone: a person decides what becomes of it.
    """
    if command.kind not in rules.PLACES_LIVED_IN or command.until_on is not None:
        return []
    binds = actor.binds(uow.current().at) | {"person": person_id}
    found = db.session.scalars(_current_homes(), binds).all()
    earlier = [each for each in found if not teams.is_marked(each.id)]
    for each in earlier:
        rules.check_follows(command.from_on, each.from_on, _said(each.from_on))
        each.until_on = max(each.from_on, command.from_on - timedelta(days=1))
    db.session.flush()
    _keep_districts_for_full_readers(actor, [each.id for each in earlier])
    return earlier


@cache
def _current_homes() -> Query:
    table = Address.__table__
    return sa.select(Address).where(
        table.c.person_id == PERSON,
        table.c.until_on.is_(None),
        table.c.kind.in_(rules.PLACES_LIVED_IN),
        table.c.audience == Audience.AGREEMENT.value,
        scope(Address, need=Level.FULL),
    )


def _keep_districts_for_full_readers(actor: Actor, ended: list[UUID]) -> None:
    if not ended:
        return
    table = PlaceKey.__table__
    statement = sa.select(PlaceKey).where(
        table.c.source_id.in_(ended), table.c.kind == DISTRICT, scope(PlaceKey)
    )
    for key in db.session.scalars(statement, actor.binds(uow.current().at)):
        key.level = Level.FULL.value
    db.session.flush()


def _said(on: date) -> str:
    return f"{on.day} {on:%B} {on.year}"


def add_warning(
    actor: Actor, person_id: UUID, command: AddWarning, *, now: datetime
) -> StaffWarning:
    """Add a warning to staff: every agency that can see the person sees it at once."""
    standing(actor, person_id)
    require(actor, Action.WARNING_ADD, Target(person=person_id, owner=actor.agency_id))
    rules.check_warning(command, today=day_of(now))
    added = StaffWarning(
        person_id=person_id,
        owner_agency_id=actor.agency_id,
        headline=command.headline,
        detail=command.detail,
        serious=command.serious,
        officers=command.officers,
        lone_working=command.lone_working,
        review_on=command.review_on,
        added_by_id=actor.user_id,
        added_at=now,
    )
    db.session.add(added)
    db.session.flush()
    record_change(
        actor, label_of(added), kind="warning:added", what="Warning to staff",
        after=added.headline, now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.COLLECTION, "warning:added", [person_id, added.id], at=now,
        fields=["headline", "detail", "serious", "officers", "lone_working", "review_on"],
    )  # fmt: skip
    return added


def warning_to_end(actor: Actor, person_id: UUID, warning_id: UUID) -> StaffWarning:
    """The warning, for those who may end it: its owner's writers.

    Raises ``NotFound`` also for a warning of another person.
    """
    found = load(actor, StaffWarning, warning_id)
    if found.person_id not in merged.people_of(person_id):
        raise NotFound
    target = Target(person=person_id, owner=found.owner_agency_id, record=found.id)
    require(actor, Action.WARNING_ADD, target)
    return found


def end_warning(
    actor: Actor, person_id: UUID, warning_id: UUID, command: EndWarning, *, now: datetime
) -> StaffWarning:
    """End a warning of one's own agency; it stays in the history with the reason."""
    warning = warning_to_end(actor, person_id, warning_id)
    rules.check_not_ended(ended=warning.ended_at is not None)
    warning.ended_at = now
    warning.end_reason = command.reason
    db.session.flush()
    record_change(
        actor, label_of(warning), kind="warning:ended", what="Warning to staff",
        before=warning.headline, after="Ended", why=command.reason, now=now,
    )  # fmt: skip
    log.record(
        actor, Operation.ALTERATION, "warning:ended", [person_id, warning.id], at=now,
        fields=["ended_at", "end_reason"],
    )  # fmt: skip
    return warning


def keep_risk_band(actor: Actor, person_id: UUID, band: str, *, now: datetime) -> None:
    """Keep the shared overall band on the person, and tell who reacts if it is another now.

    Called by ``risk`` in the transaction of its own act. Raises ``NotFound`` if the person is
    invisible to the actor, ``ValueError`` for a band that is none.
    """
    person = load(actor, Person, person_id, need=Level.SUM)
    if person.risk_band == RiskBand(band).value:
        return
    person.risk_band = RiskBand(band).value
    db.session.flush()
    changes.band_changed(actor, person_id, now)
