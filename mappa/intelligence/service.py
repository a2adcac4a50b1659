"""Filing intelligence. Only its handling group reads it; nobody files what they could not read."""

from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, require
from mappa.access.labels import label_of
from mappa.audit import log
from mappa.intelligence import queries
from mappa.intelligence.models import IntelligenceItem, Provenance
from mappa.intelligence.rules import AddItem, check_item, conditions_in, reference
from mappa.kernel import clock
from mappa.kernel.crypto import new_id
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import RuleBroken
from mappa.reminders.service import tell

ADDED = "intelligence:added"


def check_filing(actor: Actor, person: UUID, command: AddItem, *, now: datetime) -> None:
    """Say no to an item that could not be filed; nothing is written either way.

    Raises ``NotPermitted`` or ``RuleBroken``.
    """
    own = {group.id for group in queries.groups_to_file_in(actor, person)}
    group = command.group if command.group in own or not own else min(own)
    require(
        actor,
        Action.INTELLIGENCE_ADD,
        Target(person=person, owner=actor.agency_id, handling=group if own else NOBODY),
    )
    if command.group not in own:
        raise RuleBroken(
            "intelligence-own-group", "Choose one of your handling groups", field="group"
        )
    check_item(command, today=clock.day_of(now))


def add_item(actor: Actor, person: UUID, command: AddItem, *, now: datetime) -> IntelligenceItem:
    """File an item and tell the other members of its handling group.

    The change is not recorded in the person's shared history: that an item exists is not shared.
    Raises ``NotPermitted`` or ``RuleBroken``; then nothing is written.
    """
    check_filing(actor, person, command, now=now)
    made = _item(actor, person, command, now)
    db.session.add(made)
    db.session.flush()
    if command.provenance:
        db.session.add(_provenance(made, command.provenance))
        db.session.flush()
    log.record(
        actor,
        log.Operation.COLLECTION,
        ADDED,
        [person, made.id],
        at=now,
        fields=("event_on", "source", "assessment", "handling", "conditions", "text", "provenance"),
    )
    for user in queries.readers_in_group(actor, made):
        if user != actor.user_id:
            tell(user, label_of(made), event=ADDED, text_key="", now=now)
    return made


def _item(actor: Actor, person: UUID, command: AddItem, now: datetime) -> IntelligenceItem:
    return IntelligenceItem(
        person_id=person,
        owner_agency_id=actor.agency_id,
        handling_group_id=command.group,
        reference=reference(new_id().int >> 80),  # the part without the fixed bits
        event_on=command.event_on,
        reported_at=now,
        by_id=actor.user_id,
        source=command.source.value,
        assessment=command.assessment.value,
        handling=command.handling.value,
        conditions="\n".join(conditions_in(command.conditions)) or None,
        text=command.text,
    )


def _provenance(made: IntelligenceItem, said: str) -> Provenance:
    return Provenance(
        intelligence_id=made.id,
        person_id=made.person_id,
        owner_agency_id=made.owner_agency_id,
        audience=made.audience,
        handling_group_id=made.handling_group_id,
        said=said,
    )
