"""The sheet for officers of a neighbourhood: who lives there, and what they may be told."""

from flask import request
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies.queries import type_of
from mappa.insight.presenters import neighbourhood as presenter
from mappa.insight.queries import neighbourhood as queries
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import NotFound
from mappa.offenders.names import identifiers
from mappa.web import witness, words
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render

_UNKNOWN = "Enter the first part of a postcode, like NM3"


@bp.get("/visits/team/neighbourhood")
@for_action(Action.VISIT_BACKLOG)
@witnessed
def neighbourhood() -> ResponseReturnValue:
    """Show and print the sheet of a district; for who answers for others at a police force."""
    actor, today = current_actor(), day_of(uow.current().at)
    if type_of(actor.agency_id) != "police":
        raise NotFound
    typed = request.args.get("district", "")
    district = (identifiers.postcode(typed) or "").partition(" ")[0]
    if district:
        witness.read_as(f"sheet of {district}")
    found = queries.sheet(actor, district) if district else None
    return render(
        "insight/neighbourhood.html",
        district=district,
        values={"district": typed},
        errors={"district": [_UNKNOWN]} if typed.strip() and not district else {},
        people=presenter.entries(found, today) if found else [],
        more=found.more if found else False,
        most=queries.MOST,
        force=actor.agency_name,
        moment=words.moment(uow.current().at),
    )
