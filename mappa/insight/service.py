"""What readers keep for themselves: how they narrow the list of work."""

from mappa.access.actor import Actor
from mappa.insight.queries.work_list import LIST
from mappa.insight.rules import WorkFilter
from mappa.kernel.db import db
from mappa.web.models import KeptFilter


def keep_work_filter(actor: Actor, wanted: WorkFilter) -> None:
    """Keep how the reader narrows the list of work."""
    kept = db.session.get(KeptFilter, (actor.user_id, LIST))
    if kept is None:
        kept = KeptFilter(user_id=actor.user_id, page=LIST)
        db.session.add(kept)
    kept.chosen = wanted.chosen()
    db.session.flush()
