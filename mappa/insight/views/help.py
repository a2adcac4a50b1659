"""Help, privacy, accessibility, and how to ask for access: open to everybody."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.access.asking import decide
from mappa.insight import help as texts
from mappa.web.flow import for_action, reader, reads
from mappa.web.pages import render

bp = Blueprint("help", __name__, template_folder="../templates")


@bp.get("/help")
@for_action(Action.SIGN_IN)
@reads
def help_page() -> ResponseReturnValue:
    """Explain the platform in a few words."""
    return render("insight/help.html", page=texts.HELP, asking=True)


@bp.get("/help/privacy")
@for_action(Action.SIGN_IN)
@reads
def privacy() -> ResponseReturnValue:
    """Say what is recorded."""
    return render("insight/help.html", page=texts.PRIVACY, asking=False)


@bp.get("/help/accessibility")
@for_action(Action.SIGN_IN)
@reads
def accessibility() -> ResponseReturnValue:
    """Say how the pages can be used, and what to do if they cannot."""
    return render("insight/help.html", page=texts.ACCESSIBILITY, asking=False)


@bp.get("/help/asking-for-access")
@for_action(Action.SIGN_IN)
@reads
def asking_for_access() -> ResponseReturnValue:
    """Say whom to ask for a record that cannot be opened."""
    actor = reader()
    links = [
        (heading, url_for(endpoint), words)
        for heading, endpoint, words, action in texts.ASKING.links
        if actor is not None and decide(actor, action).allowed
    ]
    return render("insight/help.html", page=texts.ASKING, asking=False, links=links)
