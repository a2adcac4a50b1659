"""The page on which another agency adds its own account to a visit."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.kernel.errors import NotFound, NotPermitted
from mappa.visits import presenters as visits
from mappa.visits import queries as visits_read
from mappa.visits.joint import queries, rules, service
from mappa.visits.joint.rules import AddAccount
from mappa.visits.rules import VisitState, kind_words
from mappa.visits.views.blueprint import bp, now
from mappa.web import words
from mappa.web.flow import current_actor, for_action, witnessed, writes
from mappa.web.pages import render_person, standing_on
from mappa.web.parking import typed
from mappa.web.typed import CommandSchema, Text, understand

Values = Mapping[str, Any]
Errors = Mapping[str, list[str]]


class AccountSchema(CommandSchema):
    """An agency's account of a visit."""

    command = AddAccount

    account = Text(missing="Say what your agency saw and did")
    concerns = Text()


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/account")
@for_action(Action.VISIT_LOG)
@witnessed
def account(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The form of the own agency's account."""
    return account_page(person_id, visit_id, values=typed(), errors={})


def account_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    standing_on(person_id)
    actor = current_actor()
    visit = visits_read.visit(actor, person_id, visit_id)
    if not visit.full:
        raise NotFound
    rules.check_joint(state=visit.state, owner=visit.owner_agency_id, agency=actor.agency_id)
    if not service.may_add(actor, visit):
        raise NotPermitted("visit:log: account of another agency")
    place: dict[str, Any] = {"person_id": person_id, "visit_id": visit_id}
    return render_person(
        "visits/account.html",
        person_id,
        tab="visits",
        section="add an account",
        short=True,
        caption=f"{kind_words(visit.announced)} visit, {visits.when(visit)}",
        owner=visit.agency_name,
        agency=actor.agency_name,
        values=values,
        errors=errors,
        back_href=url_for("visits.visit", **place),
        form_href=url_for("visits.account", **place),
    )


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/account")
@for_action(Action.VISIT_LOG)
@writes(again=account_page)
def account_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Add the account."""
    standing_on(person_id)
    command = understand(AccountSchema(), request.form)
    service.add_account(current_actor(), person_id, visit_id, command, now=now())
    flash("Your agency’s account is added.", "success")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))


def beside(actor: Actor, visit: Seen) -> dict[str, Any]:
    """The accounts of other agencies on the page of a visit, and whether its reader adds one."""
    if not visit.full or not visit.outcome:
        return {"accounts": [], "may_add": False}
    found = queries.accounts(actor, visit.person_id, visit.id)
    made = visit.state == VisitState.MADE.value
    return {
        "accounts": [
            (each.agency_name, f"{each.by_name}, {words.moment(each.at)}", each.account)
            + (each.concerns,)
            for each in found
        ],
        "may_add": made and service.may_add(actor, visit),
    }
