"""Telling the case team that a visit, or an account of one, recorded a concern for a child."""

from datetime import datetime
from uuid import UUID

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import RecordLabel, label_of
from mappa.reminders import service as reminders
from mappa.visits.models import Visit, VisitAccount

CONCERN = "visit:concern-for-child"
CONCERN_OF_ACCOUNT = "visit:account-concern-for-child"


def tell(actor: Actor, visit: Visit, now: datetime) -> None:
    """Tell each worker of the case team, once; who logged it knows.

    The notice carries the visit's label: it is read by those who may see the visit at all, and says
    no more of it than that.
    """
    if visit.concern_child:
        _tell(actor, label_of(visit), CONCERN, visit.id, now)


def tell_of_account(actor: Actor, account: VisitAccount, now: datetime) -> bool:
    """Tell each worker of the case team of an account's concern; whether it could be said.

    The notice carries the account's label and leads to the visit. Of a visit that is kept from some
    it is not told: the notice would say to them that there is one.
    """
    if teams.is_marked(account.visit_id):
        return False
    _tell(actor, label_of(account), CONCERN_OF_ACCOUNT, account.visit_id, now)
    return True


def _tell(actor: Actor, label: RecordLabel, event: str, visit: UUID, now: datetime) -> None:
    for each in teams.workers_of(label.person):
        if each.user_id != actor.user_id:
            reminders.tell(
                each.user_id, label, event=event, text_key=label.record.hex, now=now,
                about=visit, agency=each.agency_id,
            )  # fmt: skip
