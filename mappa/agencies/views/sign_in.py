"""Signing in and out. A failed try is on record before its answer leaves."""

import hashlib
import hmac
from functools import wraps
from typing import Any
from uuid import UUID

import flask_login
from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    request,
    url_for,
)
from flask import session as cookie
from flask.typing import ResponseReturnValue

from config.settings import DEMO_PASSWORD, Mode, Settings
from mappa.access.actions import Action
from mappa.agencies import queries, rules, sessions, signing_in
from mappa.agencies.models import Session, User
from mappa.agencies.signing_in import Checked, Refused
from mappa.kernel.db import NOBODY, db
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.web.flow import (
    SignedOut,
    View,
    current_actor,
    for_action,
    reader,
    reads,
    unkeyed,
    writes,
)
from mappa.web.pages import render

bp = Blueprint("sessions", __name__, template_folder="../templates")

NOT_RIGHT = "Email address or password is not right. Check both and try again."
KEPT = "You were signed out. Sign in again and carry on; what you typed is kept."
_NEXT = "after_sign_in"
_LONGEST_EMAIL = 254
_LONGEST_PASSWORD = 1000


def settings() -> Settings:
    """The settings of this installation."""
    return current_app.config["SETTINGS"]  # type: ignore[no-any-return]


def second_factor_required() -> bool:
    """Whether nobody gets in with a password alone."""
    return settings().mode is Mode.PRODUCTION


