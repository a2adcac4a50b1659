"""The list of people and the search."""

from collections.abc import Mapping
from uuid import UUID

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import Role
from mappa.kernel.uow import current
from mappa.offenders import listing, presenters, search
from mappa.offenders.listing import Choices
from mappa.offenders.rules import PeopleFilter
from mappa.offenders.schemas import PeopleFilterSchema, SearchSchema
from mappa.offenders.views.blueprint import Errors, Values, bp, id_of
from mappa.web.flow import current_actor, for_action, unkeyed, witnessed, writes
from mappa.web.pages import render
from mappa.web.typed import understand

ADDERS = (Role.OFFENDER_MANAGER, Role.PROTECTION_OFFICER, Role.SOCIAL_WORKER, Role.COORDINATOR)
"""Roles that are shown the way to add a person; who may is decided there."""


@bp.get("/people")
@for_action(Action.PEOPLE_LIST)
@witnessed
def index() -> ResponseReturnValue:
    """The people this reader may see, by name, narrowed as they last narrowed it."""
    actor = current_actor()
    offered = listing.choices(actor)
    return _list_page(actor, offered, listing.chosen_of(offered), {})


def index_page(*, values: Values, errors: Errors) -> str:
    """The list as it was, with the filter as it was typed."""
    actor = current_actor()
    offered = listing.choices(actor)
    return _list_page(actor, offered, listing.chosen_of(offered), errors, values)


def _list_page(
    actor: Actor,
    offered: Choices,
    chosen: PeopleFilter,
    errors: Errors,
    values: Mapping[str, str] | None = None,
) -> str:
    page = listing.people(actor, chosen, after=id_of(request.args.get("after")))
    return render(
        "people/index.html",
        people=[presenters.person_row(seen) for seen in page.people],
        how_many=presenters.how_many(page.total),
        values=values if values is not None else chosen.chosen(),
        errors=errors,
        filters=presenters.filters(offered),
        narrowed=presenters.narrowed(offered, chosen),
        next_href=url_for(".index", after=page.after) if page.after else None,
        may_add=actor.role in ADDERS,
        deeds=_deeds(actor, chosen.level),
    )


def _deeds(actor: Actor, level: int | None) -> list[tuple[str, str]]:
    """What else this reader may do with the list: label and link."""
    found = []
    if decide(actor, Action.PEOPLE_IMPORT).allowed:
        found.append(("Import existing cases", url_for("importing.index")))
    if decide(actor, Action.PEOPLE_EXPORT).allowed:
        found.append(("Export this list", url_for("exporting.index", level=level)))
    return found


@bp.post("/people")
@for_action(Action.PEOPLE_LIST)
@writes(again=index_page)
def index_post() -> ResponseReturnValue:
    """Keep how the list is narrowed, and show it."""
    wanted = PeopleFilter()
    if "clear" not in request.form:
        wanted = understand(PeopleFilterSchema(), request.form)
    listing.keep_filter(current_actor(), wanted)
    return redirect(url_for(".index"))


def find_page(*, values: Values, errors: Errors) -> str:
    """The search page, before anything is found."""
    to_change = request.args.get("to") == "change"
    return render("people/find.html", values=values, errors=errors, found=None, to_change=to_change)


@bp.get("/people/find")
@for_action(Action.PEOPLE_LIST)
@witnessed
def find() -> ResponseReturnValue:
    """The box to find a person by."""
    return find_page(values={}, errors={})


@bp.post("/people/find")
@for_action(Action.PEOPLE_LIST)
@writes(again=find_page)
@unkeyed
def find_post() -> ResponseReturnValue:
    """Keep what was typed, and go to what is found."""
    typed = understand(SearchSchema(), request.form).q
    kept = search.keep_search(current_actor(), typed, now=current().at)
    return redirect(url_for(".found", search_id=kept.id))


@bp.get("/people/found/<uuid:search_id>")
@for_action(Action.PEOPLE_LIST)
@witnessed
def found(search_id: UUID) -> ResponseReturnValue:
    """Who answers a search of this session, closest first."""
    actor = current_actor()
    typed = search.kept_search(actor, search_id)
    answer = presenters.answer(search.search(actor, typed))
    duty = actor.role is Role.DUTY_OFFICER and "emergency.door" in current_app.view_functions
    return render(
        "people/find.html",
        values={"q": typed},
        errors={},
        found=answer,
        emergency_href=url_for("emergency.door") if duty else None,
        ask_href=_ask_href(actor),
    )


def _ask_href(actor: Actor) -> str | None:
    """Where one asks about somebody whom one does not see, for those who may."""
    if "requests.unseen" not in current_app.view_functions:
        return None
    return url_for("requests.unseen") if decide(actor, Action.REQUEST_ASK).allowed else None
