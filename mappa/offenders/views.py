"""Pages of the shared record: the list, the search, and what belongs to one person."""

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.offenders import presenters, queries
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render

bp = Blueprint("people", __name__, template_folder="templates")

_LEVELS = {"1": 1, "2": 2, "3": 3}


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@bp.get("/people")
@for_action(Action.PEOPLE_LIST)
@witnessed
def index() -> ResponseReturnValue:
    """The people this reader may see, by name."""
    level = _LEVELS.get(request.args.get("level", ""))
    after = _id_of(request.args.get("after"))
    page = queries.people(current_actor(), level=level, after=after)
    return render(
        "people/index.html",
        people=[presenters.person_row(seen) for seen in page.people],
        how_many=presenters.how_many(page.total),
        level=level,
        next_href=url_for(".index", level=level, after=page.after) if page.after else None,
    )


@bp.get("/people/find")
@for_action(Action.PEOPLE_LIST)
@witnessed
def find() -> ResponseReturnValue:
    """The box to find a person by."""
    return find_page(values={}, errors={})


def find_page(*, values: Mapping[str, str], errors: Mapping[str, list[str]]) -> str:
    """The search page, before anything is found."""
    return render("people/find.html", values=values, errors=errors, found=None)
