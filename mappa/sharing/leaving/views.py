"""Pages of the shares that somebody left behind."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.kernel.clock import day_of
from mappa.kernel.uow import current
from mappa.sharing.hub import ENTRIES, Entry
from mappa.sharing.leaving import queries, service
from mappa.sharing.leaving.schemas import ConfirmSchema
from mappa.sharing.shares import presenters as shares
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("leaving", __name__, template_folder="../templates")

ENTRIES.append(
    Entry(
        "leaving.index",
        "Shares left behind",
        "What somebody shared who has left: confirm, end or renew each of them",
        Action.SHARE_LIST,
    )
)

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]


@bp.get("/sharing/left-behind")
@for_action(Action.SHARE_LIST)
@witnessed
def index() -> ResponseReturnValue:
    """Shares of the agency for which nobody answers any more."""
    today = day_of(current().at)
    found = queries.waiting(current_actor())
    rows = [(shares.row(each, today), each.get("by_name", "")) for each in found]
    return render("leaving/index.html", rows=rows)


@bp.get("/sharing/left-behind/<uuid:share_id>")
@for_action(Action.SHARE_LIST)
@witnessed
def show(share_id: UUID) -> ResponseReturnValue:
    """One of them, with the form that confirms it."""
    return show_page(share_id, values=typed(), errors={})


def show_page(share_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page. Raises ``NotFound`` for a share that somebody answers for."""
    found = queries.left_behind(current_actor(), share_id)
    return render(
        "leaving/show.html",
        row=shares.row(found, day_of(current().at)),
        facts=shares.facts_of(found),
        values=values,
        errors=errors,
    )


@bp.post("/sharing/left-behind/<uuid:share_id>")
@for_action(Action.SHARE_LIST)
@attempts_recorded
@writes(again=show_page)
def confirm(share_id: UUID) -> ResponseReturnValue:
    """Answer for it."""
    actor = current_actor()
    queries.left_behind(actor, share_id)
    command = understand(ConfirmSchema(), request.form)
    service.confirm(actor, share_id, command.why, now=current().at)
    flash("Confirmed. You answer for this share now.", "success")
    return redirect(url_for("leaving.index"))
