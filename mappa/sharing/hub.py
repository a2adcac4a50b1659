"""The page "Sharing": what an information officer shares, and the ways to what else there is."""

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.access.asking import decide
from mappa.access.terms import CASE_ROLES, Role
from mappa.kernel.clock import day_of
from mappa.kernel.uow import current
from mappa.sharing.shares import presenters, queries
from mappa.web.flow import current_actor, for_action, witnessed
from mappa.web.pages import render

bp = Blueprint("sharing", __name__, template_folder="templates")


@dataclass(frozen=True)
class Entry:
    """A way onward from the page, for those who may do ``action``."""

    endpoint: str
    title: str
    hint: str
    action: Action


ENTRIES: list[Entry] = []
"""Filled by the parts of sharing, in the order of the page."""

ROLES = frozenset({*CASE_ROLES, Role.COORDINATOR, Role.INFORMATION_OFFICER})
"""Who has the page in the navigation: whoever asks, answers or approves something there."""


@bp.get("/sharing")
@for_action(Action.SHARING_OPEN)
@witnessed
def index() -> ResponseReturnValue:
    """What ends soon, what is to be reviewed, and all that the own agency shares."""
    actor = current_actor()
    entries = [
        (url_for(each.endpoint), each.title, each.hint)
        for each in ENTRIES
        if decide(actor, each.action).allowed
    ]
    return render("shares/hub.html", entries=entries, shares=_shares(actor))


def _shares(actor: Actor) -> dict[str, object] | None:
    """The lists of shares; None for those who make none."""
    if not decide(actor, Action.SHARE_LIST).allowed:
        return None
    today = day_of(current().at)
    to = _id_of(request.args.get("agency"))
    page = queries.of_agency(actor, to=to, after=_id_of(request.args.get("after")))
    after = url_for("sharing.index", agency=to, after=page.after) if page.after else None
    return {
        "ending": [presenters.row(each, today) for each in queries.ending(actor, today)],
        "to_review": [presenters.row(each, today) for each in queries.to_review(actor, today)],
        "all": [presenters.row(each, today) for each in page.shares],
        "agencies": [(str(id_), name) for id_, name in queries.receivers(actor)],
        "agency": str(to or ""),
        "next_href": after,
        "back_href": url_for("sharing.index", agency=to) if request.args.get("after") else None,
    }


def _id_of(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
