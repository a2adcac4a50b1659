"""The page of what takes two people: asked by me, to answer, and one question with its answer."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.kernel.errors import NotFound
from mappa.kernel.uow import current
from mappa.reminders.presenters import WORDINGS, Wording
from mappa.sharing.approvals import presenters, queries, service
from mappa.sharing.approvals.kinds import kind_of
from mappa.sharing.approvals.rules import ApprovalState
from mappa.sharing.approvals.schemas import AnswerSchema, NothingSchema
from mappa.sharing.hub import ENTRIES, Entry
from mappa.web.flow import attempts_recorded, current_actor, for_action, witnessed, writes
from mappa.web.pages import render
from mappa.web.parking import typed
from mappa.web.typed import understand

bp = Blueprint("approvals", __name__, template_folder="../templates")

ENTRIES.append(
    Entry(
        "approvals.index",
        "Approvals",
        "What takes two people: for you to answer, and asked by you",
        Action.APPROVAL_ANSWER,
    )
)

Values = Mapping[str, str]
Errors = Mapping[str, list[str]]

WORDINGS |= {
    service.ASKED: Wording(
        "You are asked to approve something.", "approvals.show", "approval_id", "Open the question"
    ),
}


@bp.get("/sharing/approvals")
@for_action(Action.APPROVAL_ANSWER)
@witnessed
def index() -> ResponseReturnValue:
    """What waits for the reader's answer, and what the reader asked."""
    actor = current_actor()
    asked = queries.asked_by(actor)
    return render(
        "approvals/index.html",
        to_answer=[presenters.row(each) for each in queries.to_answer(actor)],
        asked=[presenters.row(each) for each in asked],
        more=len(asked) >= queries.MOST,
        most=queries.MOST,
    )


@bp.get("/sharing/approvals/<uuid:approval_id>")
@for_action(Action.APPROVAL_ANSWER)
@witnessed
def show(approval_id: UUID) -> ResponseReturnValue:
    """One question, with the form for whoever may answer it."""
    return show_page(approval_id, values=typed(), errors={})


def show_page(approval_id: UUID, *, values: Values, errors: Errors) -> str:
    """The page. Raises ``NotFound`` unless the reader asked it or may answer it."""
    actor = current_actor()
    found = queries.question(actor, approval_id)
    where = kind_of(found.kind).where
    return render(
        "approvals/show.html",
        question=found,
        row=presenters.row(found),
        where=where(actor, found.payload) if where else None,
        open=found.state is ApprovalState.ASKED,
        values=values,
        errors=errors,
    )


@bp.post("/sharing/approvals/<uuid:approval_id>")
@for_action(Action.APPROVAL_ANSWER)
@attempts_recorded
@writes(again=show_page)
def answer(approval_id: UUID) -> ResponseReturnValue:
    """Approve, which does it, or decline."""
    actor = current_actor()
    queries.question(actor, approval_id)
    command = understand(AnswerSchema(), request.form)
    service.answer(actor, approval_id, command.approve, command.why, current().at)
    if command.approve:
        flash("Approved and done.", "success")
    else:
        flash("Declined. Nothing has changed.", "success")
    return redirect(url_for("approvals.index"))


@bp.post("/sharing/approvals/<uuid:approval_id>/withdraw")
@for_action(Action.APPROVAL_ANSWER)
@attempts_recorded
@writes()
def withdraw(approval_id: UUID) -> ResponseReturnValue:
    """Take one's own question back."""
    actor = current_actor()
    if not queries.question(actor, approval_id).own:
        raise NotFound
    understand(NothingSchema(), request.form)
    service.withdraw(actor, approval_id, now=current().at)
    flash("Withdrawn. Nothing has changed.", "success")
    return redirect(url_for("approvals.index"))
