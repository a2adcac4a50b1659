"""The page of one action: what, who, by when; and saying that it is done."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.actions import queries, service
from mappa.actions.models import ActionState
from mappa.actions.schemas import CompleteActionSchema
from mappa.kernel import clock
from mappa.kernel.uow import current
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("actions", __name__, template_folder="templates")

WORDINGS[service.GIVEN] = Wording(
    "You were given an action.", "actions.show", "action_id", "Open the action"
)


@bp.get("/actions/<uuid:action_id>")
@for_action(Action.ACTION_READ)
@witnessed
def show(action_id: UUID) -> ResponseReturnValue:
    """One action."""
    return action_page(action_id, values=typed(), errors={})


def action_page(
    action_id: UUID, *, values: Mapping[str, str], errors: Mapping[str, list[str]]
) -> str:
    """The page of an action, with its form for those who may complete it."""
    actor = current_actor()
    seen = queries.action(actor, action_id)
    is_open = seen.state == ActionState.OPEN.value
    mine = service.may_complete(actor, seen.owner_user_id, seen.assigned_agency_id)
    return render_person(
        "actions/show.html",
        seen.person_id,
        tab="meetings",
        section="Action",
        action=seen,
        is_open=is_open,
        # What was typed is kept on the page even if somebody else was quicker.
        with_form=mine and (is_open or bool(values)),
        today=clock.day_of(current().at),
        values=values,
        errors=errors,
    )


@bp.post("/actions/<uuid:action_id>")
@for_action(Action.ACTION_UPDATE)
@writes(again=action_page)
def complete(action_id: UUID) -> ResponseReturnValue:
    """Say that an action is done."""
    command = understand(CompleteActionSchema(), request.form)
    service.complete_action(current_actor(), action_id, command.evidence, now=current().at)
    flash("The action is done.")
    return redirect(url_for("actions.show", action_id=action_id))
