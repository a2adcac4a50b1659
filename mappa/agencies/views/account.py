"""One's own account: postings, password, second factor, signed-in browsers."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from config.settings import DEMO_PASSWORD
from mappa.access.actions import Action
from mappa.agencies import passwords, queries, rules, second_factor, service, sessions, signing_in
from mappa.agencies.models import User
from mappa.agencies.views.second_factor import codes_page, offer_page, proof_for
from mappa.agencies.views.sign_in import (
    digest_of,
    refused_page,
    safe_next,
    second_factor_required,
    settings,
)
from mappa.audit import log
from mappa.kernel.db import db
from mappa.kernel.errors import FieldErrors, NotFound, RuleBroken
from mappa.kernel.uow import Kind, current, unit_of_work
from mappa.web import parking
from mappa.web.flow import current_actor, for_action, look_up, reads, unkeyed, writes
from mappa.web.pages import render
from mappa.web.slots import SignIn

bp = Blueprint("account", __name__, template_folder="../templates")

Errors = dict[str, list[str]]
WRONG_PASSWORD = "This is not your password. Enter the password you sign in with"


def refused_password() -> str | None:
    """The password that nobody may have here: the demo's, outside of the demo."""
    return None if settings().demo else DEMO_PASSWORD


def _me() -> User:
    return db.session.get_one(User, current_actor().user_id)


@bp.get("/account")
@for_action(Action.ACCOUNT)
@reads
def index() -> ResponseReturnValue:
    """Who I am, and what I can change."""
    return account_page({}, {})


def account_page(values: Any, errors: Errors) -> str:
    """The account page, perhaps with what was wrong."""
    actor, user, at = current_actor(), _me(), current().at
    config = settings()
    return render(
        "agencies/account.html",
        user=user,
        actor=actor,
        postings=queries.live_postings(user.id),
        sessions=queries.sessions_of(
            user.id,
            at,
            idle=at - timedelta(minutes=config.idle_minutes),
            began=at - timedelta(hours=config.absolute_hours),
        ),
        values=values or {"posting": str(actor.posting_id)},
        errors=errors,
    )


@bp.post("/account")
@for_action(Action.ACCOUNT)
@writes(again=account_page)
def act_under() -> ResponseReturnValue:
    """Act under another posting from now on."""
    actor = current_actor()
    own = {str(each.id): each for each in queries.live_postings(actor.user_id)}
    chosen = own.get(request.form.get("posting", ""))
    if chosen is None:
        raise FieldErrors({"posting": ["Choose whom you act for"]})
    sessions.act_under(actor, chosen.id)
    log.record(
        actor,
        log.Operation.SIGN_IN,
        "session:posting-changed",
        [actor.user_id, chosen.id],
        at=current().at,
    )
    flash(f"You now act as: {chosen.words}.")
    return redirect(url_for("account.index"))


@bp.post("/account/sessions/<uuid:session_id>/end")
@for_action(Action.ACCOUNT)
@writes()
def end_session(session_id: UUID) -> ResponseReturnValue:
    """End one of one's own sessions. Raises ``NotFound`` for anybody else's."""
    actor, at = current_actor(), current().at
    if not sessions.is_open(session_id, actor.user_id):
        raise NotFound
    sessions.end(session_id, at=at, why="ended by the person")
    log.record(actor, log.Operation.SIGN_IN, "session:ended", [actor.user_id, session_id], at=at)
    flash("That browser is signed out.")
    return redirect(url_for("account.index"))


@bp.post("/account/sessions/end-others")
@for_action(Action.ACCOUNT)
@writes()
def end_other_sessions() -> ResponseReturnValue:
    """End all one's own sessions but this one."""
    actor, at = current_actor(), current().at
    sessions.end_all(actor.user_id, at=at, why="ended by the person", but=actor.session_id)
    log.record(actor, log.Operation.SIGN_IN, "session:others-ended", [actor.user_id], at=at)
    flash("All your other browsers are signed out.")
    return redirect(url_for("account.index"))


def password_fault() -> str | None:
    """Why the password that was typed again does not do, counted; None if it is the right one."""
    actor, at, user = current_actor(), current().at, _me()
    key = digest_of("confirm", user.id.hex)
    before = signing_in.tries_of(key, at)
    if minutes := rules.minutes_to_wait(before, at):
        return rules.wait_words(minutes)
    if passwords.is_right(user.password_hash, request.form.get("password", "")[:1000]):
        signing_in.forget_tries(key)
        sessions.confirm(actor.session_id, at)
        return None
    refused = signing_in.count_failure(key, before, user, at, "password again")
    return rules.wait_words(refused.minutes) if refused.minutes else WRONG_PASSWORD


def password_hint() -> str | None:
    """What the demo prints beside every field that asks for the password again."""
    return f"In the demo the password is {DEMO_PASSWORD}." if settings().demo else None


