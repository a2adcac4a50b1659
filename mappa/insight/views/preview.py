"""The third page of a share: what the receiver will see."""

from uuid import UUID

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.insight.presenters import preview as presenter
from mappa.insight.queries.preview import rehearse
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import FieldErrors, RuleBroken
from mappa.sharing.owners import owners
from mappa.sharing.shares.presenters import side_rows
from mappa.sharing.shares.views.blueprint import making
from mappa.web.flow import for_action, rehearsed
from mappa.web.pages import render_person
from mappa.web.words import day


@bp.get("/people/<uuid:person_id>/sharing/share/preview")
@for_action(Action.SHARE_MAKE)
@rehearsed
def share_preview(person_id: UUID) -> ResponseReturnValue:
    """Show the sections of the share as the receiver will see them. Nothing is shared by it."""
    found = making(person_id)
    try:
        command = found.command()
    except (FieldErrors, RuleBroken):
        return redirect(found.url("what"))
    actor, receiver = found.actor, found.receiver()
    before = found.facts(command.agency_id).received
    own = owners(actor, person_id)
    shown = presenter.page(
        rehearse(actor, found.person, command, receiver),
        command,
        actor.agency_name,
        day_of(uow.current().at),
    )
    names = dict(found.others())
    return render_person(
        "insight/share_preview.html",
        person_id,
        tab="sharing",
        section="share with an agency",
        caption="Share with an agency, 3 of 4",
        receiver=receiver,
        starts=day(command.starts_on),
        shown=shown,
        changes=presenter.changes(command, before, own, actor.agency_id, actor.agency_name),
        asked=[names[each] for each in found.known.getlist("ask") if each in names],
        left_out=presenter.left_out(command),
        side=side_rows(command),
        back_href=found.url("why"),
        change_href=found.url("what"),
        next_href=found.url("check"),
        later_href=url_for("insight.sharing", person_id=person_id),
    )
