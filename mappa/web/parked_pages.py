"""Pages of unsent text: what somebody was typing when the session ran out, to check and send."""

from uuid import UUID

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.actor import Actor
from mappa.web import parking
from mappa.web.flow import current_actor, for_action, reads, writes
from mappa.web.pages import render

bp = Blueprint("parked", __name__, template_folder="templates")

HOME_LINK = "You have unsent text"


def how_many(actor: Actor) -> int:
    """How many forms wait for this reader; the home page links to them."""
    return len(parking.parked_for(actor))


def page_words(page: str) -> str:
    """Which form it was, in the words of its address, without the ids in it."""
    words = [part for part in page.split("?")[0].split("/") if part and not _is_id(part)]
    return ", ".join(word.replace("-", " ") for word in words).capitalize() or "Home"


def _is_id(part: str) -> bool:
    try:
        UUID(part)
    except ValueError:
        return False
    return True


@bp.get("/unsent")
@for_action(Action.PARKED_READ)
@reads
def index() -> ResponseReturnValue:
    """What waits, newest first. What was typed is only shown in its own form."""
    rows = [(each, page_words(each.page)) for each in parking.parked_for(current_actor())]
    return render("web/unsent.html", rows=rows)


@bp.post("/unsent/<uuid:parked_id>/remove")
@for_action(Action.PARKED_READ)
@writes()
def remove(parked_id: UUID) -> ResponseReturnValue:
    """Throw one away. Somebody else's is left alone, and that looks the same."""
    parking.forget(current_actor(), parked_id)
    flash("Removed.")
    return redirect(url_for("parked.index"))
