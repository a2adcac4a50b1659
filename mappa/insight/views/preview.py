"""What the receiver of a share will see: of one person, or of one of several as an example."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.insight.presenters import preview as presenter
from mappa.insight.queries.preview import rehearse
from mappa.insight.views.blueprint import bp
from mappa.kernel import uow
from mappa.kernel.clock import day_of
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.offenders.queries import display_name
from mappa.sharing.owners import owners
from mappa.sharing.several.making import making as several_making
from mappa.sharing.several.presenters import how_many
from mappa.sharing.several.views import CAPTION
from mappa.sharing.shares.presenters import side_rows
from mappa.sharing.shares.views.blueprint import making
from mappa.web.flow import for_action, rehearsed
from mappa.web.pages import render, render_person
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


@bp.get("/sharing/several/preview")
@for_action(Action.SHARE_LIST)
@rehearsed
def several_preview() -> ResponseReturnValue:
    """Show what the receiver will see of one of several people; ``person`` is whom she chooses."""
    found = several_making()
    try:
        command = found.command()
        ready = found.weighed(command).ready
    except (FieldErrors, RuleBroken):
        return redirect(url_for("several.what"))
    if not ready:
        return redirect(url_for("several.check"))
    chosen = request.args.get("person", str(ready[0].record))
    example = next((each for each in ready if str(each.record) == chosen), None)
    if example is None:
        raise NotFound
    actor, receiver = found.actor, found.receiver()
    seen = rehearse(actor, example, command, receiver)
    return render(
        "insight/several_preview.html",
        caption=CAPTION.format(4),
        receiver=receiver,
        starts=day(command.starts_on),
        shown=presenter.page(seen, command, actor.agency_name, day_of(uow.current().at)),
        people=[(str(each.record), display_name(each)) for each in ready],
        how_many=how_many(len(ready)),
        values={"person": chosen},
        left_out=presenter.left_out(command),
        side=side_rows(command),
    )
