"""The page on which an officer adds an account to a visit that somebody else logged."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.reading import Seen
from mappa.visits import presenters as visits
from mappa.visits import queries as visits_read
from mappa.visits.cards.presenters import Card
from mappa.visits.files.views import Shown
from mappa.visits.joint import queries, service
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
    """An officer's account of a visit."""

    command = AddAccount

    account = Text(missing="Say what was seen and done")
    concerns = Text()


@bp.get("/people/<uuid:person_id>/visits/<uuid:visit_id>/account")
@for_action(Action.VISIT_LOG)
@witnessed
def account(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """The form of an account."""
    return account_page(person_id, visit_id, values=typed(), errors={})


def account_page(person_id: UUID, visit_id: UUID, *, values: Values, errors: Errors) -> str:
    """The form with what was typed."""
    standing_on(person_id)
    actor = current_actor()
    visit = visits_read.visit(actor, person_id, visit_id)
    service.check_may_add(actor, visit)
    place: dict[str, Any] = {"person_id": person_id, "visit_id": visit_id}
    return render_person(
        "visits/account.html",
        person_id,
        tab="visits",
        section="add an account",
        short=True,
        caption=f"{kind_words(visit.announced)} visit, {visits.when(visit)}",
        title=_title(actor, visit),
        own=visit.owner_agency_id == actor.agency_id,
        owner=visit.by_name if visit.owner_agency_id == actor.agency_id else visit.agency_name,
        agency=actor.agency_name,
        values=values,
        errors=errors,
        back_href=url_for("visits.visit", **place),
        form_href=url_for("visits.account", **place),
    )


def _title(actor: Actor, visit: Seen) -> str:
    """Whose account the reader adds."""
    own = visit.owner_agency_id == actor.agency_id
    return "Add your own account" if own else "Add your agency’s account"


@bp.post("/people/<uuid:person_id>/visits/<uuid:visit_id>/account")
@for_action(Action.VISIT_LOG)
@writes(again=account_page)
def account_post(person_id: UUID, visit_id: UUID) -> ResponseReturnValue:
    """Add the account."""
    standing_on(person_id)
    command = understand(AccountSchema(), request.form)
    service.add_account(current_actor(), person_id, visit_id, command, now=now())
    flash("Your account is added.", "success")
    return redirect(url_for("visits.visit", person_id=person_id, visit_id=visit_id))


def beside(
    actor: Actor,
    visit: Seen,
    went: Sequence[Seen],
    cards: Mapping[UUID, list[Card]],
    files: Mapping[UUID, list[Shown]],
) -> dict[str, Any]:
    """The accounts on the page of a visit, and whether its reader adds one.

    ``went`` are those who attended; ``cards`` and ``files`` are of the visit and its accounts.
    """
    if not visit.full or not visit.outcome:
        return {"accounts": [], "may_add": False}
    found = queries.accounts(actor, visit.person_id, visit.id)
    made = visit.state == VisitState.MADE.value
    return {
        "accounts": [
            {
                "agency": each.agency_name,
                "who": f"{each.by_name}, {words.moment(each.at)}",
                "account": each.account,
                "concerns": each.concerns,
                "cards": cards.get(each.id, []),
                "files": files.get(each.id, []),
                "mine": made and each.by_id == actor.user_id,
            }
            for each in found
        ],
        "add": _title(actor, visit),
        "may_add": made and service.may_add(actor, visit, {each.user_id for each in went}),
    }
