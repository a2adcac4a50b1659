"""The page behind an administrator's one-time link: a first password, or a new one."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import service, signing_in
from mappa.agencies.views.account import refused_password
from mappa.agencies.views.sign_in import bp as bp
from mappa.agencies.views.sign_in import email_key
from mappa.kernel.uow import current
from mappa.web.flow import for_action, reads, writes
from mappa.web.pages import render


@bp.get("/set-password/<token>")
@for_action(Action.SIGN_IN)
@reads
def set_password(token: str) -> ResponseReturnValue:
    """The form. A link that was used, is void or is over is not found."""
    return set_password_page(token, {}, {})


def set_password_page(token: str, values: Any, errors: dict[str, list[str]]) -> str:
    """The form; nothing typed in it is ever sent back."""
    _, user = service.open_link(token, now=current().at)
    return render(
        "agencies/set_password.html",
        action=url_for("sessions.set_password_post", token=token),
        email=user.email,
        errors=errors,
    )


@bp.post("/set-password/<token>")
@for_action(Action.SIGN_IN)
@writes(again=set_password_page)
def set_password_post(token: str) -> ResponseReturnValue:
    """Set it; the link is then used."""
    user = service.use_link(
        token,
        request.form.get("new_password", ""),
        now=current().at,
        refused=refused_password(),
    )
    signing_in.forget_tries(email_key(user.email))
    flash("Your password is set. Sign in with it.")
    return redirect(url_for("sessions.sign_in"))
