"""Who of the agency is signed in where; the administrator ends one session."""

from datetime import datetime, timedelta
from uuid import UUID

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import queries, service
from mappa.agencies.queries import SessionRow
from mappa.agencies.views.administration import bp
from mappa.agencies.views.sign_in import settings
from mappa.kernel.uow import current
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render


def _signed_in(at: datetime) -> list[SessionRow]:
    limits = settings()
    return queries.sessions_at(
        current_actor().agency_id,
        idle=at - timedelta(minutes=limits.idle_minutes),
        began=at - timedelta(hours=limits.absolute_hours),
    )


@bp.get("/administration/sessions")
@for_action(Action.POSTINGS_ADMINISTER)
@reads
def signed_in() -> ResponseReturnValue:
    """Every live session under a posting of the agency."""
    actor = current_actor()
    return render("agencies/signed_in.html", actor=actor, sessions=_signed_in(current().at))


@bp.post("/administration/sessions/<uuid:session_id>/end")
@for_action(Action.POSTINGS_ADMINISTER)
@writes()
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one session at once."""
    service.end_one_session(current_actor(), session_id, now=current().at)
    flash("Signed out. They sign in again to go on.")
    return redirect(url_for("administration.signed_in"))
