"""Refusals become pages here, in one place. Fixed texts: no stack, statement, path or value."""

from typing import Any
from uuid import UUID

from flask import Flask, Response, current_app, g, make_response, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from mappa.audit import log
from mappa.kernel import crypto
from mappa.kernel.errors import FieldErrors, NotFound, NotPermitted, RuleBroken, StaleEdit
from mappa.kernel.uow import Kind, unit_of_work
from mappa.web import pages, witness
from mappa.web.flow import errors_of, look_up, reader
from mappa.web.posts import KeyReused


def install(app: Flask) -> None:
    """Register every error page."""
    app.register_error_handler(NotFound, lambda _error: _not_found())
    app.register_error_handler(NotPermitted, _not_permitted)
    app.register_error_handler(KeyReused, _key_reused)
    app.register_error_handler(StaleEdit, _stale_edit)
    app.register_error_handler(FieldErrors, _cannot_take)
    app.register_error_handler(RuleBroken, _cannot_take)
    app.register_error_handler(CSRFError, _foreign_form)
    app.register_error_handler(witness.CannotRecord, lambda error: _failed(error, 503))
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, lambda error: _failed(error, 500))


def error_page(status: int, template: str, **context: Any) -> Response:
    """A page in a unit of work of its own, so that it works after any rollback."""
    with unit_of_work(Kind.READ):
        look_up()
        return make_response(pages.plain_page(template, **context), status)


def _not_found() -> Response:
    return error_page(404, "web/not_found.html")


def _not_permitted(error: NotPermitted) -> Response:
    actor = reader()
    if actor is not None:
        subjects = [
            value for value in (request.view_args or {}).values() if isinstance(value, UUID)
        ]
        witness.refusal(actor, request.endpoint or "", subjects, error.reason)
    return error_page(
        403,
        "web/error.html",
        heading="You cannot do this",
        sentences=[
            error.advice
            or "Your role does not allow it here. Ask the lead manager or your supervisor."
        ],
        links=[("Back to your work", "/")],
    )


def _key_reused(error: KeyReused) -> Response:
    return error_page(
        409,
        "web/resent.html",
        saved_href=error.location,
        typed=[(_label(name), value) for name, value in _typed()],
    )


def _stale_edit(error: StaleEdit) -> Response:
    rows = [
        {
            "name": name,
            "label": label,
            "yours": mine,
            "theirs": theirs,
            "joined": mine if theirs in mine or not theirs else f"{theirs}\n{mine}",
            "typed": mine,
        }
        for name, (label, theirs, mine) in error.fields.items()
    ]
    others = {
        name: value
        for name, value in request.form.items()
        if name not in error.fields
        and name not in ("csrf_token", "idempotency_key", "seen", "keep")
        and not name.startswith("yours.")
    }
    return error_page(
        409,
        "web/both_versions.html",
        theirs_by=error.by,
        theirs_at=error.at_words,
        action=request.path,
        hidden=others | {"seen": error.seen},
        rows=rows,
    )


def _cannot_take(error: FieldErrors | RuleBroken) -> Response:
    sentences = [said for field in errors_of(error).values() for said in field]
    return error_page(
        422, "web/error.html", heading="This cannot be done yet", sentences=sentences, links=[]
    )


def _foreign_form(_error: CSRFError) -> Response:
    return error_page(
        400,
        "web/error.html",
        heading="This form has expired",
        sentences=[
            "You signed in again, or out, since you opened it. Nothing was changed. Open the page"
            " again and send the form from there."
        ],
        links=[("Back to your work", "/")],
        typed=[(_label(name), value) for name, value in _typed() if "password" not in name],
    )


def _typed() -> list[tuple[str, str]]:
    """What was typed, as it came, for its author to copy."""
    return [
        (name, value)
        for name in request.form
        if name not in ("csrf_token", "idempotency_key", "seen", "page_of_form")
        for value in request.form.getlist(name)
        if value.strip()
    ]


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


_SAID: dict[int, tuple[str, str]] = {
    400: ("This address does not work", "Go back and try again. Nothing was changed."),
    405: ("This address does not work", "Go back and try again. Nothing was changed."),
    413: ("That is too much at once", "Send less text or a smaller file. Nothing was changed."),
    429: ("Too many tries", "Wait a few minutes and try again."),
}


def _http(error: HTTPException) -> Response:
    if error.code == 404:
        return _not_found()
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code >= 500:
        return _failed(error, error.code)
    heading, sentence = _SAID.get(error.code, _SAID[400])
    answer = error_page(
        error.code, "web/error.html", heading=heading, sentences=[sentence], links=[]
    )
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            answer.headers[name] = value
    return answer


def _failed(error: Exception, status: int) -> Response:
    current_app.logger.error(
        "request %s failed: %s", log.request_id.get(), type(error).__name__, exc_info=error
    )
    g.sign_in = None
    heading = "This page cannot be shown now" if status == 503 else "Something went wrong"
    sentences = [
        "Nothing was changed. Go back: what you typed is still on the page you came from.",
        f"If it happens again, tell your system administrator this reference: {_reference()}",
    ]
    try:
        return error_page(status, "web/error.html", heading=heading, sentences=sentences, links=[])
    except SQLAlchemyError:
        text = f"<!DOCTYPE html><title>{heading}</title><h1>{heading}</h1><p>{sentences[1]}</p>"
        return make_response(text, status)


def _reference() -> str:
    return log.request_id.get() or crypto.token(6)
