"""The page that gives an action after a visit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.actions import queries as actions
from mappa.visits.cards.views import page_of, visit_of_author
from mappa.visits.following import service
from mappa.visits.following.service import FollowUp
from mappa.visits.views.blueprint import bp, now
from mappa.web import words
from mappa.web.flow import for_action, witnessed, writes
from mappa.web.parking import typed
from mappa.web.typed import CommandSchema, Day, Id, Line, understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]


class FollowUpSchema(CommandSchema):
    """An action after a visit."""

    command = FollowUp

    what = Line(missing="Say what is to be done")
    who = Id(missing="Choose who does it from the list")
    due_on = Day("the day by which it is done")


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/follow-up")
@for_action(Action.VISIT_CORRECT)
@witnessed
def follow_up(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The form of an action."""
    return follow_up_page(person_id, visit_id, values=typed(), errors={})


def follow_up_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    actor, visit = visit_of_author(person_id, visit_id)
    return page_of(
        "follow_up",
        visit,
        "add an action",
        values=values,
        errors=errors,
        owners=[(str(each.user_id), each.name) for each in service.owners(actor, person_id)],
        form_href=url_for("visits.follow_up", person_id=person_id, visit_id=visit_id),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/follow-up")
@for_action(Action.VISIT_CORRECT)
@writes(again=follow_up_page)
def follow_up_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Give the action."""
    actor, _ = visit_of_author(person_id, visit_id)
    command = understand(FollowUpSchema(), request.form)
    service.add_follow_up(actor, visit_id, command, now=now())
    flash("Action added. It is on the list of work of whoever does it.", "success")
    return redirect(url_for("visits.cards", person_id=person_id, visit_id=visit_id))


def beside(actor: Actor, visit: Seen) -> list[tuple[str, str, str]]:
    """The actions on the page of a visit: what, who and by when, and where it is."""
    if not visit.full or not visit.outcome:
        return []
    return [
        (
            each.what,
            f"{each.owner_name}, by {words.day(each.due_on)}",
            url_for("actions.show", action_id=each.id),
        )
        for each in actions.from_record(actor, visit.person_id, visit.id)
    ]