def digest_of(kind: str, text: str) -> str:
    """A keyed digest: the tally of tries must not tell which addresses were tried."""
    key = settings().secret_key.encode()
    return hmac.new(key, f"{kind}:{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def email_key(email: str) -> str:
    """Under which key the failed tries of an address are counted."""
    return digest_of("sign-in", email.lower())


def safe_next(target: str) -> str:
    """The page to go to, or "" if it is none of ours, or a step of signing in or out."""
    step = target.startswith(("/sign-in", "/sign-out"))
    return target if rules.is_local(target) and not step else ""


@bp.get("/sign-in")
@for_action(Action.SIGN_IN)
@reads
def sign_in() -> ResponseReturnValue:
    """The page, with the demo's accounts in the demo."""
    if reader() is not None:
        return redirect(safe_next(request.args.get("next", "")) or "/")
    kept = request.args.get("kept") == "1"
    wanted = url_for("parked.index") if kept else safe_next(request.args.get("next", ""))
    return sign_in_page(notice=KEPT if kept else "", wanted=wanted)


def sign_in_page(
    *,
    notice: str = "",
    wanted: str = "",
    email: str = "",
    errors: dict[str, list[str]] | None = None,
) -> str:
    """The sign-in page, perhaps with what was wrong."""
    first, others = queries.demo_accounts() if settings().demo else ([], [])
    return render(
        "web/sign_in.html",
        action=url_for("sessions.sign_in_post"),
        values={"email": email},
        errors=errors or {},
        notice=notice,
        next_href=wanted,
        idle_minutes=settings().idle_minutes,
        accounts=first,
        other_accounts=others,
        demo_password=DEMO_PASSWORD,
    )


def _again(values: Any, errors: dict[str, list[str]]) -> str:
    return sign_in_page(
        wanted=safe_next(values.get("next", "")), email=values.get("email", ""), errors=errors
    )


def typed_email() -> str:
    """The address as typed, fit to be looked up; "" if no address can look like that."""
    email = request.form.get("email", "").strip()
    return email if len(email) <= _LONGEST_EMAIL and email.isprintable() else ""


def _looked_at(view: View) -> View:
    """Look at the password before the writing transaction: hashing must not hold up the queue."""

    @wraps(view)
    def wrapper(*args: Any, **kwargs: Any) -> ResponseReturnValue:
        email, password = typed_email(), request.form.get("password", "")[:_LONGEST_PASSWORD]
        g.checked = None
        if email and password:
            with unit_of_work(Kind.READ):
                stored = signing_in.stored_for(email)
            g.checked = signing_in.check(email_key(email), stored, password)
        return view(*args, **kwargs)

    return wrapper


@bp.post("/sign-in")
@for_action(Action.SIGN_IN)
@_looked_at
@writes(again=_again)
def sign_in_post() -> ResponseReturnValue:
    """Sign in, or refuse in the same words and time whatever the cause."""
    checked: Checked | None = g.checked
    if checked is None:
        raise FieldErrors(_missing())
    at = current().at
    outcome = signing_in.decide(checked, at)
    wanted = safe_next(request.form.get("next", ""))
    if isinstance(outcome, Refused):
        return _refuse(outcome, wanted)
    return carry_on(outcome, second_factor=False, wanted=wanted)


def carry_on(user: User, *, second_factor: bool, wanted: str) -> ResponseReturnValue:
    """The next step of somebody who has proved the password, and perhaps the second factor."""
    if not second_factor and user.totp_secret:
        return _wait_for(user, "sessions.code", wanted, second_factor=False)
    if not second_factor and second_factor_required():
        return _wait_for(user, "sessions.enrol", wanted, second_factor=False)
    postings = queries.live_postings(user.id)
    if len(postings) > 1:
        return _wait_for(user, "sessions.choose", wanted, second_factor=second_factor)
    if not postings:
        return redirect(url_for("sessions.sign_in"))
    return complete(user, postings[0].id, second_factor=second_factor, wanted=wanted)


def _wait_for(
    user: User, endpoint: str, wanted: str, *, second_factor: bool
) -> ResponseReturnValue:
    sessions.sign_in(user, NOBODY, at=current().at, second_factor=second_factor)
    cookie[_NEXT] = wanted
    return redirect(url_for(endpoint))


def complete(
    user: User, posting_id: UUID, *, second_factor: bool, wanted: str
) -> ResponseReturnValue:
    """Begin the session that opens pages, and go to the page that was wanted."""
    at = current().at
    actor = sessions.sign_in(user, posting_id, at=at, second_factor=second_factor)
    if actor is None:
        return redirect(url_for("sessions.sign_in"))
    signing_in.began(actor, at)
    return redirect(wanted or "/")


def wanted_page() -> str:
    """The page that was wanted before the sign-in began."""
    kept = cookie.get(_NEXT, "")
    return safe_next(kept) if isinstance(kept, str) else ""


def half_way() -> tuple[Session, User]:
    """Who has proved the password and has a step to take. Raises ``SignedOut`` if nobody."""
    found = sessions.half_way(current().at)
    user = db.session.get(User, found.user_id) if found else None
    if found is None or user is None or user.disabled_at is not None:
        raise SignedOut
    return found, user


@bp.get("/sign-in/posting")
@for_action(Action.SIGN_IN)
@reads
def choose() -> ResponseReturnValue:
    """Which posting to act under."""
    return choose_page(values={}, errors={})


def choose_page(values: Any, errors: dict[str, list[str]]) -> str:
    """The postings of somebody who has several."""
    _, user = half_way()
    return render(
        "agencies/choose_posting.html",
        action=url_for("sessions.choose_post"),
        postings=queries.live_postings(user.id),
        values=values,
        errors=errors,
    )


@bp.post("/sign-in/posting")
@for_action(Action.SIGN_IN)
@writes(again=choose_page)
def choose_post() -> ResponseReturnValue:
    """Act under the chosen posting."""
    found, user = half_way()
    if not found.second_factor and (user.totp_secret or second_factor_required()):
        raise SignedOut
    own = {str(each.id): each.id for each in queries.live_postings(user.id)}
    chosen = own.get(request.form.get("posting", ""))
    if chosen is None:
        raise FieldErrors({"posting": ["Choose whom you act for"]})
    return complete(user, chosen, second_factor=found.second_factor, wanted=wanted_page())


@bp.post("/sign-out")
@for_action(Action.ACCOUNT)
@writes()
@unkeyed
def sign_out() -> ResponseReturnValue:
    """End this session at once."""
    actor, at = current_actor(), current().at
    sessions.end(actor.session_id, at=at, why="signed out")
    signing_in.ended(actor, at)
    flask_login.logout_user()
    cookie.clear()
    flash("You have signed out.")
    return redirect(url_for("sessions.sign_in"))


def _missing() -> dict[str, list[str]]:
    missing = {}
    if not typed_email():
        missing["email"] = ["Enter your email address, like name@example.org"]
    if not request.form.get("password"):
        missing["password"] = ["Enter your password"]
    return missing


def _refuse(refused: Refused, wanted: str) -> Response:
    sentence = rules.wait_words(refused.minutes) if refused.minutes else NOT_RIGHT
    page = sign_in_page(
        wanted=wanted, email=request.form.get("email", ""), errors={"email": [sentence]}
    )
    return refused_page(page)


def refused_page(page: str) -> Response:
    """A page that says no while what was counted is committed: a 422 from then on."""
    answer = make_response(page)

    def say_no() -> None:
        answer.status_code = 422

    current().after.append(say_no)
    return answer
