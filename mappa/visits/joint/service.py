"""Adding an agency's own account to a visit that another agency logged."""

from datetime import datetime
from uuid import UUID

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import Target, decide, require
from mappa.access.reading import Seen
from mappa.audit import log
from mappa.audit.log import Operation
from mappa.kernel.db import db
from mappa.kernel.errors import NotFound
from mappa.visits import queries
from mappa.visits.joint import rules
from mappa.visits.joint.rules import AddAccount
from mappa.visits.models import VisitAccount


def may_add(actor: Actor, visit: Seen) -> bool:
    """Whether the reader is of another agency, and may log visits to this person for it."""
    if visit.owner_agency_id == actor.agency_id:
        return False
    return decide(actor, Action.VISIT_LOG, _target(actor, visit.person_id)).allowed


def add_account(
    actor: Actor, person_id: UUID, visit_id: UUID, command: AddAccount, *, now: datetime
) -> VisitAccount:
    """Add what the own agency says of a visit. It is that agency's record, whoever logged it.

    Raises ``NotFound`` for who does not read the visit in full, ``NotPermitted`` or ``RuleBroken``;
    then nothing is written.
    """
    visit = queries.visit(actor, person_id, visit_id)
    if not visit.full:
        raise NotFound
    require(actor, Action.VISIT_LOG, _target(actor, person_id))
    rules.check_joint(state=visit.state, owner=visit.owner_agency_id, agency=actor.agency_id)
    made = VisitAccount(
        person_id=visit.person_id,
        owner_agency_id=actor.agency_id,
        visit_id=visit.id,
        account=command.account,
        concerns=command.concerns,
        by_id=actor.user_id,
        at=now,
    )
    db.session.add(made)
    db.session.flush()
    records = [visit.person_id, made.id]
    fields = ["account", "concerns"]
    log.record(actor, Operation.COLLECTION, "visit:account-added", records, at=now, fields=fields)
    return made


def _target(actor: Actor, person_id: UUID) -> Target:
    return Target(person=person_id, owner=actor.agency_id)
