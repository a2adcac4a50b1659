"""The second step of signing in: a code, or setting up the app that shows codes."""

from typing import Any

from flask import make_response, request, url_for
from flask.typing import ResponseReturnValue

from mappa.access.actions import Action
from mappa.agencies import rules, second_factor, signing_in
from mappa.agencies.models import User
from mappa.agencies.views.sign_in import (
    bp,
    carry_on,
    digest_of,
    half_way,
    refused_page,
    second_factor_required,
    wanted_page,
)
from mappa.kernel.errors import FieldErrors
from mappa.kernel.uow import current
from mappa.web.flow import SignedOut, for_action, reads, writes
from mappa.web.pages import render

WRONG_CODE = "This code is not right. Enter the code that the app shows now"
Errors = dict[str, list[str]]


@bp.get("/sign-in/code")
@for_action(Action.SIGN_IN)
@reads
def code() -> ResponseReturnValue:
    """Ask for the code of the app."""
    return code_page({}, {})


def code_page(values: Any, errors: Errors) -> str:
    """The page that asks for a code; what was typed is not sent back."""
    half_way()
    return render("agencies/code.html", action=url_for("sessions.code_post"), errors=errors)


@bp.post("/sign-in/code")
@for_action(Action.SIGN_IN)
@writes(again=code_page)
def code_post() -> ResponseReturnValue:
    """Take the code: each is good once. Failures are counted like those of passwords."""
    _, user = half_way()
    sentence = code_fault(user, request.form.get("code", ""))
    if sentence:
        return refused_page(code_page({}, {"code": [sentence]}))
    signing_in.forget_tries(digest_of("code", user.id.hex))
    return carry_on(user, second_factor=True, wanted=wanted_page())


def code_fault(user: User, typed: str) -> str | None:
    """Why this code does not do, counted; or None, and then it is used up."""
    at = current().at
    key = digest_of("code", user.id.hex)
    before = signing_in.tries_of(key, at)
    if minutes := rules.minutes_to_wait(before, at):
        return rules.wait_words(minutes)
    if second_factor.accept(user, typed[:100], at):
        return None
    refused = signing_in.count_failure(key, before, user, at, "code")
    return rules.wait_words(refused.minutes) if refused.minutes else WRONG_CODE


@bp.get("/sign-in/second-factor")
@for_action(Action.SIGN_IN)
@reads
def enrol() -> ResponseReturnValue:
    """Set up the app before the first page opens: everybody must, in production."""
    return enrol_page({}, {})


def enrol_page(values: Any, errors: Errors) -> str:
    """The QR code of a fresh secret, or of the one that was just offered."""
    _, user = half_way()
    if user.totp_secret:
        raise SignedOut
    return offer_page(user, url_for("sessions.enrol_post"), values, errors)


def offer_page(user: User, action: str, values: Any, errors: Errors) -> str:
    """The page that offers a secret to an account."""
    sealed = values.get("sealed_secret", "")
    secret = second_factor.open_offer(sealed, user.id)
    if secret is None:
        secret = second_factor.new_secret()
        sealed = second_factor.seal_offer(secret, user.id)
    return render(
        "agencies/second_factor_offer.html",
        action=action,
        picture=second_factor.picture_of(secret, user.email),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed_secret=sealed,
        required=second_factor_required(),
        errors=errors,
    )


def proof_for(user: User) -> tuple[str, int]:
    """The secret offered to an account, and the step of the code. Raises ``FieldErrors``."""
    secret = second_factor.open_offer(request.form.get("sealed_secret", ""), user.id)
    typed = request.form.get("code", "")[:100]
    step = second_factor.step_of(secret, typed, current().at) if secret else None
    if secret is None or step is None:
        raise FieldErrors({"code": [WRONG_CODE]})
    return secret, step


@bp.post("/sign-in/second-factor")
@for_action(Action.SIGN_IN)
@writes(again=enrol_page)
def enrol_post() -> ResponseReturnValue:
    """Keep the secret that a code has proved; the recovery codes are shown this once."""
    _, user = half_way()
    if user.totp_secret:
        raise SignedOut
    secret, step = proof_for(user)
    codes = second_factor.set_up(user, secret, step, by=None, now=current().at)
    onwards = make_response(carry_on(user, second_factor=True, wanted=wanted_page()))
    return codes_page(codes, onwards=onwards.location or "/")


def codes_page(codes: list[str], *, onwards: str) -> ResponseReturnValue:
    """The recovery codes, this once: the same form sent again only leads onwards."""
    page = render("agencies/recovery_codes.html", codes=codes, onwards=onwards)
    return page, {"Location": onwards}
