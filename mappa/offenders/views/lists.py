"""The list of people and the search."""

from uuid import UUID

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.kernel.uow import current
from mappa.offenders import presenters, queries, search
from mappa.offenders.schemas import SearchSchema
from mappa.offenders.views.blueprint import Errors, Values, bp, id_of
from mappa.web.flow import current_actor, for_action, unkeyed, witnessed, writes
from mappa.web.pages import render
from mappa.web.typed import understand

_LEVELS = {"1": 1, "2": 2, "3": 3}


@bp.get("/people")
@for_action(Action.PEOPLE_LIST)
@witnessed
def index() -> ResponseReturnValue:
    """The people this reader may see, by name."""
    level = _LEVELS.get(request.args.get("level", ""))
    after = id_of(request.args.get("after"))
    page = queries.people(current_actor(), level=level, after=after)
    return render(
        "people/index.html",
        people=[presenters.person_row(seen) for seen in page.people],
        how_many=presenters.how_many(page.total),
        level=level,
        next_href=url_for(".index", level=level, after=page.after) if page.after else None,
        deeds=_deeds(level),
    )


def _deeds(level: int | None) -> list[tuple[str, str]]:
    """What else this reader may do with the list: label and link."""
    actor = current_actor()
    found = []
    if decide(actor, Action.PEOPLE_IMPORT).allowed:
        found.append(("Import existing cases", url_for("importing.index")))
    if decide(actor, Action.PEOPLE_EXPORT).allowed:
        found.append(("Export this list", url_for("exporting.index", level=level)))
    return found


def find_page(*, values: Values, errors: Errors) -> str:
    """The search page, before anything is found."""
    return render("people/find.html", values=values, errors=errors, found=None)


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
    return render("people/find.html", values={"q": typed}, errors={}, found=answer)
