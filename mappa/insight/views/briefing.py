"""The one-page briefing of a handover, to read or to print."""

from uuid import UUID

from flask import url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.insight.presenters import briefing as presenter
from mappa.insight.queries import briefing as queries
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.offenders.handover import presenters as handovers
from mappa.offenders.handover.queries import handover
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render


@bp.get("/handovers/<uuid:handover_id>/briefing")
@for_action(Action.HANDOVER_READ)
@witnessed
def briefing(handover_id: UUID) -> ResponseReturnValue:
    """Show what the receiver must know of the person, and may."""
    actor, today = current_actor(), day_of(uow.current().at)
    seen = handover(actor, handover_id)
    eyes = queries.readers(actor, seen)
    return render(
        "insight/briefing.html",
        page=presenter.page(queries.briefing(eyes, seen.person_id), today),
        handover=handovers.handover_row(seen, today),
        receiver=seen.to_name,
        today=today,
        back=url_for("handover.show", handover_id=handover_id),
    )
