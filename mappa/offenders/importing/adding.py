"""Adding the people of a batch with what is known of them at first; all or none."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.crypto import new_id
from mappa.kernel.db import db
from mappa.offenders import service
from mappa.offenders.changes import change_of, record_changes
from mappa.offenders.importing.rules import NewCase, NewOffence
from mappa.offenders.models import Offence, Person

_FIELDS = ("kind", "sentence", "convicted_on", "court", "licence_ends_on")


def add_cases(actor: Actor, cases: Sequence[NewCase], *, now: datetime) -> list[Person]:
    """Add people, their first addresses and their index offences; the people in the same order.

    Raises ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    if not cases:
        return []
    people = service.add_people(actor, [case.person for case in cases], now=now)
    both = list(zip(people, cases, strict=True))
    addresses = [(person.id, case.address) for person, case in both if case.address]
    service.add_first_addresses(actor, addresses, now=now)
    offences = [(person.id, case.offence) for person, case in both if case.offence]
    _add_offences(actor, offences, now)
    return people


def _add_offences(actor: Actor, wanted: Sequence[tuple[UUID, NewOffence]], now: datetime) -> None:
    for person_id, _ in wanted:
        require(actor, Action.OFFENCE_WRITE, Target(person=person_id, owner=actor.agency_id))
    added = [
        Offence(id=new_id(), person_id=person, owner_agency_id=actor.agency_id, **vars(offence))
        for person, offence in wanted
    ]
    db.session.add_all(added)
    db.session.flush()
    told = [
        change_of(
            actor, label_of(each), kind="offence:added", what="Offence", after=each.kind, now=now
        )
        for each in added
    ]
    record_changes(actor, told, now=now)
    for each in added:
        records = [each.person_id, each.id]
        log.record(actor, Operation.COLLECTION, "offence:added", records, at=now, fields=_FIELDS)
