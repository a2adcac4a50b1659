"""Telling the case team that a visit recorded a concern for a child."""

from datetime import datetime

from mappa.access import queries as teams
from mappa.access.actor import Actor
from mappa.access.labels import label_of
from mappa.reminders import service as reminders
from mappa.visits.models import Visit

CONCERN = "visit:concern-for-child"


def tell(actor: Actor, visit: Visit, now: datetime) -> None:
    """Tell each worker of the case team, once; who logged it knows.

    The notice carries the visit's label: it is read by those who may see the visit at all, and says
    no more of it than that.
    """
    if not visit.concern_child:
        return
    for each in teams.workers_of(visit.person_id):
        if each.user_id != actor.user_id:
            reminders.tell(
                each.user_id, label_of(visit), event=CONCERN, text_key=visit.id.hex, now=now,
                about=visit.id, agency=each.agency_id,
            )  # fmt: skip