@bp.get("/account/password")
@for_action(Action.ACCOUNT)
@reads
def password() -> ResponseReturnValue:
    """The form that changes the password."""
    return password_page({}, {})


def password_page(values: Any, errors: Errors) -> str:
    """The form; nothing typed in it is ever sent back."""
    return render("agencies/password.html", errors=errors, hint=password_hint(), email=_me().email)


@bp.post("/account/password")
@for_action(Action.ACCOUNT)
@writes(again=password_page)
@unkeyed
def password_post() -> ResponseReturnValue:
    """Change the password; other browsers are signed out. Without a key: a key keeps a digest."""
    if fault := password_fault():
        return refused_page(password_page({}, {"password": [fault]}))
    new = request.form.get("new_password", "")
    service.change_password(current_actor(), new, now=current().at, refused=refused_password())
    flash("Your password is changed. All your other browsers are signed out.")
    return redirect(url_for("account.index"))


@bp.get("/confirm-password")
@for_action(Action.ACCOUNT)
@reads
def confirm() -> ResponseReturnValue:
    """Ask for the password again, before something dangerous."""
    return confirm_page({"next": request.args.get("next", "")}, {})


def confirm_page(values: Any, errors: Errors) -> str:
    """The page that asks again, with the way back."""
    return render(
        "agencies/confirm_password.html",
        next_href=safe_next(values.get("next", "")),
        email=_me().email,
        errors=errors,
        hint=password_hint(),
    )


@bp.post("/confirm-password")
@for_action(Action.ACCOUNT)
@writes(again=confirm_page)
@unkeyed
def confirm_post() -> ResponseReturnValue:
    """Note that the password was typed now, and go back to what needed it."""
    if fault := password_fault():
        return refused_page(confirm_page(request.form, {"password": [fault]}))
    return redirect(safe_next(request.form.get("next", "")) or url_for("account.index"))


@bp.app_errorhandler(sessions.PasswordNeeded)
def ask_again(_error: sessions.PasswordNeeded) -> ResponseReturnValue:
    """Lead to the page that asks for the password; what was posted is parked and offered again."""
    page = request.full_path.rstrip("?")
    if request.method == "POST":
        with unit_of_work(Kind.READ):
            actor = look_up().actor
        page = request.form.get("page_of_form", request.path)
        if actor is not None:
            parking.park(SignIn(None, ran_out=actor.session_id, user_id=actor.user_id))
            with unit_of_work(Kind.READ):
                kept = [each for each in parking.parked_for(actor) if each.page == page]
            page += f"?parked={kept[0].id}" if kept else ""
    return redirect(url_for("account.confirm", next=safe_next(page) or None))


@bp.get("/account/second-factor")
@for_action(Action.ACCOUNT)
@reads
def factor() -> ResponseReturnValue:
    """The second factor: set it up, or turn it off."""
    sessions.require_recent_password(current_actor(), current().at)
    return factor_page({}, {})


def factor_page(values: Any, errors: Errors) -> str:
    """Where it is on: what is left of it. Where it is off: the offer of a secret."""
    user = _me()
    if not user.totp_secret:
        return offer_page(user, url_for("account.factor_post"), values, errors)
    return render(
        "agencies/second_factor.html",
        left=second_factor.codes_left(user.id),
        required=second_factor_required(),
        errors=errors,
    )


@bp.post("/account/second-factor")
@for_action(Action.ACCOUNT)
@writes(again=factor_page)
def factor_post() -> ResponseReturnValue:
    """Set it up with the code that proves it; the recovery codes are shown this once."""
    actor, user, at = current_actor(), _me(), current().at
    sessions.require_recent_password(actor, at)
    if user.totp_secret:
        raise RuleBroken("second-factor-off", "The second factor is on already")
    secret, step = proof_for(user)
    codes = second_factor.set_up(user, secret, step, by=actor, now=at)
    sessions.end_all(user.id, at=at, why="second factor set up", but=actor.session_id)
    return codes_page(codes, onwards=url_for("account.index"))


@bp.post("/account/second-factor/codes")
@for_action(Action.ACCOUNT)
@writes()
def new_codes() -> ResponseReturnValue:
    """Ten fresh recovery codes; those before are void."""
    actor, user, at = current_actor(), _me(), current().at
    sessions.require_recent_password(actor, at)
    if not user.totp_secret:
        raise RuleBroken("second-factor-on", "The second factor is off")
    return codes_page(
        second_factor.renew_codes(user, by=actor, now=at), onwards=url_for("account.index")
    )


@bp.post("/account/second-factor/off")
@for_action(Action.ACCOUNT)
@writes()
def factor_off() -> ResponseReturnValue:
    """Turn it off, where that is allowed."""
    actor, user, at = current_actor(), _me(), current().at
    sessions.require_recent_password(actor, at)
    if second_factor_required():
        raise RuleBroken("second-factor-required", "Everybody needs a second factor here")
    second_factor.remove(user, by=actor, now=at)
    flash("The second factor is off.")
    return redirect(url_for("account.index"))
